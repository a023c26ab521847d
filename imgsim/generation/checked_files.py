"""The files of a generation. Nothing is believed before its size and SHA-256 agree with the manifest."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.arrays import npy_header, parse_npy
from imgsim.base.hashing import file_sha256
from imgsim.base.spreadsheets import read_back
from imgsim.errors import CollectionError, PrepareAgain
from imgsim.generation import layout

T = TypeVar("T")


@dataclass(frozen=True)
class CheckedFiles:
    """The files of one generation of a prepared collection, each compared with the manifest when it is first read.

    Methods raise CollectionError where a file is missing, damaged, or does not fit the catalogue.

    Attributes
    ----------
    name, path : of the collection, and its folder.
    generation : the name of the generation.
    manifest : what it says of itself.
    told : what was wrong when it was opened, though it could be.
    """

    name: str
    path: Path
    generation: str
    manifest: dict[str, Any] = field(repr=False)
    told: str = ""
    _loaded: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: Any = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def folder(self) -> Path:
        """The folder of this generation."""
        return self.path / layout.GENERATIONS / self.generation

    def has(self, file: str) -> bool:
        """Whether the generation holds a file."""
        return file in self.manifest["files"]

    def check_sizes(self) -> None:
        """Whether every file is there, as large as it was, and the lists are what they were; raises CollectionError."""
        if self.manifest["generation"] != self.generation:
            raise self.error(f"its manifest is that of {self.manifest['generation']}")
        for file, facts in self.manifest["files"].items():
            try:
                size = (self.folder / file).stat().st_size
            except OSError as error:
                raise self.error(f"{file} cannot be read ({error.strerror})") from None
            if size != facts["size"]:
                raise self.error(f"{file} has {size:,} bytes instead of {facts['size']:,}")
        for file in (layout.CATALOGUE, layout.SKIPPED):
            self.verify(file)

    def verify(
        self, file: str, *, whole: bool = False, progress: Callable[[int], None] | None = None
    ) -> None:
        """Compare one file of the generation with the manifest, unless that was done; raises CollectionError.

        Of a file that is mapped into memory (gigabytes of local features) the size and the header are compared, and
        its SHA-256 only if ``whole``: the app must not read it all to start. ``progress`` is told the bytes read.
        """
        if ("verified", file) in self._loaded:
            return
        if not layout.is_mapped(file):
            self.content(file)
            return
        path = self.folder / file
        try:
            size = path.stat().st_size
            with path.open("rb") as stream:
                npy_header(stream, size, f"{file} of {self.name}")
            same = not whole or file_sha256(path, progress) == self.manifest["files"][file]["sha256"]
        except OSError as error:
            raise self.error(f"{file} cannot be read ({error.strerror})") from None
        if size != self.manifest["files"][file]["size"] or not same:
            raise self.error(f"the content of {file} is not what was written")
        if whole:
            self._loaded["verified", file] = True

    def loaded(self, key: object) -> bool:
        """Whether :meth:`once` has that already."""
        return key in self._loaded

    def once(self, key: object, load: Callable[[], T]) -> T:
        """What ``load`` finds in this generation, kept under a key: it is loaded once."""
        # One thread loads, the others wait: two copies of a large array would be worse.
        with self._lock:
            if key not in self._loaded:
                try:
                    self._loaded[key] = load()
                except CollectionError as error:
                    if error.remedy == PrepareAgain():  # what reads a file does not know of which collection it is
                        error.remedy = PrepareAgain(str(self.path))
                    raise
            return self._loaded[key]

    def error(self, what: str) -> CollectionError:
        """The error that says what is damaged, and how to mend it."""
        return CollectionError(f"The collection {self.name} is damaged: {what}.", PrepareAgain(str(self.path)))

    def array(
        self, file: str, dtype: type[np.generic], shape: tuple[int | None, ...] | None
    ) -> npt.NDArray[Any]:
        """The array of a .npy file, read-only, loaded once; ``shape`` is compared where it says a number."""

        def load() -> npt.NDArray[Any]:
            array = parse_npy(self.content(file), f"{file} of {self.name}", dtype)
            if shape is not None:
                self.check_rows(file, array.shape)
                if len(shape) != array.ndim or any(
                    b not in (None, a) for a, b in zip(array.shape, shape, strict=True)
                ):
                    raise self.error(f"{file} has the shape {array.shape}")
            return array

        return self.once(file, load)

    def listed(self, file: str) -> pd.DataFrame:
        """A list of the generation, every cell as text."""
        return read_back(self.content(file))

    def check_rows(self, file: str, shape: tuple[int, ...]) -> None:
        """Whether an array has a row for each plate; raises CollectionError."""
        plates = self.manifest["counts"]["plates"]
        if not shape or shape[0] != plates:
            raise self.error(
                f"{file} has {shape[0] if shape else 0:,} rows but the catalogue has {plates:,} plates"
            )

    def content(self, file: str) -> bytes:
        """The bytes of a file, compared with the manifest."""
        facts, path = self.manifest["files"][file], self.folder / file
        try:
            if path.stat().st_size != facts["size"]:
                raise self.error(f"{file} has {path.stat().st_size:,} bytes instead of {facts['size']:,}")
            data = path.read_bytes()
        except OSError as error:
            raise self.error(f"{file} cannot be read ({error.strerror})") from None
        if hashlib.sha256(data).hexdigest() != facts["sha256"]:
            raise self.error(f"the content of {file} is not what was written")
        self._loaded["verified", file] = True
        return data
