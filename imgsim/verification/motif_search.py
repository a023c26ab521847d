"""Motif search: which plates contain what lies in a box drawn on a plate, as it stands, turned, resized or mirrored?

A small box has few features, so the index is asked more thoroughly than for a whole plate, and what it lists is
verified one plate at a time: the features that agree with one transform, matched again near where it says, against
how many would agree with the same transform shifted aside, which is chance.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image
from threadpoolctl import threadpool_limits

from imgsim.errors import ImgsimError
from imgsim.features.descriptor_similarity import descriptor_similarity
from imgsim.features.extraction import Features, mirrored
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.features.working_copy import WORKING_SIDE, working_size
from imgsim.images.shaping import REDUCING_GAP
from imgsim.verification import geometry
from imgsim.verification.verifiers import SIFT, Verifier

MOTIF_VERSION = 1
PROBES = 4
VERIFIED = 80  # plates of each orientation that are compared line by line
LEAST_FEATURES, MOST_FEATURES = 8, 300
# Inliers beyond chance that make a hit: so many, and a share of the box's features (measured: of boxes of 300
# features true copies have 15 and more in 99 of 100 cases, other plates 14 and fewer in 95 of those that have any).
LEAST_SCORE, LEAST_SHARE = 5.0, 0.02
ENOUGH_PAIRS = 9
REACH = 10.0  # thousandths of the hit's diagonal
LIKENESS = 0.82
CHANCE = 2.5  # inliers must be so many times what the shifted transform gets
SMALLEST = 0.02  # change of size in pixels
MARGIN = 0.15  # of the box's longer side, for what its border looks like
_ASIDE = tuple(40.0 * np.exp(1j * np.pi * np.arange(6) / 3))

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Hit:
    """A plate that contains the motif.

    Attributes
    ----------
    row : int
        In the catalogue.
    mirrored : bool
        Whether the motif is there flipped left to right.
    inliers : int
        Features that agree.
    score : float
        Inliers beyond what chance gives; hits are ordered by it.
    region : float32 (m, 2)
        Outline of what agrees, in pixels of the hit's upright original.
    transform : float64 (3, 3)
        From the pixels in which the query's features are given to the hit's, the mirroring included.
    """

    row: int
    mirrored: bool
    inliers: int
    score: float
    region: Float32
    transform: npt.NDArray[np.float64]


def motif_features(
    image: Image.Image,
    box: tuple[float, float, float, float],
    size: tuple[int, int] | None = None,
    verifier: Verifier = SIFT,
) -> Features:
    """Describe what lies in a box.

    Parameters
    ----------
    image : PIL.Image.Image
        The whole plate, mode "L" or "RGB", upright; may be reduced, best not below
        :data:`~imgsim.features.working_copy.CLOSER` times :func:`~imgsim.features.working_copy.working_size`.
    box : left, top, right, bottom
        In pixels of the original.
    size : tuple of int, optional
        Width and height of the original; the image's own if None.
    verifier : Verifier
        The one that has described the plates that are searched.

    Returns the features in pixels of the original, all of them vouching: the user chose them.
    Raises ImgsimError for a box with too little in it to be found again.
    """
    width, height = size or image.size
    left, right = sorted((min(max(float(box[0]), 0), width), min(max(float(box[2]), 0), width)))
    top, bottom = sorted((min(max(float(box[1]), 0), height), min(max(float(box[3]), 0), height)))
    if right - left < 1 or bottom - top < 1:
        raise ImgsimError("The box has no area. Draw it round the motif.")
    # A little of what surrounds the box, so that features at its border look as they do in the whole plate.
    margin = MARGIN * max(right - left, bottom - top)
    wide = (
        max(left - margin, 0),
        max(top - margin, 0),
        min(right + margin, width),
        min(bottom + margin, height),
    )
    found = _crop_features(image, (width, height), wide, verifier)
    x, y = found.points[:, 0], found.points[:, 1]
    # The weakest of a crop are not among the strongest of the whole plates that are searched.
    inside = np.flatnonzero((x >= left) & (x <= right) & (y >= top) & (y <= bottom))[:MOST_FEATURES]
    if len(inside) < LEAST_FEATURES:
        raise ImgsimError(
            f"There are only {len(inside)} features in the box, too few to find the motif again. "
            "Draw a larger box, or one with more lines in it."
        )
    return replace(
        found,
        points=found.points[inside],
        descriptors=found.descriptors[inside],
        vouch=np.ones(len(inside), dtype=bool),
    )


def _crop_features(
    image: Image.Image, size: tuple[int, int], crop: tuple[float, float, float, float], verifier: Verifier
) -> Features:
    """Features of a crop (in pixels of the original), seen at the size at which whole plates are described."""
    fx, fy = image.width / size[0], image.height / size[1]
    source = (crop[0] * fx, crop[1] * fy, crop[2] * fx, crop[3] * fy)
    scale = working_size(size)[0] / size[0]
    wanted = (max(1, round((crop[2] - crop[0]) * scale)), max(1, round((crop[3] - crop[1]) * scale)))
    piece = image.resize(wanted, Image.Resampling.BILINEAR, box=source, reducing_gap=REDUCING_GAP)
    # Finer than pixels, as the crop's sides need not be whole; and nothing so large is enlarged, as small scans are.
    found = verifier.describe(piece, (wanted[0] * WORKING_SIDE, wanted[1] * WORKING_SIDE))
    points = found.points.copy()
    x, y = (crop[2] - crop[0]) / found.size[0], (crop[3] - crop[1]) / found.size[1]
    points[:, :2] = points[:, :2] * np.array([x, y]) + crop[:2]
    points[:, 2] *= np.sqrt(x * y)
    return replace(found, size=size, points=points)


def find_motif(
    query: Features,
    store: FeatureStore,
    index: FeatureIndex,
    *,
    exclude: int | None = None,
    k: int = 60,
    workers: int | None = None,
) -> list[Hit]:
    """The plates that contain the motif, surest first; ties by row.

    Parameters
    ----------
    query : Features
        Of the box, from :func:`motif_features`, in pixels of the plate or upload that it was drawn on.
    exclude : int, optional
        The row of the plate that the box was drawn on.
    k : int
        At most so many.
    """
    flipped = mirrored(query)
    jobs = []
    for turned, features in ((False, query), (True, flipped)):
        rows, _ = index.query(features, k=VERIFIED, exclude=exclude, probes=PROBES)
        jobs += [(turned, int(row)) for row in rows]

    def look(job: tuple[bool, int]) -> Hit | None:
        turned, row = job
        return verify(flipped if turned else query, store.features(row), row, turned)

    # Small products in several threads: threads of BLAS's own would wait for one another (measured: 8 times the time).
    with threadpool_limits(1), ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        hits = [hit for hit in pool.map(look, jobs) if hit is not None]
    best: dict[int, Hit] = {}
    for hit in hits:
        if hit.row not in best or hit.score > best[hit.row].score:
            best[hit.row] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.row))[:k]


def verify(query: Features, plate: Features, row: int, turned: bool) -> Hit | None:
    """Whether a plate contains the query's features (flipped already if ``turned``)."""
    fit = geometry.fit(query, plate)
    # A transform that shrinks the box to a point is no copy of it.
    if not len(fit) or not SMALLEST**2 < abs(np.linalg.det(fit.transform[:2, :2])) < SMALLEST**-2:
        return None
    alike = descriptor_similarity(query, plate)
    near = geometry.candidates_near(query, plate, alike, fit.transform, 60.0, LIKENESS)
    rows, _, _ = geometry.one_to_one(near, 0, REACH)
    chance = float(np.mean([len(geometry.one_to_one(near, aside, REACH)[0]) for aside in _ASIDE]))
    inliers = len(_apart(query.points[rows]))
    # Two ways to be sure: more near the transform than chance brings there, or, where strokes lie so dense that chance
    # brings many, enough pairs that had found each other in the whole plate before any transform was known.
    found = len(fit)
    beyond = inliers - chance
    if found < ENOUGH_PAIRS and (
        beyond < LEAST_SCORE + LEAST_SHARE * len(query) or inliers < CHANCE * chance
    ):
        return None
    if found > len(rows):
        rows = fit.rows_a
    region = _region(query.points[rows], fit.transform, plate.size)
    transform = fit.transform
    if turned:
        transform = transform @ geometry.mirroring(query.size[0])
    return Hit(row, turned, max(inliers, found), max(beyond, float(found)), region, transform)


def _apart(points: Float32) -> Float32:
    """Points that lie apart: a corner described at two scales or in two directions is one witness."""
    cell = np.floor(points[:, :2] / np.maximum(points[:, 2:3] / 2, 1)).astype(np.int64)
    return points[np.unique(cell, axis=0, return_index=True)[1]]


def _region(points: Float32, transform: npt.NDArray[np.float64], size: tuple[int, int]) -> Float32:
    """The upright rectangle round the agreeing features of the query, as it lies in the hit, clipped to the hit."""
    reach = points[:, 2:3] / 2
    left, top = (points[:, :2] - reach).min(0)
    right, bottom = (points[:, :2] + reach).max(0)
    corners = geometry.corners_of((right - left, bottom - top)) + (left, top)
    outline = geometry.moved(transform, corners)
    return np.clip(outline, 0, np.array(size)).astype(np.float32)
