"""Where the line across a list of neighbours stands in one collection, for one backbone, and what it means there.

The cosine of two plates means something else in every collection and for every backbone, so no number serves all. The
line is drawn

1. **from verified pairs**, where there are enough: pairs whose lines were compared are of the same picture (or of a
   part of it), or only alike. The line is the score at which fewest of them lie on the wrong side: a re-use below, a
   look-alike above. That is where the calibrated probability of a re-use (the isotonic regression of the verdict on
   the score; Zadrozny and Elkan 2002) passes one half: from there on a pair is rather a re-use than not.
   Enough are verified pairs of :data:`FEWEST_IMAGES` different images, and so many above the line that the share of
   re-uses among them is above one half with 95 % confidence (Wilson's interval);
2. else **from random pairs**: the score that only 1 in 1,000 pairs of plates reaches;
3. else, with fewer than :data:`FEWEST_PAIRS` pairs of plates, nowhere: which scores are rare cannot be told.

Verdicts are of the generation. What people decide later does not move the line: a list that is cited stays as it was.
The compared pairs are the candidates of the matching, so the share is of pairs that a reader meets, near the head of a
list, not of all pairs of plates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.base.translation import tr, trn
from imgsim.collection.score_worth import Worth, wilson, worth
from imgsim.retrieval.neighbours import BACKGROUND_SIZE, share_below

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation

Float32 = npt.NDArray[np.float32]

VERIFIED, RANDOM, NONE = "verified pairs", "random pairs", ""
FEWEST_IMAGES = 5
RARE = 1000  # one random pair in so many reaches the line
FEWEST_PAIRS = RARE
_DECIMALS = (2, 3, 4)  # of the line: as few as put no pair on another side


@dataclass(frozen=True, eq=False)
class Calibration:
    """The line, and what any score means.

    Attributes
    ----------
    threshold : where the line stands; None where it cannot be told.
    basis : :data:`VERIFIED`, :data:`RANDOM`, or :data:`NONE`.
    compared : of the pairs that were compared by their lines, how many reach each score, and how many of those are
        verified.
    background : float32 (10001,), quantiles of random pairs; may be empty.
    """

    threshold: float | None
    basis: str
    compared: Worth
    background: Float32

    def reached(self, threshold: float) -> tuple[int, int]:
        """How many compared pairs reach a score, and how many of them are verified."""
        at = int(np.searchsorted(self.compared.thresholds, np.float32(threshold), side="left"))
        if at == len(self.compared.thresholds):
            return 0, 0
        return int(self.compared.chosen[at]), int(self.compared.right[at])

    def meaning(self, threshold: float) -> str:
        """What it means here that a pair reaches a score, as the end of a sentence; "" where nothing is known."""
        parts = []
        chosen, right = self.reached(threshold)
        if chosen == 1:
            parts.append(
                tr("the one compared pair that reaches it shows the same picture or a part of it")
                if right
                else tr("the one compared pair that reaches it only looks alike")
            )
        elif chosen:
            # Of many, of a hundred; all and none are said of all and none only.
            whole, part = chosen, right
            if chosen > 100:
                whole, part = 100, round(100 * right / chosen)
                part = min(max(part, int(right > 0)), 100 if right == chosen else 99)
            parts.append(_reaching(whole, part))
        if len(self.background):
            parts.append(_rarity(1 - float(share_below(self.background, threshold))))
        return "; ".join(parts)


def _reaching(whole: int, part: int) -> str:
    if part == whole:
        return tr(
            "of {whole} compared pairs that reach it, all show the same picture or a part of it", whole=whole
        )
    if not part:
        return tr(
            "of {whole} compared pairs that reach it, none shows the same picture or a part of it", whole=whole
        )
    return trn(
        "of {whole} compared pairs that reach it, {n} shows the same picture or a part of it",
        "of {whole} compared pairs that reach it, {n} show the same picture or a part of it",
        part, whole=whole,
    )  # fmt: skip


def calibrate(collection: Generation, backbone: str) -> Calibration:
    """Calibrate the line of a collection for one of its backbones; `Collection.calibration` keeps it.

    Raises
    ------
    CollectionError
        For a backbone that the collection does not have, or a damaged file.
    """
    from imgsim.collection.verified_pairs import verified_pairs

    plates, matches = len(collection.catalogue), collection.matches
    background = collection.background(backbone)
    if matches is None or not len(matches):
        return calibrated(worth(backbone, [], []), 0, background, plates)
    scores = collection.compared_similarities(backbone)
    assert scores is not None, "there are pairs"
    images = len(np.unique(verified_pairs(matches, plates).groups))
    return calibrated(
        worth(backbone, scores.astype(np.float64), matches.verified), images, background, plates
    )


def calibrated(compared: Worth, images: int, background: Float32, plates: int) -> Calibration:
    """Draw the line.

    Parameters
    ----------
    compared : the compared pairs and which of them are verified.
    images : of how many different images the verified pairs are.
    background : quantiles of random pairs, float32 (10001,), ascending, or empty.
    plates : how many plates there are.
    """
    threshold = _from_verified(compared) if images >= FEWEST_IMAGES else None
    if threshold is not None:
        return Calibration(threshold, VERIFIED, compared, background)
    if len(background) and plates * (plates - 1) // 2 >= FEWEST_PAIRS:
        return Calibration(_from_random(background), RANDOM, compared, background)
    return Calibration(None, NONE, compared, background)


def _from_verified(compared: Worth) -> float | None:
    """The score that leaves fewest compared pairs on the wrong side; None where too little lies above it."""
    gain = 2 * compared.right - compared.chosen  # re-uses above, less look-alikes above
    if not len(gain) or gain.max() <= 0:
        return None
    at = int(np.flatnonzero(gain == gain.max())[-1])  # of equals the highest: it claims least
    low, _ = wilson(compared.right[at], compared.chosen[at])
    if float(low) <= 0.5:
        return None
    below = float(compared.thresholds[at - 1]) if at else -math.inf
    return _short(below, float(compared.thresholds[at]))


def _from_random(background: Float32) -> float:
    at = min(math.ceil((1 - 1 / RARE) * BACKGROUND_SIZE), len(background) - 1)
    below = background[background < background[at]]
    return _short(float(below[-1]) if len(below) else -math.inf, float(background[at]))


def _short(below: float, score: float) -> float:
    """The shortest number above one score and not above another, so that what reaches either is the same."""
    value = score
    for decimals in _DECIMALS:
        value = math.floor(score * 10**decimals) / 10**decimals
        if np.float32(value) > np.float32(below):
            break
    return max(value, -1.0)


def _rarity(share: float) -> str:
    """How rare such a score is among random pairs."""
    if share <= 1 / BACKGROUND_SIZE:
        return tr("of random pairs, 1 in {every:,} at most reaches it", every=10_000)
    if share < 0.1:
        return tr("of random pairs, only 1 in {every:,.0f} reaches it", every=float(f"{1 / share:.2g}"))
    return tr("of 100 random pairs, {number:.0f} reach it", number=100 * share)
