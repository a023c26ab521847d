"""A plate as it is described: grey, and as large as serves, by its area and not by its longer side alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from imgsim.images.decoding import OpenedImage, open_image
from imgsim.images.shaping import REDUCING_GAP

# Pixels of the longer side; but of a fold-out's shorter side so many, or the plates on it would be too small to see.
WORKING_SIDE = 640
SHORTER_SIDE = WORKING_SIDE // 2
# Scans smaller than this are enlarged to it: their lines are finer than what features are found by.
SMALL, MOST_ENLARGED = 300, 4.0
# What lies in a box on a plate is cut out of an image so many times as large, or larger: the box is then described at
# the scale at which the whole plate is.
CLOSER = 1.5
# However long a plate is.
MOST_PIXELS = 4_000_000
# A part of a fold-out is so many times as long as high, and is seen with so much of its neighbours, in heights.
PART, BESIDE = 2, 0.25


@dataclass(frozen=True)
class Tile:
    """A part of a working copy, in its pixels.

    Attributes
    ----------
    seen : left, top, right, bottom of what is looked at.
    own : the same of what belongs to this part and to no other.
    """

    seen: tuple[int, int, int, int]
    own: tuple[int, int, int, int]


def extent(size: tuple[float, float]) -> tuple[float, float]:
    """Width and height of a plate of that size, or of a part of it where it is a fold-out: by these, and not by its
    length, it is told what is near on it."""
    width, height = size
    return min(width, PART * height), min(height, PART * width)


def working_size(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height at which a plate of that size is described, both at least 1."""
    longer, shorter = max(size), min(size)
    scale = max(WORKING_SIDE / longer, SHORTER_SIDE / shorter)
    scale = min(scale, (MOST_PIXELS / (longer * shorter)) ** 0.5, 1.0)
    if longer < SMALL:
        scale = min(SMALL / longer, MOST_ENLARGED)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def open_to_describe(data: bytes | Path, closer: float = 1.0) -> OpenedImage:
    """Open an image for :func:`working_copy`, or so many times as large. Raises ImageError."""
    opened = open_image(data, reduce_to=round(closer * WORKING_SIDE))
    wanted = round(closer * max(working_size(opened.size)))
    # Decoders that reduce go by the longer side.
    reduced = max(opened.image.size) < min(wanted, max(opened.size))
    return open_image(data, reduce_to=wanted) if reduced else opened


def copy_to_describe(data: bytes) -> OpenedImage:
    """An image as it is described, whoever sent it: its :func:`working_copy`. Raises ImageError."""
    opened = open_to_describe(data)
    return replace(opened, image=working_copy(opened.image, opened.size))


def copy_to_cut(data: bytes) -> OpenedImage:
    """An image, mode "L", to cut boxes out of, no larger than serves. Raises ImageError."""
    opened = open_to_describe(data, CLOSER)
    most = max(2 * CLOSER * WORKING_SIDE, CLOSER * max(working_size(opened.size)))
    grey, scale = opened.image.convert("L"), most / max(opened.image.size)
    if scale < 1:
        size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
        grey = grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
    return replace(opened, image=grey)


def working_copy(image: Image.Image, size: tuple[int, int] | None = None) -> Image.Image:
    """A plate as it is described, mode "L".

    ``size`` is that of the original where the image is already reduced, or a part: then it is never enlarged, unless
    the original is small.
    """
    grey = image if image.mode == "L" else image.convert("L")
    wanted = working_size(grey.size)
    if max(wanted) > max(grey.size):
        small = size is None or max(size) < SMALL
        return grey.resize(wanted, Image.Resampling.BICUBIC) if small else grey
    if wanted != grey.size:
        grey = grey.resize(wanted, Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
    return grey


def tiles(size: tuple[int, int]) -> Iterator[Tile]:
    """The parts of a working copy, along its longer side: one, but of fold-outs more."""
    longer, shorter = max(size), min(size)
    count = max(1, min(round(longer / (PART * shorter)), longer // SHORTER_SIDE))
    beside = round(BESIDE * shorter)
    for at in range(count):
        begin, end = at * longer // count, (at + 1) * longer // count
        own, seen = (begin, end), (max(0, begin - beside), min(longer, end + beside))
        yield Tile(_box(seen, size), _box(own, size))


def _box(along: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    (begin, end), (width, height) = along, size
    return (begin, 0, end, height) if width >= height else (0, begin, width, end)
