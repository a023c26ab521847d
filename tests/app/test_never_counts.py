"""Saying of a part of a plate that it never counts, and taking that back."""

from __future__ import annotations

import pytest

from imgsim.collection import Collection
from imgsim.collection.excluded_parts import ExcludedParts
from tests.app.drawn import Drawn
from tests.app.review_scene import visit
from tests.pages import check, words

BOX = "0.1-0.2-0.9-0.8"


@pytest.fixture
def herbals(own: Collection) -> Collection:
    return own


def test_a_box_never_counts_for_a_plate_a_book_or_the_collection(herbals: Collection, drawn: Drawn) -> None:
    for scope, name in (("plate", herbals.catalogue.pictures["p003"]), ("book", None), ("collection", "")):
        app = visit("plate", plate="p003", box=BOX)
        next(radio for radio in app.radio if radio.key == "never_counts_scope").set_value(scope)
        check(next(button for button in app.button if button.label == "It never counts").click().run())
        part = ExcludedParts(herbals.path).standing()[-1]
        expected = herbals.catalogue.record(herbals.catalogue.row("p003"))["book"] if name is None else name
        assert (part.scope, part.name, part.box, part.reviewer) == (scope, expected, (0.1, 0.2, 0.9, 0.8), "Ada")
        assert "since this collection was prepared" in " ".join(info.value for info in app.info)


def test_about_lists_them_and_takes_them_back(herbals: Collection) -> None:
    assert "Parts that never count" not in words(visit("about"))
    ExcludedParts(herbals.path).add("book", str(herbals.catalogue.record(0)["book"]), (0, 0, 0.25, 1), "Ben")
    ExcludedParts(herbals.path).add("plate", "f" * 64, (0.5, 0.5, 1, 1), "Ada *<b>*")
    app = visit("about")
    said = words(app)
    assert "0 to 25 % from the left" in said and "a plate that is gone" in said
    assert "drawn, taken back or let count since the plates were compared" in said
    for _ in range(2):
        app = check(next(button for button in app.button if button.label == "Take back").click().run())
    assert ExcludedParts(herbals.path).standing() == []
    assert "Parts that never count" not in words(app)
