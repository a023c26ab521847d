"""XFeat and LighterGlue: the verifier of copies by another hand (:mod:`imgsim.verification.copies`)."""

from __future__ import annotations

from PIL import Image

from imgsim.base.verdict_words import COPY, LOOK_ALIKE
from imgsim.features.extraction import Features
from imgsim.verification.copies import copy_pairs, copy_points
from imgsim.verification.copies.copy_networks import load_networks
from imgsim.verification.match import Match


class Copies:
    """Asked about pairs that were rejected by their lines. It needs two networks that do not come with imgsim, and
    raises WeightsError where they are not on this machine."""

    name, verdicts = "copies", (COPY, LOOK_ALIKE)

    @property
    def version(self) -> int:
        """Of the comparing."""
        return copy_pairs.PAIRS_VERSION

    @property
    def features_version(self) -> int:
        """Of the describing."""
        return copy_points.POINTS_VERSION

    def describe(self, image: Image.Image, size: tuple[int, int]) -> Features:
        """See :class:`~imgsim.verification.verifiers.verifier.Verifier`."""
        return copy_points.copy_points(image, size, load_networks())

    def compare(self, a: Features, b: Features) -> Match:
        """See :class:`~imgsim.verification.verifiers.verifier.Verifier`. Reversed copies are found, turned ones not."""
        return copy_pairs.compare_copies(a, b, load_networks())
