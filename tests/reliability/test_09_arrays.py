"""Row 9: arrays that are cut, flipped or forged are never believed, and none takes memory that it does not fill."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from imgsim.base.arrays import npy_bytes, npz_bytes, parse_npz
from imgsim.cli import environment
from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from tests.making import add_files, make, write_plates
from tests.reliability.tally import Tally

COUNT, KEPT = 12, 4
FILES = ("toy/embeddings.npy", "toy/neighbours.npz", "toy/background.npy", "toy/projection_pca.npy")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    make(folder / "plates", write_plates(folder / "images", COUNT), top_k=KEPT)
    return folder / "plates"


@pytest.fixture
def copy(pristine: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes a copy to be damaged, in place of the one before."""

    def fresh() -> Path:
        shutil.rmtree(tmp_path / "plates", ignore_errors=True)
        return Path(shutil.copytree(pristine, tmp_path / "plates"))

    return fresh


def read_all(path: Path) -> None:
    """Read every array of a collection, as the app would."""
    collection = open_collection(path)
    for call in (collection.embeddings, collection.neighbour_table, collection.background):
        call("toy")
    collection.projection("toy", "pca")


def test_cut_and_flipped_files_are_found(copy: Callable[[], Path], tally: Tally) -> None:
    for file in FILES:
        size = (open_collection(copy()).folder / file).stat().st_size
        for cut in (0, 1, 10, size // 2, size - 3):
            path = open_collection(copy()).folder / file
            data = path.read_bytes()
            path.write_bytes(data[:cut])
            with tally.attempt(f"{file} cut to {cut} bytes"), pytest.raises(CollectionError, match=Path(file).name):
                read_all(path.parents[3])
        for share in range(1, 10):
            path = open_collection(copy()).folder / file
            flipped = bytearray(path.read_bytes())
            flipped[len(flipped) * share // 10] ^= 1 << share % 8
            path.write_bytes(flipped)
            with tally.attempt(f"{file} flipped at {share} tenths"), pytest.raises(CollectionError):
                read_all(path.parents[3])


def header(shape: str, descr: str = "<f4", tail: int = 0) -> bytes:
    """An array whose header says what it is told, with so many bytes behind it."""
    words = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    words += b" " * (-(len(words) + 11) % 16) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(words).to_bytes(2, "little") + words + b"\0" * tail


FORGED = {
    "one byte too few": header("(12, 32)", tail=12 * 32 * 4 - 1),
    "one byte too many": header("(12, 32)", tail=12 * 32 * 4 + 1),
    "negative sides": header("(-12, -32)", tail=12 * 32 * 4),
    "other numbers": header("(12, 32)", "<f8", 12 * 32 * 8),
    "objects": header("(12, 32)", "|O", 12 * 32 * 8),
    "bytes the other way round": header("(1,)", ">f4", 4),
    "a call": header("__import__('os').getcwd()", tail=8),
    "brackets without end": header("(" * 500, tail=8),
    "a version that there is not": b"\x93NUMPY\x09\x00" + b"\0" * 100,
    "a zip": b"PK\x03\x04" + b"\0" * 100,
    "a pickle": b"\x80\x04cos\nsystem\n",
    "nothing": b"",
    "sides whose product overflows": header("(4294967296, 4294967296, 4294967296)", tail=8),
    "32 gigabytes in 80 bytes": header("(15625000, 512)"),
}


def test_forged_arrays_are_refused(copy: Callable[[], Path], tally: Tally) -> None:
    for what, data in FORGED.items():
        for file in FILES:
            if file.endswith("npy"):
                path = copy()
                add_files(path, {file: data})  # with its size and hash: as whoever made the collection could
                with tally.attempt(f"{file}: {what}"), pytest.raises(CollectionError, match=Path(file).name):
                    read_all(path)


_OPEN = """
import resource, sys
from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from pathlib import Path
collection = open_collection(Path(sys.argv[1]))
collection.neighbour_table("toy")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    collection.embeddings("toy")
except CollectionError as error:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is not there on Windows")
def test_what_asks_for_32_gigabytes_gets_nothing(copy: Callable[[], Path], tally: Tally) -> None:
    path = copy()
    assert len(FORGED["32 gigabytes in 80 bytes"]) < 100
    add_files(path, {"toy/embeddings.npy": FORGED["32 gigabytes in 80 bytes"]})
    with tally.attempt("the memory"):
        done = subprocess.run(
            [sys.executable, "-c", _OPEN, str(path)],
            cwd=environment.REPOSITORY, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert int(done.stdout) < 10_000, f"{done.stdout} kB"


def test_arrays_must_fit_the_catalogue(copy: Callable[[], Path], tally: Tally) -> None:
    collection = open_collection(copy())
    rows, (indices, values) = np.array(collection.embeddings("toy")), collection.neighbour_table("toy")
    beyond, below = np.array(indices), np.array(indices)
    beyond[3, 1], below[3, 1] = COUNT, -1
    wrong = {
        "a row too few": ("toy/embeddings.npy", npy_bytes(rows[:-1])),
        "half of each row": ("toy/embeddings.npy", npy_bytes(rows[:, :16])),
        "a neighbour that is not there": ("toy/neighbours.npz", npz_bytes(indices=beyond, similarities=values)),
        "a neighbour below nothing": ("toy/neighbours.npz", npz_bytes(indices=below, similarities=values)),
        "scores of fewer": ("toy/neighbours.npz", npz_bytes(indices=indices, similarities=values[:, :2])),
        "no scores": ("toy/neighbours.npz", npz_bytes(indices=indices)),
        "a map of fewer": ("toy/projection_pca.npy", npy_bytes(np.zeros((COUNT - 1, 2), np.float32))),
    }
    for what, (file, data) in wrong.items():
        path = copy()
        add_files(path, {file: data})
        with tally.attempt(what), pytest.raises(CollectionError, match=Path(file).name):
            read_all(path)


def test_compressed_archives_are_refused_unread(tmp_path: Path, tally: Tally) -> None:
    np.savez_compressed(tmp_path / "bomb.npz", indices=np.zeros(10_000_000, dtype=np.int32))
    with tally.attempt("40 MB in 40 kB"), pytest.raises(CollectionError, match="compressed"):
        parse_npz((tmp_path / "bomb.npz").read_bytes(), "bomb", {"indices": np.int32})
