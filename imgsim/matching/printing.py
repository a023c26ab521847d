"""Are two impressions from the same plate? What a smooth distortion of the paper does not explain may tell.

The points where two impressions of one plate or block agree lie as exactly as features can be placed, once a smooth
distortion of the paper is allowed for, and look the same there; a copyist's lines stray.

Measured by `tests/benchmarks/evidence.py`: it is said of 101 of 105 generated reprints and re-lettered impressions and
of none of 33 re-engravings (1 of 22 in two other samples), but also of 5 of 27 generated motifs that a steady hand
took over into another plate: so it is asked only where most of both plates agrees. Among real plates it is said of
all 36 scans against their cleaned crops, of 17 of 43 pairs of the same cut, and of none of the 28 pairs that were
seen or judged to be cut anew. The opposite is never claimed:
worn or heavily inked impressions of one woodblock stray as far as copies do (30 of 200 pairs of chapbook woodcuts).
"""

from __future__ import annotations

import numpy as np

SAME_PLATE = "probably the same plate"

LEAST_POINTS = 40
# Median error, in thousandths of the diagonal, after the smooth distortion; median cosine of the descriptors.
MOST_OFF = 0.9
LEAST_LIKENESS = 0.955
_DEGREE = 3


def printing(p: np.ndarray, q: np.ndarray, likeness: np.ndarray, unit: float) -> str:
    """Say SAME_PLATE, or "" where nothing can be said.

    Parameters
    ----------
    p, q : float (n, 2)
        Points of A and of B that agree.
    likeness : float (n,)
        Cosine of their descriptors.
    unit : float
        Thousandths of B's diagonal in a pixel of B.
    """
    if len(p) < LEAST_POINTS or np.median(likeness) < LEAST_LIKENESS:
        return ""
    return SAME_PLATE if stray(p, q) * unit <= MOST_OFF else ""


def stray(p: np.ndarray, q: np.ndarray) -> float:
    """Median distance of q from a cubic polynomial of p, fitted robustly."""
    centred = (p - p.mean(0)) / max(float(p.std()), 1e-9)
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    terms = np.stack([centred[:, 0] ** i * centred[:, 1] ** j for i, j in powers], axis=1).astype(np.float64)
    weight = np.ones(len(p))
    error = weight
    # Square roots of the errors as weights: between least squares and least absolute deviations.
    for _ in range(3):
        fitted = np.linalg.lstsq(terms * weight[:, None], q * weight[:, None], rcond=None)[0]
        error = np.hypot(*(terms @ fitted - q).T)
        weight = 1 / np.sqrt(np.maximum(error, np.median(error) + 1e-3))
    return float(np.median(error))
