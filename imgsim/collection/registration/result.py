"""How one plate lies on another: a transform, and a bend where no stiff sheet fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.verification.geometry import moved
from imgsim.verification.match_row import inverted

Source = Literal["precomputed", "computed now", "none"]
Size = tuple[int, int]

NODES = 25  # of a bend, along each side


@dataclass(frozen=True)
class Registration:
    """How plate B lies on plate A.

    transform : float64 (3, 3), from (x, y, 1) of A to B, in pixels of the upright originals counted from the corner
        of the top left pixel; NaN where the plates share nothing that could be found.
    points_a, points_b : float32 (m, 2), pixels; the places by which the transform was found.
    residual : the median distance of those places after the transform, in pixels of B; NaN without any.
    bend : float32 (NODES, NODES, 2), what is to be added in B, in its pixels, at nodes spread evenly over A from
        corner to corner, rows first; None where a stiff sheet fits as well.
    bent_residual : the residual with the bend; NaN without one.
    negative : whether one is the other's negative.
    sharpened : whether the scans themselves were looked at, or the transform is that of the local features alone.
    """

    verdict: str
    inliers: int
    mirrored: bool
    coverage_a: float
    coverage_b: float
    printing: str
    transform: np.ndarray
    points_a: np.ndarray
    points_b: np.ndarray
    residual: float
    source: Source
    bend: np.ndarray | None = None
    bent_residual: float = float("nan")
    sharpened: bool = False
    negative: bool = False

    @property
    def found(self) -> bool:
        """Whether there is a transform at all."""
        return self.source != "none"

    @property
    def scale(self) -> float:
        """How many pixels of B one pixel of A is, on the average."""
        return float(np.sqrt(abs(np.linalg.det(self.transform[:2, :2]))))

    @property
    def turn(self) -> float:
        """Degrees by which B is turned clockwise against A, apart from the mirroring; -180 to 180."""
        (a, b), (c, d) = self.transform[:2, :2]
        if self.mirrored:
            a, c = -a, -c
        return float(np.degrees(np.arctan2(c - b, a + d)))


def started(match: Any, source: Source) -> Registration:
    """The finding of a verifier, a Match or a MatchRow, as a registration that is not refined yet."""
    transform = np.asarray(match.transform, dtype=np.float64).reshape(3, 3)
    if match.verdict == LOOK_ALIKE or not np.isfinite(transform).all():
        transform, source = np.full((3, 3), np.nan), "none"
    none = np.zeros((0, 2), np.float32)
    return Registration(
        verdict=str(match.verdict),
        inliers=int(match.inliers),
        mirrored=bool(match.mirrored),
        coverage_a=float(match.coverage_a),
        coverage_b=float(match.coverage_b),
        printing=str(match.printing),
        transform=transform,
        points_a=np.asarray(getattr(match, "points_a", none), np.float32) if source != "none" else none,
        points_b=np.asarray(getattr(match, "points_b", none), np.float32) if source != "none" else none,
        residual=float("nan"),
        source=source,
        negative=bool(match.negative),
    )


def reversed_(found: Registration) -> Registration:
    """The same finding with A and B exchanged."""
    return replace(
        found,
        transform=inverted(found.transform),
        points_a=found.points_b,
        points_b=found.points_a,
        coverage_a=found.coverage_b,
        coverage_b=found.coverage_a,
    )


def bent(transform: np.ndarray, bend: np.ndarray | None, size: Size, points: np.ndarray) -> np.ndarray:
    """Points (n, 2) of A (of that size) under a transform and a bend: float64 (n, 2) in B."""
    there = moved(transform, points)
    if bend is None:
        return there
    place = np.clip(np.asarray(points, np.float64) / size, 0, 1) * (NODES - 1)
    low = np.minimum(place.astype(int), NODES - 2)
    (across, upright), (x, y) = (place - low).T[:, :, None], low.T
    above = bend[y, x] * (1 - across) + bend[y, x + 1] * across
    below = bend[y + 1, x] * (1 - across) + bend[y + 1, x + 1] * across
    return there + above * (1 - upright) + below * upright
