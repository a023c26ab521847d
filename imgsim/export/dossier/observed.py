"""What people observed of the pairs of a family: the numbers on its figures, and a table of the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imgsim.export.dossier.fragments import Table, counted

if TYPE_CHECKING:
    from imgsim.collection.observations import Observation
    from imgsim.families import Family

MOST_OBSERVED = 500
_HEADS = ("Plates", "Point", "Observation", "By", "On")


def observed(family: Family, seen: Sequence[Observation], pictures: Mapping[str, str]) -> Table | None:
    """One row for each observation on two plates of the family; None where there is none.

    Parameters
    ----------
    seen : every observation of the collection.
    pictures : plate id -> SHA-256 of the plates that are here.
    """
    number = {member.plate_id: at for at, member in enumerate(family.members, 1)}
    rows = []
    for one in seen:
        if not set(one.pair) <= set(number):
            continue
        low, high = sorted(number[plate] for plate in one.pair)
        earlier = "" if one.of_these(pictures) else " (of an earlier scan of one of them, so not drawn)"
        rows.append((f"{low} and {high}", str(one.number), f"{one.text}{earlier}", one.reviewer, one.when[:10]))
    if not rows:
        return None
    left = f" The first {MOST_OBSERVED:,} are listed." if len(rows) > MOST_OBSERVED else ""
    people = ", ".join(dict.fromkeys(row[3] for row in rows))
    caption = f"{counted(len(rows), 'observation')} by {people}.{left}"
    return Table(_HEADS, rows[:MOST_OBSERVED], caption, numbers=(1,))


def marks(
    seen: Sequence[Observation], plate_id: str, other: str, size: tuple[int, int], pictures: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The numbered places of a pair on one of its plates, in pixels of it, with the size that they are drawn in."""
    radius = max(size) / 30
    ours = [one.seen_from(plate_id) for one in seen if {plate_id, other} == set(one.pair) and one.of_these(pictures)]
    places = {one.number: one.place[:2] for one in ours}
    return [
        {"number": number, "x": round(x), "y": round(y), "radius": round(radius), "low": round(y + radius * 0.38)}
        for number, (x, y) in places.items()
    ]
