"""How much of two plates agrees once a transform between them is found, and how much would agree by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imgsim.features.extraction import Features
from imgsim.features.working_copy import extent
from imgsim.verification import geometry
from imgsim.verification.residual import Patch, largest_patch

# Features look alike from this cosine of their descriptors on, where the transform puts one on the other.
ALIKE = 0.87
REACH = 6.0
# The transform is shifted by so much (in thousandths of the diagonal) in eight directions to see what chance gives.
ASIDE = 25.0
CELLS = 24
FARTHEST = 3.5
LEAST_FOR_HOMOGRAPHY = 40


@dataclass(frozen=True)
class Part:
    """The part of one plate that agrees with another.

    Attributes
    ----------
    coverage : float
        Share of the picture's ink (cells of a grid that hold vouching features) that agrees.
    extent : float
        Share of the picture's outline that the region takes.
    visible : float
        Share of the picture's outline that lies within the other plate's edges.
    area : float
        Share of the whole plate that the region takes.
    region : float32 (m, 2)
        Outline of what agrees, in pixels of the plate.
    """

    coverage: float
    extent: float
    visible: float
    area: float
    region: np.ndarray


@dataclass(frozen=True)
class Support:
    """What speaks for a transform, before anything is asked of the plates' areas.

    Attributes
    ----------
    strict : int
        Pairs of features that agree without help of the transform: each other's clear best in the whole plate.
    places : int
        Cells of a grid that these lie in, on the plate where they lie in more.
    rows_a, rows_b : int (n,)
        All pairs that agree: these, the first, and more near where the transform says.
    by_chance : int
        The most that agree near the transform shifted aside.
    error : float
        Median error of the first, in thousandths of the diagonal of B.
    """

    strict: int
    places: int
    rows_a: np.ndarray
    rows_b: np.ndarray
    by_chance: int
    error: float

    @property
    def agreeing(self) -> int:
        """How many pairs agree in all."""
        return len(self.rows_a)


@dataclass(frozen=True)
class Correspondences:
    """What agrees under one transform, in pixels of plate A (as compared, so perhaps flipped) and plate B.

    ``errors`` and ``similarity`` float (n,): of the pairs that agree, in thousandths of the diagonal of B, and the
    cosines of their descriptors; ``patch_a`` and ``patch_b`` the largest patches beside what agrees.
    """

    transform: np.ndarray
    model: str
    errors: np.ndarray
    points_a: np.ndarray
    points_b: np.ndarray
    similarity: np.ndarray
    on_a: Part
    on_b: Part
    patch_a: Patch
    patch_b: Patch


def support(a: Features, b: Features, similarity: np.ndarray, found: geometry.Fit) -> Support:
    """Match again near where a transform says, and where it says when shifted aside."""
    near = geometry.candidates_near(a, b, similarity, found.transform, REACH + ASIDE, ALIKE)
    rows_a, rows_b, _ = geometry.one_to_one(near, 0j, REACH)
    shifts = ASIDE * np.exp(1j * np.pi / 4 * np.arange(8))
    by_chance = max(len(geometry.one_to_one(near, complex(shift), REACH)[0]) for shift in shifts)
    new = ~np.isin(rows_a, found.rows_a) & ~np.isin(rows_b, found.rows_b)
    return Support(
        len(found),
        grid_places(a, b, found.rows_a, found.rows_b),
        np.concatenate((found.rows_a, rows_a[new])),
        np.concatenate((found.rows_b, rows_b[new])),
        by_chance,
        float(np.median(found.errors)),
    )


def correspondences(
    a: Features, b: Features, similarity: np.ndarray, found: geometry.Fit, seen: Support
) -> Correspondences:
    """Refine a transform by all that agrees, and see how much of both plates that is."""
    p, q = a.points[seen.rows_a, :2], b.points[seen.rows_b, :2]
    transform, model = _refined(p.astype(np.float64), q.astype(np.float64), found)
    errors = np.hypot(*(geometry.moved(transform, p) - q).T) * geometry.unit_of(b.size)
    back = np.linalg.inv(transform)
    on_a, patch_a = _covered(
        a, p, geometry.moved(back, b.points[b.vouch, :2]), geometry.moved(back, geometry.corners_of(b.size))
    )
    on_b, patch_b = _covered(
        b, q, geometry.moved(transform, a.points[a.vouch, :2]), geometry.moved(transform, geometry.corners_of(a.size))
    )
    similarity = similarity[seen.rows_a, seen.rows_b]
    return Correspondences(transform, model, errors, p, q, similarity, on_a, on_b, patch_a, patch_b)


def _refined(p: np.ndarray, q: np.ndarray, found: geometry.Fit) -> tuple[np.ndarray, str]:
    """An affine transform, or a homography where it fits clearly better."""
    import cv2

    transform, model = found.transform, found.model
    if len(p) >= 8:
        affine = geometry.affine_of(p, q)
        if geometry.sound(affine):
            transform, model = affine, "affine"
    if len(p) >= LEAST_FOR_HOMOGRAPHY and model == "affine":
        homography, _ = cv2.findHomography(p, q, 0)
        if homography is not None and abs(homography[2, 2]) > 1e-9:
            homography = homography / homography[2, 2]
            before = np.median(np.hypot(*(geometry.moved(transform, p) - q).T))
            after = np.median(np.hypot(*(geometry.moved(homography, p) - q).T))
            if after < 0.85 * before and _gentle(homography, p):
                return homography, "homography"
    return transform, model


def _gentle(homography: np.ndarray, points: np.ndarray) -> bool:
    """Whether perspective changes the scale by no more than a fifth over the points."""
    low, high = points.min(0), points.max(0)
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    depth = geometry.depths(homography, corners)
    return bool(depth.min() > 0 and depth.max() / depth.min() < 1.2)


def _covered(
    features: Features, points: np.ndarray, others: np.ndarray, frame: np.ndarray
) -> tuple[Part, Patch]:
    """What agrees of one plate, and the largest patch beside it that does not.

    A cell of ink agrees if two agreeing points lie near, as near as they commonly lie to each other: few points spread
    over the whole picture cover it, many in one corner cover the corner, a stray one covers nothing. And the other
    plate must show something there: `others` are its features and `frame` its corners, laid over this plate.
    """
    import cv2
    from scipy.spatial import cKDTree

    cell = _cell(features)
    near = cKDTree(points)
    third = near.query(points, [min(4, len(points))])[0][:, 0]
    reach = float(np.clip(1.5 * np.quantile(third, 0.75), 1.5 * cell, FARTHEST * cell))
    places = features.points[features.vouch, :2]
    cells, counts = np.unique((places // cell).astype(np.int64), axis=0, return_counts=True)
    agree = near.query((cells + 0.5) * cell, [2])[0][:, 0] <= reach
    agree &= _shown(cells, others, cell)
    company = points[third <= 2 * reach]
    outline = cv2.convexHull(np.ascontiguousarray(company if len(company) > 2 else points, dtype=np.float32))[
        :, 0
    ]
    area = float(cv2.contourArea(outline))
    # Specks are no part of the picture: few features lie near them.
    drawn = _crowd(cells, counts) >= 5
    of_picture = np.isin(_complex((places // cell).astype(np.int64)), _complex(cells[drawn]))
    picture = cv2.convexHull(np.ascontiguousarray(np.vstack((places[of_picture], outline)), dtype=np.float32))
    whole = max(float(cv2.contourArea(picture)), 1e-9)
    seen, _ = cv2.intersectConvexConvex(picture, cv2.convexHull(frame.astype(np.float32)))
    plate = features.size[0] * features.size[1]
    part = Part(
        coverage=float(agree.mean()),
        extent=area / whole,
        visible=min(1.0, seen / whole),
        area=area / plate,
        region=outline.astype(np.float32),
    )
    return part, largest_patch(features, cells, drawn, agree, outline, cell)


def grid_places(a: Features, b: Features, rows_a: np.ndarray, rows_b: np.ndarray) -> int:
    """How many cells of a grid hold the points of these rows, on the plate where they lie in more."""
    return max(_places(a, a.points[rows_a, :2]), _places(b, b.points[rows_b, :2]))


def _places(features: Features, points: np.ndarray) -> int:
    return len(np.unique((points // _cell(features)).astype(np.int64), axis=0))


def _cell(features: Features) -> float:
    return max(extent(features.size)) / CELLS


def _crowd(cells: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """How many features lie in each of the cells (n, 2), of which no two are one, and in those about it: (n,)."""
    grid = np.zeros(cells.max(0, initial=0) + 3, counts.dtype)
    grid[cells[:, 0] + 1, cells[:, 1] + 1] = counts
    steps = [(x, y) for x in (0, 1, 2) for y in (0, 1, 2)]
    return np.sum([grid[cells[:, 0] + x, cells[:, 1] + y] for x, y in steps], axis=0)


def _shown(cells: np.ndarray, others: np.ndarray, cell: float) -> np.ndarray:
    """Whether another plate has a feature in each of the cells (n, 2) or next to it."""
    last = cells.max(0, initial=0) + 3
    seen = np.zeros(last + 3, bool)
    inside = (np.clip(np.nan_to_num(others // cell, nan=-2), -2, last) + 2).astype(np.int64)
    seen[inside[:, 0], inside[:, 1]] = True
    seen[[0, -1]] = seen[:, [0, -1]] = False
    steps = [(x, y) for x in (1, 2, 3) for y in (1, 2, 3)]
    return np.logical_or.reduce([seen[cells[:, 0] + x, cells[:, 1] + y] for x, y in steps])


def _complex(points: np.ndarray) -> np.ndarray:
    return points[:, 0] + 1j * points[:, 1]
