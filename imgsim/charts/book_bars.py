"""The re-uses of each decade as bars, stacked by verdict."""

from __future__ import annotations

from collections.abc import Mapping

from imgsim.base.translation import number, tr, trn
from imgsim.base.verdict_words import DETAIL, MIRRORED, NEGATIVE, SAME
from imgsim.charts.bars import Bar, Piece
from imgsim.charts.plate_figures import BLUE, ORANGE

# Okabe and Ito's colours; the verdicts have them on every page.
KIND_COLOURS = {SAME: BLUE, MIRRORED: "#CC79A7", NEGATIVE: "#56B4E9", DETAIL: ORANGE}


def timeline_bars(decades: Mapping[int, Mapping[str, int]]) -> list[Bar]:
    """How many plates of every decade repeat an earlier image, stacked by verdict.

    Parameters
    ----------
    decades : decade -> verdict -> plates, as :meth:`~imgsim.collection.book_network.BookNetwork.decades` gives it.
    """
    found = []
    for decade, counts in decades.items():
        total = sum(counts.values())
        of_kind = [(kind, counts[kind]) for kind in KIND_COLOURS if counts.get(kind)]
        pieces = tuple(Piece(kind, count, _told(decade, kind, count)) for kind, count in of_kind)
        found.append(Bar(tr("{decade}s", decade=decade), pieces, number(total) if total else ""))
    return found


def _told(decade: int, kind: str, count: int) -> str:
    return trn(
        "{decade}s: {n:,} plate, {kind}", "{decade}s: {n:,} plates, {kind}", count, decade=decade, kind=tr(kind)
    )
