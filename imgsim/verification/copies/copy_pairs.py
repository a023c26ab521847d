"""Whether two plates show one picture by two hands: LighterGlue's pairs of points, and one homography for them.

LighterGlue pairs by the looks and the places of all points of both plates at once (Lindenberger et al., LightGlue, ICCV
2023, in the small form of XFeat's authors), so it pairs lines that were drawn anew. What it pairs must lie as one
homography says (MAGSAC++, Barath et al., CVPR 2020), and all over the picture: in pairs of plates that have nothing to
do with each other what agrees lies in a corner, on a letter, a leaf, a piece of a frame.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.base.verdict_words import COPY
from imgsim.features.extraction import Features
from imgsim.verification import geometry
from imgsim.verification.copies.copy_points import unpacked
from imgsim.verification.copies.plate_views import PLAIN, REVERSED, view_of, viewed, views_in
from imgsim.verification.correspondences import Correspondences, Support, correspondences, grid_places
from imgsim.verification.match import Match, look_alike

if TYPE_CHECKING:
    from imgsim.verification.copies.copy_networks import CopyNetworks

PAIRS_VERSION = 2
# The network's own threshold, a probability; fewer points than this it cannot pair.
LEAST_SURE, LEAST_POINTS = 0.1, 8
# How far, in thousandths of the diagonal, a pair may lie from where the homography says: a copyist's hand strays.
REACH = 6.0
ROUNDS = 5_000
# Points that must agree, and the cells of a 24th of the longer side in which they must lie.
LEAST, LEAST_PLACES = 25, 20
# And of the points of the plate that has fewer so many must be paired at all, whether one homography holds for them or
# not: a hand that strays bends the picture, and the network still knows its parts. (1,515 pairs of real plates that
# look alike: 0.16 at most; other plants of one species, drawn by one hand: 0.29 at most; redrawn plates mostly 0.3 and
# more.)
LEAST_SHARE = 0.3
# Where fewer are paired: more that agree, spread over so much of both outlines; or the more in a part of them.
LESS_SHARE, SPREAD, LEAST_SPREAD, LEAST_SPREAD_PLACES = 0.2, 0.45, 40, 30
LEAST_PART, LEAST_PART_PLACES = 60, 45
# So many of the surest points are paired first, and of them so many must be for all to be looked at. (Real plates, 256
# points: 0.219 at least in 140 pairs that are copies; in 4 of 5 of the others and more less than 0.06.)
SUREST, HOPEFUL = 256, 0.06
# Within one book plates have one hand, one frame and one set of letters. Asked where books are known.
LEAST_IN_BOOK = 60


def compare_copies(a: Features, b: Features, networks: CopyNetworks, *, thorough: bool = False) -> Match:
    """What two plates have to do with each other by what :func:`~copy_points.copy_points` found on them.

    The verdict is COPY or LOOK_ALIKE. Plate A is taken in each of the views in which it was described, plate B as it
    is: the first view in which it is a copy counts.

    Parameters
    ----------
    thorough : look at all points in every view, also where the surest few leave no hope.
    """
    plain = view_of(b, PLAIN)
    best = look_alike()
    for view in views_in(a):
        seen = view_of(a, view)
        if not (thorough or _hopeful(seen, plain, networks)):
            continue
        found = _compared(seen, plain, networks)
        if found.verdict == COPY:
            return _as_it_is(found, a.size, view)
        best = max(best, found, key=lambda one: one.inliers)
    return look_alike(best.inliers)


def _hopeful(a: Features, b: Features, networks: CopyNetworks) -> bool:
    """Whether enough of the surest points are paired that it is worth while to look at all: that costs four times as
    much, and most pairs end here."""
    a, b = _surest(a), _surest(b)
    rows_a, rows_b = pairs_of(a, b, networks)
    paired = int(np.count_nonzero(a.vouch[rows_a] & b.vouch[rows_b]))
    return paired >= HOPEFUL * min(int(a.vouch.sum()), int(b.vouch.sum()))


def _surest(side: Features) -> Features:
    part = slice(0, SUREST)
    return replace(
        side, points=side.points[part], descriptors=side.descriptors[part], vouch=side.vouch[part]
    )


def _compared(a: Features, b: Features, networks: CopyNetworks) -> Match:
    """The same of one view."""
    rows_a, rows_b = pairs_of(a, b, networks)
    keep = a.vouch[rows_a] & b.vouch[rows_b]
    rows_a, rows_b = rows_a[keep], rows_b[keep]
    found = _fit(a, b, rows_a, rows_b)
    if len(found) < LEAST:
        return look_alike(len(found))
    places = grid_places(a, b, found.rows_a, found.rows_b)
    if places < LEAST_PLACES:
        return look_alike(len(found))
    alike = np.zeros((len(a), len(b)), np.float32)
    support = Support(len(found), places, found.rows_a, found.rows_b, 0, float(np.median(found.errors)))
    seen = correspondences(a, b, alike, found, support)
    possible = min(int(a.vouch.sum()), int(b.vouch.sum()))
    share, extent = len(rows_a) / possible, min(seen.on_a.extent, seen.on_b.extent)
    if not _enough(share, len(found), places, extent):
        return look_alike(len(found))
    return _copy(seen, possible)


def _as_it_is(found: Match, size: tuple[int, int], view: int) -> Match:
    """What was found of plate A in a view, said of the plate as it is; ``size`` is its own."""
    to_view = viewed(size, view)
    points_a, region_a = (
        geometry.moved(np.linalg.inv(to_view), places).astype(np.float32) for places in (found.points_a, found.region_a)
    )
    return replace(
        found,
        mirrored=view >= REVERSED,
        transform=found.transform @ to_view,
        points_a=points_a,
        region_a=region_a,
    )


def _enough(share: float, inliers: int, places: int, extent: float) -> bool:
    if share >= LEAST_SHARE:
        return True
    spread = share >= LESS_SHARE and extent >= SPREAD
    if spread and inliers >= LEAST_SPREAD and places >= LEAST_SPREAD_PLACES:
        return True
    return inliers >= LEAST_PART and places >= LEAST_PART_PLACES


def pairs_of(
    a: Features, b: Features, networks: CopyNetworks
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The rows of points that the network pairs, int64 (n,) each: each other's best, and likely so."""
    if min(len(a), len(b)) < LEAST_POINTS:
        none = np.zeros(0, np.int64)
        return none, none
    given = {}
    for name, side in (("a", a), ("b", b)):
        given[f"places_{name}"] = _normal(side)[None]
        given[f"descriptors_{name}"] = unpacked(side.descriptors)[None]
    scores = networks.pairs.run(None, given)[0][0]
    rows = np.arange(len(scores))
    best = scores.argmax(1)
    keep = (scores.argmax(0)[best] == rows) & (scores[rows, best] > np.log(LEAST_SURE))
    return rows[keep], best[keep]


def _normal(side: Features) -> npt.NDArray[np.float32]:
    """Places as the network takes them: from the middle, in halves of the longer side."""
    size = np.asarray(side.size, np.float32)
    return ((side.points[:, :2] - size / 2) / (size.max() / 2)).astype(np.float32)


def _fit(a: Features, b: Features, rows_a: npt.NDArray[np.int64], rows_b: npt.NDArray[np.int64]) -> geometry.Fit:
    import cv2

    if len(rows_a) < LEAST:
        return replace(geometry.nothing(), rows_a=rows_a, rows_b=rows_b)
    p, q = a.points[rows_a, :2].astype(np.float64), b.points[rows_b, :2].astype(np.float64)
    unit = geometry.unit_of(b.size)
    # The generator of OpenCV's own is set anew in each call: the same pair, the same result.
    homography, inlying = cv2.findHomography(p, q, cv2.USAC_MAGSAC, REACH / unit, maxIters=ROUNDS, confidence=0.999)
    if homography is None or inlying is None:
        return geometry.nothing()
    keep = inlying[:, 0] > 0
    if keep.sum() < geometry.LEAST:
        return geometry.nothing()
    affine = geometry.affine_of(p[keep], q[keep])
    if not geometry.sound(affine):
        return geometry.nothing()
    errors = np.hypot(*(geometry.moved(affine, p[keep]) - q[keep]).T) * unit
    return geometry.Fit(affine, rows_a[keep], rows_b[keep], errors, "affine")


def _copy(seen: Correspondences, possible: int) -> Match:
    return Match(
        verdict=COPY,
        inliers=len(seen.points_a),
        mirrored=False,
        coverage_a=seen.on_a.coverage,
        coverage_b=seen.on_b.coverage,
        transform=seen.transform,
        model=seen.model,
        residual=float(np.median(seen.errors)),
        region_a=seen.on_a.region,
        region_b=seen.on_b.region,
        printing="",
        points_a=seen.points_a.astype(np.float32),
        points_b=seen.points_b.astype(np.float32),
        possible=possible,
    )
