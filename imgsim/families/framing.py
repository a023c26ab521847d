"""Whether one plate shows only a part of what another shows, from the transform between the two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Corners = list[tuple[float, float]]


def seen(
    transform: npt.NDArray[np.float64], size_a: tuple[float, float], size_b: tuple[float, float]
) -> tuple[float, float]:
    """Share of plate A's area that lies within B's frame, and of B's within A's; (1, 1) for no usable transform.

    Parameters
    ----------
    transform : float64 (3, 3), pixels of A to pixels of B.
    size_a, size_b : width and height in pixels.
    """
    corners = np.array(
        [(0, 0, 1), (size_a[0], 0, 1), (size_a[0], size_a[1], 1), (0, size_a[1], 1)], dtype=float
    )
    if not np.isfinite(transform).all():
        return 1.0, 1.0
    moved = corners @ transform.T
    # A corner beyond the horizon of a homography has no place on the other plate.
    if np.any(moved[:, 2] * np.sign(transform[2, 2] or 1.0) <= 1e-9):
        return 1.0, 1.0
    frame = [(float(x / w), float(y / w)) for x, y, w in moved]
    whole = area(frame)
    shared = area(_within(frame, *size_b))
    if whole <= 0:
        return 1.0, 1.0
    return min(1.0, shared / whole), min(1.0, shared / (size_b[0] * size_b[1]))


def area(corners: Corners) -> float:
    """Area of a polygon, in either direction."""
    following = [*corners[1:], *corners[:1]]
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(corners, following, strict=True))) / 2


def _within(corners: Corners, width: float, height: float) -> Corners:
    """Cut a convex polygon to the rectangle from (0, 0) (Sutherland and Hodgman 1974)."""
    for axis, bound, sign in ((0, 0.0, 1), (0, width, -1), (1, 0.0, 1), (1, height, -1)):
        kept: Corners = []
        for at, end in enumerate(corners):
            start = corners[at - 1]
            before, after = sign * (start[axis] - bound), sign * (end[axis] - bound)
            if (before >= 0) != (after >= 0):
                share = before / (before - after)
                kept.append((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
            if after >= 0:
                kept.append(end)
        corners = kept
    return corners
