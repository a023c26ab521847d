"""How a copy by another hand lies on what it copies: bent, since no stiff sheet fits a hand that drew anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from imgsim.collection.registration.result import NODES, Registration, bent
from imgsim.verification.geometry import moved

# Of the squared distances, in thousandths of A's longer side: so far a place may miss a smooth bend.
SMOOTHING = 30.0
LEAST_POINTS = 12
# What a bend may add at most, as a share of B's longer side: a copyist's proportions, and not another place.
MOST = 0.05


def bent_over(found: Registration, size_a: tuple[int, int], size_b: tuple[int, int]) -> Registration:
    """The same finding with a thin-plate bend by its points (Bookstein 1989), if there are enough of them."""
    if len(found.points_a) < LEAST_POINTS:
        return found
    from scipy.interpolate import RBFInterpolator

    points_a, points_b = found.points_a.astype(np.float64), found.points_b.astype(np.float64)
    off = points_b - moved(found.transform, points_a)
    unit = max(size_a) / 1000
    # Places that came twice would make the equations singular.
    _, once = np.unique(np.round(points_a / unit), axis=0, return_index=True)
    spline = RBFInterpolator(points_a[once] / unit, off[once], kernel="thin_plate_spline", smoothing=SMOOTHING)
    across, down = (np.linspace(0, side, NODES) for side in size_a)
    nodes = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    # Beyond the points a spline runs away: there it stays what it is where they end.
    low, high = points_a.min(0), points_a.max(0)
    most = MOST * max(size_b)
    bend = np.clip(spline(np.clip(nodes, low, high) / unit), -most, most).reshape(NODES, NODES, 2).astype(np.float32)
    missed = np.linalg.norm(off, axis=1)
    still = np.linalg.norm(bent(found.transform, bend, size_a, points_a) - points_b, axis=1)
    return replace(
        found, bend=bend, residual=float(np.median(missed)), bent_residual=float(np.median(still)), sharpened=False
    )
