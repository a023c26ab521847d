"""Plates that share only a detail with others: each is added to one family at most, and none joins two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.families.constraints import Groups, Pair

if TYPE_CHECKING:
    from imgsim.families.ties import Ties
    from imgsim.verification.matches import Matches

# Two outlines on one plate are of the same detail if they share this part of the smaller one's box.
SAME_DETAIL = 0.5


def attach_to_cores(ties: Ties, cores: list[set[int]], apart: Iterable[Pair] = ()) -> list[set[int]]:
    """The cores, each with the plates of no core that share most points with it.

    A plate is added if one of its pairs with the core is strong, and if no more than two in three of those that were
    compared deny it. Two weak pairs are not enough here: the plates of a core are copies, and what resembles one by
    chance resembles the others. A confirmed pair goes before any number of points, and nothing can deny it; a plate is
    not added to a core with a plate that it must stay apart from.
    """
    core_of = {row: at for at, members in enumerate(cores) for row in members}
    shared: dict[int, dict[int, list[int]]] = {}
    for at, (a, b) in enumerate(zip(ties.a.tolist(), ties.b.tolist(), strict=True)):
        for row, other in ((a, b), (b, a)):
            if other in core_of and row not in core_of:
                shared.setdefault(row, {}).setdefault(core_of[other], []).append(at)
    grown = [set(members) for members in cores]
    keeping = Groups(apart)
    for row, by_core in shared.items():
        points = {
            core: _points(ties, found)
            for core, found in by_core.items()
            if not keeping.clash([row], grown[core])
        }
        # The first of equals is the core with the first plate.
        best = max(points, key=lambda core: (points[core], -core), default=None)
        if best is not None and points[best] > (0, 0):
            grown[best].add(row)
    return _confirmed_added(ties, grown, keeping)


def _points(ties: Ties, found: list[int]) -> tuple[int, int]:
    """Confirmed pairs and points that a plate shares with a core; no points where that is too little to be added."""
    agreeing = [at for at in found if not ties.against[at]]
    sure = sum(ties.decision[at] != "" for at in agreeing)
    if not sure and (3 * len(agreeing) < len(found) or not any(ties.strong[at] for at in agreeing)):
        return 0, 0
    return sure, int(ties.inliers[agreeing].sum())


def _confirmed_added(ties: Ties, families: list[set[int]], keeping: Groups) -> list[set[int]]:
    """The families, with the plates of none that confirmed details lead to from one of theirs."""
    pairs = [(int(ties.a[at]), int(ties.b[at])) for at in np.flatnonzero(ties.detail & ties.sure)]
    of = {row: members for members in families for row in members}
    added = True
    while added:
        added = False
        for pair in pairs:
            for row, other in (pair, pair[::-1]):
                if row not in of and other in of and not keeping.clash([row], of[other]):
                    of[row] = of[other]
                    of[other].add(row)
                    added = True
    return families


def group_by_detail(
    ties: Ties, families: list[set[int]], matches: Matches, apart: Iterable[Pair] = ()
) -> list[set[int]]:
    """Families of plates that share one and the same detail, and belong to none of the families given.

    Confirmed pairs come first, then the strongest. A plate joins the one that it is tied to if the pair is confirmed,
    or if its outline overlaps with the outline by which that one is in the family: two details of one plate make two
    families, not one. It joins none that holds a plate which it must stay apart from.
    """
    taken = {row for members in families for row in members}
    family: dict[int, set[int]] = {}
    outline: dict[int, npt.NDArray[np.float32]] = {}
    found: list[set[int]] = []
    keeping = Groups(apart)
    usable = np.flatnonzero((ties.detail | ties.whole) & ties.strong)
    for at in usable[np.argsort(~ties.sure[usable], kind="stable")].tolist():
        a, b = int(ties.a[at]), int(ties.b[at])
        if a in taken or b in taken or (a in family and b in family):
            continue
        match = ties.match(at, matches)
        outlines = {a: match.region_a, b: match.region_b}
        if a not in family and b not in family:
            if keeping.clash([a], {b}):
                continue
            found.append({a, b})
            family[a] = family[b] = found[-1]
            outline |= outlines
            continue
        old, new = (a, b) if a in family else (b, a)
        if keeping.clash([new], family[old]):
            continue
        if ties.sure[at] or overlap(outlines[old], outline[old]) >= SAME_DETAIL:
            family[old].add(new)
            family[new] = family[old]
            outline[new] = outlines[new]
    return found


def overlap(one: npt.NDArray[np.float32], two: npt.NDArray[np.float32]) -> float:
    """Share of the smaller outline's box that lies in the other's; 0 where one is empty."""
    if not len(one) or not len(two):
        return 0.0
    low = np.maximum(one.min(axis=0), two.min(axis=0))
    high = np.minimum(one.max(axis=0), two.max(axis=0))
    smaller = min(float(np.prod(np.ptp(box, axis=0))) for box in (one, two))
    return float(np.prod(np.maximum(high - low, 0))) / smaller if smaller > 0 else 0.0
