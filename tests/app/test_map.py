"""The page Map, as Streamlit runs it without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.services import packed_rows
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


def test_a_link_selects_plates_and_says_where_they_are_no_longer_the_same(
    visit: Callable[..., AppTest], bare: Collection
) -> None:
    rows = np.array([1, 4, 7])
    chosen = packed_rows.packed(rows, packed_rows.mark(bare.catalogue.plate_ids))
    app = visit("map", selection=chosen)
    assert "3 plates selected" in words(app) and "No plate is chosen yet" not in words(app)
    app = visit("map", selection=chosen, plate=QUERY)  # both: the reader turns from one to the other
    assert "3 plates selected" in words(app)
    turn = next(control for control in app.button_group if control.label == "Beside the map")
    check(turn.set_value("Neighbours").run())
    assert "3 plates selected" not in words(app)
    app = visit("map", selection=packed_rows.packed(rows, packed_rows.mark(["other"])))
    assert "before it was prepared anew" in app.warning[0].value and "selected" not in words(app)
    for damaged in (chosen[:-3], "!!!", "x-AQID"):
        app = visit("map", selection=damaged)
        assert "damaged" in app.warning[0].value and "selected" not in words(app), damaged


def test_the_page_says_what_the_labels_of_regions_are_or_why_there_are_none(
    visit: Callable[..., AppTest], several: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Labels on the map: words of their titles" in words(visit("map"))
    assert "Labels on the map" not in words(visit("map", labels="no"))
    monkeypatch.setenv("IMGSIM_DATA", str(several))
    assert "No labels on the map" in words(visit("map", collection="x_one"))
