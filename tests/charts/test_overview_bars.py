"""The bars of the collection in numbers."""

from __future__ import annotations

import pytest

from imgsim.charts.bars import Bar
from imgsim.charts.overview_bars import PART, WHOLE, breakdown_bars, decades_bars, delays_bars, trades_bars
from imgsim.collection.overview_counts import Overview
from imgsim.collection.overview_groups import Breakdown
from tests.collection.chance import drawn, overview_of
from tests.kin import catalogue_of


@pytest.fixture(scope="module", params=range(4))
def overview(request: pytest.FixtureRequest) -> Overview:
    return overview_of(*drawn(request.param))


def counts(bars: list[Bar]) -> list[dict[str, int]]:
    return [{piece.kind: piece.count for piece in bar.pieces} for bar in bars]


def test_every_bar_counts_and_says_what_a_click_opens(overview: Overview) -> None:
    for bars, breakdown in (
        (decades_bars(overview.decades), overview.decades),
        (breakdown_bars(overview.breakdowns[0]), overview.breakdowns[0]),
    ):
        groups = breakdown.every
        assert counts(bars) == [{PART: group.reused, WHOLE: group.plates - group.reused} for group in groups]
        for bar, group in zip(bars, groups, strict=True):
            part, whole = bar.pieces
            assert whole.told.endswith(f"Opens all {group.plates:,}") and bar.total == group.plates
            assert part.told.endswith(f"Opens these {group.reused:,}")
            assert (f"{100 * group.share:.0f} %" in bar.beside) == bool(group.reused)
    never = decades_bars(overview.decades, verified=False)
    assert counts(never) == [{PART: group.plates} for group in overview.decades.every]
    assert not any(bar.beside for bar in never)
    assert counts(delays_bars(overview.delay_groups)) == [{PART: count} for *_, count in overview.delay_groups]
    trades = overview.borrowers(4)
    bars = trades_bars(trades, [trade.book for trade in trades], borrowed=True)
    assert counts(bars) == [{PART: trade.taken, WHOLE: trade.plates - trade.taken} for trade in trades]
    lent = trades_bars(trades, [trade.book for trade in trades], borrowed=False)
    assert [bar.total for bar in lent] == [trade.plates for trade in trades]
    assert [bar.pieces[0].count for bar in lent] == [trade.passed for trade in trades]


def test_the_undated_stand_apart_at_the_end(overview: Overview) -> None:
    assert [bar.apart for bar in decades_bars(overview.decades)] == [False] * len(overview.decades.groups) + [True]


def test_one_is_not_called_many() -> None:
    found = Overview(catalogue_of({"a": ("one", 1700)}), None, None)
    assert decades_bars(found.decades, verified=False)[0].pieces[0].told == "1700s: 1 plate. Opens them"
    assert [bar.pieces[0].told.split(".")[0] for bar in delays_bars([(0, 0, 1), (1, 9, 2)])] == [
        "1 copy in the same year", "2 copies 1 to 9 years after the one before",
    ]  # fmt: skip


def test_nothing_at_all_can_be_drawn() -> None:
    empty = Overview(catalogue_of({"a": ("", None)}), None, None)
    assert empty.decades.groups == () and empty.breakdowns == () and empty.books == 0 and empty.span == ""
    assert len(decades_bars(empty.decades)) == 1
    assert breakdown_bars(Breakdown("place", "Place", (), None, None)) == []
    assert trades_bars([], [], borrowed=False) == delays_bars([]) == []
    assert empty.books_table()["book"] == []
