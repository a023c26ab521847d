"""Components refuse what they cannot draw."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from imgsim.app.components import (
    BarEvent,
    bar_chart,
    book_matrix,
    cell_of,
    family_strips,
    outline,
    pair_list,
    plate_map,
    rank_lines,
    thumbnail_grid,
    time_line,
)
from imgsim.charts.bars import Bar, Piece
from imgsim.errors import ImgsimError

bar_charts = importlib.import_module("imgsim.app.components.bar_chart")  # the package gives its name to the function


def test_components_refuse_foreign_addresses_and_ids_that_come_twice() -> None:
    member = {"id": "a", "alt": "a", "src": "/x.webp"}
    family = {"id": "f", "members": [member]}
    family_strips(key="k", families=[family])
    for spoilt in (
        [family, family],
        [{"id": "f", "members": [{**member, "src": "http://evil.invalid/"}]}],
        [{"id": "f", "members": [{**member, "words": [{"text": "x", "kind": "nonsense"}]}]}],
        [{"id": "f", "members": [{**member, "outline": {"width": 3}}]}],
    ):
        with pytest.raises(ImgsimError):
            family_strips(key="k", families=spoilt)
    pair = {"id": "p", "left": member, "right": member}
    pair_list(key="k", items=[pair])
    for wrong in ([pair, pair], [{**pair, "left": {**member, "src": "//evil.invalid"}}]):
        with pytest.raises(ImgsimError):
            pair_list(key="k", items=wrong)
    lane = {"name": "London", "members": [{**member, "years": (1700, 1709)}]}
    time_line(key="k", lanes=[lane], undated=[{**member, "id": "b"}])
    for lanes, undated in (([lane], [member]), ([{**lane, "members": [{**member, "years": (1709, 1700)}]}], [])):
        with pytest.raises(ImgsimError):
            time_line(key="k", lanes=lanes, undated=undated)
    plate = {**member, "pair": "1"}

    def columns(left: list[Any], right: list[Any]) -> None:
        rank_lines(key="k", left=left, right=right, kept={"1": True}, left_title="A", right_title="B")

    columns([plate], [plate])
    for sides in (([plate], []), ([plate, plate], [plate, plate]), ([plate], [{**plate, "pair": "2"}])):
        with pytest.raises(ImgsimError):
            columns(*sides)


def test_an_outline_stays_inside_its_plate_and_needs_three_corners() -> None:
    drawn = outline(np.array([[-5, 3], [120, 3], [50, 300]]), 100, 200)
    assert drawn == {"width": 100, "height": 200, "points": [[0.0, 3.0], [100.0, 3.0], [50.0, 200.0]]}
    assert outline(np.zeros((0, 2)), 100, 200) is None
    assert outline(np.array([[0, 0], [np.nan, 1], [2, 2]]), 100, 200) is None
    card = {"id": "a", "src": "/x", "alt": "", "outline": {"width": 9, "height": 9, "points": [[0, 0]]}}
    with pytest.raises(ImgsimError):
        thumbnail_grid(key="k", items=[card])


@pytest.mark.parametrize(
    "verdict",
    [
        "same",
        {"kind": "same"},
        {"kind": "proof", "text": "x", "title": ""},
        {"kind": "same", "text": "", "title": ""},
        {"kind": "same", "text": "x", "title": "", "onclick": "y"},
    ],
    ids=str,
)
def test_the_grid_refuses_a_verdict_without_words(verdict: Any) -> None:
    with pytest.raises(ImgsimError):
        thumbnail_grid(key="g", items=[{"id": "a", "verdict": verdict}])


def test_the_map_refuses_foreign_rows_as_verified() -> None:
    with pytest.raises(ImgsimError):
        plate_map(key="m", points_url="/p.bin", count=10, query=1, neighbours=[2], verified=[10])
    assert (
        plate_map(key="m", points_url="/p.bin", count=10, query=1, neighbours=[2], verified=[]).clicked
        is None
    )


COLOURS = {"again": "#0072B2", "all": "#C9C2B5"}


@pytest.mark.parametrize(("kind", "count"), [("other", 4), ("all", -1)])
def test_no_bar_is_drawn_without_a_colour_or_below_nothing(kind: str, count: int) -> None:
    with pytest.raises(ImgsimError, match="counts 0 or more of a kind among again, all"):
        bar_chart(key="k", bars=[Bar("1700s", (Piece(kind, count, ""),))], colours=COLOURS, label="Plates")


@pytest.mark.parametrize(
    "sent", ["2:all", "-1:all", "x:again", "0:most", "0:again", "0", "", "\N{SUPERSCRIPT TWO}:all", None]
)
def test_a_click_that_no_bar_can_have_sent_picks_none(sent: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    bars = [Bar("1700s", (Piece("again", 0, ""), Piece("all", 3, ""))), Bar("1710s", (Piece("all", 2, ""),))]
    monkeypatch.setattr(bar_charts, "mount", lambda *_given, **_more: {"clicked": sent})
    assert bar_chart(key="k", bars=bars, colours=COLOURS, label="Plates") == BarEvent()
    monkeypatch.setattr(bar_charts, "mount", lambda *_given, **_more: {"clicked": "1:all"})
    assert bar_chart(key="k", bars=bars, colours=COLOURS, label="Plates") == BarEvent(1, "all")
    assert bar_chart(key="k", bars=bars, colours=COLOURS, label="Plates", still=True) == BarEvent()


def test_a_matrix_is_of_its_books_and_only_its_squares_are_picked() -> None:
    counts = np.array([[0, 3, 0], [3, 0, 1], [0, 1, 0]])
    names = ["a", "b", "c"]
    book_matrix(key="k", counts=counts, labels=names, dates=names)
    upper, below = np.triu(counts), counts - 2
    for wrong in (counts[:2, :2], upper, below):
        with pytest.raises(ImgsimError, match="a matrix of 3 books is 3 x 3, symmetric"):
            book_matrix(key="k", counts=wrong, labels=names, dates=names)
    sent = {text: cell_of({"clicked": text}, counts) for text in ("0:1", "2:1", "0:2", "3:1", "1:-1", "1", "x:y", "")}
    assert {text: cell for text, cell in sent.items() if cell} == {"0:1": (0, 1), "2:1": (2, 1)}
    assert cell_of(None, counts) is None
