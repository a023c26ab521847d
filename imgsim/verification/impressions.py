"""Are two impressions from the same plate? What a smooth distortion of the paper does not explain may tell.

The points where two impressions of one plate or block agree lie as exactly as features can be placed, once a smooth
distortion of the paper is allowed for, and look the same there; a copyist's lines stray.

"Probably the same plate" is said only where that was measured to hold (:func:`calibrated`). The opposite is never
claimed: worn or heavily inked impressions of one woodblock stray as far as copies do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from imgsim.features.working_copy import WORKING_SIDE

LEAST_POINTS = 40
# Median error, in thousandths of the diagonal, after a smooth distortion and as a stiff sheet; median cosine of the
# descriptors.
MOST_OFF, MOST_STIFF = 0.9, 1.0
LEAST_LIKENESS = 0.955
# Of either picture so much must agree, over so many pixels of the scan (see :func:`across`).
LEAST_COVERAGE = 0.75
LEAST_ACROSS = 440
_DEGREE = 3

# Why "probably the same plate" is said of a pair ("exact"), or the first of the reasons why not.
Reason = Literal["detail", "mirrored", "small", "partial", "few", "unlike", "stray", "exact"]


@dataclass(frozen=True)
class Residuals:
    """How exactly agreeing points lie, and what is asked of them.

    Attributes
    ----------
    stiff, smooth : float
        Median distance of the points of B from where the transform, and a smooth distortion, puts those of A, in
        pixels of B; NaN without points.
    unit : float
        Thousandths of B's diagonal in a pixel of B.
    similarity : float
        Median cosine of the points' descriptors.
    off : float32 (n, 2)
        From where the smooth distortion puts each point of A to the point of B, in pixels of B.
    """

    stiff: float
    smooth: float
    unit: float
    similarity: float
    off: np.ndarray


def residuals(
    p: np.ndarray, q: np.ndarray, moved: np.ndarray, similarity: np.ndarray, unit: float
) -> Residuals:
    """Measure points of A and B that agree.

    Parameters
    ----------
    p, q : float (n, 2)
        The points of A and of B, each in pixels of its plate.
    moved : float (n, 2)
        Where the transform puts those of A, in pixels of B.
    similarity : float (n,)
        Cosine of their descriptors.
    unit : float
        Thousandths of B's diagonal in a pixel of B.
    """
    off = strays(p, q)
    return Residuals(
        stiff=float(np.median(np.hypot(*(moved - q).T))),
        smooth=float(np.median(np.hypot(*off.T))),
        unit=unit,
        similarity=float(np.median(similarity)),
        off=off.astype(np.float32),
    )


def strays(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """How far q (n, 2) lies from a cubic polynomial of p (n, 2), fitted robustly: float64 (n, 2)."""
    centred = (p - p.mean(0)) / max(float(p.std()), 1e-9)
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    terms = np.stack([centred[:, 0] ** i * centred[:, 1] ** j for i, j in powers], axis=1).astype(np.float64)
    weight = np.ones(len(p))
    off = np.zeros((len(p), 2))
    # Square roots of the errors as weights: between least squares and least absolute deviations.
    for _ in range(3):
        fitted = np.linalg.lstsq(terms * weight[:, None], q * weight[:, None], rcond=None)[0]
        off = q - terms @ fitted
        error = np.hypot(*off.T)
        weight = 1 / np.sqrt(np.maximum(error, np.median(error) + 1e-3))
    return off


def across(region: np.ndarray, size: tuple[float, float]) -> float:
    """How large a part (outline, float (m, 2)) of a plate of that size is in the scan, as it is looked at: the longer
    side in pixels, after a larger scan was reduced to :data:`~imgsim.features.working_copy.WORKING_SIDE`."""
    if not len(region):
        return 0.0
    return float(in_working_copy(float(np.ptp(region, axis=0).max()), max(size)))


def in_working_copy(length: npt.ArrayLike, side: npt.ArrayLike) -> Any:
    """How long a length in pixels is where a plate's longer side was reduced to the working copy's: float64, (m,)."""
    return np.asarray(length, np.float64) * np.minimum(1.0, WORKING_SIDE / np.asarray(side, np.float64))


def calibrated(*, mirrored: Any, across: Any, coverage: Any, stiff: Any) -> Any:
    """Whether "probably the same plate" may be said at all, by what is kept of a pair of whole images, or of
    many: bool or arrays, (m,).

    Parameters
    ----------
    across, coverage : float or array
        The lesser of the two plates': pixels of the agreeing part, and share of the picture that agrees.
    stiff : float or array
        Median error of the agreeing points after the transform, in thousandths of B's diagonal.
    """
    kept = (np.asarray(across) >= LEAST_ACROSS) & (np.asarray(coverage) >= LEAST_COVERAGE)
    return kept & (np.asarray(stiff) <= MOST_STIFF) & ~np.asarray(mirrored, dtype=bool)


def reason(measured: Residuals, *, detail: bool, mirrored: bool, across: float, coverage: float) -> Reason:
    """Say whether two impressions are probably from the same plate ("exact"), or why nothing is said.

    A motif that a steady hand took over lies as still as an impression does: of details nothing is said. No print of a
    plate is mirrored, but for counterproofs, of which nothing was measured.
    """
    if detail:
        return "detail"
    if mirrored:
        return "mirrored"
    if across < LEAST_ACROSS:
        return "small"
    if coverage < LEAST_COVERAGE:
        return "partial"
    if len(measured.off) < LEAST_POINTS:
        return "few"
    if measured.similarity < LEAST_LIKENESS:
        return "unlike"
    stiff, smooth = measured.stiff * measured.unit, measured.smooth * measured.unit
    return "exact" if stiff <= MOST_STIFF and smooth <= MOST_OFF else "stray"
