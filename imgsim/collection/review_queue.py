"""What to look at next: pairs that nobody has judged, those first from which most is learned.

A pair gets points for each reason to look at it, and the reasons are said in words:

* **The network and the lines disagree**, up to 3 points. A look-alike (or a pair whose lines were never compared) is
  asked for the more, the more verified pairs are less similar than it; a verified pair the more, the more look-alikes
  are more similar than it.
* **Near a limit**, up to 2: its inliers are within a factor of two of the number that makes a pair strong or, for a
  look-alike, verified; or what agrees lies between a detail and the whole image.
* **A copy by another hand**, 2: what was drawn anew is no print of one plate, and only eyes can confirm it.
* **Mirrored**, 1, and **between different works**, 1: what an edition cannot explain is worth a look. (Look-alikes are
  nearly all between works, so that alone is no reason for them.)

Verified pairs without any of this come last, to be confirmed; look-alikes without any are not asked for at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.translation import marked, tr
from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE
from imgsim.collection.other_hands import copy_pairs
from imgsim.collection.uncompared_pairs import never_compared
from imgsim.families.finding import NEARLY_ALL, STRONG_DETAIL, STRONG_WHOLE
from imgsim.families.works import work_keys
from imgsim.retrieval.neighbours import pair_similarities

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.generation.generation import Generation
    from imgsim.verification.matches import Matches

FILTERS = {
    "all": marked("All"),
    "disagreeing": marked("Alike in looks or in lines only"),
    "near": marked("Near a limit"),
    "mirrored": marked("Mirrored"),
    "negative": marked("Negatives"),
    "copied": marked("By another hand"),
    "works": marked("Between works"),
    "disputed": marked("Disputed"),
}
DISAGREE, NEAR, COPIED, MIRRORED, WORKS = 3.0, 2.0, 2.0, 1.0, 1.0
# Below this share of what a reason can give at most it is none.
WORTH_SAYING = 0.5
# Agreeing coverage so far from the border between a detail and the whole image is near it.
BORDER = 0.08
# Pairs that were never compared are asked for if so many of the verified ones are less similar.
ALIKE = 0.5
NEAREST = 10  # neighbours whose pairs are asked for even if their lines were never compared
NOT_COMPARED = "not compared"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """A pair to judge: rows of the catalogue (a < b), what the scores say, and why it is asked, in sentences."""

    a: int
    b: int
    verdict: str
    inliers: int
    similarity: float
    score: float
    reasons: tuple[str, ...]


class Queue:
    """All pairs worth asking for, in order; made once for a generation, and asked again after every decision.

    Parameters
    ----------
    catalogue, matches : the plates, and what the lines say of them.
    works : a key a plate, equal for plates of one work (:func:`~imgsim.families.work_keys`).
    embeddings : float32 (n, dim), unit rows.
    neighbours : int32 (n, k), the rows nearest to each plate, whose pairs are asked for even if never compared.
    copies : pairs of rows that are copies by another hand, as far as a run can tell.
    known : float32 (m,), the similarities of the pairs of ``matches``; None: they are worked out.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        matches: Matches,
        works: Sequence[str],
        embeddings: npt.NDArray[np.float32],
        neighbours: npt.NDArray[np.int32],
        copies: Sequence[tuple[int, int]] = (),
        known: npt.NDArray[np.float32] | None = None,
    ) -> None:
        self._catalogue, self._count = catalogue, max(1, len(catalogue))
        a, b = (matches.column(name).astype(np.int64) for name in ("row_a", "row_b"))
        copied_a, copied_b = np.sort(np.array(copies, np.int64).reshape(-1, 2), axis=1).T
        more_a, more_b = never_compared(a, b, neighbours, copied_a, copied_b)
        compared = len(a)
        if known is None:
            known = pair_similarities(embeddings, a, b)
        similarity = np.concatenate([known, pair_similarities(embeddings, more_a, more_b)]).astype(np.float64)
        a, b = np.concatenate([a, more_a]), np.concatenate([b, more_b])

        def column(name: str, missing: object, kind: type) -> npt.NDArray:
            return np.concatenate(
                [matches.column(name).astype(kind), np.full(len(a) - compared, missing, dtype=kind)]
            )

        def are(verdict: str) -> npt.NDArray[np.bool_]:
            return np.append(matches.are("verdict", verdict), np.zeros(len(a) - compared, dtype=bool))

        look_alike, detail, never = are(LOOK_ALIKE), are(DETAIL), np.arange(len(a)) >= compared
        inliers = column("inliers", 0, np.int64)
        covered = np.maximum(column("coverage_a", 0, np.float64), column("coverage_b", 0, np.float64))
        verified = ~look_alike & ~never
        works_of = pd.factorize(np.asarray(works, dtype=object))[0]

        disagree = np.empty(len(a))
        disagree[verified] = share_above(similarity[look_alike], similarity[verified])
        disagree[~verified] = share_below(similarity[verified], similarity[~verified])
        if not verified.any():  # nothing to compare with but the others: the most similar first
            disagree = share_below(similarity, similarity)
        self._least = int(inliers[verified].min()) if verified.any() else 20
        self._limit = np.where(verified, np.where(detail, STRONG_DETAIL, STRONG_WHOLE), self._least)
        with np.errstate(divide="ignore"):
            by_points = 1 - np.abs(np.log2(inliers / self._limit))
        by_cover = np.where(verified, 1 - np.abs(covered - NEARLY_ALL) / BORDER, 0.0)
        self._by_points = np.where(never, 0.0, np.clip(by_points, 0, 1))
        self._by_cover = np.where(detail, np.clip(by_cover, 0, 1), 0.0)
        near = np.maximum(self._by_points, self._by_cover)
        mirrored, negative = (verified & column(name, False, bool) for name in ("mirrored", "negative"))
        codes = a * self._count + b
        copied = np.isin(codes, copied_a * self._count + copied_b)
        asked = verified | copied | (disagree >= WORTH_SAYING) | (near >= WORTH_SAYING)
        asked[compared:] &= (disagree[compared:] >= ALIKE) | copied[compared:]
        apart = (works_of[a] != works_of[b]) & verified
        score = DISAGREE * disagree + NEAR * near + COPIED * copied + MIRRORED * mirrored + WORKS * apart
        # Rounded, so that no machine's last digit changes the order; then by the plates.
        order = np.flatnonzero(asked)
        order = order[np.lexsort((b[order], a[order], -np.round(score[order], 6)))]
        self.a, self.b = a[order], b[order]
        self.codes = codes[order]
        verdict = np.full(len(order), NOT_COMPARED, dtype=object)
        verdict[~never[order]] = matches.column("verdict", order[~never[order]])
        self._verdict, self._inliers, self._covered = verdict, inliers[order], covered[order]
        self._similarity, self._score, self._verified = similarity[order], score[order], verified[order]
        self._limit, self._by_points, self._by_cover = (
            values[order] for values in (self._limit, self._by_points, self._by_cover)
        )
        self._disagree, self._near = disagree[order], near[order]
        self.flags: dict[str, npt.NDArray[np.bool_]] = {
            "all": np.ones(len(order), dtype=bool),
            "disagreeing": self._disagree >= WORTH_SAYING,
            "near": self._near >= WORTH_SAYING,
            "mirrored": mirrored[order],
            "negative": negative[order],
            "copied": copied[order],
            "works": apart[order],
        }

    def __len__(self) -> int:
        return len(self.a)

    def judged(self, standing: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which of the pairs anybody has decided on (unsure is a decision, too), bool (len(self),)."""
        known = [
            self._code(plate_a, plate_b)
            for plate_a, plate_b in zip(standing["plate_a"], standing["plate_b"], strict=True)
            if self._catalogue.has(plate_a) and self._catalogue.has(plate_b)
        ]
        return np.isin(self.codes, np.array(known, dtype=np.int64))

    def waiting(
        self, standing: pd.DataFrame, chosen: str = "all", side: npt.NDArray[np.bool_] | None = None
    ) -> list[tuple[int, int]]:
        """The pairs that are to be judged, the most telling first; for "disputed" those about which people differ.

        With ``side``, bool (n,), only pairs of a plate of that side and one of the other.
        """
        if chosen == "disputed":
            rows = standing[standing["disputed"]]
            pairs = [
                self._rows(a, b)
                for a, b in zip(rows["plate_a"], rows["plate_b"], strict=True)
                if self._catalogue.has(a) and self._catalogue.has(b)
            ]
            return sorted(pair for pair in pairs if side is None or side[pair[0]] != side[pair[1]])
        at = np.flatnonzero(self._asked(chosen, side) & ~self.judged(standing))
        return list(zip(self.a[at].tolist(), self.b[at].tolist(), strict=True))

    def _asked(self, chosen: str, side: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.bool_]:
        flags = self.flags.get(chosen, self.flags["all"])
        return flags if side is None else flags & (side[self.a] != side[self.b])

    def progress(
        self, standing: pd.DataFrame, chosen: str = "all", side: npt.NDArray[np.bool_] | None = None
    ) -> tuple[int, int]:
        """(how many of these pairs are judged, how many there are); ``side`` as for :meth:`waiting`."""
        flags = self._asked(chosen, side)
        return int(np.count_nonzero(flags & self.judged(standing))), int(np.count_nonzero(flags))

    def question(self, a: int, b: int) -> Question | None:
        """Why a pair is asked for; None for one that is not in the queue."""
        found = np.flatnonzero(self.codes == a * self._count + b)
        if not len(found):
            return None
        at = int(found[0])
        return Question(
            a, b, str(self._verdict[at]), int(self._inliers[at]), float(self._similarity[at]), float(self._score[at]),
            tuple(self._reasons(at)),
        )  # fmt: skip

    def _reasons(self, at: int) -> list[str]:
        found = []
        verdict = self._verdict[at]
        if self._disagree[at] >= WORTH_SAYING:
            if self._verified[at]:
                found.append(tr("The lines say alike, the network says no."))
            elif verdict == LOOK_ALIKE:
                found.append(tr("The network says alike, the lines say no."))
            else:
                found.append(tr("The network says alike, and the lines were never compared."))
        if self._by_points[at] >= WORTH_SAYING:
            inliers, limit = int(self._inliers[at]), int(self._limit[at])
            if self._verified[at]:
                found.append(tr("{points:,} points agree; {limit:,} make a pair strong.", points=inliers, limit=limit))
            else:
                found.append(
                    tr("{points:,} points agree; verified pairs begin at {limit:,}.", points=inliers, limit=limit)
                )
        if self._by_cover[at] >= WORTH_SAYING:
            found.append(
                tr(
                    "Between a detail and the whole image: {share:.0f} % of one agree.",
                    share=100 * self._covered[at],
                )
            )
        if self.flags["mirrored"][at]:
            found.append(tr("One is turned left to right."))
        if self.flags["negative"][at]:
            found.append(tr("One is the other's negative."))
        if self.flags["copied"][at]:
            found.append(tr("Another hand seems to have drawn one after the other."))
        if self.flags["works"][at]:
            found.append(tr("They stand in different works."))
        return found or [tr("Their lines agree, and nobody has confirmed it yet.")]

    def _rows(self, plate_a: str, plate_b: str) -> tuple[int, int]:
        low, high = sorted((self._catalogue.row(plate_a), self._catalogue.row(plate_b)))
        return low, high

    def _code(self, plate_a: str, plate_b: str) -> int:
        low, high = self._rows(plate_a, plate_b)
        return low * self._count + high


def queue_of(generation: Generation, backbone: str) -> Queue | None:
    """The queue of a generation by one backbone; None where plates were never compared."""
    catalogue, matches = generation.catalogue, generation.matches
    if matches is None:
        return None
    nearest = generation.neighbour_table(backbone)[0][:, :NEAREST]
    copies = [(pair.a, pair.b) for pair in copy_pairs(generation)]
    return Queue(
        catalogue, matches, work_keys(catalogue), generation.embeddings(backbone), nearest, copies,
        generation.compared_similarities(backbone),
    )  # fmt: skip


def share_below(values: Floats, asked: Floats) -> Floats:
    """Share of ``values`` below each of ``asked``, ties counted half; 0 where there are none."""
    if not len(values):
        return np.zeros(len(asked))
    ordered = np.sort(values)
    low, high = (np.searchsorted(ordered, asked, side) for side in ("left", "right"))
    return (low + high) / (2 * len(ordered))


def share_above(values: Floats, asked: Floats) -> Floats:
    """Share of ``values`` above each of ``asked``, ties counted half; 0 where there are none."""
    return 1 - share_below(values, asked) if len(values) else np.zeros(len(asked))
