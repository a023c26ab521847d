"""A family as lanes of time: its dated plates by place of printing, and between which years each was printed."""

from __future__ import annotations

from dataclasses import dataclass

from imgsim.families.family_members import Family, Member


@dataclass(frozen=True)
class Lane:
    """The dated plates of one place, in order of date; ``place`` is "" where it is not known."""

    place: str
    members: tuple[Member, ...]


def lanes(family: Family) -> tuple[Lane, ...]:
    """One lane a place, in order of its first plate, what has no place last; () where nothing is dated."""
    found: dict[str, list[Member]] = {}
    for member in family.dated:
        found.setdefault(member.town, []).append(member)
    ordered = sorted(found, key=lambda place: place == "")  # stable: else as they came
    return tuple(Lane(place, tuple(found[place])) for place in ordered)


def years(member: Member) -> tuple[int, int]:
    """First and last year that a dated plate may be of; of an open date the end that is known, twice."""
    known = [year for year in (member.when.earliest, member.when.latest) if year is not None]
    return known[0], known[-1]


def one_year(family: Family) -> int | None:
    """The year of all dated plates, where they have one; None where they span more, or are not sure of it."""
    found = {years(member) for member in family.dated}
    first, last = found.pop() if len(found) == 1 else (0, 1)
    return first if first == last else None
