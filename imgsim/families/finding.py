"""Which plates form a family: the rule, and why it is so.

The connected components of all verified pairs would chain: at 0.99 precision one pair in a hundred is false, and a
single false pair makes one family of two. So:

* **Whole images make cores.** A pair of which the whole image agrees (same image, mirrored, or one plate of which
  nearly all is a large part of the other) joins two plates if it is strong, or if a third plate agrees with both. A
  plate joins a group by one strong pair or by two pairs. Two groups are joined only if most plates of the smaller one
  agree with the other, and with two plates of it at least: neither a false pair or two nor a plate that resembles both
  ever bridges them.
* **Pairs that were compared and do not agree count too.** True copies nearly always agree with most of the other
  copies, so a join is refused where more than two in three of the compared pairs between the two groups deny it. (With
  one in two, worn copies fall out of their families: measured, see tests/benchmarks/families.py.)
* **Details never join cores.** The same flower in two compositions is a detail of both, and they are two images. A
  plate outside the cores is added to the core with which it shares most points, if one such pair is strong; among the
  plates that are left, those that share one and the same detail (its outlines overlap) form a family.

Pairs whose two plates agree with the same other plates are decided on first, so that groups have formed before a pair
or a plate that leads from one to the other is looked at; among equals those with more inliers, then by plate ids. So
the order of the input makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.families.details import attach_to_cores, group_by_detail
from imgsim.families.relating import describe
from imgsim.families.table import COLUMNS
from imgsim.matches import LOOK_ALIKE, MIRRORED, SAME

if TYPE_CHECKING:
    from imgsim.matches import Matches

# Inliers that let a pair stand alone. Pairs that passed as verified and are false had up to 34 where the whole agrees
# and up to 47 where a detail does; true ones of the sample 93 and 57 at least (tests/benchmarks/families.py).
STRONG_WHOLE = 36
STRONG_DETAIL = 50
# A crop counts as the whole image if nearly all of it is found in the other plate, and makes up much of that. (Of the
# sample: crops 0.89 and more, and 0.52 and more; a motif in another composition passes one of the two at most.)
NEARLY_ALL, MUCH = 0.88, 0.5


@dataclass(frozen=True)
class Ties:
    """What the pairs say, as arrays of one length, in the order in which they are decided on.

    a, b : int64 rows; whole, detail, against : bool, exactly one of which is true; strong : bool; inliers : int64;
    position : int64, row of the matches' frame.
    """

    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    whole: npt.NDArray[np.bool_]
    detail: npt.NDArray[np.bool_]
    against: npt.NDArray[np.bool_]
    strong: npt.NDArray[np.bool_]
    inliers: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.a)


def find_families(catalogue: pd.DataFrame, matches: Matches) -> pd.DataFrame:
    """Find the families.

    Parameters
    ----------
    catalogue : the catalogue's frame, n rows.
    matches : pairs of its plates.

    Returns
    -------
    DataFrame
        One row a plate that is in a family; the columns of :data:`~imgsim.families.COLUMNS`: family_id (the id of its
        earliest plate), plate_id, place (0 for the earliest, undated plates last), verdict ("earliest", or how it
        relates to the earliest), mirrored and cropped (against the earliest), printing, inliers (of its strongest tie
        within the family), supports (how many pairs tie it in), tied_to (the plate of the pair that says so: the
        earliest where they were found to agree). Families by id, plates by place.
    """
    ties = ties_of(matches)
    groups = cores(ties, len(catalogue))
    members = attach_to_cores(ties, groups)
    members += group_by_detail(ties, members, matches)
    records = describe(catalogue, matches, ties, [sorted(m) for m in members if len(m) > 1])
    frame = pd.DataFrame(records, columns=pd.Index(COLUMNS)).astype(COLUMNS)
    return frame.sort_values(["family_id", "place"], kind="stable").reset_index(drop=True)


def ties_of(matches: Matches) -> Ties:
    """Read the pairs; look-alikes of plates that nothing is tied to are left out."""
    frame = matches.frame
    a, b = (frame[name].to_numpy(np.int64) for name in ("row_a", "row_b"))
    verdict = frame["verdict"].to_numpy(object)
    inliers = frame["inliers"].to_numpy(np.int64)
    cover_a, cover_b = (frame[name].to_numpy(np.float64) for name in ("coverage_a", "coverage_b"))
    against = verdict == LOOK_ALIKE
    crop = (np.maximum(cover_a, cover_b) >= NEARLY_ALL) & (np.minimum(cover_a, cover_b) >= MUCH)
    whole = (verdict == SAME) | (verdict == MIRRORED) | (~against & crop)
    detail = ~against & ~whole
    strong = (whole & (inliers >= STRONG_WHOLE)) | (detail & (inliers >= STRONG_DETAIL))
    tied = np.zeros(int(max(a.max(initial=-1), b.max(initial=-1))) + 1, dtype=bool)
    tied[a[~against]] = tied[b[~against]] = True
    used = ~against | (tied[a] & tied[b])
    confirmed, alike = _company(a, b, whole)
    strong |= confirmed
    order = np.lexsort((b, a, -inliers, -alike))
    order = order[used[order]]
    return Ties(
        a[order], b[order], whole[order], detail[order], against[order], strong[order], inliers[order],
        order.astype(np.int64),
    )  # fmt: skip


def _company(
    a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], whole: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Say of each pair of whole images whether a third plate confirms it, because the whole of it agrees with both, and
    how far the two agree with the same plates (Jaccard, 0 to 1; each agrees with itself)."""
    others: dict[int, set[int]] = {}
    for x, y in zip(a[whole].tolist(), b[whole].tolist(), strict=True):
        others.setdefault(x, {x}).add(y)
        others.setdefault(y, {y}).add(x)
    confirmed = np.zeros(len(a), dtype=bool)
    alike = np.zeros(len(a), dtype=np.float64)
    for at in np.flatnonzero(whole).tolist():
        one, two = others[int(a[at])], others[int(b[at])]
        shared = len(one & two)
        confirmed[at] = shared > 2
        alike[at] = shared / (len(one) + len(two) - shared)
    return confirmed, alike


def cores(ties: Ties, count: int) -> list[set[int]]:
    """Groups of plates of which the whole image agrees, two plates or more each, ordered by their first row."""
    group = list(range(count))
    members: dict[int, set[int]] = {}
    between: dict[int, dict[int, list[int]]] = {}
    a, b, whole = ties.a.tolist(), ties.b.tolist(), ties.whole.tolist()
    strong = ties.strong.tolist()
    for at in np.flatnonzero(ties.whole | ties.against).tolist():
        for x, y in ((a[at], b[at]), (b[at], a[at])):
            members.setdefault(x, {x})
            between.setdefault(x, {}).setdefault(y, []).append(at)

    def joined(one: int, two: int) -> bool:
        found = between[one][two]
        agreeing = [at for at in found if whole[at]]
        if 3 * len(agreeing) < len(found):
            return False
        if len(members[one]) > 1 and len(members[two]) > 1:
            plates = {a[at] for at in agreeing} | {b[at] for at in agreeing}
            small, large = sorted((members[one], members[two]), key=len)
            return 2 * len(plates & small) > len(small) and len(plates & large) > 1
        return len(agreeing) > 1 or strong[agreeing[0]]

    def join(one: int, two: int) -> None:
        large, small = (one, two) if len(between[one]) >= len(between[two]) else (two, one)
        for row in members[small]:
            group[row] = large
        members[large] |= members.pop(small)
        for other, found in between.pop(small).items():
            del between[other][small]
            if other != large:
                between[large].setdefault(other, []).extend(found)
                between[other][large] = between[large][other]

    waiting = np.flatnonzero(ties.whole).tolist()
    while True:
        left = []
        for at in waiting:
            one, two = group[a[at]], group[b[at]]
            if one == two:
                continue
            if joined(one, two):
                join(one, two)
            else:
                left.append(at)
        # A refused join may be supported once the two groups have grown.
        if len(left) == len(waiting):
            break
        waiting = left
    return sorted((m for m in members.values() if len(m) > 1), key=min)
