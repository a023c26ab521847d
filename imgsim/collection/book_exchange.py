"""What one book has in common with earlier and with later books: its partners, and where each plate's image is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgsim.families import Families, Member

if TYPE_CHECKING:
    from imgsim.catalogue import BookDates

EARLIER, LATER, UNCERTAIN = "earlier", "later", "uncertain"


@dataclass(frozen=True)
class Partner:
    """A book that has images in common with the one asked about.

    Attributes
    ----------
    book : its id.
    when : "earlier" or "later" than the one asked about; "uncertain" where their dates overlap or are not known.
    families : ids of the families that both have, most books first.
    """

    book: str
    when: str
    families: tuple[str, ...]


@dataclass(frozen=True)
class Exchange:
    """One book among those that have its images, too. Who took from whom is not said: dates are all there is.

    Attributes
    ----------
    book : its id.
    partners : the other books in order of date, undated ones last.
    plates : row of a plate -> when the other books were printed that have its image (never empty).
    earliest, latest : the first and the last dated plate in this collection that shows an image of this book, its own
        plates included; None if none of them is dated or the book shares nothing.
    """

    book: str
    partners: tuple[Partner, ...]
    plates: dict[int, frozenset[str]]
    earliest: Member | None
    latest: Member | None

    def rows(self, *when: str) -> tuple[int, ...]:
        """Rows of the plates whose image is also in a book of one of these times, ascending."""
        return tuple(sorted(row for row, found in self.plates.items() if found & set(when)))

    def of(self, when: str) -> tuple[Partner, ...]:
        """The partners of one time; most images in common first, then by date."""
        return tuple(
            sorted((p for p in self.partners if p.when == when), key=lambda p: -len(p.families))
        )  # stable


def exchange(families: Families, dates: BookDates, book: str) -> Exchange:
    """Look up one book; it need not share anything."""
    common: dict[str, list[str]] = {}
    plates: dict[int, frozenset[str]] = {}
    members: list[Member] = []
    ids: dict[str, list[int]] = {}
    for row in families.catalogue.book_rows(book).tolist():
        family_id = families.of(row)
        if family_id is not None:
            ids.setdefault(family_id, []).append(row)
    whens: dict[str, str] = {}
    for family_id in sorted(ids, key=lambda each: (-len(families.family(each).books), each)):
        family = families.family(family_id)
        others = [other for other in family.books if other != book]
        if not others:
            continue
        for other in others:
            common.setdefault(other, []).append(family_id)
            whens.setdefault(other, _when(dates, other, book))
        for row in ids[family_id]:
            plates[row] = frozenset(whens[other] for other in others)
        members += family.dated
    partners = tuple(Partner(other, whens[other], tuple(common[other])) for other in dates.in_order(common))
    return Exchange(book, partners, plates, _first(members), _last(members))


def _when(dates: BookDates, other: str, book: str) -> str:
    if dates.certainly_earlier(other, book):
        return EARLIER
    return LATER if dates.certainly_earlier(book, other) else UNCERTAIN


def _first(members: Iterable[Member]) -> Member | None:
    return min(members, key=lambda member: (member.when.order, member.plate_id), default=None)


def _last(members: Iterable[Member]) -> Member | None:
    return max(members, key=lambda member: (member.when.order_of_last, member.plate_id), default=None)
