"""Figures of the collection in numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from imgsim.charts.overview_figures import (
    ALL,
    REUSED,
    breakdown_figure,
    decades_figure,
    delays_figure,
    trades_figure,
)
from imgsim.collection.overview_counts import Overview
from imgsim.collection.overview_groups import Breakdown
from tests.collection.chance import drawn, overview_of
from tests.herbals import HOSTILE
from tests.kin import catalogue_of, pair


@pytest.fixture(scope="module", params=range(4))
def overview(request: pytest.FixtureRequest) -> Overview:
    return overview_of(*drawn(request.param))


def customs(figure: Any, name: str) -> list[list[str]]:
    return [list(custom) for trace in figure.data if trace.name == name for custom in trace.customdata]


def test_every_bar_says_what_a_click_on_it_asks_for(overview: Overview) -> None:
    for figure, breakdown in (
        (decades_figure(overview.decades), overview.decades),
        (breakdown_figure(overview.breakdowns[0]), overview.breakdowns[0]),
    ):
        for part in (ALL, REUSED):
            expected = [[breakdown.column, str(at), part] for at in range(len(breakdown.every))]
            assert customs(figure, part) == expected
        bars = {trace.name: list(trace.x if trace.orientation == "h" else trace.y) for trace in figure.data}
        assert bars == {
            ALL: [group.plates for group in breakdown.every],
            REUSED: [group.reused for group in breakdown.every],
        }
    never = decades_figure(overview.decades, verified=False)
    assert [trace.name for trace in never.data] == [ALL] and not any(never.data[0].text)
    bars = delays_figure(overview.delay_groups).data[0]
    assert list(bars.y) == [count for *_, count in overview.delay_groups]
    assert list(bars.customdata[0]) == ["delay", "0", ALL]
    trades = overview.borrowers(4)
    figure = trades_figure(trades, [trade.book for trade in trades], borrowed=True)
    assert customs(figure, REUSED) == [["book", trade.book, REUSED] for trade in trades]


def test_the_undated_stand_apart_at_the_end(overview: Overview) -> None:
    places = list(decades_figure(overview.decades).data[0].x)
    assert np.diff(places).tolist() == [1] * (len(places) - 2) + [2]


@pytest.mark.parametrize("title", HOSTILE)
def test_names_are_escaped(title: str) -> None:
    plates = {"a": ("one", 1700), "b": ("two", 1710)}
    found = overview_of(catalogue_of(plates, place=[title, "x"]), [pair("a", "b")])
    figures = [
        breakdown_figure(found.breakdowns[0]),
        trades_figure(found.borrowers(3), [title], borrowed=True),
    ]
    for figure in figures:
        text = json.dumps(figure.to_plotly_json(), default=lambda value: np.asarray(value).tolist())
        if "<" in title:
            assert title not in text
        assert "%{x}" not in text and "%{customdata}" not in text


def test_nothing_at_all_can_be_drawn() -> None:
    empty = Overview(catalogue_of({"a": ("", None)}), None, None)
    assert empty.decades.groups == () and empty.breakdowns == () and empty.books == 0 and empty.span == ""
    decades_figure(empty.decades)
    breakdown_figure(Breakdown("place", "Place", (), None, None))
    trades_figure([], [], borrowed=False)
    delays_figure([])
    assert empty.books_table()["book"] == []
