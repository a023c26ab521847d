"""What a score is worth here: how often a pair that reaches a threshold is a re-use, by what people decided.

Of the pairs that people judged and whose score reaches a threshold, **precision** is the share that they confirmed; of
those that they confirmed, **recall** is the share that reaches it. Both come with Wilson's 95 % intervals, which hold
for few judgements as well (Wilson 1927; Brown, Cai and DasGupta 2001).

**What this cannot say.** The judged pairs are no random sample: people judge what is doubtful or striking, and the
queue asks for the doubtful first. So precision is rather too low for clear pairs, and says nothing of pairs unlike the
judged ones. Recall is among the judged pairs alone: of a re-use that nobody has looked at, no number here knows. And
the intervals hold for a threshold that was chosen beforehand; the suggested one was chosen by the same judgements.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.translation import number, tr
from imgsim.reviews.decision_words import CONFIRMED, UNRELATED

Z = 1.959963984540054  # of a normal distribution, 95 % lie within so many standard deviations
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """Precision and recall of one score.

    Attributes
    ----------
    name : what the score is, such as "similarity (plates18)" or "points that agree".
    thresholds : float64 (m,), each score that a judged pair has, ascending; a pair is chosen if it reaches one.
    chosen, right : int64 (m,), how many judged pairs reach it, and how many of them were confirmed.
    confirmed, rejected : how many judged pairs have this score.
    """

    name: str
    thresholds: Floats
    chosen: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    confirmed: int
    rejected: int

    @property
    def judged(self) -> int:
        """How many judgements there are."""
        return self.confirmed + self.rejected

    @property
    def precision(self) -> Floats:
        """Share of the chosen that were confirmed, float64 (m,)."""
        return self.right / np.maximum(1, self.chosen)

    @property
    def recall(self) -> Floats:
        """Share of the confirmed that are chosen, float64 (m,); NaN where none was confirmed."""
        return self.right / self.confirmed if self.confirmed else np.full(len(self.right), np.nan)

    @property
    def precision_interval(self) -> tuple[Floats, Floats]:
        """Low and high, float64 (m,) each."""
        return wilson(self.right, self.chosen)

    @property
    def recall_interval(self) -> tuple[Floats, Floats]:
        """Low and high, float64 (m,) each."""
        return wilson(self.right, np.full(len(self.right), self.confirmed))


@dataclass(frozen=True)
class Suggestion:
    """A threshold for a wished precision; ``threshold`` is None where the judgements do not suffice.

    Attributes
    ----------
    threshold : the lowest that reaches the precision with 95 % confidence (the interval's lower end).
    at : its place in the thresholds, -1 for none.
    estimate : the lowest that reaches it by the share alone, None if none does: a guess, not a promise.
    judged, needed : how many judgements there are, and how many about are needed if hardly any is wrong.
    words : all this in a sentence.
    """

    threshold: float | None
    at: int
    estimate: float | None
    judged: int
    needed: int
    words: str


def labels(standing: pd.DataFrame) -> pd.DataFrame:
    """The pairs that count: plate_a, plate_b, and confirmed (bool). Unsure and disputed ones are left out."""
    frame = standing[~standing["disputed"] & standing["decision"].isin([*CONFIRMED, UNRELATED])]
    return (
        frame[["plate_a", "plate_b"]].assign(confirmed=frame["decision"] != UNRELATED).reset_index(drop=True)
    )


def worth(
    name: str, scores: Sequence[float] | Floats, confirmed: Sequence[bool] | npt.NDArray[np.bool_]
) -> Worth:
    """Count, for every threshold, what reaches it.

    Parameters
    ----------
    scores : of the judged pairs, (n,); NaN for a pair that has none: it is left out.
    confirmed : bool (n,), whether people say that they have to do with one another.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(confirmed, dtype=bool)
    known = np.isfinite(values)
    values, truth = values[known], truth[known]
    thresholds, place = np.unique(values, return_inverse=True)
    here = np.bincount(place, minlength=len(thresholds)).astype(np.int64)
    true = np.bincount(place, weights=truth, minlength=len(thresholds)).astype(np.int64)
    return Worth(
        name=name,
        thresholds=thresholds,
        chosen=here[::-1].cumsum()[::-1],
        right=true[::-1].cumsum()[::-1],
        confirmed=int(truth.sum()),
        rejected=int((~truth).sum()),
    )


def wilson(right: npt.ArrayLike, of: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's 95 % interval of a share, low and high, float64; (0, 1) for a share of nothing."""
    k, n = np.asarray(right, dtype=np.float64), np.asarray(of, dtype=np.float64)
    safe = np.maximum(n, 1)
    share = k / safe
    middle = (share + Z**2 / (2 * safe)) / (1 + Z**2 / safe)
    reach = Z * np.sqrt(share * (1 - share) / safe + Z**2 / (4 * safe**2)) / (1 + Z**2 / safe)
    # What is all or nothing ends there, whatever the last digit says.
    low = np.where((n == 0) | (k == 0), 0.0, middle - reach)
    high = np.where((n == 0) | (k == n), 1.0, middle + reach)
    return low, high


def needed(precision: float) -> int:
    """How many judgements without an error it takes for the interval's lower end to reach a precision below 1."""
    return math.ceil(Z**2 * precision / (1 - precision))


def suggest(found: Worth, precision: float) -> Suggestion:
    """The lowest threshold above which the share of re-uses is at least ``precision`` (0 to 1, not 1 itself)."""
    if not 0 < precision < 1:
        raise ValueError(f"a precision between 0 and 1 is wished for, not {precision!r}")
    low, _ = found.precision_interval
    sure = np.flatnonzero(low >= precision)
    likely = np.flatnonzero(found.precision >= precision)
    estimate = float(found.thresholds[likely[0]]) if len(likely) else None
    least = needed(precision)
    wish = f"{100 * precision:.0f} %"
    if len(sure):
        at = int(sure[0])
        threshold = float(found.thresholds[at])
        words = tr(
            "From {threshold} on at least {share} of the pairs are re-uses, with 95 % confidence: {confirmed:,} of the "
            "{judged:,} judged ones were confirmed.",
            threshold=shown(threshold), share=wish, confirmed=int(found.right[at]), judged=int(found.chosen[at]),
        )  # fmt: skip
        return Suggestion(threshold, at, estimate, found.judged, least, words)
    if found.judged < least or not found.confirmed:
        words = tr(
            "Not enough judgements for {share}: {judged:,}, need about {least:,} above the line, hardly any of "
            "them rejected.",
            share=wish, judged=found.judged, least=least,
        )  # fmt: skip
    else:
        words = tr(
            "No line across this score keeps {share} of the judged pairs right with 95 % confidence.", share=wish
        )
    if estimate is not None:
        words += " " + tr("Without room for chance it would be {threshold}.", threshold=shown(estimate))
    return Suggestion(None, -1, estimate, found.judged, least, words)


def shown(threshold: float) -> str:
    """A threshold as it can be typed: rounded down, so that nothing that reaches it is lost."""
    if float(threshold).is_integer():
        return f"{threshold:.0f}"
    return number(math.floor(threshold * 1e4) / 1e4, ".4f")
