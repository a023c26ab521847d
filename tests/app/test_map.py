"""The page Map, as Streamlit runs it without a browser."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from imgsim.collection import Collection
from imgsim.collection.listing import (
    Conditions,
    list_under,
)
from tests.app.queried import QUERY, scores_of
from tests.herbals import COUNT
from tests.pages import check, visit, words


def test_filters_hold_on_the_map_and_the_page_says_so(visit: Callable[..., AppTest]) -> None:
    app = visit("map", in_place="London", plate="p003", threshold="-1")
    assert f"Showing 12 of {COUNT} plates" in words(app)
    check(next(button for button in app.button if button.label == "Show all plates").click().run())
    assert "in.place" not in app.query_params


def test_neighbours_that_do_not_pass_the_filters_are_said_on_the_map(bare: Collection) -> None:
    app = visit("map", plate=QUERY, in_place="London", fold="no")
    found = list_under(
        {}, scores_of(bare), Conditions(20, None, False, "any"), exclude=bare.catalogue.row(QUERY)
    )
    assert len(found.rows) == 20
    assert "9 of these do not pass your filters" in words(app)  # 18 of other books, every other one of London
