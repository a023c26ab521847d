"""Reading a prepared state: as it was prepared, with what is not there said."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from imgsim.base.places import data_dir
from imgsim.collection import list_collections, open_collection
from imgsim.errors import CollectionError, PrepareAgain
from tests.making import live


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
