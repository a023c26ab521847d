"""Permanent ids of families: which family of today is which of before, told by the plates that they share.

A family keeps its id as long as most of it stays together. Where two become one, the larger part gives the id, and
where one falls apart, its larger part keeps it; the other id is then no family's any more, and is never given to
another one, but it comes back to the same plates if they are a family of their own again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

FOUND, GREW, SHRANK, CHANGED = "found", "grew", "shrank", "changed"
MERGED, SPLIT, ENDED, BACK = "merged", "split", "ended", "back"
# A family that is no more is back if at least this share of all plates concerned is common to both.
COMMON = 0.5


@dataclass(frozen=True)
class KnownFamily:
    """A family that has an id: the plates that it has, or had when it was last one (``live``)."""

    family_id: str
    plates: frozenset[str]
    live: bool = True


@dataclass(frozen=True)
class FamilyEvent:
    """Something that happened to a family.

    Attributes
    ----------
    family_id : the family.
    kind : "found"; "back" (it had ended); "grew", "shrank" or "changed" (its plates did); "merged" (into ``other``, and
        is no more), "split" (off from ``other``), "ended" (its plates are in no family, or scattered).
    other : the other family; "" where there is none.
    plates : the plates that came or went; all of them for a family that was found, came back or ended.
    """

    family_id: str
    kind: str
    other: str = ""
    plates: frozenset[str] = frozenset()


def track(
    groups: Sequence[frozenset[str]], known: Iterable[KnownFamily], new_ids: Iterator[str]
) -> tuple[list[str], list[FamilyEvent]]:
    """Give every family of today its id.

    Parameters
    ----------
    groups : the plates of each family; no plate in two.
    known : every family that ever had an id, the oldest first.
    new_ids : ids that no family ever had.

    Returns
    -------
    (the id of each group, what happened); nothing happened where every group is a live family as it was.
    """
    families = list(known)
    ids = _kept(groups, [family for family in families if family.live])
    back = _returned(groups, ids, [family for family in families if not family.live])
    ids |= back
    events: list[FamilyEvent] = []
    before = {family.family_id: family for family in families}
    was = {plate: family.family_id for family in families if family.live for plate in family.plates}
    for at, group in enumerate(groups):
        parents = _parents(group, was)
        if at not in ids:
            ids[at] = next(new_ids)
            events.append(FamilyEvent(ids[at], SPLIT if parents else FOUND, "".join(parents[:1]), group))
        elif at in back:
            events.append(FamilyEvent(ids[at], BACK, "".join(parents[:1]), group))
        else:
            events += _changed(before[ids[at]], group)
    here = {plate: ids[at] for at, group in enumerate(groups) for plate in group}
    kept = set(ids.values())
    for family in families:
        if family.live and family.family_id not in kept:
            into = _parents(family.plates, here)
            whole = len(into) == 1 and sum(plate in here for plate in family.plates) > 1
            kind, other = (MERGED, into[0]) if whole else (ENDED, into[0] if into else "")
            events.append(FamilyEvent(family.family_id, kind, other, family.plates))
    return [ids[at] for at in range(len(groups))], events


def _kept(groups: Sequence[frozenset[str]], live: Sequence[KnownFamily]) -> dict[int, str]:
    """Live families and groups that share most, each once; among equals the older id, then the first group."""
    of = {plate: number for number, family in enumerate(live) for plate in family.plates}
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for at, group in enumerate(groups):
        for plate in group:
            if plate in of:
                shared[of[plate], at] += 1
    found: dict[int, str] = {}
    taken: set[int] = set()
    for (number, at), count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        # One plate that went elsewhere does not take its family's name along.
        enough = count > 1 or 2 * count >= min(len(groups[at]), len(live[number].plates))
        if number not in taken and at not in found and enough:
            found[at] = live[number].family_id
            taken.add(number)
    return found


def _returned(
    groups: Sequence[frozenset[str]], ids: dict[int, str], ended: Sequence[KnownFamily]
) -> dict[int, str]:
    """Families that had ended and are the groups that have no id yet."""
    of: dict[str, list[int]] = defaultdict(list)
    for number, family in enumerate(ended):
        for plate in family.plates:
            of[plate].append(number)
    ranked = []
    for at, group in enumerate(groups):
        if at in ids:
            continue
        for number in {number for plate in group for number in of.get(plate, ())}:
            plates = ended[number].plates
            common = len(group & plates) / len(group | plates)
            if common >= COMMON:
                ranked.append((-common, number, at))
    found: dict[int, str] = {}
    taken: set[int] = set()
    for _, number, at in sorted(ranked):
        if number not in taken and at not in found:
            found[at] = ended[number].family_id
            taken.add(number)
    return found


def _parents(plates: Iterable[str], of: dict[str, str]) -> list[str]:
    """The families of some plates, the one with most of them first."""
    counts: dict[str, int] = defaultdict(int)
    for plate in plates:
        if plate in of:
            counts[of[plate]] += 1
    return sorted(counts, key=lambda family_id: (-counts[family_id], family_id))


def _changed(before: KnownFamily, group: frozenset[str]) -> list[FamilyEvent]:
    came, went = group - before.plates, before.plates - group
    if came and went:
        return [FamilyEvent(before.family_id, CHANGED, "", came | went)]
    if came or went:
        return [FamilyEvent(before.family_id, GREW if came else SHRANK, "", came or went)]
    return []
