"""A family and its members: one image in all its appearances, in order of date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imgsim.base.translation import marked
from imgsim.base.verdict_words import DETAIL, MIRRORED, NEGATIVE
from imgsim.catalogue import DateInterval, span_said, span_words, years_apart
from imgsim.families.family_table import EARLIEST

# Words on a member, beside those on verdicts: English wherever they are kept; pages say them with `tr`.
FIRST, FIRST_UNDATED = marked("earliest in this collection"), marked("first of the undated")
BY_REVIEW = ", by review"  # after what people decided


@dataclass(frozen=True)
class Member:
    """One plate of a family.

    Attributes
    ----------
    row, plate_id, place : its row in the catalogue, its id, and its place in the order of date (0 for the earliest).
    when : when its book was printed; undated where that is unknown.
    book, town : its book's id and where it was printed; '' where unknown.
    verdict : "earliest", "same image", "mirrored", "negative" or "shared detail": how it relates to the earliest.
    mirrored : whether it is turned left to right against the earliest.
    cropped : "", "detail of the earliest" or "the earliest is a detail of it".
    printing : "", "probably the same plate" or "probably re-engraved".
    inliers, supports : agreeing points of its strongest pair in the family, and how many pairs tie it in.
    tied_to : row of the plate whose pair with it says so; None for the earliest.
    direct : whether that plate is the earliest itself; else the relation was followed from plate to plate.
    by_review : what people decided about that pair, such as "re-engraved copy"; "" where only the lines say so.
    negative : whether it is light where the earliest is dark.
    """

    row: int
    plate_id: str
    place: int
    when: DateInterval
    book: str
    town: str
    verdict: str
    mirrored: bool
    cropped: str
    printing: str
    inliers: int
    supports: int
    tied_to: int | None
    direct: bool
    by_review: str = ""
    negative: bool = False

    @property
    def dated(self) -> bool:
        """Whether anything is known of when its book was printed."""
        return self.when.dated

    @property
    def date(self) -> str:
        """`1752`, `c. 1752`, `1750s`, `1751–1760`, or `undated`."""
        return self.when.words

    @property
    def year(self) -> int | None:
        """The year in which its book was printed, None where it is not one."""
        return self.when.year

    @property
    def decade(self) -> int | None:
        """The decade likewise."""
        return self.when.decade

    @property
    def words(self) -> tuple[str, ...]:
        """How it differs from the earliest, e.g. ("mirrored", "detail of the earliest")."""
        if self.verdict == EARLIEST:
            return (FIRST if self.dated else FIRST_UNDATED,)
        found = [self.verdict] if self.verdict != DETAIL or not self.cropped else []
        if self.mirrored and self.verdict != MIRRORED:
            found.append(MIRRORED)
        if self.negative and self.verdict != NEGATIVE:
            found.append(NEGATIVE)
        last = f"{self.by_review}{BY_REVIEW}" if self.by_review else self.printing
        return tuple(word for word in (*found, self.cropped, last) if word)


@dataclass(frozen=True)
class Family:
    """Plates tied together by matches, in order of date, undated ones last.

    Attributes
    ----------
    id : its permanent id, or that of its earliest plate where it has none (see :meth:`Families.named`).
    members : in order.
    books : ids of the books in order of date.
    places : where its dated and undated books were printed, in order of first appearance.
    mirrored, negative : whether any plate is mirrored against the earliest, or its negative.
    works : keys of the works, in order of first appearance (see :func:`~imgsim.families.work_keys`).
    """

    id: str
    members: tuple[Member, ...]
    books: tuple[str, ...]
    places: tuple[str, ...]
    mirrored: bool
    negative: bool
    works: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.members)

    @property
    def earliest(self) -> Member:
        """The earliest plate in this collection (the first by book and name if none is dated)."""
        return self.members[0]

    @property
    def dated(self) -> tuple[Member, ...]:
        """The plates with a date, in order."""
        return tuple(member for member in self.members if member.dated)

    @property
    def undated(self) -> tuple[Member, ...]:
        """The plates without, which are shown apart."""
        return tuple(member for member in self.members if not member.dated)

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows of all plates, in order."""
        return tuple(member.row for member in self.members)

    @property
    def years(self) -> int:
        """How many years certainly lie between the first and the last; 0 where that is not known."""
        return years_apart(member.when for member in self.members)

    @property
    def span(self) -> str:
        """The first and the last date in words: `1752–1790`, `1750s to c. 1790`; "" if nothing is dated."""
        return span_words(member.when for member in self.members)

    @property
    def span_said(self) -> str:
        """The same in the reader's language."""
        return span_said(member.when for member in self.members)


def assembled(family_id: str, members: list[Member], works: tuple[str, ...]) -> Family:
    """The family of these members, which are in order; ``works`` has the key of each row's work."""
    return Family(
        id=family_id,
        members=tuple(members),
        books=_distinct(m.book for m in members),
        places=_distinct(m.town for m in members),
        mirrored=any(m.mirrored for m in members),
        negative=any(m.negative for m in members),
        works=_distinct(works[m.row] for m in members),
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
