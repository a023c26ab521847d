"""Components refuse what they cannot draw."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from imgsim.app.components import (
    BarEvent,
    bar_chart,
    family_strips,
    outline,
    pair_list,
    plate_map,
    rank_lines,
    thumbnail_grid,
)
from imgsim.charts.overview_bars import Bar
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


@pytest.mark.parametrize(("whole", "part"), [(3, 4), (-1, None), (3, -1)])
def test_no_bar_shows_more_than_there_is(whole: int, part: int | None) -> None:
    with pytest.raises(ImgsimError, match="a part is no more than its whole"):
        bar_chart(key="k", bars=[Bar("1700s", whole, part, "", "")], label="Plates")


@pytest.mark.parametrize("sent", ["2:whole", "-1:whole", "x:part", "0:most", "0", "", "²:part", None])
def test_a_click_that_no_bar_can_have_sent_picks_none(sent: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar_charts, "mount", lambda *_given, **_more: {"clicked": sent})
    bars = [Bar("1700s", 3, 1, "", ""), Bar("1710s", 2, 0, "", "")]
    assert bar_chart(key="k", bars=bars, label="Plates") == BarEvent()
    monkeypatch.setattr(bar_charts, "mount", lambda *_given, **_more: {"clicked": "1:part"})
    assert bar_chart(key="k", bars=bars, label="Plates") == BarEvent(1, "part")
