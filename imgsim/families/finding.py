"""Which plates form a family: the rule, and why it is so.

The connected components of all verified pairs would chain: at 0.99 precision one pair in a hundred is false, and a
single false pair makes one family of two. So:

* **Whole images make cores.** A pair of which the whole image agrees (same image, mirrored, negative, or one plate of
  which nearly all is a large part of the other) joins two plates if it is strong, or if a third plate agrees with
  both. A plate joins a group by one strong pair or by two pairs. Two groups are joined only if most plates of the
  smaller one agree with the other, and with two plates of it at least: neither a false pair or two nor a plate that
  resembles both ever bridges them.
* **Pairs that were compared and do not agree count too.** True copies nearly always agree with most of the other
  copies, so a join is refused where more than two in three of the compared pairs between the two groups deny it. (With
  one in two, worn copies fall out of their families: measured, see tests/benchmarks/families.py.)
* **Details never join cores.** The same flower in two compositions is a detail of both, and they are two images. A
  plate outside the cores is added to the core with which it shares most points, if one such pair is strong; among the
  plates that are left, those that share one and the same detail (its outlines overlap) form a family.

Pairs whose two plates agree with the same other plates are decided on first, so that groups have formed before a pair
or a plate that leads from one to the other is looked at; among equals those with more inliers, then by plate ids. So
the order of the input makes no difference.

What people decided goes before all of this: :mod:`~imgsim.families.constraints` says how. First the pairs that the
lines tie are put together, with rejected plates kept apart; then the groups that confirmed pairs lead between become
one. Where that would unite two rejected plates, the plates of these groups are put together anew by Kruskal's way:
the confirmed pairs first, then each group's own pairs in their order, leaving out every pair that would unite the
two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.verdict_words import LOOK_ALIKE, MIRRORED, NEGATIVE, SAME
from imgsim.families.constraints import Decisions, Groups, Pair, kept_apart
from imgsim.families.details import attach_to_cores, group_by_detail
from imgsim.families.family_table import COLUMNS, CORRECTED
from imgsim.families.relating import describe
from imgsim.families.ties import Ties
from imgsim.reviews.decision_words import WHOLE

if TYPE_CHECKING:
    from imgsim.verification.matches import Matches

# Inliers that let a pair stand alone. Pairs that passed as verified and are false had up to 34 where the whole agrees
# and up to 47 where a detail does; true ones of the sample 93 and 57 at least (tests/benchmarks/families.py).
STRONG_WHOLE = 36
STRONG_DETAIL = 50
# Small cuts have few features that could agree: of those a share will do. (The false pairs were of plates with a
# thousand, 0.03 of which agreed; true pairs of chapbook cuts with 30 to 49 inliers have shares from 0.07 to 0.20.)
STRONG_SHARE, LEAST_STRONG = 0.1, 14
# A crop counts as the whole image if nearly all of it is found in the other plate, and makes up much of that. (Of the
# sample: crops 0.89 and more, and 0.52 and more; a motif in another composition passes one of the two at most.)
NEARLY_ALL, MUCH = 0.88, 0.5


def find_families(
    catalogue: pd.DataFrame,
    matches: Matches,
    decisions: Decisions | None = None,
    *,
    rows: npt.NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Find the families.

    Parameters
    ----------
    catalogue : the catalogue's frame, n rows.
    matches : pairs of its plates.
    decisions : what people decided.
    rows : bool (n,), the plates to look at; all of them if left out. Pairs lead from none of them to any other.

    Returns
    -------
    DataFrame
        One row a plate that is in a family; the columns of :data:`~imgsim.families.COLUMNS`: family_id (the id of its
        earliest plate), plate_id, place (0 for the earliest, undated plates last), verdict ("earliest", or how it
        relates to the earliest), mirrored and cropped (against the earliest), printing, inliers (of its strongest tie
        within the family), supports (how many pairs tie it in), tied_to (the plate of the pair that says so: the
        earliest where they were found to agree), negative (against the
        earliest). With decisions also by_review: what people decided about that pair, '' where
        they did not. Families by id, plates by place.
    """
    judged = decisions or Decisions()
    apart = kept_apart(judged)
    ties = ties_of(matches, judged, rows)
    groups = cores(ties, len(catalogue), apart)
    members = attach_to_cores(ties, groups, apart)
    members += group_by_detail(ties, members, matches, apart)
    records = describe(catalogue, matches, ties, [sorted(m) for m in members if len(m) > 1])
    frame = pd.DataFrame(records, columns=pd.Index(CORRECTED)).astype(CORRECTED)
    frame = frame.sort_values(["family_id", "place"], kind="stable").reset_index(drop=True)
    return frame[list(COLUMNS)] if decisions is None else frame


def strong_from(possible: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """So many inliers let a pair of whole images stand alone, int64 (n,), if ``possible`` features could agree."""
    share = np.clip(np.ceil(STRONG_SHARE * possible), LEAST_STRONG, STRONG_WHOLE).astype(np.int64)
    return np.where(possible > 0, share, STRONG_WHOLE)


def ties_of(
    matches: Matches, decisions: Decisions | None = None, rows: npt.NDArray[np.bool_] | None = None
) -> Ties:
    """Read the pairs, of plates among ``rows``; look-alikes of plates that nothing is tied to are left out."""
    position = np.arange(len(matches), dtype=np.int64)
    if rows is not None:
        position = np.flatnonzero(rows[matches.column("row_a")] & rows[matches.column("row_b")])
    a, b, inliers, possible = (
        matches.column(name, position).astype(np.int64) for name in ("row_a", "row_b", "inliers", "possible")
    )
    verdict = matches.column("verdict", position)
    cover_a, cover_b = (matches.column(name, position).astype(np.float64) for name in ("coverage_a", "coverage_b"))
    against = verdict == LOOK_ALIKE
    crop = (np.maximum(cover_a, cover_b) >= NEARLY_ALL) & (np.minimum(cover_a, cover_b) >= MUCH)
    whole = np.isin(verdict, (SAME, MIRRORED, NEGATIVE)) | (~against & crop)
    detail = ~against & ~whole
    strong = (whole & (inliers >= strong_from(possible))) | (detail & (inliers >= STRONG_DETAIL))
    read = Ties(
        a, b, whole, detail, against, strong, inliers, position, np.full(len(a), "", object), np.ones(len(a), bool)
    )  # fmt: skip
    if decisions:
        read = _judged(read, decisions)
    a, b, whole, against = read.a, read.b, read.whole, read.against
    tied = np.zeros(int(max(a.max(initial=-1), b.max(initial=-1))) + 1, dtype=bool)
    tied[a[~against]] = tied[b[~against]] = True
    used = ~against | (tied[a] & tied[b])
    confirmed, alike = _company(a, b, whole)
    order = np.lexsort((b, a, -read.inliers, -alike))
    order = order[used[order]]
    strong = read.strong | confirmed
    return Ties(
        a[order], b[order], whole[order], read.detail[order], against[order], strong[order], read.inliers[order],
        read.position[order], read.decision[order], read.seen[order],
    )  # fmt: skip


def _judged(read: Ties, decisions: Decisions) -> Ties:
    """The pairs after what people decided: rejected ones are gone, confirmed ones are what people say they are."""
    place = {pair: at for at, pair in enumerate(zip(read.a.tolist(), read.b.tolist(), strict=True))}
    kept = np.ones(len(read), dtype=bool)
    kept[[place[pair] for pair in decisions.rejected if pair in place]] = False
    known = {pair: decision for pair, decision in decisions.confirmed.items() if pair in place}
    at = np.array([place[pair] for pair in known], dtype=np.int64)
    decision, whole = read.decision.copy(), read.whole.copy()
    decision[at] = list(known.values())
    whole[at] = [said in WHOLE for said in known.values()]
    detail, against = read.detail & ~whole, read.against & (decision == "")
    detail[at] = ~whole[at]
    # What two people call one image the lines may have called a detail, or nothing.
    seen = ~((whole & ~read.whole) | (detail & ~read.detail))
    more = sorted(pair for pair in decisions.confirmed if pair not in place)
    said = [decisions.confirmed[pair] for pair in more]
    new, zeros = np.array(more, dtype=np.int64).reshape(-1, 2), np.zeros(len(more), dtype=np.int64)
    sure = np.array([one in WHOLE for one in said], dtype=bool)
    none = np.zeros(len(more), dtype=bool)

    def with_more(values: npt.NDArray, added: npt.NDArray) -> npt.NDArray:
        return np.concatenate([values[kept], added])

    return Ties(
        with_more(read.a, new[:, 0]), with_more(read.b, new[:, 1]), with_more(whole, sure), with_more(detail, ~sure),
        with_more(against, none), with_more(read.strong | (decision != ""), ~none), with_more(read.inliers, zeros),
        with_more(read.position, zeros - 1), with_more(decision, np.array(said, dtype=object)), with_more(seen, none),
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


def cores(ties: Ties, count: int, apart: Iterable[Pair] = ()) -> list[set[int]]:
    """Groups of plates of which the whole image agrees, two plates or more each, ordered by their first row; never two
    plates of a pair in ``apart``."""
    apart = frozenset(apart)
    found = _grown(ties, ties.whole & ties.seen, [], count, apart)
    if np.any(ties.whole & ties.sure):
        found = _grown(ties, ties.whole, _linked(ties, found, apart), count, apart)
    return found


def _linked(ties: Ties, groups: list[set[int]], apart: frozenset[Pair]) -> list[set[int]]:
    """The groups after confirmed pairs made one of those that they lead between."""
    of = {row: at for at, members in enumerate(groups) for row in members}
    pairs = [(int(ties.a[at]), int(ties.b[at])) for at in np.flatnonzero(ties.whole & ties.sure)]
    links = Groups()
    for members in groups:
        first = min(members)
        for row in members:
            links.join(first, row)
    for a, b in pairs:
        links.join(a, b)
    # Where nobody is to stay apart the groups stay whole; elsewhere their plates are put together anew.
    divided = {min(links.of(a)) for a, b in apart if b in links.of(a)}
    found = [members for members in links.all() if min(members) not in divided]
    anew = Groups(apart)
    inside = set().union(*(members for members in links.all() if min(members) in divided))
    for at in np.flatnonzero(ties.whole & ties.seen).tolist():
        a, b = int(ties.a[at]), int(ties.b[at])
        if a in of and of[a] == of.get(b):
            pairs.append((a, b))
    for a, b in pairs:
        if a in inside and b in inside:
            anew.join(a, b)
    return found + anew.all()


def _grown(
    ties: Ties, usable: npt.NDArray[np.bool_], start: list[set[int]], count: int, apart: frozenset[Pair]
) -> list[set[int]]:
    """Groups that grow by the pairs in ``usable`` from those in ``start``, as long as any join is left to make."""
    group = list(range(count))
    members: dict[int, set[int]] = {}
    for given in start:
        first = min(given)
        members[first] = set(given)
        for row in given:
            group[row] = first
    between: dict[int, dict[int, list[int]]] = {}
    a, b, whole = ties.a.tolist(), ties.b.tolist(), usable.tolist()
    strong = ties.strong.tolist()
    keeping = Groups(apart)
    for at in np.flatnonzero(usable | ties.against).tolist():
        for x, y in ((group[a[at]], group[b[at]]), (group[b[at]], group[a[at]])):
            members.setdefault(x, {x})
            if x != y:
                between.setdefault(x, {}).setdefault(y, []).append(at)

    def joined(one: int, two: int) -> bool:
        found = between[one][two]
        agreeing = [at for at in found if whole[at]]
        if 3 * len(agreeing) < len(found):
            return False
        if apart and keeping.clash(members[one], members[two]):
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

    waiting = np.flatnonzero(usable).tolist()
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
