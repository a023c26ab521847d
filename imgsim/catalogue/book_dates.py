"""When books were printed, and which of two is certainly the earlier one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from imgsim.catalogue.table import Catalogue

_UNKNOWN = np.iinfo(np.int64).max


class BookDates:
    """The dates of a catalogue's books: of each the earliest year and decade that any of its plates has."""

    def __init__(self, catalogue: Catalogue) -> None:
        grouped = catalogue.frame[["book", "year", "decade"]].groupby("book", sort=False).min()
        columns = [
            [
                None if value == _UNKNOWN else int(value)
                for value in column.to_numpy(np.int64, na_value=_UNKNOWN)
            ]
            for column in (grouped["year"], grouped["decade"])
        ]
        self._dates: dict[str, tuple[int | None, int | None]] = dict(
            zip(grouped.index.tolist(), zip(*columns, strict=True), strict=True)
        )

    def year(self, book: str) -> int | None:
        """The year, None if unknown."""
        return self._dates.get(book, (None, None))[0]

    def decade(self, book: str) -> int | None:
        """The decade likewise."""
        return self._dates.get(book, (None, None))[1]

    def words(self, book: str) -> str:
        """`1752`, `1750s` or `undated`."""
        year, decade = self._dates.get(book, (None, None))
        return str(year) if year is not None else f"{decade}s" if decade is not None else "undated"

    @property
    def books(self) -> tuple[str, ...]:
        """Ids of all books of the catalogue, in order of date."""
        return self.in_order(book for book in self._dates if book)

    def in_order(self, books: Iterable[str]) -> tuple[str, ...]:
        """Books by date, then by id; undated ones last, and of one decade those with a year first."""
        return tuple(sorted(books, key=lambda book: (*self._place(book), book)))

    def _place(self, book: str) -> tuple[int, int]:
        year, decade = self.year(book), self.decade(book)
        return (year, 0) if year is not None else (decade + 9, 1) if decade is not None else (10**6, 2)

    def certainly_earlier(self, one: str, two: str) -> bool:
        """Whether the first is the earlier one whatever year of its decade an imprecise date means."""
        first, then = ((self.year(book), self.decade(book)) for book in (one, two))
        latest = first[0] if first[0] is not None else None if first[1] is None else first[1] + 9
        earliest = then[0] if then[0] is not None else then[1]
        return latest is not None and earliest is not None and latest < earliest
