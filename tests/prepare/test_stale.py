"""Runs again: what is hashed, taken from the record, kept or removed (what is redone: reliability, row 13)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from tests.making import ToyEngine, make, write_plate, write_plates


def test_fresh_files_are_hashed_again_but_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgsim.prepare.known_files._COARSE_CLOCK_NS", 10**12)
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
