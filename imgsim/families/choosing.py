"""Narrowing a list of families down, and what the filters can offer. Plain functions, quick at every keystroke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgsim.families.delays import delays
from imgsim.families.family_list import Families
from imgsim.families.family_members import Family

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.verification.matches import Matches


def select(
    families: Iterable[Family],
    catalogue: Catalogue,
    *,
    text: str = "",
    named: Collection[str] = (),
    mirrored: bool = False,
    negative: bool = False,
    books: int = 1,
    decades: tuple[int, int] | None = None,
    source: str = "",
    target: str = "",
    between_works: bool = False,
    verdicts: Sequence[str] = (),
    years_between: tuple[int, int] | None = None,
) -> list[Family]:
    """Return the families that pass, in the order given.

    Parameters
    ----------
    text : words that all stand in the metadata of one of the plates (as in the search of plates).
    named : ids of families that pass the words all the same, by what people wrote of them.
    mirrored, negative : only with a mirrored plate, or a negative, among them.
    books : at least so many books.
    decades : first and last, both included: at least one plate may have been printed then.
    source, target : places of printing: a plate printed in ``source`` is followed by a later one printed in
        ``target``. One of the two may be ''. The same place twice asks for re-use within it.
    between_works : only families of at least two works; editions of one work are one.
    verdicts : only with a plate of one of these verdicts.
    years_between : least and most, both included: that many years lie between two successive appearances in different
        books (see :func:`~imgsim.families.delays`).
    """
    found = set(catalogue.search(text).tolist()) if text.strip() else None
    chosen = []
    for family in families:
        if len(family.books) < books or (mirrored and not family.mirrored) or (negative and not family.negative):
            continue
        if between_works and len(family.works) < 2:
            continue
        if found is not None and family.id not in named and found.isdisjoint(family.rows):
            continue
        if decades is not None and not any(
            member.when.overlaps(decades[0], decades[1] + 9) for member in family.members
        ):
            continue
        if verdicts and not any(member.verdict in verdicts for member in family.members):
            continue
        if years_between is not None and not any(
            years_between[0] <= years <= years_between[1] for years in delays(family)
        ):
            continue
        if (source or target) and not _travelled(family, source, target):
            continue
        chosen.append(family)
    return chosen


def _travelled(family: Family, source: str, target: str) -> bool:
    return any(
        (not source or start == source) and (not target or end == target) for start, end in journeys(family)
    )


def journeys(family: Family) -> set[tuple[str, str]]:
    """Pairs of places: what was printed in the first is found again in the second in a certainly later book."""
    dated = [m for m in family.dated if m.town]
    return {
        (one.town, two.town)
        for at, one in enumerate(dated)
        for two in dated[at + 1 :]
        if one.when.certainly_before(two.when) and one.book != two.book
    }


def book_counts(families: Iterable[Family]) -> dict[int, int]:
    """How many families have that many books, in ascending order."""
    return dict(sorted(Counter(len(family.books) for family in families).items()))


def decade_range(families: Iterable[Family]) -> tuple[int, int] | None:
    """The first and last decade that any date names; None where none is dated."""
    dates = {member.when for family in families for member in family.members}
    ends = [year for date in dates for year in (date.earliest, date.latest) if year is not None]
    return (min(ends) // 10 * 10, max(ends) // 10 * 10) if ends else None


@dataclass(frozen=True)
class Related:
    """A plate outside a family that agrees with one inside, and the family that it belongs to (None if to none)."""

    row: int
    other: int
    family: str | None
    verdict: str
    inliers: int


def related(
    families: Families,
    family_id: str,
    matches: Matches,
    rejected: Collection[tuple[int, int]] = frozenset(),
) -> tuple[Related, ...]:
    """What agrees with a family and is not part of it: details that lead to another image, and pairs that were not
    strong enough. Most agreeing points first; one entry for each plate outside. ``rejected`` are the pairs of rows
    (a < b) that people called unrelated: what they say goes before the lines."""
    inside = set(families.family(family_id).rows)
    best: dict[int, Related] = {}
    for row in sorted(inside):
        for match in matches.of(row):
            if not match.verified:
                break
            if (min(row, match.b), max(row, match.b)) in rejected:
                continue
            if match.b not in inside and (match.b not in best or match.inliers > best[match.b].inliers):
                best[match.b] = Related(row, match.b, families.of(match.b), match.verdict, match.inliers)
    return tuple(sorted(best.values(), key=lambda r: (-r.inliers, r.other)))
