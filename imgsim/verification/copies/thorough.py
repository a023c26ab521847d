"""One pair looked at thoroughly: all points, and one of the plates turned by quarters, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from imgsim.base.verdict_words import COPY
from imgsim.features.extraction import without_vote
from imgsim.features.working_copy import open_to_describe
from imgsim.verification.copies.copy_networks import load_networks
from imgsim.verification.copies.copy_pairs import compare_copies
from imgsim.verification.copies.copy_points import copy_points
from imgsim.verification.copies.plate_views import PLAIN, STANDING, TURNED
from imgsim.verification.match import Match, look_alike

Boxes = Sequence[tuple[float, float, float, float]]
THOROUGH_VERSION = 1


def compare_thoroughly(
    file_a: bytes | Path, file_b: bytes | Path, silent_a: Boxes = (), silent_b: Boxes = ()
) -> Match:
    """Whether one plate is a copy of the other by another hand, reversed or turned by quarters as it may be.

    ``silent_a`` and ``silent_b`` are the parts of each that have no say: x0, y0, x1, y1 in shares of width and height.

    Raises
    ------
    ImageError
        A file cannot be opened.
    WeightsError
        The networks are not on this machine.
    """
    networks = load_networks()
    a, b = open_to_describe(file_a), open_to_describe(file_b)
    plain = without_vote(copy_points(b.image, b.size, networks, [PLAIN]), silent_b)
    best = look_alike()
    # What is turned is rarer, and looking for it takes three times as long.
    for views in (STANDING, TURNED):
        seen = without_vote(copy_points(a.image, a.size, networks, views), silent_a)
        found = compare_copies(seen, plain, networks, thorough=True)
        if found.verdict == COPY:
            return found
        best = replace(best, inliers=max(best.inliers, found.inliers))
    return best
