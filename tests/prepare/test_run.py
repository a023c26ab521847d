"""What a run makes of images, what it says, and what another one hashes, takes from the record, keeps or removes."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from imgsim.base.hashing import file_sha256
from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.images.containers import outermost
from imgsim.prepare import Options, prepare
from tests.making import Recorder, ToyProcessor, make, write_plate, write_plates
from tests.prepare.arrays import arrays, assert_equal

ROOT = Path(__file__).parents[2]


def test_a_run_makes_the_collection_and_tells_what_it_did(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 8)
    (images / "bad.png").write_bytes(b"no image")
    (images / "drawing.svg").write_text("<svg/>")
    table = tmp_path / "meta.csv"
    table.write_text("plate_id;title\np001;Rosa\np002;Lilium\nelse;Nothing\n")
    recorder = Recorder()
    summary = prepare(
        Options(
            out=tmp_path / "c", inputs=[images], metadata=table, backbones=["toy"], projections=["pca"],
            matching=False,
        ),
        recorder,
        processor=ToyProcessor(),
    )  # fmt: skip
    assert (summary.plates, summary.skipped, summary.changed, summary.top_k) == (8, 2, True, 50)
    assert {file for file, _ in summary.skipped_first} == {"bad.png", "drawing.svg"}
    assert summary.skipped_csv.is_file()
    assert (summary.join["joined"], summary.join["unused"]) == (2, 1)
    assert json.loads(json.dumps(summary.as_dict()))["plates"] == 8
    stages = [progress.stage for progress in recorder.told]
    assert list(dict.fromkeys(stages)) == [
        "looking for images", "telling pages from plates", "plates", "catalogue", "neighbours toy", "pca toy",
        "writing",
    ]  # fmt: skip
    last = {progress.stage: progress for progress in recorder.told}
    assert last["plates"].done == last["plates"].total == 9
    manifest = open_collection(tmp_path / "c").manifest
    assert manifest["counts"] == {
        "plates": 8,
        "skipped": 2,
        "bytes": sum(p.stat().st_size for p in images.glob("p*")),
        "joined": 2,
    }
    assert manifest["inputs"]["images"] == [str(images)]
    assert manifest["inputs"]["metadata_sha256"] == file_sha256(table)
    assert manifest["backbones"]["toy"]["hubness"]["k"] == 7
    assert {"python", "numpy", "imgsim"} <= manifest["versions"].keys()
    assert open_collection(tmp_path / "c").catalogue.record(1)["title"] == "Rosa"


def test_every_size_of_collection_works(tmp_path: Path) -> None:
    for count in (1, 2, 3, 9):
        images = write_plates(tmp_path / f"images{count}", count)
        make(tmp_path / f"c{count}", images, projections=["pca", "tsne"])
        found = arrays(tmp_path / f"c{count}")
        assert found["toy indices"].shape == (count, count - 1)
        assert found["toy tsne"].shape == (count, 2)


def test_zips_and_folders_give_the_same(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 6)
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for path in images.iterdir():
            archive.write(path, f"inner/{path.name}")
    make(tmp_path / "a", images)
    make(tmp_path / "b", tmp_path / "archive.zip")
    assert_equal(tmp_path / "a", tmp_path / "b")
    assert open_collection(tmp_path / "b").plate_bytes(2) == (images / "p002.png").read_bytes()
    processor = ToyProcessor()
    assert not make(tmp_path / "b", tmp_path / "archive.zip", processor).changed
    assert outermost(str(tmp_path), "archive.zip!inner/p001.png") == ("archive.zip", "inner/p001.png")


def test_names_with_exclamation_marks_are_no_zips(tmp_path: Path) -> None:
    path = write_plate(tmp_path / "see! this.png", 1)
    assert outermost(str(tmp_path), path.name) == (path.name, "")


def test_no_usable_image_is_an_error_that_gives_the_first_reason(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    with pytest.raises(ImgsimError, match="There is no image in"):
        make(tmp_path / "c", images)
    (images / "bad.png").write_bytes(b"no image")
    with pytest.raises(ImgsimError, match=r"None of the 1 images .*bad\.png"):
        make(tmp_path / "c", images)
    assert not (tmp_path / "c" / "CURRENT").exists()


@pytest.mark.parametrize(
    "wrong", [{"top_k": 0}, {"projections": ["isomap"]}, {"weights": {"other": Path("w")}}]
)
def test_wrong_options_are_refused_before_anything_is_done(tmp_path: Path, wrong: dict[str, Any]) -> None:
    images = write_plates(tmp_path / "images", 2)
    processor = ToyProcessor()
    with pytest.raises(ImgsimError):
        make(tmp_path / "c", images, processor, **wrong)
    assert processor.asked == []


def test_fresh_files_are_hashed_again_but_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgsim.prepare.known_files._COARSE_CLOCK_NS", 10**12)
    images = write_plates(tmp_path / "images", 4)
    (images / "bad.png").write_bytes(b"no image")
    make(tmp_path / "c", images)
    processor = ToyProcessor()
    assert not make(tmp_path / "c", images, processor).changed
    assert processor.asked == []
    change_like = (images / "p001.png").read_bytes()[:-1] + b"\0"
    (images / "p001.png").write_bytes(change_like)
    make(tmp_path / "c", images, processor)
    assert [plate for plate, _ in processor.asked] == ["p001"]


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
    processor = ToyProcessor()
    make(tmp_path / "c", images, processor)
    write_plate(images / "p100.png", 100)
    processor.asked.clear()
    assert make(tmp_path / "c", images, processor).skipped == 1
    assert [plate for plate, _ in processor.asked] == ["p100"]
    write_plate(images / "bad.png", 101)
    assert make(tmp_path / "c", images, processor).skipped == 0


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
