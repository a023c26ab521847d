"""Plates and what another hand made of them: generated, for tests of the verifier of copies."""

from __future__ import annotations

from PIL import Image

from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan

COMPOSITIONS = [16 * number for number in (5, 6, 11)]  # which SIFT does not find once they are drawn anew


def plate(composition: int, hand: int, *, wander: float = 0.0, species_of: int | None = None) -> Image.Image:
    """A plate as that hand engraves it; one that wanders puts its strokes elsewhere."""
    spec = PlateSpec(composition, hand, hand + 3, composition + 7, wander=wander, species_of=species_of)
    return scan(spec).convert("L").reduce(2)


def redrawn(composition: int) -> Image.Image:
    """The same picture by another hand."""
    return plate(composition, composition + 5000, wander=22)
