"""The features of a whole collection on disk: flat arrays, read by memory map.

A collection of 13,151 plates has about nine million features, more than a gigabyte. Nothing of it is loaded before
it is asked for, and the system drops what is no longer needed. Every file is checked before it is mapped: its header
must account for each of its bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from imgsim.errors import CollectionError, ImgsimError, PrepareAgain
from imgsim.features.extraction import DIMENSIONS, Features

OFFSETS = "offsets.npy"
POINTS = "points.npy"
DESCRIPTORS = "descriptors.npy"
VOUCH = "vouch.npy"
TONES = "tones.npy"  # stores of former versions have none
STORE_FILES = (OFFSETS, POINTS, DESCRIPTORS, VOUCH, TONES)

_AGAIN = PrepareAgain()


class FeatureStore:
    """The features of every plate, in the catalogue's order.

    Attributes
    ----------
    sizes : int64 (n, 2)
        Width and height of each upright original.
    offsets : int64 (n + 1,)
        The features of plate i are ``offsets[i]`` to ``offsets[i + 1]`` of the arrays below.
    points : float32 (N, 4); descriptors : uint8 (N, 128); vouch : bool (N,)
        As in :class:`~imgsim.features.extraction.Features`, read-only.
    tones : float32 (n,)
        Of each plate likewise.
    """

    def __init__(
        self,
        sizes: npt.ArrayLike,
        offsets: npt.NDArray[np.int64],
        points: npt.NDArray[np.float32],
        descriptors: npt.NDArray[np.uint8],
        vouch: npt.NDArray[np.bool_],
        sums: npt.NDArray[np.uint64] | None = None,
        tones: npt.NDArray[np.float32] | None = None,
    ) -> None:
        self.sizes = np.asarray(sizes, dtype=np.int64).reshape(-1, 2)
        self.offsets, self.points, self.descriptors, self.vouch = offsets, points, descriptors, vouch
        total = len(points)
        if len(offsets) != len(self.sizes) + 1:
            raise CollectionError(
                f"The stored features are of {len(offsets) - 1:,} plates, but there are {len(self.sizes):,}.", _AGAIN
            )
        if offsets[0] != 0 or offsets[-1] != total or (np.diff(offsets) < 0).any():
            raise CollectionError(
                f"The offsets of the stored features do not fit {total:,} features.", _AGAIN
            )
        if points.shape != (total, 4) or descriptors.shape != (total, DIMENSIONS) or vouch.shape != (total,):
            raise CollectionError(
                f"The stored features do not fit each other: points {points.shape}, descriptors {descriptors.shape}, "
                f"vouch {vouch.shape}.", _AGAIN
            )
        if sums is not None and sums.shape != (len(self.sizes),):
            raise CollectionError(f"The checksums of the stored features are of {len(sums):,} plates.", _AGAIN)
        self.tones = np.full(len(self.sizes), np.nan, np.float32) if tones is None else tones
        if self.tones.shape != (len(self.sizes),):
            raise CollectionError(f"The stored tones are of {len(self.tones):,} plates.", _AGAIN)
        self._sums = sums
        self._seen = np.full(len(self.sizes), sums is None)  # whose features were compared with their sum

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[Features]:
        return (self.features(row) for row in range(len(self)))

    def features(self, row: int) -> Features:
        """The features of one plate; copies of nothing, views into the memory map.

        Raises CollectionError where they are not what was written: they are compared with their sum the first time.
        """
        if not 0 <= row < len(self):
            raise IndexError(f"there is no plate {row} among {len(self):,}")
        if not self.sound(row):
            raise CollectionError(f"The stored features of the plate in row {row:,} are damaged.", _AGAIN)
        return self._features(row)

    def sound(self, row: int) -> bool:
        """Whether the features of a plate are what was written, as far as there are checksums."""
        if not self._seen[row]:
            assert self._sums is not None
            self._seen[row] = _sum(self._features(row)) == int(self._sums[row])
        return bool(self._seen[row])

    def sums(self) -> npt.NDArray[np.uint64]:
        """A checksum of the features of each plate: uint64 (n,)."""
        return np.array([_sum(self._features(row)) for row in range(len(self))], np.uint64)

    def _features(self, row: int) -> Features:
        part = slice(int(self.offsets[row]), int(self.offsets[row + 1]))
        width, height = self.sizes[row]
        return Features(
            (int(width), int(height)), self.points[part], self.descriptors[part], self.vouch[part],
            float(self.tones[row]),
        )  # fmt: skip

    @classmethod
    def open(
        cls, folder: Path, sizes: npt.ArrayLike, sums: npt.NDArray[np.uint64] | None = None
    ) -> FeatureStore:
        """Map the files that :meth:`write` left in a folder.

        ``sizes`` int (n, 2): width and height of the plates, from the catalogue. ``sums``: what :meth:`sums` gave; with
        them the features of a plate are checked when they are first asked for, without them the caller has done it.
        Raises CollectionError where a file is missing, damaged, or does not fit the plates.
        """
        return cls(
            sizes,
            map_npy(folder / OFFSETS, np.int64, (None,)),
            map_npy(folder / POINTS, np.float32, (None, 4)),
            map_npy(folder / DESCRIPTORS, np.uint8, (None, DIMENSIONS)),
            map_npy(folder / VOUCH, np.bool_, (None,)),
            sums,
            map_npy(folder / TONES, np.float32, (None,)) if (folder / TONES).exists() else None,
        )

    @staticmethod
    def write(folder: Path, plates: Iterable[Features]) -> None:
        """Write the features of plates as they come, in constant memory; a folder that fails to fill is emptied.

        The caller turns a full disk's OSError into words.
        """
        folder.mkdir(parents=True, exist_ok=True)
        counts = []
        try:
            with contextlib.ExitStack() as stack:
                points, descriptors, vouch, tones = (
                    stack.enter_context(NpyWriter(folder / name, dtype, tail))
                    for name, dtype, tail in (
                        (POINTS, np.float32, (4,)),
                        (DESCRIPTORS, np.uint8, (DIMENSIONS,)),
                        (VOUCH, np.bool_, ()),
                        (TONES, np.float32, ()),
                    )
                )
                for features in plates:
                    points.append(features.points)
                    descriptors.append(features.descriptors)
                    vouch.append(features.vouch)
                    tones.append([features.tone])
                    counts.append(len(features))
                offsets = stack.enter_context(NpyWriter(folder / OFFSETS, np.int64, ()))
                offsets.append(np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]))
        except BaseException:
            for name in STORE_FILES:
                with contextlib.suppress(OSError):
                    (folder / name).unlink()
            raise


def _sum(features: Features) -> int:
    """The first 64 bits of the SHA-256 of a plate's features."""
    digest = hashlib.sha256()
    for array in (features.points, features.descriptors, features.vouch):
        digest.update(np.ascontiguousarray(array).data)
    return int.from_bytes(digest.digest()[:8], "little")


class NpyWriter:
    """A .npy file that grows row by row; its header gets the number of rows when the file is closed."""

    def __init__(self, path: Path, dtype: npt.DTypeLike, tail: tuple[int, ...]) -> None:
        self.path, self.dtype, self.tail, self.rows = path, np.dtype(dtype), tail, 0
        self._file: BinaryIO = path.open("wb")
        self._header()

    def append(self, rows: npt.ArrayLike) -> None:
        """Add rows of the shape (m, \\*tail)."""
        array = np.ascontiguousarray(rows, dtype=self.dtype)
        if array.shape[1:] != self.tail:
            raise ImgsimError(
                f"{self.path.name} takes rows of the shape {self.tail}, not {array.shape[1:]}. "
                "Describe the plates again with this version of imgsim."
            )
        self._file.write(array.data)
        self.rows += len(array)

    def _header(self) -> None:
        # numpy leaves room in the header for a first dimension that grows, so it can be written again in its place.
        shape = (self.rows, *self.tail)
        described = {
            "descr": np.lib.format.dtype_to_descr(self.dtype),
            "fortran_order": False,
            "shape": shape,
        }
        np.lib.format.write_array_header_1_0(self._file, described)

    def __enter__(self) -> NpyWriter:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                body = self._file.tell()
                self._file.seek(0)
                self._header()
                if body - self._file.tell() != self.rows * self.dtype.itemsize * math.prod(self.tail):
                    raise ImgsimError(f"{self.path} did not take all rows.", _AGAIN)
                self._file.flush()
                os.fsync(self._file.fileno())
        finally:
            self._file.close()


def map_npy(path: Path, dtype: npt.DTypeLike, shape: tuple[int | None, ...]) -> npt.NDArray[Any]:
    """Map a .npy file into memory, read-only, if its header accounts for every byte and says what was expected.

    ``shape``: what the shape must be, None where any number will do. Raises CollectionError.
    """
    wanted = np.dtype(dtype)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if np.lib.format.read_magic(file) != (1, 0):
                raise ValueError("another version of the format")
            found, fortran, kind = np.lib.format.read_array_header_1_0(file)
            start = file.tell()
    except OSError as error:
        raise CollectionError(f"{path} cannot be read ({error.strerror or error}).", _AGAIN) from None
    except Exception as error:  # a forged header can raise nearly anything
        raise CollectionError(f"{path} is damaged: its header cannot be read ({error}).", _AGAIN) from None
    fits = len(found) == len(shape) and all(
        isinstance(n, int) and n >= 0 and m in (None, n) for n, m in zip(found, shape, strict=False)
    )
    if kind != wanted or fortran or not fits:
        raise CollectionError(f"{path} is not what was written: {kind} {found} instead of {wanted}.", _AGAIN)
    asked = math.prod(found) * wanted.itemsize
    if asked != size - start:
        raise CollectionError(
            f"{path} is damaged: its header asks for {asked:,} bytes, and {size - start:,} follow.", _AGAIN
        )
    if not asked:  # nothing to map
        return np.zeros(found, wanted)
    return np.asarray(np.memmap(path, dtype=wanted, mode="r", offset=start, shape=found))
