"""When books were printed, and which of two is certainly the earlier one."""

from __future__ import annotations

from collections.abc import Iterable

from imgsim.catalogue.dates import UNDATED, DateInterval, hull
from imgsim.catalogue.table import Catalogue


class BookDates:
    """The dates of a catalogue's books: of each the interval that covers the dates of all its dated plates."""

    def __init__(self, catalogue: Catalogue) -> None:
        found: dict[str, set[DateInterval]] = {}
        for row, book in enumerate(catalogue.frame["book"].tolist()):
            found.setdefault(book, set()).add(catalogue.dates[row])
        self._dates = {book: hull(dates) for book, dates in found.items()}

    def date(self, book: str) -> DateInterval:
        """When it was printed; undated for a book that is not known."""
        return self._dates.get(book, UNDATED)

    def year(self, book: str) -> int | None:
        """The year, None where it is not one."""
        return self.date(book).year

    def decade(self, book: str) -> int | None:
        """The decade likewise."""
        return self.date(book).decade

    def words(self, book: str) -> str:
        """`1752`, `1750s`, `1751–1760` or `undated` (see :attr:`~imgsim.catalogue.dates.DateInterval.words`)."""
        return self.date(book).words

    def said(self, book: str) -> str:
        """The same in the reader's language."""
        return self.date(book).said

    @property
    def books(self) -> tuple[str, ...]:
        """Ids of all books of the catalogue, in order of date."""
        return self.in_order(book for book in self._dates if book)

    def in_order(self, books: Iterable[str]) -> tuple[str, ...]:
        """Books by date, then by id; undated ones last, and of those over by one year the vaguer ones last."""
        return tuple(sorted(books, key=lambda book: (self.date(book).order, book)))

    def certainly_earlier(self, one: str, two: str) -> bool:
        """Whether the first is the earlier one whatever year of their intervals their dates mean."""
        return self.date(one).certainly_before(self.date(two))
