"""What repeats on the plates of a book loses its vote, for as long as nobody lets it count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.collection import open_collection
from imgsim.collection.learned_parts import CountingParts, Learned, learned_of
from imgsim.features.feature_store import map_npy
from imgsim.generation import layout
from imgsim.prepare import Summary
from tests.making import ToyProcessor
from tests.prepare.verifying import verified
from tests.verification.marked_plates import mark, picture, with_mark

MARKED, LARGE = 6, (150, 120)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One book: six plates with a label, one with nothing, and that one again."""
    folder = tmp_path_factory.mktemp("labels") / "flora"
    folder.mkdir()
    for number in range(MARKED):
        with_mark(picture(number), mark(7, LARGE), (0.95, 0.96)).save(folder / f"p{number}.png")
    picture(90).save(folder / "q0.png")
    picture(90).rotate(2, fillcolor=238).save(folder / "q1.png")
    return folder


def run(out: Path, images: Path, **options: Any) -> tuple[Summary, ToyProcessor, list[Learned]]:
    processor = ToyProcessor()
    summary = verified(out, images, processor, verify_top=9, **options)
    marks = [one for unit in learned_of(open_collection(out).without_decisions) for one in unit.marks]
    return summary, processor, marks


def proven(out: Path) -> set[tuple[str, str]]:
    frame = open_collection(out).without_decisions.matches.frame  # type: ignore[union-attr]
    seen = frame[frame["verdict"] != "look-alike"]
    return set(zip(seen["plate_a"], seen["plate_b"], strict=True))


def test_a_label_is_learned_and_counts_again_where_somebody_says_so(images: Path, tmp_path: Path) -> None:
    out = tmp_path / "c"
    _, first, marks = run(out, images)
    collection = open_collection(out).without_decisions
    (label,) = marks
    named = {plate for plate, content in collection.catalogue.pictures.items() if content in label.boxes}
    assert named == {f"p{number}" for number in range(MARKED)}
    assert label.box[0] > 0.5 and label.box[1] > 0.6
    assert proven(out) == {("q0", "q1")}

    # Lost are the votes inside the box, and which there were is known.
    store = collection.features
    assert store is not None
    votes = map_npy(collection.folder / layout.FEATURE_VOTES, np.bool_, (None,))
    lost = np.flatnonzero(votes & ~store.vouch)
    assert len(lost) > 30 and not (store.vouch & ~votes).any()
    rows = np.searchsorted(store.offsets, lost, side="right") - 1
    assert {str(collection.catalogue.plate_ids[row]) for row in rows} == named

    # What did not change is not done again.
    again, idle, _ = run(out, images)
    assert not again.changed and not idle.compared and not idle.described

    # Somebody lets it count: nothing is described again, and compared are the plates that bear it alone.
    CountingParts(out).add(label.scope, label.name, label.box, "Anna")
    changed, counting, (heard,) = run(out, images)
    assert changed.changed and heard.counts and not counting.described
    marked_rows = {collection.catalogue.row(plate) for plate in named}
    assert counting.compared and all({a, b} & marked_rows for a, b in counting.compared)
    assert len(proven(out)) > 10
    CountingParts(out).remove(1, "Anna")
    back, undone, (standing,) = run(out, images)
    assert back.changed and not standing.counts and not undone.described
    assert proven(out) == {("q0", "q1")}
    assert len(first.compared) > len(undone.compared)


def test_one_more_plate_has_no_other_compared_anew(images: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(images, tmp_path / "flora")
    run(tmp_path / "c", tmp_path / "flora")
    picture(777).save(tmp_path / "flora" / "r0.png")
    _, processor, marks = run(tmp_path / "c", tmp_path / "flora")
    new = open_collection(tmp_path / "c").catalogue.row("r0")
    assert len(marks) == 1 and [plate for plate, asked, _ in processor.described if asked] == ["r0"]
    assert processor.compared and all(new in pair for pair in processor.compared)
