"""Runs that were interrupted or killed, and collections that were damaged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from imgsim.backbones import BACKBONES
from imgsim.base.progress import Progress
from imgsim.collection import open_collection
from imgsim.errors import BusyError, ImgsimError
from imgsim.generation.locking import locked
from imgsim.prepare import Options, prepare
from tests.making import ToyProcessor, make, write_plates
from tests.prepare.arrays import assert_equal
from tests.tiny import TINY

ROOT = Path(__file__).parents[2]


# -- damage is repaired, and said


@pytest.mark.parametrize(
    "file", ["toy/embeddings.npy", "toy/neighbours.npz", "catalogue.parquet", "manifest.json"]
)
def test_a_damaged_collection_is_repaired_by_the_command_that_its_error_names(
    tmp_path: Path, file: str
) -> None:
    images = write_plates(tmp_path / "images", 5)
    make(tmp_path / "c", images)
    make(tmp_path / "fresh", images)
    path = open_collection(tmp_path / "c").folder / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    inputs = images if file == "manifest.json" else None
    summary = make(tmp_path / "c", inputs)
    assert summary.changed
    assert_equal(tmp_path / "c", tmp_path / "fresh")


def test_lost_thumbnails_are_made_again(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 5)
    make(tmp_path / "c", images)
    open_collection(tmp_path / "c").thumbnail_path(3).unlink()
    processor = ToyProcessor()
    make(tmp_path / "c", images, processor)
    assert processor.asked == [("p003", frozenset())]
    assert open_collection(tmp_path / "c").thumbnail_path(3).stat().st_size


@pytest.mark.parametrize("name", ["sources.npz", "shards/000000.npz"])
def test_damage_in_the_work_folder_costs_time_but_no_truth(tmp_path: Path, name: str) -> None:
    images = write_plates(tmp_path / "images", 5)
    make(tmp_path / "fresh", images)
    if name == "sources.npz":
        make(tmp_path / "c", images)
    else:
        interrupt(tmp_path / "c", images, 3)
    path = tmp_path / "c" / "work" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    summary = make(tmp_path / "c", images)
    assert any("damaged" in note for note in summary.notes)
    assert_equal(tmp_path / "c", tmp_path / "fresh")


# -- interruptions


def interrupt(out: Path, images: Path, after: int, **options: Any) -> None:
    """A run that is stopped by Ctrl-C when so many plates are done."""

    def stop(done: int) -> None:
        if done == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(out, images, ToyProcessor(after=stop), **options)


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 9)
    make(tmp_path / "fresh", images)
    interrupt(tmp_path / "c", images, 4)
    assert not (tmp_path / "c" / "CURRENT").exists()
    interrupt(tmp_path / "c", images, 3)
    processor = ToyProcessor()
    make(tmp_path / "c", images, processor)
    assert [plate for plate, _ in processor.asked] == ["p007", "p008"]
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert sorted(os.listdir(tmp_path / "c" / "work")) == ["pages", "shards", "sources.npz"]
    assert os.listdir(tmp_path / "c" / "work" / "shards") == []


def test_an_interrupted_update_leaves_the_collection_as_it_was(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 4)
    make(tmp_path / "c", images)
    make(tmp_path / "before", images)
    write_plates(images, 9)
    interrupt(tmp_path / "c", images, 3)
    assert_equal(tmp_path / "c", tmp_path / "before")


def test_work_with_another_backbone_is_kept_for_later(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 6)
    interrupt(tmp_path / "c", images, 4, backbones=["slow"])
    make(tmp_path / "c", images)
    processor = ToyProcessor()
    make(tmp_path / "c", images, processor, backbones=["slow"])
    assert [plate for plate, _ in processor.asked] == ["p004", "p005"]


def test_finished_stages_are_not_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = write_plates(tmp_path / "images", 9)
    make(tmp_path / "fresh", images, projections=["pca", "tsne"])
    from imgsim.prepare import embedding_stages

    project, calls = embedding_stages.project, []

    def stopping(embeddings: Any, neighbours: Any, method: str, **rest: Any) -> Any:
        calls.append(method)
        if method == "tsne" and calls.count("tsne") == 1:
            raise KeyboardInterrupt
        return project(embeddings, neighbours, method, **rest)

    monkeypatch.setattr(embedding_stages, "project", stopping)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "c", images, projections=["pca", "tsne"])
    make(tmp_path / "c", images, projections=["pca", "tsne"])
    assert calls == ["pca", "tsne", "tsne"]
    assert_equal(tmp_path / "c", tmp_path / "fresh")


def test_a_second_writer_is_turned_away(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 2)
    with locked(tmp_path / "c"), pytest.raises(BusyError, match=str(os.getpid())):
        make(tmp_path / "c", images)
    make(tmp_path / "c", images)


def test_the_real_workers_give_the_same_in_one_go_and_in_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processor that users get, with worker processes, on a backbone that takes no time."""
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
    images = write_plates(tmp_path / "images", 12)
    (images / "bad.png").write_bytes(b"no image")
    options: dict[str, Any] = {"backbones": ["tiny"], "projections": ["pca"], "workers": 2, "matching": False}
    prepare(Options(out=tmp_path / "whole", inputs=[images], **options))
    write_plates(tmp_path / "half", 5)
    prepare(Options(out=tmp_path / "parts", inputs=[tmp_path / "half"], **options))
    summary = prepare(Options(out=tmp_path / "parts", inputs=[images], **options))
    assert (summary.plates, summary.skipped, summary.redone["plates"]) == (12, 1, 8)
    assert_equal(tmp_path / "whole", tmp_path / "parts")
    assert not prepare(Options(out=tmp_path / "parts", inputs=[images], **options)).changed
    with pytest.raises(ImgsimError, match="nonesuch"):
        prepare(Options(out=tmp_path / "parts", backbones=["nonesuch"]))


def test_a_new_collection_can_be_opened_before_its_other_maps_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, ...]] = []

    def look(progress: Progress) -> None:
        if progress.stage == "ready":
            seen.append(open_collection(tmp_path / "sample").projections("toy"))

    options = Options(out=tmp_path / "sample", sample=9, backbones=["toy"], workers=1)
    processor = ToyProcessor()
    summary = prepare(options, look, processor=processor)
    assert seen == [("pca",)]
    assert set(summary.projections) == {"pca", "tsne", "umap"}
    assert len(processor.asked) == 9
    assert summary.changed
    assert {"catalogue.parquet", "toy/projection_pca.npy", "toy/projection_umap.npy"} <= set(
        summary.redone["files"]
    )
    assert not prepare(options, look, processor=processor).changed
    assert (tmp_path / "sample" / "source" / "truth.csv").is_file()
    assert open_collection(tmp_path / "sample").manifest["counts"]["joined"] == 9
