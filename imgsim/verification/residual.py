"""Is there another plant beside what agrees? Ink outside the agreeing region that the other plate has not.

Two compositions that share a plant can agree over most of both. What sets them apart from two copies is the rest: in
one patch, beside the region, and not there at all in the other plate. A copyist's hand may stray so far that a part
of the copy does not agree either; but then its strokes still lie about where those of the other are, and look roughly
like them, more often than chance has it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imgsim.features.extraction import Features
from imgsim.verification import geometry

# Features follow each other from this cosine of their descriptors on, so far (in thousandths of the diagonal) from
# where the transform says; so many at least, and so many times what the transform shifted aside gives on average.
ROUGHLY, NEAR = 0.82, 12.0
LEAST, CHANCE = 4, 2.0
ASIDE = 25.0
# A patch below this share of a picture's ink is not looked at: there is some in copies as well.
SMALL = 0.12


@dataclass(frozen=True)
class Patch:
    """The largest patch of ink beside the region.

    share : of the picture's ink, 0 to 1; rows : bool (n,), the features that lie on it.
    """

    share: float
    rows: np.ndarray


def largest_patch(
    features: Features,
    cells: np.ndarray,
    drawn: np.ndarray,
    agree: np.ndarray,
    outline: np.ndarray,
    cell: float,
) -> Patch:
    """The largest patch of cells (n, 2), `cell` pixels wide, that are drawn, do not agree and lie outside an outline.

    Parameters
    ----------
    drawn, agree : bool (n,)
    outline : float (m, 2), convex, in pixels.
    """
    import cv2

    alone = cells[drawn & ~agree & ~within(outline, (cells + 0.5) * cell, cell / 2)]
    if not len(alone):
        return Patch(0.0, np.zeros(len(features), bool))
    grid = np.zeros(alone.max(0) + 1, np.uint8)
    grid[tuple(alone.T)] = 1
    _, labels, stats, _ = cv2.connectedComponentsWithStats(grid, connectivity=8)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    places = (features.points[:, :2] // cell).astype(np.int64)
    rows = features.vouch & (places >= 0).all(1) & (places < grid.shape).all(1)
    rows[rows] = labels[tuple(places[rows].T)] == largest
    return Patch(int(stats[largest, cv2.CC_STAT_AREA]) / max(1, int(drawn.sum())), rows)


def within(outline: np.ndarray, points: np.ndarray, margin: float) -> np.ndarray:
    """Whether points (n, 2) lie in a convex outline (m, 2), or no further from its sides than the margin: bool (n,)."""
    along = np.roll(outline, -1, axis=0) - outline
    to = points[:, None] - outline
    off = (along[:, 0] * to[..., 1] - along[:, 1] * to[..., 0]) / np.maximum(np.hypot(*along.T), 1e-9)
    # An outline runs in one direction or the other: what lies within has one sign at all of its sides.
    return (off >= -margin).all(1) | (off <= margin).all(1)


def unmatched(
    a: Features, b: Features, similarity: np.ndarray, transform: np.ndarray, patch_a: Patch, patch_b: Patch
) -> tuple[float, float]:
    """The shares of the patches, 0 for one that the other plate follows roughly, or that is small.

    Parameters
    ----------
    similarity : float32 (len(a), len(b)), cosine of the descriptors.
    transform : float64 (3, 3) from A to B.
    """
    if max(patch_a.share, patch_b.share) < SMALL:
        return 0.0, 0.0
    near = geometry.candidates_near(a, b, similarity, transform, NEAR + ASIDE, ROUGHLY)
    return _unmatched(near, patch_a, patch_a.rows[near.rows_a]), _unmatched(
        near, patch_b, patch_b.rows[near.rows_b]
    )


def _unmatched(near: geometry.Near, patch: Patch, on_it: np.ndarray) -> float:
    if patch.share < SMALL:
        return 0.0
    near = geometry.Near(near.rows_a[on_it], near.rows_b[on_it], near.off[on_it], near.similarity[on_it])
    found = len(geometry.one_to_one(near, 0j, NEAR)[0])
    shifts = ASIDE * np.exp(1j * np.pi / 4 * np.arange(8))
    by_chance = float(np.mean([len(geometry.one_to_one(near, complex(shift), NEAR)[0]) for shift in shifts]))
    return 0.0 if found >= max(LEAST, CHANCE * by_chance) else patch.share
