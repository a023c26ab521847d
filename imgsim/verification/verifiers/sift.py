"""SIFT and geometry: imgsim's own verifier."""

from __future__ import annotations

from PIL import Image

from imgsim.features import extraction
from imgsim.features.extraction import Features, extract
from imgsim.verification import verdicts
from imgsim.verification.match import Match


class Sift:
    """Local features by SIFT (:mod:`imgsim.features.extraction`), compared by one transform under which they agree
    (:mod:`imgsim.verification.verdicts`)."""

    name = "sift"

    @property
    def version(self) -> int:
        """Of the comparing."""
        return verdicts.MATCHING_VERSION

    @property
    def features_version(self) -> int:
        """Of the describing."""
        return extraction.FEATURES_VERSION

    def describe(self, image: Image.Image, size: tuple[int, int]) -> Features:
        """See :class:`~imgsim.verification.verifiers.verifier.Verifier`."""
        return extract(image, size)

    def compare(self, a: Features, b: Features) -> Match:
        """See :class:`~imgsim.verification.verifiers.verifier.Verifier`."""
        return verdicts.match(a, b)
