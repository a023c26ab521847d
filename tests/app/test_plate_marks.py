"""Marks on the cards of Browse: in how many books a plate's image is, and how much is decided of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from imgsim.app.components.thumbnail_grid import _card
from imgsim.app.parts import plate_marks
from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.reviews import UNRELATED
from tests.pages import visit


def test_marks_say_where_else_the_image_is_and_what_was_decided(verified: Path, tmp_path: Path) -> None:
    collection = open_collection(Path(shutil.copytree(verified / "herbals", tmp_path / "herbals")))
    assert collection.families is not None
    family = collection.families.ordered()[0]
    alone = next(row for row in range(len(collection.catalogue)) if collection.families.of(row) is None)
    [reused], nothing = plate_marks.of(collection, [family.earliest.row, alone])
    assert nothing == [] and (reused["kind"], reused["text"]) == ("reused", f"in {len(family.books)} books")
    assert f"found {len(family)} times in {len(family.books)} books" in reused["title"]

    ids = [str(one) for one in collection.catalogue.plate_ids]
    others = [one for one in ids if one != ids[alone]][:2]
    for other in others:
        collection.reviews.record(ids[alone], other, UNRELATED, reviewer="Ada")
    [[mark], *_] = plate_marks.of(collection, [alone])
    assert (mark["kind"], mark["text"]) == ("reviewed", "✓ 2 decided")
    assert mark["title"] == "2 pairs with this plate are decided"
    collection.reviews.undo("Ada")
    [[mark], *_] = plate_marks.of(collection, [alone])
    assert mark["text"] == "✓ 1 decided" and "1 pair with this plate is decided" in mark["title"]


@pytest.mark.parametrize("mark", [{}, {"kind": "seen", "text": "x", "title": "y"}, "reused", {"kind": "reused"}])
def test_a_mark_of_another_kind_is_refused(mark: Any) -> None:
    with pytest.raises(ImgsimError, match="a mark of 'a' has a kind"):
        _card({"id": "a", "marks": [mark]}, None)


def test_pictures_are_as_large_as_asked_and_the_legend_is_beside_the_count(
    verified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(verified))
    app = visit("browse", size="large")
    chosen = next(box for box in app.selectbox if box.label == "Pictures")
    assert chosen.value == "large"
    assert any(str(one.help).startswith("Marks under a plate") for one in app.caption)
