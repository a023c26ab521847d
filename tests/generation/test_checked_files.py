"""Files of a prepared state that are damaged or forged: found, named, and never believed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.base.arrays import npy_bytes, npz_bytes, parse_npy, parse_npz
from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from tests.making import add_files, live

FILES = [
    "catalogue.parquet",
    "skipped.csv",
    "toy/embeddings.npy",
    "toy/neighbours.npz",
    "toy/projection_pca.npy",
]


def read_everything(path: Path) -> None:
    collection = open_collection(path)
    len(collection.catalogue)
    len(collection.skipped)
    for name in collection.backbones:
        collection.embeddings(name)
        collection.neighbour_table(name)
        collection.background(name)
        for method in collection.projections(name):
            collection.projection(name, method)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("cut", [0, 1, 10, 0.5, -3])
def test_cut_files_are_found(copied: Path, file: str, cut: float) -> None:
    path = live(copied) / file
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut) if cut == 0.5 else int(cut)])
    with pytest.raises(CollectionError, match=r"Prepare the collection plates again\."):
        read_everything(copied)


@pytest.mark.parametrize("file", [*FILES, "toy/background.npy"])
def test_a_flipped_bit_is_found(copied: Path, file: str) -> None:
    path = live(copied) / file
    data = bytearray(path.read_bytes())
    data[len(data) * 2 // 3] ^= 4
    path.write_bytes(data)
    with pytest.raises(CollectionError, match="not what was written"):
        read_everything(copied)


@pytest.mark.parametrize("file", [*FILES, "toy/background.npy", "manifest.json"])
def test_missing_files_are_found_when_the_collection_is_opened(copied: Path, file: str) -> None:
    (live(copied) / file).unlink()
    with pytest.raises(CollectionError, match="cannot be read"):
        open_collection(copied)


def forged_header(shape: str, descr: str = "<f4", tail: int = 0) -> bytes:
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 16) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * tail


def test_80_bytes_that_ask_for_32_gigabytes_get_nothing(copied: Path) -> None:
    data = forged_header("(15625000, 512)")
    assert len(data) < 100
    add_files(copied, {"toy/embeddings.npy": data})
    with pytest.raises(CollectionError, match="asks for 32,000,000,000 bytes, and 0 follow"):
        open_collection(copied).embeddings("toy")


@pytest.mark.parametrize(
    "data",
    [
        forged_header("(12, 32)", tail=12 * 32 * 4 - 1),
        forged_header("(12, 32)", tail=12 * 32 * 4 + 1),
        forged_header("(-12, -32)", tail=12 * 32 * 4),
        forged_header("(12, 32)", descr="<f8", tail=12 * 32 * 8),
        forged_header("(12, 32)", descr="|O", tail=12 * 32 * 8),
        forged_header("(1,)", descr=">f4", tail=4),
        forged_header("__import__('os').getcwd()", tail=8),
        forged_header("(" * 500, tail=8),
        b"\x93NUMPY\x09\x00" + b"\0" * 100,
        b"PK\x03\x04" + b"\0" * 100,
        b"\x80\x04cos\nsystem\n",
        b"",
    ],
)
def test_forged_arrays_are_refused(copied: Path, data: bytes) -> None:
    add_files(copied, {"toy/embeddings.npy": data})
    with pytest.raises(CollectionError):
        open_collection(copied).embeddings("toy")


def test_pickles_in_arrays_never_run(copied: Path, tmp_path: Path) -> None:
    class Canary:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "canary"),)

    array = np.array([Canary()] * 12, dtype=object)
    path = tmp_path / "evil.npy"
    np.save(path, array, allow_pickle=True)
    add_files(copied, {"toy/embeddings.npy": path.read_bytes()})
    np.savez(tmp_path / "evil.npz", indices=array, similarities=array)
    add_files(copied, {"toy/neighbours.npz": (tmp_path / "evil.npz").read_bytes()})
    collection = open_collection(copied)
    for read in (collection.embeddings, collection.neighbour_table):
        with pytest.raises(CollectionError):
            read("toy")
    assert not (tmp_path / "canary").exists()


def test_rows_must_fit_the_catalogue(copied: Path) -> None:
    rows = np.array(open_collection(copied).embeddings("toy"))
    add_files(copied, {"toy/embeddings.npy": npy_bytes(rows[:11])})
    with pytest.raises(
        CollectionError,
        match=r"embeddings.npy has 11 rows but the catalogue has 12 plates. Prepare the collection plates again",
    ):
        open_collection(copied).embeddings("toy")
    add_files(copied, {"toy/embeddings.npy": npy_bytes(rows[:, :16])})
    with pytest.raises(CollectionError, match=r"shape \(12, 16\)"):
        open_collection(copied).embeddings("toy")
    indices, values = open_collection(copied).neighbour_table("toy")
    for bad in (np.int32(12), np.int32(-1)):
        wrong = np.array(indices)
        wrong[3, 1] = bad
        add_files(copied, {"toy/neighbours.npz": npz_bytes(indices=wrong, similarities=values)})
        with pytest.raises(CollectionError, match="not in the catalogue"):
            open_collection(copied).neighbour_table("toy")
    add_files(copied, {"toy/neighbours.npz": npz_bytes(indices=indices, similarities=values[:, :2])})
    with pytest.raises(CollectionError, match="similarities"):
        open_collection(copied).neighbour_table("toy")


def test_compressed_archives_are_refused_unread(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "bomb.npz", indices=np.zeros(10_000_000, dtype=np.int32))
    with pytest.raises(CollectionError, match="compressed"):
        parse_npz((tmp_path / "bomb.npz").read_bytes(), "bomb", {"indices": np.int32})


def test_arrays_of_every_shape_come_back() -> None:
    arrays: list[np.ndarray] = [np.zeros((0, 2), np.float32), np.arange(6, dtype=np.int32).reshape(2, 3)]
    for array in [*arrays, np.array([3.5], np.float32)]:
        np.testing.assert_array_equal(parse_npy(npy_bytes(array), "x", array.dtype.type), array)
