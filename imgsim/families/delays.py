"""How long it took until an image came again: the years between its successive appearances in different books."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from imgsim.families.family_members import Family


def appearances(family: Family) -> tuple[tuple[int, str], ...]:
    """Year and book of each dated appearance, one a book, in order; a date of several years is none."""
    years: dict[str, int] = {}
    for member in family.members:
        if member.year is not None and member.book:
            years[member.book] = min(member.year, years.get(member.book, member.year))
    return tuple(sorted((year, book) for book, year in years.items()))


def delays(family: Family) -> tuple[int, ...]:
    """Years from each appearance to the next one, in order; 0 for two books of one year, () for fewer than two."""
    found = [year for year, _book in appearances(family)]
    return tuple(after - before for before, after in itertools.pairwise(found))


def longest_delay(families: Iterable[Family]) -> int:
    """The longest delay of any family; 0 where there is none."""
    return max((delay for family in families for delay in delays(family)), default=0)
