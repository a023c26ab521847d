"""Arrays as bytes of .npy and .npz files, and back with every check. Nothing is pickled."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from imgsim.errors import CollectionError


def npy_bytes(array: npt.NDArray[Any]) -> bytes:
    """An array as the bytes of a .npy file."""
    array = np.ascontiguousarray(array)
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, np.lib.format.header_data_from_array_1_0(array))
    return b"".join((stream.getvalue(), array.tobytes()))


def npz_bytes(**arrays: npt.NDArray[Any]) -> bytes:
    """Arrays as the bytes of an uncompressed .npz file."""
    stream = io.BytesIO()
    np.savez(
        stream, allow_pickle=False, **{name: np.ascontiguousarray(array) for name, array in arrays.items()}
    )
    return stream.getvalue()


def parse_npy(data: bytes, label: str, dtype: type[np.generic]) -> npt.NDArray[Any]:
    """The array in the bytes of a .npy file, read-only, without copying.

    The header is believed only if it accounts for every byte. Raises CollectionError.
    """
    stream = io.BytesIO(data)
    shape, found = npy_header(stream, len(data), label)
    if found != np.dtype(dtype):
        raise CollectionError(f"{label} is not what was written: {found} instead of {np.dtype(dtype)}.")
    return np.frombuffer(data, dtype=found, offset=stream.tell()).reshape(shape)


def npy_header(stream: BinaryIO, size: int, label: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """(shape, dtype) of a .npy file of ``size`` bytes, read from its beginning; the stream is left at the first number.

    Raises CollectionError unless the header accounts for every byte, in rows, and asks for plain numbers.
    """
    try:
        version = np.lib.format.read_magic(stream)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, found = read_header(stream)
    except Exception as error:  # a forged header can raise nearly anything
        raise CollectionError(f"{label} is damaged: its header cannot be read ({error}).") from None
    if fortran or found.kind not in "biuf" or any(not isinstance(n, int) or n < 0 for n in shape):
        raise CollectionError(f"{label} is not what was written: {found} {shape}.")
    asked, there = math.prod(shape) * found.itemsize, size - stream.tell()
    if asked != there:
        raise CollectionError(
            f"{label} is damaged: its header asks for {asked:,} bytes, and {there:,} follow."
        )
    return shape, found


def parse_npz(data: bytes, label: str, dtypes: Mapping[str, type[np.generic]]) -> dict[str, npt.NDArray[Any]]:
    """The named arrays in the bytes of a .npz file, read-only. Raises CollectionError."""
    arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name, dtype in dtypes.items():
                entry = archive.getinfo(f"{name}.npy")
                if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > len(data):
                    raise CollectionError(f"{label} is not what was written: {name} is compressed.")
                arrays[name] = parse_npy(archive.read(entry), f"{name} in {label}", dtype)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise CollectionError(f"{label} is damaged ({error}).") from None
    return arrays
