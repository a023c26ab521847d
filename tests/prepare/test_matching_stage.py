"""What a run that compares plates makes, and plates that cannot be described or compared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.backbones import BACKBONES
from imgsim.base.progress import Progress
from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.images.plate_parts import PARTS, parts_of
from imgsim.prepare import Options, prepare
from imgsim.prepare.plate_shards import PlateFailure
from imgsim.verification.verdicts import match
from imgsim.verification.verifiers import SIFT, describe_file
from tests.making import Recorder, ToyProcessor, heavy_modules, make
from tests.prepare.verifying import (
    assert_equal,
    contents,
    draw,
    draw_plates,
    verified,
)
from tests.tiny import TINY

ROOT = Path(__file__).parents[2]


def test_a_run_finds_copies_by_their_lines(tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 5)
    draw(1).rotate(4, fillcolor=235).save(images / "q1.png")
    ImageOps.mirror(draw(2)).save(images / "q2.png")
    recorder = Recorder()
    options = Options(
        out=tmp_path / "c", inputs=[images], backbones=["toy"], projections=["pca"], verify_top=3
    )
    processor = ToyProcessor()
    summary = prepare(options, recorder, processor=processor)
    collection = open_collection(tmp_path / "c")
    matches, families = collection.matches, collection.found_families
    assert matches is not None
    assert families is not None
    row = collection.catalogue.row
    turned, mirrored = matches.between(row("p001"), row("q1")), matches.between(row("p002"), row("q2"))
    assert turned is not None
    assert mirrored is not None
    assert (turned.verdict, turned.mirrored) == ("same image", False)
    assert (mirrored.verdict, mirrored.mirrored) == ("mirrored", True)
    np.testing.assert_allclose(mirrored.transform @ [30, 40, 1], [120, 40, 1], atol=1.5)
    assert {frozenset(m.row for m in families.family(name).members) for name in families.ids} == {
        frozenset({row("p001"), row("q1")}), frozenset({row("p002"), row("q2")}),
    }  # fmt: skip
    assert summary.matches == matches.counts() == collection.manifest["counts"]["matches"]
    assert (summary.families, summary.verify_top, summary.redone["described"]) == (2, 3, 7)
    assert summary.redone["pairs"] == len(matches) == len(processor.compared)
    assert json.loads(json.dumps(summary.as_dict()))["matches"] == summary.matches
    stages = list(dict.fromkeys(progress.stage for progress in recorder.told))
    assert stages[stages.index("ready") :] == [
        "ready",
        "checking thumbnails",
        "checking files, MB",
        "features",
        "repeated parts",
        "index",
        "candidates",
        "matches",
        "families",
    ]
    last = {progress.stage: progress for progress in recorder.told}
    assert last["matches"].done == last["matches"].total == len(matches)
    assert collection.manifest["parameters"]["verify_top"] == 3
    assert {"features", "index", "candidates", "matches", "families"} <= collection.manifest["timings"].keys()

    # Every row is what a plain loop over its two files says.
    plates = [describe_file(collection.plate_bytes(row), SIFT) for row in range(7)]
    for a, b in processor.compared:
        alone, stored = match(plates[a], plates[b]), matches.between(a, b)
        assert stored is not None
        assert (alone.verdict, alone.inliers, alone.mirrored) == (
            stored.verdict,
            stored.inliers,
            stored.mirrored,
        )
        np.testing.assert_array_equal(alone.transform, stored.transform)
        assert set(stored.sources.split(", ")) <= {"cosine", "mirrored", "local features", "parts"}
    store = collection.features
    assert store is not None
    assert [len(store.features(row)) for row in range(7)] == [len(plate) for plate in plates]
    assert store.features(3).size == (150, 200)


def test_the_mirrored_embedding_is_that_of_the_mirrored_plate(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 3)
    flipped = tmp_path / "flipped"
    flipped.mkdir()
    for path in images.iterdir():
        ImageOps.mirror(Image.open(path)).save(flipped / path.name)
    verified(tmp_path / "c", images)
    make(tmp_path / "d", flipped)
    found = open_collection(tmp_path / "c").mirrored("toy")
    assert found is not None
    np.testing.assert_allclose(found, open_collection(tmp_path / "d").embeddings("toy"), atol=1e-6)


def test_the_embeddings_of_parts_are_those_of_the_parts_cut_out(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 3)
    cut = tmp_path / "cut"
    cut.mkdir()
    for path in images.iterdir():
        for number, part in enumerate(parts_of(Image.open(path))):
            part.save(cut / f"{path.stem}_{number}.png")
    verified(tmp_path / "c", images, backbones=["toy", "other"])
    make(tmp_path / "d", cut)
    collection = open_collection(tmp_path / "c")
    found = collection.part_embeddings("toy")
    assert found is not None and found.shape == (3, PARTS, 32)
    alone = open_collection(tmp_path / "d").embeddings("toy")
    np.testing.assert_allclose(found.reshape(alone.shape), alone, atol=1e-6)
    assert collection.part_embeddings("other") is None, "five parts cost five plates: one network sees them"


def test_a_collection_without_parts_gets_nothing_but_its_parts(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 4)
    verified(tmp_path / "c", images, parts=False)
    verified(tmp_path / "d", images)
    collection = open_collection(tmp_path / "c")
    assert collection.part_embeddings("toy") is None and collection.manifest["parameters"]["parts"] is False
    assert not verified(tmp_path / "c", None).changed, "as the collection has it"
    processor = ToyProcessor()
    verified(tmp_path / "c", images, processor, parts=True)
    assert [(plate, features, set(needs)) for plate, features, needs in processor.described] == [
        (f"p{number:03}", False, set()) for number in range(4)
    ]
    assert processor.compared == [], "with so few plates the parts bring no pair that is not known"
    assert_equal(tmp_path / "c", tmp_path / "d")
    assert "parts" not in open_collection(tmp_path / "c").manifest["parameters"]


def test_every_size_of_collection_works(quickly: None, tmp_path: Path) -> None:
    for count in (1, 2, 4):
        summary = verified(tmp_path / f"c{count}", draw_plates(tmp_path / f"images{count}", count))
        assert summary.redone["pairs"] == count * (count - 1) // 2
        contents(tmp_path / f"c{count}")
        assert not verified(tmp_path / f"c{count}", None).changed


def test_a_new_collection_can_be_opened_before_its_plates_are_compared(quickly: None, tmp_path: Path) -> None:
    seen: list[bool] = []

    def look(progress: Progress) -> None:
        if progress.stage == "ready":
            collection = open_collection(tmp_path / "c")
            seen.append(collection.matches is None and collection.embeddings("toy").shape == (4, 32))

    images = draw_plates(tmp_path / "images", 4)
    options = Options(out=tmp_path / "c", inputs=[images], backbones=["toy"], projections=["pca"])
    processor = ToyProcessor()
    assert prepare(options, look, processor=processor).matches is not None
    assert seen == [True]
    assert len(processor.asked) == len(processor.described) == 4
    assert not prepare(options, look, processor=processor).changed
    assert seen == [True]


def test_copies_of_one_file_are_described_and_compared_once(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 4)
    shutil.copy(images / "p001.png", images / "p900.png")
    processor = ToyProcessor()
    verified(tmp_path / "c", images, processor)
    assert len(processor.described) == 4
    matches = open_collection(tmp_path / "c").matches
    assert matches is not None
    assert len(matches) == 10
    # Four different plates make six pairs; of the copy there is the one with its twin, and those in another order.
    assert len(processor.compared) < 10
    assert matches.between(1, 4) is not None


# -- plates that cannot be described


def test_a_plate_that_cannot_be_described_costs_its_own_matches_and_not_the_run(
    quickly: None, tmp_path: Path
) -> None:
    class Unlucky(ToyProcessor):
        def look(self, asked: Any, *args: Any, **kwargs: Any) -> Any:
            for result in super().look(asked, *args, **kwargs):
                if kwargs["thumbnails"] is not None:
                    yield result
                elif result.plate_id == "p001":
                    yield PlateFailure("p001", "p001.png", "reading it took longer than 60 seconds")
                elif result.plate_id != "p002":
                    yield result

    images = draw_plates(tmp_path / "images", 4)
    summary = verified(tmp_path / "c", images, Unlucky())
    assert {note.split(" is not")[0] for note in summary.notes} == {"p001.png", "p002.png"}
    assert any("60 seconds" in note for note in summary.notes)
    store = open_collection(tmp_path / "c").features
    assert store is not None
    assert [len(store.features(row)) > 0 for row in range(4)] == [True, False, False, True]
    collection = open_collection(tmp_path / "c")
    np.testing.assert_array_equal(collection.mirrored("toy")[1], collection.embeddings("toy")[1])  # type: ignore[index]


def test_a_file_that_changes_meanwhile_is_not_taken_for_what_it_was(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 3)

    class Late(ToyProcessor):
        def look(self, *args: Any, **kwargs: Any) -> Any:
            if kwargs["thumbnails"] is None:
                draw(99).save(images / "p001.png")
            return super().look(*args, **kwargs)

    summary = verified(tmp_path / "c", images, Late())
    assert any("p001.png" in note and "changed" in note for note in summary.notes)
    assert [plate for plate, *_ in _described_next(tmp_path / "c", images)] == ["p001"]


def _described_next(out: Path, images: Path) -> list[tuple[str, bool, frozenset[str]]]:
    processor = ToyProcessor()
    verified(out, images, processor)
    return processor.described


def test_a_pair_that_cannot_be_compared_is_not_checked_and_is_tried_again(quickly: None, tmp_path: Path) -> None:
    class Unlucky(ToyProcessor):
        def compare(self, groups: Any, **kwargs: Any) -> Any:
            for group, found in super().compare(groups, **kwargs):
                yield group, ["it is unlucky" if (group.row, other) in lost else one
                              for other, one in zip(group.others, found, strict=True)]  # fmt: skip

    lost = {(0, 1), (1, 3)}
    images = draw_plates(tmp_path / "images", 4)
    verified(tmp_path / "whole", images)
    summary = verified(tmp_path / "c", images, Unlucky())
    (said,) = (note for note in summary.notes if "could not be compared" in note)
    assert said.startswith("2 pairs could") and "p000 and p001 (it is unlucky)" in said
    assert summary.redone["pairs"] == 4
    matches = open_collection(tmp_path / "c").matches
    assert matches is not None and len(matches) == 4
    assert matches.between(0, 1) is None and matches.between(0, 2) is not None
    # The next run tries again, and only those; then all is as if nothing had happened.
    lost.pop()
    again = verified(tmp_path / "c", images, Unlucky())
    assert again.redone["pairs"] == 1 and any("1 pair could not" in note for note in again.notes)
    lost.clear()
    assert verified(tmp_path / "c", images).redone["pairs"] == 1
    assert not verified(tmp_path / "c", images).changed
    assert_equal(tmp_path / "c", tmp_path / "whole")


def test_where_no_pair_can_be_compared_the_run_ends_with_the_reason(quickly: None, tmp_path: Path) -> None:
    class Hopeless(ToyProcessor):
        def compare(self, groups: Any, **kwargs: Any) -> Any:
            yield from ((group, ["it is gone"] * len(group.others)) for group in groups[1:])

    with pytest.raises(ImgsimError, match="None of 6 pairs of plates could be compared: it is gone"):
        verified(tmp_path / "d", draw_plates(tmp_path / "images", 4), Hopeless())
    assert open_collection(tmp_path / "d").matches is None


# -- the real workers


def test_worker_processes_give_the_same_as_one_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
    images = draw_plates(tmp_path / "images", 5)
    ImageOps.mirror(draw(2)).save(images / "q2.png")
    options: dict[str, Any] = {"backbones": ["tiny"], "projections": ["pca"], "verify_top": 3}
    for name, workers in (("alone", 0), ("shared", 2)):
        prepare(Options(out=tmp_path / name, inputs=[images], workers=workers, **options))
    assert_equal(tmp_path / "alone", tmp_path / "shared")
    assert not prepare(Options(out=tmp_path / "shared", inputs=[images], workers=2, **options)).changed


def test_a_second_run_loads_nothing_heavy(quickly: None, tmp_path: Path) -> None:
    verified(tmp_path / "c", draw_plates(tmp_path / "images", 3))
    code = (
        "from imgsim.prepare import Options, prepare; from pathlib import Path\n"
        "from tests.making import ToyProcessor\n"
        f"assert not prepare(Options(out=Path({str(tmp_path / 'c')!r})), processor=ToyProcessor()).changed\n"
    )
    assert heavy_modules(code) == "[]"
