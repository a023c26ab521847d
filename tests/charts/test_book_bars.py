"""The re-uses of each decade."""

from __future__ import annotations

from imgsim.base.verdict_words import DETAIL, MIRRORED, SAME
from imgsim.charts.book_bars import KIND_COLOURS, timeline_bars
from tests.collection.borrowing import copied_books


def test_the_decades_are_stacked_by_verdict() -> None:
    bars = timeline_bars(copied_books().decades())
    found = [(bar.name, bar.beside, [(piece.kind, piece.count) for piece in bar.pieces]) for bar in bars]
    assert found == [("1760s", "6", [(SAME, 4), (MIRRORED, 1), (DETAIL, 1)])]
    assert [piece.told for piece in bars[0].pieces][:2] == [f"1760s: 4 plates, {SAME}", f"1760s: 1 plate, {MIRRORED}"]
    assert timeline_bars({}) == [] and timeline_bars({1700: {SAME: 0}})[0].pieces == ()
    assert set(KIND_COLOURS.values()) <= {
        "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    }  # fmt: skip
