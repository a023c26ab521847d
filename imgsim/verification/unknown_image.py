"""What the lines of an image from outside, or of a box on it, say of the plates of a collection.

A whole image is compared as plates are compared with each other (:mod:`imgsim.verification.verdicts`), with the
plates that share most with it in the index of local features, as it stands, mirrored or inverted, and with
what a network finds alike: so it gets the same verdicts. What lies in a box is looked for as a detail is
(:mod:`imgsim.verification.motif_search`): of a whole image that search would call chance agreements found (142 of 160
hits of 40 real plates had no support as pairs of plates).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image
from threadpoolctl import threadpool_limits

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE
from imgsim.errors import ImgsimError
from imgsim.features.extraction import Features, inverted, mirrored
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.verification import geometry
from imgsim.verification.comparing import compact
from imgsim.verification.match_row import MatchRow
from imgsim.verification.motif_search import LEAST_FEATURES, PROBES, Hit, find_motif, motif_features, verify
from imgsim.verification.verifiers import SIFT, Verifier

OUTSIDE = -1  # the row of an image that has none
LISTED = 40  # plates that the index lists, of each orientation
MOST = 60  # plates in which a detail is found
# What lies in a box is proven from so many inliers beyond chance, or from half of the box's features. Measured with
# 120 boxes on 60 real plates, mostly of leaves and hatching: 45 of 54 known copies reach it, and 9 other plates; of
# hits that do not, 9 are known copies and 417 are not.
PROVEN = 25.0
Box = tuple[float, float, float, float]
_NOTHING = np.zeros((0, 2), np.float32)


def compare_outside(
    image: Image.Image,
    size: tuple[int, int],
    box: Box | None,
    store: FeatureStore,
    index: FeatureIndex,
    near: Sequence[int] = (),
    *,
    verifier: Verifier = SIFT,
    workers: int | None = None,
) -> list[MatchRow]:
    """Compare an image with the plates that may share lines with it.

    Parameters
    ----------
    image, size
        Upright, mode "L" or "RGB", perhaps reduced; and the width and height of the original.
    box
        Left, top, right, bottom in fractions of the image: only what lies in it is looked for. None is the whole.
    near
        Rows to compare in any case: what a network finds alike.
    verifier
        The one that has described the plates.

    Returns
    -------
    list of MatchRow
        Seen from the image, whose row is :data:`OUTSIDE`, each plate once; verified ones first, then by inliers, then
        by row. A plate that contains what is in the box has the verdict "shared detail", and NaN for coverages.

    Raises
    ------
    ImgsimError
        Where there are too few lines to find anything by.
    """
    if box is None:
        plate = verifier.describe(image, size)
        if int(plate.vouch.sum()) < LEAST_FEATURES:
            raise ImgsimError(
                f"Only {int(plate.vouch.sum())} places of this image have lines that could be found again. Bring a "
                "sharper or larger image, or one with more of the picture on it."
            )
        rows = [*near]
        negative = inverted(plate)
        for side in (plate, mirrored(plate), negative, mirrored(negative)):
            rows += index.query(side, k=LISTED, probes=PROBES)[0].tolist()
        found = _each(lambda row: _compared(verifier, plate, store.features(row), row), rows, workers)
    else:
        pixels = (box[0] * size[0], box[1] * size[1], box[2] * size[0], box[3] * size[1])
        query = motif_features(image, pixels, size, verifier)
        found = [_contains(hit, query) for hit in find_motif(query, store, index, k=MOST, workers=workers)]
        rows = [row for row in near if row not in {one.b for one in found}]
        found += _each(lambda row: _looked_for(query, store.features(row), row), rows, workers)
    return sorted(found, key=lambda one: (not one.verified, -one.inliers, one.b))


def _each(call: Callable[[int], MatchRow], rows: Sequence[int], workers: int | None) -> list[MatchRow]:
    with threadpool_limits(1), ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        return list(pool.map(call, dict.fromkeys(int(row) for row in rows)))


def _compared(verifier: Verifier, plate: Features, other: Features, row: int) -> MatchRow:
    """The verdict on the whole image and a plate."""
    found = compact(verifier.compare(plate, other), plate, other)
    return MatchRow(
        OUTSIDE, row, found.verdict, found.inliers, found.mirrored, found.coverage_a, found.coverage_b,
        found.residual, found.model, found.printing, found.transform, found.region_a, found.region_b, "",
        negative=found.negative,
    )  # fmt: skip


def _looked_for(query: Features, other: Features, row: int) -> MatchRow:
    """What lies in the box, looked for in one plate."""
    sides = ((False, query), (True, mirrored(query)))
    hits = [hit for turned, side in sides if (hit := verify(side, other, row, turned)) is not None]
    if hits:
        return _contains(max(hits, key=lambda hit: hit.score), query)
    fits = (geometry.fit(side, other) for _, side in sides)
    return _look_alike(row, max(map(len, fits)))


def _contains(hit: Hit, query: Features) -> MatchRow:
    if hit.score < min(PROVEN, len(query) / 2):
        return _look_alike(hit.row, hit.inliers)
    nan = float("nan")
    return MatchRow(
        OUTSIDE, hit.row, DETAIL, hit.inliers, hit.mirrored, nan, nan, nan, "similarity", "", hit.transform,
        _NOTHING, hit.region, "",
    )  # fmt: skip


def _look_alike(row: int, inliers: int) -> MatchRow:
    nan = float("nan")
    return MatchRow(
        OUTSIDE, row, LOOK_ALIKE, inliers, False, 0.0, 0.0, nan, "", "", np.full((3, 3), nan), _NOTHING, _NOTHING, "",
    )  # fmt: skip
