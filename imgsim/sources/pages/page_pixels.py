"""From a page as it is opened to the array that the page network reads, and back from its pixels to the page's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from imgsim.images import shaping

# A page is read at most this large, upright or lying: enough for a column's initials, little enough for ten a second.
LONG, SHORT = 448, 352
# The network halves its maps five times.
MULTIPLE = 32


@dataclass(frozen=True)
class ReadPage:
    """A page as the network reads it.

    Attributes
    ----------
    pixels : uint8 (h, w), grey, its paper white and its ink black; h and w multiples of 32. The page begins in the
        top left corner; what is beyond it is white.
    size : (width, height) of the page within.
    scale : (across, down), pixels of the page as it was opened to one of these.
    """

    pixels: np.ndarray
    size: tuple[int, int]
    scale: tuple[float, float]


def fitted(width: int, height: int) -> tuple[int, int]:
    """The (width, height), at least 8 each, at which a page of this size is read."""
    across, down = (LONG, SHORT) if width > height else (SHORT, LONG)
    factor = min(across / width, down / height)
    return min(across, max(8, round(width * factor))), min(down, max(8, round(height * factor)))


def read(image: Image.Image) -> ReadPage:
    """Reduce a page, make it grey and stretch it between its paper and its ink."""
    grey = image if image.mode == "L" else image.convert("L")
    size = fitted(*grey.size)
    small = grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=shaping.REDUCING_GAP)
    pixels = padded(shaping.whiten(np.asarray(small, dtype=np.uint8)))
    return ReadPage(pixels, size, (image.width / size[0], image.height / size[1]))


def padded(page: np.ndarray) -> np.ndarray:
    """A page, uint8 (h, w), with white to the right and below up to multiples of 32."""
    beyond = [(0, -side % MULTIPLE) for side in page.shape]
    return np.pad(page, beyond, constant_values=255)
