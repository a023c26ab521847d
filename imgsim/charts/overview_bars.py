"""The bars of a collection in numbers: of all plates, those that were used again in another book are a part."""

from __future__ import annotations

from collections.abc import Sequence

from imgsim.charts.bars import Bar, Piece
from imgsim.charts.plate_figures import BLUE
from imgsim.collection.overview_counts import Trade
from imgsim.collection.overview_groups import Breakdown, Group

WHOLE, PART = "all", "used again"
COLOURS = {PART: BLUE, WHOLE: "#C9C2B5"}  # told apart by lightness alone, on paper and on a dark ground


def decades_bars(breakdown: Breakdown, *, verified: bool = True, where: str = "another book") -> list[Bar]:
    """Plates of every decade, and how many of them were used again; the undated stand apart at the end.

    Parameters
    ----------
    verified : whether it is known which were used again.
    where : where they were found again, in words.
    """
    return [
        _bar(
            group,
            f"{group.label}s" if group.label else breakdown.name(group),
            _share(group) if verified else "",
            verified=verified,
            where=where,
            apart=group is breakdown.unknown,
        )
        for group in breakdown.every
    ]


def breakdown_bars(breakdown: Breakdown, *, verified: bool = True, where: str = "another book") -> list[Bar]:
    """Plates by one column, a bar a value from top to bottom, with their number and the share used again."""
    found = []
    for group in breakdown.every:
        share = _share(group) if verified else ""
        beside = f"{group.plates:,} · {share}" if share else f"{group.plates:,}"
        found.append(_bar(group, breakdown.name(group), beside, verified=verified, where=where))
    return found


def trades_bars(trades: Sequence[Trade], labels: Sequence[str], *, borrowed: bool) -> list[Bar]:
    """Books with most plates whose image is in an earlier book (`borrowed`) or in a later one, of all their plates."""
    where = "an earlier" if borrowed else "a later"
    found = []
    for label, trade in zip(labels, trades, strict=True):
        count = trade.taken if borrowed else trade.passed
        told = (
            f"{label}: {count:,} of its {trade.plates:,} plates have an image that is also in {where} book. "
            "Opens the book"
        )
        pieces = (Piece(PART, count, told), Piece(WHOLE, trade.plates - count, told))
        found.append(Bar(label, pieces, f"{count:,} of {trade.plates:,}"))
    return found


def delays_bars(groups: Sequence[tuple[int, int, int]]) -> list[Bar]:
    """How many copies came so many years after the appearance before: (first year, last year, copies) each."""
    found = []
    for first, last, count in groups:
        copies = f"{count:,} {'copy' if count == 1 else 'copies'}"
        when = "in the same year" if last == 0 else f"{first} to {last} years after the one before"
        name = "same year" if last == 0 else f"{first}\N{EN DASH}{last}"
        told = f"{copies} {when}. Opens the images"
        found.append(Bar(name, (Piece(PART, count, told),), f"{count:,}" if count else ""))
    return found


def _bar(group: Group, name: str, beside: str, *, verified: bool, where: str, apart: bool = False) -> Bar:
    plates = f"{group.plates:,} {'plate' if group.plates == 1 else 'plates'}"
    if not verified:
        return Bar(name, (Piece(PART, group.plates, f"{name}: {plates}. Opens them"),), beside, apart)
    told = f"{name}: {plates}, {group.reused:,} of them ({100 * group.share:.0f} %) also in {where}."
    pieces = (
        Piece(PART, group.reused, f"{told} Opens these {group.reused:,}"),
        Piece(WHOLE, group.plates - group.reused, f"{told} Opens all {group.plates:,}"),
    )
    return Bar(name, pieces, beside, apart)


def _share(group: Group) -> str:
    return f"{100 * group.share:.0f} %" if group.reused else ""
