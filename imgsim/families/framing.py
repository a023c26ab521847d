"""Whether one plate shows only a part of what another shows, from the transform between the two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.verification.geometry import corners_of, depths, moved


def seen(
    transform: npt.NDArray[np.float64], size_a: tuple[float, float], size_b: tuple[float, float]
) -> tuple[float, float]:
    """Share of plate A's area that lies within B's frame, and of B's within A's; (1, 1) for no usable transform.

    Parameters
    ----------
    transform : float64 (3, 3), pixels of A to pixels of B.
    size_a, size_b : width and height in pixels.
    """
    if not np.isfinite(transform).all():
        return 1.0, 1.0
    corners = corners_of(size_a)
    # A corner beyond the horizon of a homography has no place on the other plate.
    if np.any(depths(transform, corners) * np.sign(transform[2, 2] or 1.0) <= 1e-9):
        return 1.0, 1.0
    import cv2

    frame = moved(transform, corners).astype(np.float32)
    whole, (shared, _) = cv2.contourArea(frame), cv2.intersectConvexConvex(frame, corners_of(size_b).astype(np.float32))
    if whole <= 0:
        return 1.0, 1.0
    return min(1.0, shared / whole), min(1.0, shared / (size_b[0] * size_b[1]))

