"""What can be asked of families: their members in order of date, their books, places and span."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.catalogue import Catalogue, DateInterval, span_words, years_apart
from imgsim.errors import CollectionError, ImgsimError
from imgsim.families.constraints import Decisions, components, touched
from imgsim.families.family_table import EARLIEST, EARLIEST_OF, OF_EARLIEST, checked
from imgsim.families.finding import find_families
from imgsim.families.works import work_keys
from imgsim.verification.match_row import DETAIL, MIRRORED, VERDICTS

if TYPE_CHECKING:
    from imgsim.verification.matches import Matches

_VERDICTS = {EARLIEST, *VERDICTS[:3]}
_CROPS = {"", OF_EARLIEST, EARLIEST_OF}


@dataclass(frozen=True)
class Member:
    """One plate of a family.

    Attributes
    ----------
    row, plate_id, place : its row in the catalogue, its id, and its place in the order of date (0 for the earliest).
    when : when its book was printed; undated where that is unknown.
    book, town : its book's id and where it was printed; '' where unknown.
    verdict : "earliest", "same image", "mirrored" or "shared detail": how it relates to the earliest.
    mirrored : whether it is turned left to right against the earliest.
    cropped : "", "detail of the earliest" or "the earliest is a detail of it".
    printing : "", "probably the same plate" or "probably re-engraved".
    inliers, supports : agreeing points of its strongest pair in the family, and how many pairs tie it in.
    tied_to : row of the plate whose pair with it says so; None for the earliest.
    direct : whether that plate is the earliest itself; else the relation was followed from plate to plate.
    by_review : what people decided about that pair, such as "re-engraved copy"; "" where only the lines say so.
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
            return ("earliest in this collection" if self.dated else "first of the undated",)
        found = [self.verdict] if self.verdict != DETAIL or not self.cropped else []
        if self.mirrored and self.verdict != MIRRORED:
            found.append(MIRRORED)
        last = f"{self.by_review}, by review" if self.by_review else self.printing
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
    mirrored : whether any plate is mirrored against the earliest.
    works : keys of the works, in order of first appearance (see :func:`~imgsim.families.work_keys`).
    """

    id: str
    members: tuple[Member, ...]
    books: tuple[str, ...]
    places: tuple[str, ...]
    mirrored: bool
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


class Families:
    """All families of a collection; never changed after they are read.

    Parameters
    ----------
    frame : what :func:`~imgsim.families.find_families` returns; a family is named after its earliest plate there.
    catalogue : the plates.
    names : id of a family's earliest plate -> the family's permanent id; families that it leaves out are called after
        that plate.

    Raises
    ------
    CollectionError
        The frame is of another form, or does not fit the catalogue.
    """

    def __init__(
        self, frame: pd.DataFrame, catalogue: Catalogue, names: Mapping[str, str] | None = None
    ) -> None:
        self.frame = checked(frame)
        self.catalogue = catalogue
        self._names = dict(names or {})
        self._kept: dict[str, Family] = {}
        self._connected: tuple[Matches, npt.NDArray[np.int64]] | None = None
        self._check()

    def corrected(self, matches: Matches, decisions: Decisions) -> Families:
        """These families after what people decided (see :mod:`~imgsim.families.constraints`); themselves if nothing is.

        Only the plates that agreeing or confirmed pairs connect to a judged one are looked at again: the result is the
        same as that of :func:`~imgsim.families.find_families` for all of them.
        """
        rows = touched(self._components(matches), decisions)
        if not rows.any():
            return self
        anew = find_families(self.catalogue.frame, matches, decisions, rows=rows)
        changed = set(self.catalogue.frame["plate_id"].to_numpy(object)[rows])
        old = self.frame[~self.frame["plate_id"].isin(changed)]
        frame = pd.concat([old, anew]).sort_values(["family_id", "place"], kind="stable")
        families = Families(frame, self.catalogue)
        # To read a family is what takes time; those that are as they were are read already.
        families._works = self._works
        left = set(old["family_id"])
        families._kept = {plate: family for plate, family in self._by_earliest.items() if plate in left}
        return families

    def named(self, names: Mapping[str, str]) -> Families:
        """The same families under their permanent ids: id of the earliest plate -> id of the family."""
        families = Families(self.frame, self.catalogue, names)
        families._works, families._kept = self._works, self._by_earliest
        return families

    @property
    def _by_earliest(self) -> dict[str, Family]:
        return {family.earliest.plate_id: family for family in self._families.values()}

    def _components(self, matches: Matches) -> npt.NDArray[np.int64]:
        if self._connected is None or self._connected[0] is not matches:
            self._connected = (matches, components(matches, len(self.catalogue)))
        return self._connected[1]

    def __len__(self) -> int:
        return len(self._families)

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids, in the order of :meth:`ordered`."""
        return tuple(self._families)

    def family(self, family_id: str) -> Family:
        """Return a family; ImgsimError if there is none of that id."""
        try:
            return self._families[family_id]
        except KeyError:
            shown = repr(str(family_id)[:80])
            raise ImgsimError(
                f"There is no family {shown} in this collection. Choose one on the Re-use page."
            ) from None

    def of(self, row: int) -> str | None:
        """Return the id of a plate's family; None if it is in none."""
        return self._family_of_row.get(int(row))

    def ordered(self) -> tuple[Family, ...]:
        """All of them: most books first, then the longest span, the most plates, and by id."""
        return tuple(self._families.values())

    @cached_property
    def _family_of_row(self) -> dict[int, str]:
        return {member.row: family.id for family in self._families.values() for member in family.members}

    @cached_property
    def _works(self) -> tuple[str, ...]:
        return work_keys(self.catalogue)

    @cached_property
    def _families(self) -> dict[str, Family]:
        works = self._works
        frame = self.frame[~self.frame["family_id"].isin(self._kept)].sort_values(
            ["family_id", "place"], kind="stable"
        )
        rows = [self.catalogue.row(plate_id) for plate_id in frame["plate_id"]]
        names = (
            "family_id", "verdict", "mirrored", "cropped", "printing", "inliers", "supports", "tied_to", "by_review",
        )  # fmt: skip
        columns = (frame[name].tolist() for name in names)
        found: dict[str, list[Member]] = {}
        for row, (family_id, verdict, mirrored, cropped, printing, inliers, supports, tied_to, said) in zip(
            rows, zip(*columns, strict=True), strict=True
        ):
            record = self.catalogue.record(row)
            members = found.setdefault(family_id, [])
            members.append(
                Member(
                    row=row,
                    plate_id=str(record["plate_id"]),
                    place=len(members),
                    when=self.catalogue.date(row),
                    book=str(record["book"]),
                    town=str(record["place"]),
                    verdict=verdict,
                    mirrored=mirrored,
                    cropped=cropped,
                    printing=printing,
                    inliers=inliers,
                    supports=supports,
                    tied_to=self.catalogue.row(tied_to) if tied_to else None,
                    direct=tied_to in ("", family_id),
                    by_review=said,
                )
            )
        families = [
            _family(self._names.get(earliest, earliest), members, works) for earliest, members in found.items()
        ]
        for earliest, family in self._kept.items():
            family_id = self._names.get(earliest, earliest)
            families.append(family if family.id == family_id else replace(family, id=family_id))
        families.sort(key=lambda f: (-len(f.books), -f.years, -len(f), f.id))
        return {family.id: family for family in families}

    def _check(self) -> None:
        frame, catalogue = self.frame, self.catalogue
        for name in ("plate_id", "family_id"):
            unknown = [value for value in frame[name] if not catalogue.has(value)]
            if unknown:
                raise _damaged(f"the plate {unknown[0][:80]!r} is not in the catalogue")
        if frame["plate_id"].duplicated().any():
            raise _damaged("a plate is in two families")
        if set(frame["verdict"]) - _VERDICTS or set(frame["cropped"]) - _CROPS:
            raise _damaged("it holds words that no family has")
        first = frame[frame["verdict"] == EARLIEST]
        whole = set(frame["family_id"])
        if len(first) != len(whole) or (first["plate_id"] != first["family_id"]).any():
            raise _damaged("a family is not named after its earliest plate")
        family_of = dict(zip(frame["plate_id"], frame["family_id"], strict=True))
        ties = zip(frame["tied_to"], frame["family_id"], strict=True)
        if any(tie and family_of.get(tie) != family_id for tie, family_id in ties):
            raise _damaged("a plate is tied to one of another family")


def _family(family_id: str, members: list[Member], works: tuple[str, ...]) -> Family:
    return Family(
        id=family_id,
        members=tuple(members),
        books=_distinct(m.book for m in members),
        places=_distinct(m.town for m in members),
        mirrored=any(m.mirrored for m in members),
        works=_distinct(works[m.row] for m in members),
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _damaged(what: str) -> CollectionError:
    return CollectionError(f"families.parquet is damaged: {what}. Prepare the collection again.")
