"""The parts of a plate that a network sees besides the whole: what was cropped is nearer to one of them.

Five overlapping parts of seven tenths of either side, the four corners and the middle: of a crop of two fifths of a
plate's area one of them holds four fifths at least, wherever it was taken. Smaller parts, and nine of them, found fewer
crops or cost other copies their places (docs/measured.md).
"""

from __future__ import annotations

from PIL import Image

# Raise it when other parts are taken.
PARTS_VERSION = 1
_SIDE = 0.7
_FAR, _MIDDLE = 1 - _SIDE, (1 - _SIDE) / 2
# Left and top of each, in fractions of the plate.
CORNERS = ((0.0, 0.0), (_FAR, 0.0), (0.0, _FAR), (_FAR, _FAR), (_MIDDLE, _MIDDLE))
PARTS = len(CORNERS)


def parts_of(image: Image.Image) -> list[Image.Image]:
    """The :data:`PARTS` parts of an image, in the order of :data:`CORNERS`; each has a pixel at least."""
    width, height = (max(1, round(side * _SIDE)) for side in image.size)
    corners = ((round(x * (image.width - width) / _FAR), round(y * (image.height - height) / _FAR)) for x, y in CORNERS)
    return [image.crop((left, top, left + width, top + height)) for left, top in corners]
