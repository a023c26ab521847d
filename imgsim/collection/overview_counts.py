"""All numbers of a collection: what is counted, and how soon an image comes again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import numpy as np
import numpy.typing as npt

from imgsim.base.translation import tr
from imgsim.catalogue import BookDates, Catalogue, span_words
from imgsim.collection.overview_groups import NAMED, Breakdown, break_down, by_decade, columns_to_group_by
from imgsim.families import Families, Family, delays


@dataclass(frozen=True)
class Trade:
    """One book: its plates, and how many have their image in an earlier (`taken`) or a later (`passed`) book."""

    book: str
    plates: int
    taken: int
    passed: int


class Overview:
    """A collection in numbers.

    Parameters
    ----------
    catalogue : n plates.
    reused : bool (n,), which were used again; None where plates were never compared.
    families : None likewise.
    """

    def __init__(
        self, catalogue: Catalogue, reused: npt.NDArray[np.bool_] | None, families: Families | None
    ) -> None:
        self.catalogue, self.families = catalogue, families
        self.verified = reused is not None
        self._reused = np.zeros(len(catalogue), dtype=bool) if reused is None else reused
        self.dates = BookDates(catalogue)

    # ---- plates

    @property
    def plates(self) -> int:
        """How many there are."""
        return len(self.catalogue)

    @property
    def reused(self) -> int:
        """How many plates were used again."""
        return int(self._reused.sum())

    @cached_property
    def books(self) -> int:
        """How many books are named."""
        return len(self.dates.books)

    @cached_property
    def span(self) -> str:
        """The first and the last date of any plate in words; "" if none is dated."""
        return span_words(self.catalogue.dates.distinct())

    @cached_property
    def decades(self) -> Breakdown:
        """Plates by decade, from the first to the last without a gap; one that may be of several is in each."""
        return by_decade(self.catalogue, self._reused)

    @cached_property
    def breakdowns(self) -> tuple[Breakdown, ...]:
        """Plates by place, format and category, and by what else the metadata says, at most four in all."""
        return tuple(
            break_down(self.catalogue, self._reused, column, label)
            for column, label in columns_to_group_by(self.catalogue).items()
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """What the metadata does not tell plates apart by, in words: `place`, `format`, `category`."""
        there = {facet.column for facet in self.catalogue.facets()}
        return tuple(name for column, name in NAMED.items() if column not in there)

    # ---- images and books

    @cached_property
    def shared(self) -> tuple[Family, ...]:
        """The families that are in several books, most books first."""
        every = self.families.ordered() if self.families is not None else ()
        return tuple(family for family in every if len(family.books) > 1)

    @cached_property
    def delays(self) -> tuple[int, ...]:
        """Years between successive appearances in different books, of all families, ascending.

        Only books of which the year is known count; two books of the same year are 0 years apart.
        """
        return tuple(sorted(years for family in self.shared for years in delays(family)))

    @property
    def median_delay(self) -> float | None:
        """The median of the delays; None if there is none."""
        return float(median(self.delays)) if self.delays else None

    @cached_property
    def lifetimes(self) -> tuple[int, ...]:
        """Years from the first to the last dated appearance of each family in at least two dated books, ascending."""
        return tuple(sorted(sum(found) for family in self.shared if (found := delays(family))))

    @property
    def median_lifetime(self) -> float | None:
        """The median of the lifetimes; None if there is none."""
        return float(median(self.lifetimes)) if self.lifetimes else None

    @cached_property
    def delay_groups(self) -> tuple[tuple[int, int, int], ...]:
        """How many delays lie from the first to the second number of years, both included: (first, last, delays).

        Two books of one year stand apart. Gaps are filled, so that the steps are equal.
        """
        if not self.delays:
            return ()
        step = next(step for step in (10, 25, 50, 100, 1000) if self.delays[-1] <= 14 * step or step == 1000)
        counts = Counter(0 if years == 0 else 1 + years // step for years in self.delays)
        return ((0, 0, counts[0]),) + tuple(
            (max(1, at * step), (at + 1) * step - 1, counts[at + 1])
            for at in range(self.delays[-1] // step + 1)
        )

    @cached_property
    def trades(self) -> tuple[Trade, ...]:
        """Every book that shares an image with an earlier or a later one, in order of date."""
        taken: Counter[str] = Counter()
        passed: Counter[str] = Counter()
        for family in self.shared:
            plates = Counter(member.book for member in family.members)
            for book in family.books:
                others = [other for other in family.books if other != book]
                if any(self.dates.certainly_earlier(other, book) for other in others):
                    taken[book] += plates[book]
                if any(self.dates.certainly_earlier(book, other) for other in others):
                    passed[book] += plates[book]
        return tuple(
            Trade(book, len(self.catalogue.book_rows(book)), taken[book], passed[book])
            for book in self.dates.in_order(set(taken) | set(passed))
        )

    def borrowers(self, most: int) -> tuple[Trade, ...]:
        """The books with most plates whose image is in an earlier book."""
        found = sorted((trade for trade in self.trades if trade.taken), key=lambda trade: -trade.taken)
        return tuple(found[:most])

    def lenders(self, most: int) -> tuple[Trade, ...]:
        """The books with most plates whose image is in a later book."""
        found = sorted((trade for trade in self.trades if trade.passed), key=lambda trade: -trade.passed)
        return tuple(found[:most])

    # ---- words and tables

    @property
    def headline(self) -> str:
        """The main finding in a sentence or two."""
        if self.plates == 1:
            return tr("One plate: there is no other that could show its image.")
        if not self.verified:
            return self._uncompared
        books = self.catalogue.books_known
        if not self.reused:
            if books:
                return tr("No image of these {plates:,} plates was found again in another book.", plates=self.plates)
            return tr("No image of these {plates:,} plates was found again in another plate.", plates=self.plates)
        share = in_words(self.reused, self.plates)
        if books:
            found = tr("{share} an image that is also in another book", share=share)
        else:
            found = tr("{share} an image that is also in another plate", share=share)
        return f"{found}." if self.median_delay is None else f"{found}; {self._soon(self.median_delay)}."

    @property
    def _uncompared(self) -> str:
        if self.books > 1:
            return tr(
                "{plates:,} plates in {books:,} books; they were not compared by their lines yet.",
                plates=self.plates, books=self.books,
            )  # fmt: skip
        return tr("{plates:,} plates; they were not compared by their lines yet.", plates=self.plates)

    def _soon(self, years: float) -> str:
        several = len(self.delays) > 1
        if not years:
            return (
                tr("half of the copies came in the year of the one before")
                if several
                else tr("the copy came in the year of the one before")
            )
        if years == 1:
            return (
                tr("half of the copies came within 1 year of the one before")
                if several
                else tr("the copy came within 1 year of the one before")
            )
        return (
            tr("half of the copies came within {years:g} years of the one before", years=years)
            if several
            else tr("the copy came within {years:g} years of the one before", years=years)
        )

    def groups_table(self) -> dict[str, Sequence[str | int]]:
        """Every group as columns of equal length: grouped_by, value, plates, reused, share_reused."""
        rows = [
            (breakdown.column, breakdown.written(group), group.plates, group.reused, f"{group.share:.4f}")
            for breakdown in (self.decades, *self.breakdowns)
            for group in breakdown.every
        ]
        names = ("grouped_by", "value", "plates", "reused", "share_reused")
        return _columns(names, rows)

    def books_table(self) -> dict[str, Sequence[str | int]]:
        """Every book of the collection as columns of equal length, in order of date."""
        known = {trade.book: trade for trade in self.trades}
        rows: list[tuple[str | int, ...]] = []
        for book in self.dates.books:
            trade = known.get(book) or Trade(book, len(self.catalogue.book_rows(book)), 0, 0)
            record = self.catalogue.record(int(self.catalogue.book_rows(book)[0]))
            said = [str(record[name]) for name in ("title", "author", "place")]
            date = "" if (words := self.dates.words(book)) == "undated" else words
            rows.append((book, *said, date, trade.plates, trade.taken, trade.passed))
        names = (
            "book",
            "title",
            "author",
            "place",
            "date_printed",
            "plates",
            "in_earlier_books",
            "in_later_books",
        )
        return _columns(names, rows)


def in_words(part: int, whole: int) -> str:
    """`1 in 4 plates shows`, `About 1 in 3 plates shows`, `62 % of the plates show`.

    >>> in_words(2, 8)
    '1 in 4 plates shows'
    >>> in_words(30, 91)
    'About 1 in 3 plates shows'
    >>> in_words(80, 100)
    '80 % of the plates show'
    """
    if part == whole:
        return tr("All plates show")
    every = round(whole / part) if part else 0
    if every >= 2 and abs(whole / part - every) <= 0.1 * (every - 1):
        if part * every == whole:
            return tr("1 in {every:,} plates shows", every=every)
        return tr("About 1 in {every:,} plates shows", every=every)
    share = round(100 * part / whole)
    return tr("Nearly all plates show") if share == 100 else tr("{share} % of the plates show", share=share)


def soon(years: float) -> str:
    """`within 10 years of`, `in the year of`: how soon half of the copies came after another book."""
    return f"within {years:g} year{'' if years == 1 else 's'} of" if years else "in the year of"


def _columns(names: Sequence[str], rows: Sequence[Sequence[str | int]]) -> dict[str, Sequence[str | int]]:
    columns: Mapping[str, list[str | int]] = {
        name: [row[at] for row in rows] for at, name in enumerate(names)
    }
    return dict(columns)
