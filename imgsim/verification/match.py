"""What is found of two plates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.verification.impressions import Reason, Residuals


@dataclass(frozen=True)
class Match:
    """What local features say of plates A and B, in pixels of their upright originals.

    Attributes
    ----------
    verdict : str
        One of :data:`~imgsim.base.verdict_words.VERDICTS`.
    inliers : int
        Pairs of features that agree; for a look-alike the best support found.
    mirrored : bool
        Whether A agrees with B only when flipped.
    coverage_a, coverage_b : float
        Share of each plate's picture that agrees, 0 to 1.
    transform : float64 (3, 3)
        From A to B, the mirroring included; NaN for a look-alike.
    model : str
        "similarity", "affine", "homography", or "" for a look-alike.
    residual : float
        Median error at the inliers, in thousandths of B's diagonal; NaN for a look-alike.
    region_a, region_b : float32 (m, 2)
        Outline of the agreeing region; empty for a look-alike.
    printing : str
        "" or, where most of both agrees, "probably the same plate" (see :mod:`imgsim.verification.impressions`).
    points_a, points_b : float32 (inliers, 2)
        Where the agreeing features lie; empty for a look-alike.
    residuals, reason : Residuals and Reason, or None
        How exactly they lie, and why this makes them the same plate or not; None for a look-alike, and once the
        points are dropped.
    negative : bool
        Whether A agrees with B only as its negative, light where it is dark.
    possible : int
        How many features can agree: those that vouch, on the plate that has fewer; 0 where nobody counted.
    """

    verdict: str
    inliers: int
    mirrored: bool
    coverage_a: float
    coverage_b: float
    transform: np.ndarray
    model: str
    residual: float
    region_a: np.ndarray
    region_b: np.ndarray
    printing: str
    points_a: np.ndarray
    points_b: np.ndarray
    residuals: Residuals | None = None
    reason: Reason | None = None
    negative: bool = False
    possible: int = 0


def look_alike(inliers: int = 0, mirrored: bool = False, negative: bool = False) -> Match:
    """Two plates whose lines do not agree; ``inliers`` is the best support found."""
    none = np.zeros((0, 2), np.float32)
    nan = float("nan")
    return Match(
        LOOK_ALIKE, inliers, mirrored, 0.0, 0.0, np.full((3, 3), nan), "", nan, none, none, "", none, none,
        negative=negative,
    )  # fmt: skip
