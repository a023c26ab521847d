"""What is compared again and what is not, and --no-verify."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.collection.id_registry import FILE
from imgsim.errors import ImgsimError
from imgsim.generation import layout
from tests.making import ToyProcessor, make
from tests.prepare.verifying import (
    FOUND,
    INDEX,
    MIRRORED,
    PARTED,
    STORE,
    assert_equal,
    contents,
    draw,
    draw_plates,
    flip,
    verified,
)

State = tuple[Path, Path, dict[str, Any], pytest.MonkeyPatch]


def change_add(state: State) -> None:
    draw(500).save(state[0] / "p500.png")


def change_remove(state: State) -> None:
    (state[0] / "p003.png").unlink()


def change_replace(state: State) -> None:
    draw(501).save(state[0] / "p003.png")


def change_rename(state: State) -> None:
    (state[0] / "p003.png").rename(state[0] / "p003b.png")


def change_year(state: State) -> None:
    state[1].write_text("plate_id,publication_year\np002,1700\n")


def change_backbone(state: State) -> None:
    state[2]["backbones"] = ["toy", "other"]


def change_top(state: State) -> None:
    state[2]["verify_top"] = 1


def change_parts(state: State) -> None:
    state[2]["parts"] = False


def raised(*names: str) -> Callable[[State], None]:
    def change(state: State) -> None:
        for name in names:
            state[3].setattr(name, 99)

    change.__name__ = f"change_{names[0].rsplit('.', 1)[-1]}"
    return change


EVERY = [f"p{number:03}" for number in range(5)]
CHANGES: list[tuple[Callable[[State], None], list[str], int, set[str]]] = [
    (change_add, ["p500"], 5, {*STORE, *INDEX, *MIRRORED, *PARTED, *FOUND}),
    (change_remove, [], 0, {*STORE, *INDEX, *MIRRORED, *PARTED, *FOUND}),
    (change_replace, ["p003"], 4, {*STORE, *INDEX, *MIRRORED, *PARTED, *FOUND}),
    (change_rename, [], 0, {layout.FAMILIES}),  # the pairs are those of the same ids
    (change_year, [], 0, {layout.FAMILIES}),
    (change_backbone, EVERY, 0, {"other/mirrored.npy", "other/pairs.npy", *FOUND}),
    (change_top, [], 0, FOUND),
    (raised("imgsim.features.extraction.FEATURES_VERSION"), EVERY, 10, {*STORE, *INDEX, *FOUND}),
    (raised("imgsim.verification.verdicts.MATCHING_VERSION"), [], 10, FOUND),
    (raised("imgsim.features.inverted_index.INDEX_VERSION"), [], 0, {*INDEX, *FOUND}),
    (raised("imgsim.verification.candidates.CANDIDATES_VERSION"), [], 0, FOUND),
    (raised("imgsim.families.FAMILIES_VERSION"), [], 0, {layout.FAMILIES}),
    (raised("imgsim.prepare.similarity_files.SIMILARITIES_VERSION"), [], 0, {"toy/pairs.npy"}),
    (raised("imgsim.prepare.feature_stage.MIRROR_VERSION"), EVERY, 0, {*MIRRORED, *FOUND}),
    (raised("imgsim.prepare.feature_stage.PARTS_VERSION"), EVERY, 0, {*PARTED, *FOUND}),
    (raised("imgsim.verification.candidate_sources.by_parts.Parts.version"), [], 0, FOUND),
    (change_parts, [], 0, FOUND),
]


@pytest.mark.parametrize(
    ("change", "described", "pairs", "files"), CHANGES, ids=[c[0].__name__[7:] for c in CHANGES]
)
def test_exactly_what_is_stale_is_redone(
    quickly: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[State], None],
    described: list[str],
    pairs: int,
    files: set[str],
) -> None:
    images = draw_plates(tmp_path / "images", 5)
    table = tmp_path / "meta.csv"
    table.write_text("plate_id,publication_year\np001,1750\n")
    options: dict[str, Any] = {"metadata": table, "backbones": ["toy"], "verify_top": 9}
    verified(tmp_path / "c", images, **options)
    again = ToyProcessor()
    assert not verified(tmp_path / "c", images, again, **options).changed
    assert (again.described, again.compared) == ([], [])

    change((images, table, options, monkeypatch))
    processor = ToyProcessor()
    summary = verified(tmp_path / "c", images, processor, **options)
    assert [plate for plate, *_ in processor.described] == described
    assert (len(processor.compared), summary.redone["pairs"]) == (pairs, pairs)
    # Who the candidates are is looked up again only where that may have changed.
    same = {
        change_rename.__name__,
        "change_MATCHING_VERSION",
        change_year.__name__,
        "change_FAMILIES_VERSION",
        "change_SIMILARITIES_VERSION",
    }
    assert ("candidates" in summary.timings) == (change.__name__ not in same)
    known = {*STORE, *INDEX, *FOUND, *MIRRORED, *PARTED, "other/mirrored.npy", "other/pairs.npy"}
    assert set(summary.redone["files"]) & known == files
    if change is change_backbone:
        assert all(not features and needs == {"other"} for _, features, needs in processor.described)

    # The same as if it had been made afresh, and at rest again.
    (tmp_path / "fresh").mkdir()
    shutil.copy(tmp_path / "c" / FILE, tmp_path / "fresh" / FILE)  # a plate is called what it was called first
    verified(tmp_path / "fresh", images, ToyProcessor(), **options)
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert not verified(tmp_path / "c", images, **options).changed


# -- without comparing


def test_no_verify_compares_nothing_and_drops_nothing(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 4)
    table = tmp_path / "meta.csv"
    table.write_text("plate_id,publication_year\np001,1750\n")
    processor = ToyProcessor()
    summary = make(tmp_path / "c", images, processor, metadata=table)
    assert (summary.matches, summary.families, summary.verify_top) == (None, None, None)
    assert (processor.described, processor.compared) == ([], [])
    assert open_collection(tmp_path / "c").matches is None
    verified(tmp_path / "c", images, verify_top=2)
    before = contents(tmp_path / "c")
    assert not make(tmp_path / "c", images, processor).changed
    # Another map, another network, other dates: what was found is still there.
    make(tmp_path / "c", images, processor, projections=["pca", "tsne"], backbones=["toy", "other"])
    collection = open_collection(tmp_path / "c")
    assert collection.matches is not None
    assert collection.matches.to_parquet() == before["matches"]
    assert collection.mirrored("other") is None
    similarities = collection.compared_similarities("other")
    assert similarities is not None and len(similarities) == len(collection.matches)
    table.write_text("plate_id,publication_year\np002,1700\n")
    summary = make(tmp_path / "c", images, processor)
    assert layout.FAMILIES in summary.redone["files"]
    assert summary.matches == before["counts"]
    assert (processor.described, processor.compared) == ([], [])


def test_no_verify_over_other_plates_loses_no_work(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 5)
    verified(tmp_path / "c", images)
    draw(77).save(images / "p077.png")
    assert make(tmp_path / "c", images).matches is None
    assert open_collection(tmp_path / "c").matches is None
    draw(78).save(images / "p078.png")
    make(tmp_path / "c", images)
    make(tmp_path / "c", images, top_k=2)
    assert len(os.listdir(tmp_path / "c" / "generations")) == 3
    processor = ToyProcessor()
    verified(tmp_path / "c", images, processor)
    assert [plate for plate, *_ in processor.described] == ["p077", "p078"]
    assert len(processor.compared) == 5 + 6
    verified(tmp_path / "fresh", images)
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert not (tmp_path / "c" / "work" / "former").exists()
    draw(79).save(images / "p079.png")
    verified(tmp_path / "c", images)
    assert len(os.listdir(tmp_path / "c" / "generations")) == 2


def test_no_verify_drops_what_is_damaged_instead_of_comparing_again(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 4)
    verified(tmp_path / "c", images)
    flip(tmp_path / "c", layout.MATCHES)
    processor = ToyProcessor()
    summary = make(tmp_path / "c", images, processor)
    assert summary.matches is None
    assert (processor.described, processor.compared) == ([], [])
    verified(tmp_path / "c", images, processor)
    assert processor.described == []
    assert len(processor.compared) == 6


@pytest.mark.parametrize("top", [0, -3])
def test_a_plate_is_compared_with_one_other_at_least(tmp_path: Path, top: int) -> None:
    with pytest.raises(ImgsimError, match="verify_top"):
        verified(tmp_path / "c", draw_plates(tmp_path / "images", 2), verify_top=top)
