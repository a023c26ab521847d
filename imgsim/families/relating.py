"""How each plate of a family relates to the earliest one: by their own pair, else along the strongest path to it."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.verdict_words import (
    DETAIL,
    MIRRORED,
    NEGATIVE,
    PROBABLY_RE_ENGRAVED,
    PROBABLY_SAME_PLATE,
    SAME,
)
from imgsim.families.family_table import EARLIEST, EARLIEST_OF, OF_EARLIEST, ranks
from imgsim.families.framing import seen

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.families.ties import Ties
    from imgsim.verification.match_row import MatchRow
    from imgsim.verification.matches import Matches

# A plate is called a detail of another if it lies within that one's frame and shows only a part of it; and if nearly
# all of its picture agrees, and clearly less of the other's.
INSIDE, PART, NEARLY_ALL, LESS = 0.9, 0.6, 0.85, 0.9


@dataclass(frozen=True)
class _Relation:
    """How a plate relates to the earliest; ``tied_to`` is the plate of the last pair on the way, ``by_review`` what
    people decided about that pair."""

    verdict: str
    mirrored: bool
    cropped: str
    printing: str
    tied_to: int
    by_review: str = ""
    negative: bool = False


def describe(
    catalogue: pd.DataFrame, matches: Matches, ties: Ties, families: list[list[int]]
) -> list[tuple[str, str, int, str, bool, str, str, int, int, str, bool, str]]:
    """One record a plate, in the order of :data:`~imgsim.families.family_table.CORRECTED`."""
    every = sorted(row for rows in families for row in rows)
    rank = dict(zip(every, ranks(catalogue.iloc[every]).tolist(), strict=True))
    ids = catalogue["plate_id"].tolist()
    sizes = catalogue[["width", "height"]].to_numpy(np.float64)
    family_of = {row: at for at, rows in enumerate(families) for row in rows}
    pairs: list[list[int]] = [[] for _ in families]
    for at, (a, b) in enumerate(zip(ties.a.tolist(), ties.b.tolist(), strict=True)):
        if a in family_of and family_of[a] == family_of.get(b) and not ties.against[at]:
            pairs[family_of[a]].append(at)
    records = []
    for rows, found in zip(families, pairs, strict=True):
        ordered = sorted(rows, key=lambda row: rank[row])
        strongest, supports = dict.fromkeys(rows, 0), dict.fromkeys(rows, 0)
        for at in found:
            for row in (int(ties.a[at]), int(ties.b[at])):
                strongest[row] = max(strongest[row], int(ties.inliers[at]))
                supports[row] += 1
        relations = _relations(matches, ties, found, ordered[0], sizes)
        for place, row in enumerate(ordered):
            r = relations[row]
            tied_to = "" if place == 0 else ids[r.tied_to]
            records.append(
                (ids[ordered[0]], ids[row], place, r.verdict, r.mirrored, r.cropped, r.printing, strongest[row],
                 supports[row], tied_to, r.negative, r.by_review)
            )  # fmt: skip
    return records


def _relations(
    matches: Matches, ties: Ties, found: list[int], earliest: int, sizes: npt.NDArray[np.float64]
) -> dict[int, _Relation]:
    """The relation of every plate to the earliest.

    The tree of strongest pairs grows from the earliest (Prim): pairs with the earliest itself first, then those of
    whole images, then the rest, each by what people confirmed and by inliers. So no path takes a detail where whole
    images lead, too.
    """
    edges: dict[int, list[tuple[int, int]]] = {}
    for at in found:
        a, b = int(ties.a[at]), int(ties.b[at])
        edges.setdefault(a, []).append((at, b))
        edges.setdefault(b, []).append((at, a))
    relations = {earliest: _Relation(EARLIEST, False, "", "", earliest)}
    heap: list[tuple[bool, bool, bool, int, int, int, int]] = []
    sure = ties.sure

    def reach(row: int) -> None:
        for at, other in edges.get(row, ()):
            if other not in relations:
                weaker = (row != earliest, not ties.whole[at], not sure[at], -int(ties.inliers[at]))
                heapq.heappush(heap, (*weaker, other, row, at))

    reach(earliest)
    while heap:
        *_, other, row, at = heapq.heappop(heap)
        if other not in relations:
            match = ties.match(at, matches).seen_from(row)
            step = _step(relations[row], match, crop_of(match, sizes))
            relations[other] = replace(step, by_review=str(ties.decision[at]))
            reach(other)
    return relations


def _step(so_far: _Relation, match: MatchRow, cropped: str) -> _Relation:
    """Follow one pair from a plate that is related already to the next one."""
    mirrored, negative = so_far.mirrored != match.mirrored, so_far.negative != match.negative
    if so_far.verdict == EARLIEST:
        printing = _said(match.printing, mirrored)
        return _Relation(match.verdict, mirrored, cropped, printing, match.a, negative=negative)
    if DETAIL in (so_far.verdict, match.verdict):
        verdict = DETAIL
    else:
        verdict = NEGATIVE if negative else MIRRORED if mirrored else SAME
    crops = {so_far.cropped, cropped} - {""}
    # A part of what is a part of the earliest is one, too; a part of what the earliest is a part of may be anything.
    cropped = crops.pop() if len(crops) == 1 else ""
    printing = _said(_composed(so_far.printing, match.printing), mirrored)
    return _Relation(verdict, mirrored, cropped, printing, match.a, negative=negative)


def _composed(one: str, two: str) -> str:
    """What two statements in a row say of the ends: the same plate of a re-engraved one is re-engraved, too."""
    if one == PROBABLY_SAME_PLATE:
        return two
    return one if two == PROBABLY_SAME_PLATE and one == PROBABLY_RE_ENGRAVED else ""


def _said(printing: str, mirrored: bool) -> str:
    """It is never claimed that a plate which is mirrored against the earliest is the same; people may decide so."""
    return "" if mirrored and printing == PROBABLY_SAME_PLATE else printing


def believed(frame: pd.DataFrame, catalogue: Catalogue, matches: Matches | None) -> pd.DataFrame:
    """The families that a run of any version left, with "probably the same plate" only where the pairs still say so.

    Of a plate that is not tied to the earliest itself, it must be said all along the way.
    """
    printing = frame["printing"].to_numpy(object).copy()
    said = np.flatnonzero(printing == PROBABLY_SAME_PLATE)
    if not len(said):
        return frame
    ids, tied = frame["plate_id"].tolist(), frame["tied_to"].tolist()
    place = {plate_id: at for at, plate_id in enumerate(ids)}
    kept = {at for at in range(len(frame)) if tied[at] == ""}
    said_again = _say_same(matches, catalogue, [(ids[at], tied[at]) for at in said.tolist()])
    ways = said[said_again & ~frame["mirrored"].to_numpy(bool)[said]].tolist()
    while reached := [at for at in ways if at not in kept and place.get(tied[at]) in kept]:
        kept.update(reached)
    printing[[at for at in said.tolist() if at not in kept]] = ""
    return frame.assign(printing=printing)


def _say_same(
    matches: Matches | None, catalogue: Catalogue, pairs: Sequence[tuple[str, str]]
) -> npt.NDArray[np.bool_]:
    """Which pairs of plates, by their ids, the matches call probably the same plate."""
    if matches is None:
        return np.zeros(len(pairs), dtype=bool)
    rows = np.array([[catalogue.row(one) if catalogue.has(one) else -1 for one in pair] for pair in pairs])
    at = matches.positions(rows[:, 0], rows[:, 1])
    found = at >= 0
    found[found] = matches.column("printing", at[found]) == PROBABLY_SAME_PLATE
    return found


def crop_of(match: MatchRow, sizes: npt.NDArray[np.float64]) -> str:
    """Say whether one plate of a pair shows only a part of the other's picture (a counts as the earlier); '' if not.

    A narrower frame alone does not make a crop: a scan without the page's margins shows less of the page and all of
    the picture. So most of what the wider one shows must be missing, and less of its picture may agree.
    """
    of_a, of_b = seen(match.transform, tuple(sizes[match.a]), tuple(sizes[match.b]))
    a, b = match.coverage_a, match.coverage_b
    if of_b >= INSIDE and of_a <= PART and b >= NEARLY_ALL and a < LESS * b:
        return OF_EARLIEST
    if of_a >= INSIDE and of_b <= PART and a >= NEARLY_ALL and b < LESS * a:
        return EARLIEST_OF
    return ""
