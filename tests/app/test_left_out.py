"""What conditions leave out of a list of neighbours is counted, and shown with one click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.app.parts import left_out
from imgsim.collection import Collection, open_collection
from imgsim.collection.listing import (
    OTHER_BOOKS,
    VERDICTS,
    WHEN,
    Conditions,
    Hidden,
)
from tests.app.queried import QUERY, scores_of
from tests.herbals import COUNT
from tests.pages import button, check, param, visit, words


@pytest.fixture(scope="session")
def folder(near_matches: Path) -> Path:
    return near_matches


def test_copies_in_the_same_book_are_counted_and_shown_with_one_click(
    herbals: Collection, cards: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate=QUERY, fold="no", threshold="1")
    assert "**2 plates in the same book** are verified." in words(app)
    assert not {"p001", "p004"} & {card["id"] for card in cards}
    check(button(app, "Show them").click().run())
    assert param(app, "other_books") == "no"
    assert {"p001", "p004"} <= {card["id"] for card in cards}
    assert "in the same book" not in words(app)


@pytest.mark.parametrize("page", ["plate", "map"])
def test_what_reaches_the_line_at_another_time_is_counted(herbals: Collection, page: str) -> None:
    scores = scores_of(herbals, "p008")
    app = visit(page, plate="p008", when="later", threshold="0.3", other_books="no")
    years = [herbals.catalogue.record(row)["year"] for row in range(COUNT)]
    left = sum(
        1
        for row, year in enumerate(years)
        if row != 8 and scores[row] >= np.float32(0.3) and (year is None or int(str(year)) <= 1710)
    )
    assert left > 1
    assert f"**{left} plates not known to be later** reach 0.3." in words(app)
    check(button(app, "Show them").click().run())
    assert "when" not in app.query_params


def test_a_plate_that_two_conditions_leave_out_is_counted_too(herbals: Collection) -> None:
    app = visit("plate", plate=QUERY, when="later", threshold="1")  # the copies are of its own book and year
    assert "**2 plates left out by more than one condition** are verified." in words(app)
    check(button(app, "Show them").click().run())
    assert param(app, "other_books") == "no" and "when" not in app.query_params


def test_the_earliest_book_and_the_only_one_are_answered_all_the_same(
    bare: Collection, cards: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate=QUERY, when="earlier")
    assert "No plate is known to be earlier" in words(app) and cards
    check(button(app, "Allow any time").click().run())
    assert "when" not in app.query_params
    app = visit("plate", collection="x_one", plate="p001")
    assert len(cards) == 3
    alone = open_collection(bare.path.parent / "x_one")
    if alone.catalogue.books_known:
        assert "No plate is of another book" in words(app)
    assert "There is no other plate in this collection" in words(
        visit("plate", collection="x_alone", plate="p000")
    )


@pytest.mark.parametrize(
    ("hidden", "threshold", "expected"),
    [
        (Hidden((OTHER_BOOKS,), 4, 0), 0.94, "**4 plates in the same book** reach 0.94."),
        (Hidden((OTHER_BOOKS,), 1, 0), 0.94, "**1 plate in the same book** reaches 0.94."),
        (Hidden((WHEN,), 3, 1), 0.9, "**3 plates not known to be earlier** reach 0.9 or are verified."),
        (Hidden((VERDICTS,), 1, 1), 0.9, "**1 plate with another verdict** is verified."),
        (
            Hidden((WHEN, OTHER_BOOKS), 2, 0),
            None,
            "**2 plates left out by more than one condition** score more than any of these.",
        ),
    ],
)  # fmt: skip
def test_what_is_left_out_in_words(hidden: Hidden, threshold: float | None, expected: str) -> None:
    assert left_out.sentence(hidden, Conditions(4, threshold, True, "earlier")) == expected
