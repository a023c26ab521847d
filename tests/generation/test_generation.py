"""Reading a collection: everything that could be wrong on disk is found, named, and never believed."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.base.arrays import npy_bytes, npz_bytes, parse_npy, parse_npz
from imgsim.base.hashing import file_sha256
from imgsim.base.places import data_dir
from imgsim.base.writing import disk_errors, write_whole
from imgsim.collection import list_collections, open_collection
from imgsim.errors import BusyError, CollectionError, ImgsimError, PrepareAgain
from imgsim.generation import layout
from imgsim.generation.layout import check_name
from imgsim.generation.locking import is_locked, locked
from imgsim.prepare.staleness import staleness
from tests.making import make, write_plate, write_plates


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared collection of 12 plates and one bad image; leave it as it is."""
    folder = tmp_path_factory.mktemp("pristine")
    images = write_plates(folder / "images", 12)
    (images / "bad.png").write_bytes(b"no image")
    make(folder / "plates", images, top_k=4)
    return folder / "plates"


@pytest.fixture
def copied(pristine: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(pristine, tmp_path / "plates"))


def live(collection: Path) -> Path:
    return collection / "generations" / (collection / "CURRENT").read_text().strip()


def forge(collection: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    path = live(collection) / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_bytes(layout.sealed(manifest))


def replace_file(collection: Path, file: str, data: bytes) -> None:
    """Replace a file, and forge its size and SHA-256 too."""
    (live(collection) / file).write_bytes(data)
    facts = {"size": len(data), "sha256": file_sha256(live(collection) / file)}
    forge(collection, lambda manifest: manifest["files"].update({file: facts}))


def test_what_was_prepared_is_read(pristine: Path) -> None:
    collection = open_collection(pristine)
    assert collection.name == "plates"
    assert collection.backbones == ("toy",)
    assert collection.catalogue.plate_ids == tuple(f"p{number:03}" for number in range(12))
    assert collection.embeddings("toy").shape == (12, 32)
    np.testing.assert_allclose(np.linalg.norm(collection.embeddings("toy"), axis=1), 1, atol=1e-6)
    indices, similarities = collection.neighbour_table("toy")
    assert indices.shape == similarities.shape == (12, 4)
    assert collection.background("toy").shape == (10_001,)
    assert collection.projections("toy") == ("pca",)
    assert collection.projection("toy", "pca").shape == (12, 2)
    assert collection.skipped["file"].tolist() == ["bad.png"]
    assert all(collection.thumbnail_path(row).is_file() for row in range(12))
    assert collection.plate_bytes(3) == (pristine.parent / "images" / "p003.png").read_bytes()
    assert collection.embeddings("toy") is collection.embeddings("toy")


def test_arrays_cannot_be_changed(pristine: Path) -> None:
    collection = open_collection(pristine)
    arrays = [collection.embeddings("toy"), *collection.neighbour_table("toy"), collection.background("toy")]
    for array in [*arrays, collection.projection("toy", "pca")]:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)


def test_many_threads_load_each_array_once(pristine: Path) -> None:
    collection = open_collection(pristine)
    found: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: found.append(collection.embeddings("toy"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len({id(array) for array in found}) == 1


def test_what_is_not_there_is_said_with_what_makes_it(pristine: Path) -> None:
    collection = open_collection(pristine)
    with pytest.raises(CollectionError, match="the collection plates again with the backbone resnet18"):
        collection.embeddings("resnet18")
    with pytest.raises(CollectionError, match="projection") as caught:
        collection.projection("toy", "umap")
    assert caught.value.remedy == PrepareAgain(str(collection.path), "toy", ("pca", "umap", "tsne"))
    with pytest.raises(CollectionError, match="is not a prepared collection"):
        open_collection(pristine.parent / "images")
    with pytest.raises(CollectionError, match="is not a prepared collection"):
        open_collection(pristine.parent / "nowhere")


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
    replace_file(copied, "toy/embeddings.npy", data)
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
    replace_file(copied, "toy/embeddings.npy", data)
    with pytest.raises(CollectionError):
        open_collection(copied).embeddings("toy")


def test_pickles_in_arrays_never_run(copied: Path, tmp_path: Path) -> None:
    class Canary:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "canary"),)

    array = np.array([Canary()] * 12, dtype=object)
    path = tmp_path / "evil.npy"
    np.save(path, array, allow_pickle=True)
    replace_file(copied, "toy/embeddings.npy", path.read_bytes())
    np.savez(tmp_path / "evil.npz", indices=array, similarities=array)
    replace_file(copied, "toy/neighbours.npz", (tmp_path / "evil.npz").read_bytes())
    collection = open_collection(copied)
    for read in (collection.embeddings, collection.neighbour_table):
        with pytest.raises(CollectionError):
            read("toy")
    assert not (tmp_path / "canary").exists()


def test_rows_must_fit_the_catalogue(copied: Path) -> None:
    rows = np.array(open_collection(copied).embeddings("toy"))
    replace_file(copied, "toy/embeddings.npy", npy_bytes(rows[:11]))
    with pytest.raises(
        CollectionError,
        match=r"embeddings.npy has 11 rows but the catalogue has 12 plates. Prepare the collection plates again",
    ):
        open_collection(copied).embeddings("toy")
    replace_file(copied, "toy/embeddings.npy", npy_bytes(rows[:, :16]))
    with pytest.raises(CollectionError, match=r"shape \(12, 16\)"):
        open_collection(copied).embeddings("toy")
    indices, values = open_collection(copied).neighbour_table("toy")
    for bad in (np.int32(12), np.int32(-1)):
        wrong = np.array(indices)
        wrong[3, 1] = bad
        replace_file(copied, "toy/neighbours.npz", npz_bytes(indices=wrong, similarities=values))
        with pytest.raises(CollectionError, match="not in the catalogue"):
            open_collection(copied).neighbour_table("toy")
    replace_file(copied, "toy/neighbours.npz", npz_bytes(indices=indices, similarities=values[:, :2]))
    with pytest.raises(CollectionError, match="similarities"):
        open_collection(copied).neighbour_table("toy")


def test_compressed_archives_are_refused_unread(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "bomb.npz", indices=np.zeros(10_000_000, dtype=np.int32))
    with pytest.raises(CollectionError, match="compressed"):
        parse_npz((tmp_path / "bomb.npz").read_bytes(), "bomb", {"indices": np.int32})


TRAVERSALS = [
    "..", ".", "", "../../etc", "/etc/passwd", "a/b", "a\\b", "..\\x", "C:", "C:\\x", "a\0b", "a\n", "name ", "~", "é",
]  # fmt: skip


@pytest.mark.parametrize("name", TRAVERSALS)
def test_names_that_lead_elsewhere_are_refused(copied: Path, tmp_path: Path, name: str) -> None:
    assert len(TRAVERSALS) == 15
    with pytest.raises(CollectionError):
        check_name(name)
    with pytest.raises(CollectionError):
        layout.thumbnail_file(name)
    manifest = json.loads((live(copied) / "manifest.json").read_text())

    def backbone(manifest: dict[str, Any]) -> None:
        manifest["backbones"][name] = manifest["backbones"].pop("toy")
        for file in [file for file in manifest["files"] if file.startswith("toy/")]:
            manifest["files"][name + file[3:]] = manifest["files"].pop(file)

    def projection(manifest: dict[str, Any]) -> None:
        manifest["backbones"]["toy"]["projections"] = [name]
        manifest["files"][f"toy/projection_{name}.npy"] = manifest["files"].pop("toy/projection_pca.npy")

    def extra(manifest: dict[str, Any]) -> None:
        manifest["files"][name] = manifest["files"]["skipped.csv"]

    def generation(manifest: dict[str, Any]) -> None:
        manifest["generation"] = name

    for change in (backbone, projection, extra, generation):
        (live(copied) / "manifest.json").write_bytes(layout.sealed(manifest))
        forge(copied, change)
        with pytest.raises(CollectionError):
            open_collection(copied)
    (live(copied) / "manifest.json").write_bytes(layout.sealed(manifest))
    whole = live(copied).name
    (copied / "CURRENT").write_text(name)
    assert open_collection(copied).generation == whole  # the name leads nowhere; the newest whole one is used


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"schema": 1}',
        "{",
        "\0\0",
        '{"schema": 1, "name": "x", "generation": "y", "files": 3}',
        "[" * 100_000,
    ],
)
def test_foreign_manifests_are_refused(copied: Path, text: str) -> None:
    (live(copied) / "manifest.json").write_text(text)
    with pytest.raises(CollectionError, match=r"Prepare the collection plates again"):
        open_collection(copied)


def test_a_newer_schema_asks_for_a_newer_imgsim(copied: Path) -> None:
    forge(copied, lambda manifest: manifest.update(schema=layout.SCHEMA + 1))
    with pytest.raises(CollectionError, match="Update imgsim"):
        open_collection(copied)


def test_a_plate_outside_the_inputs_is_not_read(copied: Path) -> None:
    collection = open_collection(copied)
    forge(copied, lambda manifest: manifest["inputs"].update(roots=["/somewhere/else"]))
    with pytest.raises(CollectionError, match="outside the inputs"):
        open_collection(copied).plate_bytes(0)
    assert collection.plate_bytes(0)


def test_a_scan_that_has_gone_is_said(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 3)
    make(tmp_path / "c", images)
    (images / "p001.png").unlink()
    with pytest.raises(ImgsimError, match="no longer where it was"):
        open_collection(tmp_path / "c").plate_bytes(1)


def test_the_list_shows_damaged_collections_with_their_error(copied: Path) -> None:
    data = copied.parent
    shutil.copytree(copied, data / "another")
    (data / "half").mkdir()
    (live(copied) / "skipped.csv").write_bytes(b"")
    found = {info.name: info for info in list_collections(data)}
    assert set(found) == {"plates", "another"}
    assert (found["another"].plates, found["another"].backbones, found["another"].error) == (
        12,
        ("toy",),
        None,
    )
    assert "skipped.csv" in str(found["plates"].error)
    assert list_collections(data / "nowhere") == []


def test_the_data_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    assert data_dir() == tmp_path
    monkeypatch.delenv("IMGSIM_DATA")
    assert data_dir().name == "data"


def test_staleness_says_what_changed(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 5)
    table = tmp_path / "m.csv"
    table.write_text("plate_id,title\np001,Rosa\n")
    for file in images.iterdir():
        os.utime(file, (1_000_000, 1_000_000))
    make(tmp_path / "c", images, metadata=table)
    collection = open_collection(tmp_path / "c")
    assert staleness(collection) == []
    table.write_text("plate_id,title\np001,Rosa alba\n")
    write_plate(images / "p009.png", 9)
    (images / "p003.png").unlink()
    write_plate(images / "p000.png", 77, size=(80, 80))
    said = " ".join(staleness(collection))
    for words in (
        "1 image is new, such as p009.png",
        "no longer there, such as p003.png",
        "not as before, such as p000.png",
        "m.csv has changed",
    ):
        assert words in said
    forge(tmp_path / "c", lambda manifest: manifest.update(matching={"pairs": "of another version"}))
    assert any(
        "compares plates in another way" in text for text in staleness(open_collection(tmp_path / "c"))
    )
    shutil.rmtree(images)
    assert "no longer at" in staleness(collection)[0]


def test_whole_files_survive_a_failing_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "CURRENT"
    write_whole(path, b"before")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ImgsimError, match="No room left") as raised, disk_errors(tmp_path):
        write_whole(path, b"after")
    assert "disk" in str(raised.value)
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["CURRENT"]


def _hold(folder: str, ready: Any, release: Any) -> None:
    with locked(Path(folder)):
        ready.set()
        release.wait(30)


def test_only_one_writes_and_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, release = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(tmp_path / "c"), ready, release))
    holder.start()
    assert ready.wait(60)
    with pytest.raises(BusyError, match=rf"process {holder.pid} on "), locked(tmp_path / "c"):
        pass
    assert is_locked(tmp_path / "c")
    assert holder.pid is not None
    holder.kill()
    holder.join()
    assert not is_locked(tmp_path / "c")
    with locked(tmp_path / "c"):
        pass
    assert not is_locked(tmp_path / "c")


def test_arrays_of_every_shape_come_back() -> None:
    arrays: list[np.ndarray] = [np.zeros((0, 2), np.float32), np.arange(6, dtype=np.int32).reshape(2, 3)]
    for array in [*arrays, np.array([3.5], np.float32)]:
        np.testing.assert_array_equal(parse_npy(npy_bytes(array), "x", array.dtype.type), array)
