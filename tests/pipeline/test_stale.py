"""What is redone: exactly what is stale (RELIABILITY row 13)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.collection.registry import FILE
from imgsim.errors import ImgsimError
from tests.making import ToyEngine, make, write_plate, write_plates
from tests.pipeline.arrays import assert_equal

VECTOR_FILES = {"embeddings.npy", "neighbours.npz", "background.npy", "projection_pca.npy"}


def change_add(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    write_plate(images / "p500.png", 500)


def change_remove(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    (images / "p003.png").unlink()


def change_rename(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    (images / "p003.png").rename(images / "z.png")


def change_move(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    (images / "herbal").mkdir()
    for number in range(3, 7):
        (images / f"p00{number}.png").rename(images / "herbal" / f"p00{number - 3}.png")


def change_replace(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    """Another image under the same name, with the same size and time."""
    path = images / "p003.png"
    before = path.stat()
    data = (images / "spare.png.txt").read_bytes()
    assert len(data) == before.st_size
    assert data != path.read_bytes()
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def change_cell(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    table.write_text(table.read_text().replace("Rosa", "Rose"))


def change_model(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    options["backbones"] = ["other"]


def change_weights(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    options["weights"]["toy"].write_bytes(b"other weights")


def change_preprocessing(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    engine.preprocessing = 2


def change_k(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    options["top_k"] = 3


def change_projection(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    options["projections"] = ["tsne"]


TABLE = {"catalogue.parquet", "unjoined.csv"}
ALL = {*TABLE, *(f"toy/{file}" for file in VECTOR_FILES)}
CHANGES = [
    (change_add, ["p500"], ALL),
    (change_remove, [], ALL),
    # The plate keeps its id, so what was made of the embeddings is still right.
    (change_rename, [], TABLE),
    (change_move, [], TABLE),
    (change_replace, ["p003"], ALL),
    (change_cell, [], TABLE),
    (change_model, [f"p{number:03}" for number in range(7)], {f"other/{file}" for file in VECTOR_FILES}),
    (change_weights, [f"p{number:03}" for number in range(7)], ALL - TABLE),
    (change_preprocessing, [f"p{number:03}" for number in range(7)], ALL - TABLE),
    (change_k, [], {"toy/neighbours.npz"}),
    (change_projection, [], {"toy/projection_tsne.npy"}),
]


@pytest.mark.parametrize(("change", "decoded", "files"), CHANGES, ids=[c[0].__name__[7:] for c in CHANGES])
def test_exactly_what_is_stale_is_redone(
    tmp_path: Path,
    change: Callable[[Path, Path, dict[str, Any], ToyEngine], None],
    decoded: list[str],
    files: set[str],
) -> None:
    images = write_plates(tmp_path / "images", 7)
    # An image of exactly the size of p003.png, for the change that must not be noticed by size.
    spare = write_plate(tmp_path / "spare.png", 999).read_bytes()
    target = (images / "p003.png").read_bytes()
    longest = max(len(spare), len(target))
    (images / "p003.png").write_bytes(target + b"\0" * (longest - len(target)))
    (images / "spare.png.txt").write_bytes(spare + b"\0" * (longest - len(spare)))
    table, weights = tmp_path / "meta.csv", tmp_path / "weights"
    table.write_text("plate_id,title\np001,Rosa\n")
    weights.write_bytes(b"weights")
    options: dict[str, Any] = {
        "metadata": table,
        "weights": {"toy": weights},
        "top_k": 5,
        "backbones": ["toy"],
    }
    engine = ToyEngine()
    make(tmp_path / "c", images, engine, **options)
    engine.asked.clear()
    again = make(tmp_path / "c", images, engine, **options)
    assert not again.changed
    assert engine.asked == []

    change(images, table, options, engine)
    summary = make(tmp_path / "c", images, engine, **options)
    assert summary.changed
    assert [plate for plate, _ in engine.asked] == decoded
    assert set(summary.redone["files"]) == files
    if change is change_model:
        assert all(needs == {"other"} for _, needs in engine.asked)
        assert summary.backbones == ("toy", "other")

    # The same as if it had been made afresh, and at rest again.
    if change is change_model:
        options["backbones"] = ["toy", "other"]
    if change is change_projection:
        options["projections"] = ["pca", "tsne"]
    (tmp_path / "fresh").mkdir()
    shutil.copy(tmp_path / "c" / FILE, tmp_path / "fresh" / FILE)  # a plate is called what it was called first
    make(tmp_path / "fresh", images, engine, **options)
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert not make(tmp_path / "c", images, engine, **options).changed
    assert open_collection(tmp_path / "c").staleness() == []


def test_fresh_files_are_hashed_again_but_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgsim.pipeline.sources._COARSE_CLOCK_NS", 10**12)
    images = write_plates(tmp_path / "images", 4)
    (images / "bad.png").write_bytes(b"no image")
    make(tmp_path / "c", images)
    engine = ToyEngine()
    assert not make(tmp_path / "c", images, engine).changed
    assert engine.asked == []
    change_like = (images / "p001.png").read_bytes()[:-1] + b"\0"
    (images / "p001.png").write_bytes(change_like)
    make(tmp_path / "c", images, engine)
    assert [plate for plate, _ in engine.asked] == ["p001"]


def test_without_inputs_the_recorded_ones_are_used(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 4)
    table = tmp_path / "meta.csv"
    table.write_text("plate_id,title\np001,Rosa\n")
    make(tmp_path / "c", images, metadata=table, top_k=2, projections=["pca", "tsne"])
    write_plate(images / "new.png", 5)
    summary = make(tmp_path / "c", None, backbones=["other"], projections=[])
    assert (summary.plates, summary.join["joined"], summary.top_k) == (5, 1, 2)
    assert summary.backbones == ("toy", "other")
    assert summary.projections == ("pca", "tsne")
    with pytest.raises(ImgsimError, match="nothing to prepare"):
        make(tmp_path / "empty", None)


def test_bad_images_are_not_tried_again_until_they_change(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 3)
    (images / "bad.png").write_bytes(b"no image")
    engine = ToyEngine()
    make(tmp_path / "c", images, engine)
    write_plate(images / "p100.png", 100)
    engine.asked.clear()
    assert make(tmp_path / "c", images, engine).skipped == 1
    assert [plate for plate, _ in engine.asked] == ["p100"]
    write_plate(images / "bad.png", 101)
    assert make(tmp_path / "c", images, engine).skipped == 0


def test_the_generation_before_stays_readable_and_older_ones_go(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 3)
    make(tmp_path / "c", images)
    reader = open_collection(tmp_path / "c")
    (tmp_path / "c" / "generations" / ".unfinished-x").mkdir()
    write_plate(images / "p100.png", 100)
    make(tmp_path / "c", images)
    assert reader.embeddings("toy").shape == (3, 32)
    assert reader.thumbnail_path(0).is_file()
    write_plate(images / "p101.png", 101)
    make(tmp_path / "c", images)
    left = os.listdir(tmp_path / "c" / "generations")
    assert len(left) == 2
    assert reader.generation not in left


def test_reviews_are_never_touched(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 3)
    make(tmp_path / "c", images)
    (tmp_path / "c" / "reviews.sqlite").write_bytes(b"a year of work")
    write_plate(images / "p100.png", 100)
    make(tmp_path / "c", images)
    assert (tmp_path / "c" / "reviews.sqlite").read_bytes() == b"a year of work"
