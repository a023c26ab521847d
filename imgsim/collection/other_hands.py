"""What ties a family to plates that another hand drew: a dashed line, which makes nothing one family.

A family holds one image as it was printed from its plates and from those that follow them line by line. A copy by
another hand shows the same things and shares no line: it stands beside, with its own family where it has one. People go
before: a pair that somebody called unrelated ties nothing, and what was put into one family needs no dashed line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Some
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imgsim.base.verdict_words import COPY
from imgsim.collection.plate_copies import enough_here

if TYPE_CHECKING:
    from imgsim.families import Families
    from imgsim.generation.generation import Generation
    from imgsim.verification.match_row import MatchRow

AFTER, BEFORE, UNKNOWN = "after", "before", ""


@dataclass(frozen=True)
class OtherHand:
    """What another hand drew of a family's image.

    Attributes
    ----------
    family : id of the family.
    other : id of the family of what that hand drew; None for a plate that is in none.
    pairs : what ties them, each seen from the family's plate, the surest first.
    order : AFTER where it was certainly printed later than the earliest of the family, BEFORE where earlier, UNKNOWN
        where that cannot be told.
    """

    family: str
    other: str | None
    pairs: tuple[MatchRow, ...]
    order: str

    @property
    def rows(self) -> tuple[int, ...]:
        """The plates that other hand drew, those of the surest pairs first."""
        return tuple(dict.fromkeys(pair.b for pair in self.pairs))


@dataclass(frozen=True)
class OtherHands:
    """All dashed lines: by family, and the pairs of which neither plate is in one."""

    by_family: dict[str, tuple[OtherHand, ...]]
    loose: tuple[MatchRow, ...]

    def of(self, family_id: str) -> tuple[OtherHand, ...]:
        """What other hands drew of a family's image, that which came after it first."""
        return self.by_family.get(family_id, ())


def other_hands(
    generation: Generation, families: Families, rejected: Some[tuple[int, int]] = frozenset()
) -> OtherHands:
    """Find them. ``rejected``: pairs of rows, the smaller first, that somebody called unrelated."""
    tied: dict[tuple[str, tuple[str, int]], list[MatchRow]] = defaultdict(list)
    loose = []
    for pair in copy_pairs(generation, rejected):
        one, two = families.of(pair.a), families.of(pair.b)
        if one is None and two is None:
            loose.append(pair)
        elif one != two:
            for seen, own, others in ((pair, one, two), (pair.seen_from(pair.b), two, one)):
                if own is not None:
                    # Single plates stand for themselves, those of a family together.
                    tied[own, (others, -1) if others is not None else ("", seen.b)].append(seen)
    found: dict[str, list[OtherHand]] = defaultdict(list)
    for (own, (other_id, _)), pairs in tied.items():
        other = other_id or None
        found[own].append(OtherHand(own, other, tuple(pairs), _order(generation, families, own, other, pairs[0].b)))
    ordered = {
        own: tuple(sorted(hands, key=lambda one: ((AFTER, UNKNOWN, BEFORE).index(one.order), -one.pairs[0].inliers)))
        for own, hands in found.items()
    }
    return OtherHands(ordered, tuple(loose))


def copy_pairs(generation: Generation, rejected: Some[tuple[int, int]] = frozenset()) -> list[MatchRow]:
    """The pairs that a run found to be copies by another hand, the surest first, without those that were rejected."""
    copies, matches = generation.copies, generation.matches
    if copies is None:
        return []
    every = [copies.match(int(at)) for at in np.flatnonzero(copies.frame["verdict"].to_numpy(object) == COPY)]
    found = []
    for pair in every:
        known = matches.between(pair.a, pair.b) if matches is not None else None
        proven = known is not None and known.verified
        turned_down = (min(pair.a, pair.b), max(pair.a, pair.b)) in rejected
        if not proven and not turned_down and enough_here(generation, pair.a, pair.b, pair.inliers):
            found.append(pair)
    return sorted(found, key=lambda pair: (-pair.inliers, pair.a, pair.b))


def _order(generation: Generation, families: Families, own: str, other: str | None, row: int) -> str:
    """Which of the two came first, by the earliest plate of each."""
    first = families.family(own).earliest.when
    second = families.family(other).earliest.when if other is not None else generation.catalogue.date(row)
    if first.certainly_before(second):
        return AFTER
    return BEFORE if second.certainly_before(first) else UNKNOWN
