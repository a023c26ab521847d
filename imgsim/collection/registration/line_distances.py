"""How exactly the lines of two plates lie on each other: the numbers by which "probably the same plate" is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imgsim.errors import ImgsimError
from imgsim.features.working_copy import WORKING_SIDE
from imgsim.verification.impressions import MOST_OFF, Reason, across

if TYPE_CHECKING:
    from imgsim.features.extraction import Features
    from imgsim.generation.generation import Generation
    from imgsim.verification.match import Match


@dataclass(frozen=True)
class Lines:
    """What was measured at the points in which plates A and B agree.

    Attributes
    ----------
    reason : why it is said that they are probably from the same plate ("exact"), or why not.
    stiff, smooth : median distance of the points after the transform, and after a smooth distortion, in thousandths
        of the diagonal of the plate whose id comes later.
    pixel : how many pixels a thousandth is in the scan in which less is seen, as it is looked at.
    similarity : median cosine of the points' descriptors, 0 to 1.
    across : the longer side of what agrees, in the same pixels.
    coverage : share of either picture that agrees, the lesser, 0 to 1.
    reduced : whether that scan is larger, and was reduced to be looked at.
    places : float32 (n, 2), the points in B, in pixels of its original.
    off : float32 (n, 2), how far each lies from where the smooth distortion puts its counterpart, in the same pixels.
    limit : the most that the median of ``off`` may be, in the same pixels.
    """

    reason: Reason
    stiff: float
    smooth: float
    pixel: float
    similarity: float
    across: float
    coverage: float
    reduced: bool
    places: np.ndarray
    off: np.ndarray
    limit: float


def measure_lines(collection: Generation, row_a: int, row_b: int) -> Lines | None:
    """Compare two plates anew, as a run does, and keep what is measured at each point; None if nothing agrees, or
    the collection's verifier does not measure it.

    Raises
    ------
    ImgsimError
        If there are no local features of a plate and its scan cannot be read.
    """
    ids = collection.catalogue.frame["plate_id"]
    # As prepared pairs are compared: the one whose id comes first is A.
    turned = str(ids.iat[row_b]) < str(ids.iat[row_a])
    first, second = (_features(collection, row) for row in ((row_b, row_a) if turned else (row_a, row_b)))
    return lines_of(collection.verifier.compare(first, second), first, second, turned=turned)


def lines_of(found: Match, a: Features, b: Features, *, turned: bool = False) -> Lines | None:
    """What a fresh match of A and B says of their lines; ``turned``: as seen with A and B exchanged."""
    measured, reason = found.residuals, found.reason
    if measured is None or reason is None:
        return None
    linear = found.transform[:2, :2]
    # Lengths were measured in B; of pixels of A a pixel of B is so many.
    in_a = 1 / float(np.sqrt(abs(np.linalg.det(linear))))
    across_a, across_b = across(found.region_a, a.size), across(found.region_b, b.size)
    lesser, size = (a, in_a) if across_a < across_b else (b, 1.0)
    looked = min(1.0, WORKING_SIDE / max(lesser.size))
    off = measured.off @ np.linalg.inv(linear).T if turned else measured.off
    return Lines(
        reason=reason,
        stiff=measured.stiff * measured.unit,
        smooth=measured.smooth * measured.unit,
        pixel=size * looked / measured.unit,
        similarity=measured.similarity,
        across=min(across_a, across_b),
        coverage=min(found.coverage_a, found.coverage_b),
        reduced=looked < 1,
        places=found.points_a if turned else found.points_b,
        off=np.asarray(off, np.float32),
        limit=MOST_OFF / measured.unit * (in_a if turned else 1.0),
    )


def _features(collection: Generation, row: int) -> Features:
    from imgsim.verification.verifiers import describe_file

    try:
        store = collection.features
    except ImgsimError:
        store = None
    if store is not None:
        return store.features(row)
    return describe_file(collection.plate_content(row), collection.verifier)
