"""The bars of a collection in numbers: of all plates, those that were used again in another book are a part."""

from __future__ import annotations

from collections.abc import Sequence

from imgsim.base.translation import marked, number, tr, trn
from imgsim.charts.bars import Bar, Piece
from imgsim.charts.plate_figures import BLUE
from imgsim.collection.overview_counts import Trade
from imgsim.collection.overview_groups import Breakdown, Group

WHOLE, PART = marked("all"), marked("used again")
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
            tr("{decade}s", decade=group.label) if group.label else breakdown.name(group),
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
        beside = f"{number(group.plates)} · {share}" if share else number(group.plates)
        found.append(_bar(group, breakdown.name(group), beside, verified=verified, where=where))
    return found


def trades_bars(trades: Sequence[Trade], labels: Sequence[str], *, borrowed: bool) -> list[Bar]:
    """Books with most plates whose image is in an earlier book (`borrowed`) or in a later one, of all their plates."""
    told_of = (
        marked(
            "{book}: {count:,} of its {plates:,} plates have an image that is also in an earlier book. Opens the book"
        )
        if borrowed
        else marked(
            "{book}: {count:,} of its {plates:,} plates have an image that is also in a later book. Opens the book"
        )
    )
    found = []
    for label, trade in zip(labels, trades, strict=True):
        count = trade.taken if borrowed else trade.passed
        told = tr(told_of, book=label, count=count, plates=trade.plates)
        pieces = (Piece(PART, count, told), Piece(WHOLE, trade.plates - count, told))
        found.append(Bar(label, pieces, tr("{count:,} of {plates:,}", count=count, plates=trade.plates)))
    return found


def delays_bars(groups: Sequence[tuple[int, int, int]]) -> list[Bar]:
    """How many copies came so many years after the appearance before: (first year, last year, copies) each."""
    found = []
    for first, last, count in groups:
        name = tr("same year") if last == 0 else f"{first}\N{EN DASH}{last}"
        found.append(Bar(name, (Piece(PART, count, _delay(first, last, count)),), number(count) if count else ""))
    return found


def _delay(first: int, last: int, count: int) -> str:
    if last == 0:
        return trn(
            "{n:,} copy in the same year. Opens the images", "{n:,} copies in the same year. Opens the images", count
        )
    return trn(
        "{n:,} copy {first} to {last} years after the one before. Opens the images",
        "{n:,} copies {first} to {last} years after the one before. Opens the images",
        count,
        first=first,
        last=last,
    )


def _bar(group: Group, name: str, beside: str, *, verified: bool, where: str, apart: bool = False) -> Bar:
    if not verified:
        told = trn("{name}: {n:,} plate. Opens them", "{name}: {n:,} plates. Opens them", group.plates, name=name)
        return Bar(name, (Piece(PART, group.plates, told),), beside, apart)
    told = trn(
        "{name}: {n:,} plate, {reused:,} of them ({share:.0f} %) also in {where}.",
        "{name}: {n:,} plates, {reused:,} of them ({share:.0f} %) also in {where}.",
        group.plates,
        name=name,
        reused=group.reused,
        share=100 * group.share,
        where=where,
    )
    pieces = (
        Piece(PART, group.reused, f"{told} {tr('Opens these {number:,}', number=group.reused)}"),
        Piece(WHOLE, group.plates - group.reused, f"{told} {tr('Opens all {number:,}', number=group.plates)}"),
    )
    return Bar(name, pieces, beside, apart)


def _share(group: Group) -> str:
    return tr("{share:.0f} %", share=100 * group.share) if group.reused else ""
