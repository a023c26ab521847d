"""One transform under which the features of two plates agree, and which of them do.

Every tentative pair of features gives a whole similarity by itself (place, size and direction), so all of them are
tried and none is drawn at random: the one with most support is refined to an affine transform and, where it holds, to
a homography. Then features are matched again near where the transform says (Lowe 2004, section 7): this shows how
much of each plate agrees, and, with the transform shifted aside, how much would agree by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from imgsim.features.descriptor_similarity import similar_rows
from imgsim.features.extraction import Features
from imgsim.features.working_copy import extent

# Lengths are in thousandths of the diagonal of plate B, whatever its resolution; of a fold-out, of a part of it.
UNITS = 1000.0
# Nearest against second nearest descriptor, as distances.
RATIO = 0.92
MOST_TENTATIVE = 400
COARSE, FINE = 75.0, 8.0
# How far the directions (radians) and sizes (natural logarithm) of two features may stray from the transform.
TURN, STRETCH = 0.45, 0.5
LEAST = 4


@dataclass(frozen=True)
class Fit:
    """A transform from plate A to plate B, float64 (3, 3) in pixels, with the pairs of features that agree with it.

    rows_a, rows_b : int (n,), each row once; errors : float (n,) in thousandths of B's diagonal; model : "similarity",
    "affine", "homography", or "" if nothing agrees.
    """

    transform: np.ndarray
    rows_a: np.ndarray
    rows_b: np.ndarray
    errors: np.ndarray
    model: str

    def __len__(self) -> int:
        return len(self.rows_a)


def unit_of(size: tuple[float, float]) -> float:
    """How many of the units in which lengths are given a pixel of a plate of that size is."""
    return UNITS / float(np.hypot(*extent(size)))


def nothing() -> Fit:
    """The fit of two plates that share nothing."""
    none = np.zeros(0, np.int64)
    return Fit(np.full((3, 3), np.nan), none, none, np.zeros(0), "")


def moved(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (n, 2) under a 3x3 transform: float64 (n, 2)."""
    out = np.column_stack((points, np.ones(len(points)))) @ transform.T
    return out[:, :2] / out[:, 2:]


def depths(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    """What :func:`moved` divides points (n, 2) by: float64 (n,), 1 everywhere but for a homography."""
    return np.column_stack((points, np.ones(len(points)))) @ transform[2]


def corners_of(size: tuple[float, float]) -> np.ndarray:
    """The corners of a plate of that width and height, float64 (4, 2), clockwise from the top left."""
    width, height = size
    return np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])


def mirroring(width: float) -> np.ndarray:
    """The transform that turns a plate of that width left to right, float64 (3, 3)."""
    return np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]])


def fit(a: Features, b: Features) -> Fit:
    """Find the transform from A to B with which most features agree."""
    if len(a) < LEAST or len(b) < LEAST:
        return nothing()
    unit = unit_of(b.size)
    rows_a, rows_b = tentative(similar_rows(a, b))
    keep = a.vouch[rows_a] & b.vouch[rows_b]
    rows_a, rows_b = rows_a[keep], rows_b[keep]
    support = _vote(a.points[rows_a], b.points[rows_b], unit)
    if support is None:
        return nothing()
    p, q = a.points[rows_a, :2].astype(np.float64), b.points[rows_b, :2].astype(np.float64)
    return _refined(p, q, rows_a, rows_b, support, unit)


def tentative(similarity: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of features that are each other's best, and clearly so, the clearest first.

    Parameters
    ----------
    similarity : float32 (some of len(a), len(b)) one after another
        Cosine of the descriptors.
    """
    best, first, second, greatest = _likest(similarity)
    # The column's greatest is its own: numpy finds where it lies thirty times slower than what it is.
    mutual = greatest[best] <= first
    ratio = np.sqrt(np.maximum(1 - first, 0) / np.maximum(1 - second, 1e-6))
    keep = np.flatnonzero(mutual & (ratio < RATIO))
    keep = keep[np.argsort(ratio[keep], kind="stable")][:MOST_TENTATIVE]
    return keep, best[keep]


def _likest(similarity: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Where the greatest of each row lies, what it is, what the next is, and the greatest of each column."""
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    greatest = np.zeros(0)
    for rows in similarity:
        best, most = rows.argmax(1), rows.max(0)
        greatest = np.maximum(greatest, most) if parts else most
        at = np.arange(len(rows)), best
        first = rows[at]
        rows[at] = -1
        parts.append((best, first, rows.max(1)))
        rows[at] = first
    best, first, second = (np.concatenate(side) for side in zip(*parts, strict=True))
    return best, first, second, greatest


def _vote(p: np.ndarray, q: np.ndarray, unit: float) -> np.ndarray | None:
    """The pairs that support the best of the similarities which they propose, as a mask; None below three."""
    if len(p) < 3:
        return None
    za, zb = p[:, 0] + 1j * p[:, 1], q[:, 0] + 1j * q[:, 1]
    turn, size = q[:, 3] - p[:, 3], np.log(q[:, 2] / p[:, 2])
    similarity = np.exp(size + 1j * turn)
    shift = zb - similarity * za
    # A feature's own size and direction are rough: the further from it, the further off.
    off = np.abs(similarity[:, None] * za + shift[:, None] - zb) * unit
    agree = off < COARSE
    agree &= np.abs(size[:, None] - size) < STRETCH
    agree &= np.cos(turn[:, None] - turn) > np.cos(TURN)
    votes = np.where(agree, 1.5 - off / COARSE, 0).sum(1)
    best = int(votes.argmax())
    return agree[best] if agree[best].sum() >= 3 else None


def _refined(
    p: np.ndarray, q: np.ndarray, rows_a: np.ndarray, rows_b: np.ndarray, support: np.ndarray, unit: float
) -> Fit:
    model, transform = "similarity", similarity_of(p[support], q[support])
    found = nothing()
    if not sound(transform):
        return found
    near = np.zeros(0, bool)
    for reach in (40.0, 20.0, FINE, FINE, FINE):
        before, errors = near, np.hypot(*(moved(transform, p) - q).T) * unit
        near = errors < reach
        if near.sum() < LEAST:
            break
        found = Fit(transform, rows_a[near], rows_b[near], errors[near], model)
        if reach == FINE and np.array_equal(near, before):
            break  # the same pairs give the same transform again
        if near.sum() >= 8 and reach < 40:
            better = affine_of(p[near], q[near])
            if sound(better):
                model, transform = "affine", better
                continue
        model, transform = "similarity", similarity_of(p[near], q[near])
        if not sound(transform):
            return nothing()
    return found if found.errors.max(initial=0) < FINE else nothing()


def similarity_of(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The similarity, without mirroring, that takes points p nearest to q, both (n, 2): float64 (3, 3)."""
    za, zb = p[:, 0] + 1j * p[:, 1], q[:, 0] + 1j * q[:, 1]
    # Sums and not means: of so few points numpy's mean takes longer than all else here.
    middle_a, middle_b = za.sum() / len(za), zb.sum() / len(zb)
    ca, cb = za - middle_a, zb - middle_b
    turn = (np.conj(ca) * cb).sum() / max(float((np.abs(ca) ** 2).sum()), 1e-9)
    shift = middle_b - turn * middle_a
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag], [0, 0, 1]])


def affine_of(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The affine transform that takes points p nearest to q, both (n, 2): float64 (3, 3)."""
    middle = p.mean(0)
    solution = np.linalg.lstsq(np.column_stack((p - middle, np.ones(len(p)))), q, rcond=None)[0]
    linear = solution[:2].T
    return np.vstack((np.column_stack((linear, solution[2] - linear @ middle)), [0, 0, 1]))


def sound(transform: np.ndarray) -> bool:
    """Whether an affine transform is one that paper, a camera or a copyist could bring about."""
    (a, b), (c, d) = transform[:2, :2].tolist()
    # The singular values of two rows of two, by the sum of their squares and their product.
    squares, area = a * a + b * b + c * c + d * d, a * d - b * c
    large = math.sqrt((squares + math.sqrt(max(0.0, squares * squares - 4 * area * area))) / 2)
    small = abs(area) / large if large else 0.0
    return small > 0.05 and large < 20 and large / small < 1.35 and area > 0


@dataclass(frozen=True)
class Near:
    """Every pair of vouching features whose size, direction and look agree under a transform, and how it is off."""

    rows_a: np.ndarray
    rows_b: np.ndarray
    off: np.ndarray  # complex (n,), in thousandths of B's diagonal
    similarity: np.ndarray


def candidates_near(
    a: Features, b: Features, similarity: np.ndarray, transform: np.ndarray, reach: float, least: float
) -> Near:
    """Pairs of features within `reach` of where a transform (affine, from A to B) says."""
    unit = unit_of(b.size)
    at = moved(transform, a.points[:, :2].astype(np.float64))
    scale = np.sqrt(abs(np.linalg.det(transform[:2, :2])))
    turn = np.arctan2(transform[1, 0], transform[0, 0])
    # Places in the flat matrix first: numpy finds rows and columns two to four times slower.
    i, j = np.divmod(np.flatnonzero(similarity > least), similarity.shape[1])
    keep = a.vouch[i] & b.vouch[j]
    i, j = i[keep], j[keep]
    off = ((b.points[j, 0] - at[i, 0]) + 1j * (b.points[j, 1] - at[i, 1])) * unit
    keep = (
        (np.abs(off) < reach)
        & (np.cos(b.points[j, 3] - a.points[i, 3] - turn) > np.cos(TURN))
        & (np.abs(np.log(b.points[j, 2] / (a.points[i, 2] * scale))) < STRETCH)
    )
    return Near(i[keep], j[keep], off[keep], similarity[i[keep], j[keep]])


def one_to_one(near: Near, aside: complex, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the pairs within reach of the transform shifted `aside` the likest, each feature once: rows, rows, errors."""
    error = np.abs(near.off - aside)
    chosen = np.flatnonzero(error < reach)
    chosen = chosen[np.argsort(-near.similarity[chosen], kind="stable")]
    i, j = near.rows_a[chosen], near.rows_b[chosen]
    first = np.zeros(len(i), bool)
    first[np.unique(i, return_index=True)[1]] = True
    other = np.zeros(len(j), bool)
    other[np.unique(j, return_index=True)[1]] = True
    keep = first & other
    return i[keep], j[keep], error[chosen[keep]]
