"""Many small pictures as one image, so that a map fetches them in one go."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from imgsim.images.thumbnails import fitted

CELL = 128  # pixels, square
COLUMNS = 8


def sheet(thumbnails: Sequence[bytes | None]) -> tuple[bytes, list[tuple[int, int]]]:
    """Return the pictures in rows of :data:`COLUMNS` cells as WebP, and width and height of each in its cell.

    Parameters
    ----------
    thumbnails : sequence of bytes or None
        WebP as :func:`imgsim.images.thumbnails.thumbnail` gives it, in order; one at least. Each lies whole in the
        upper left of its cell of :data:`CELL` pixels. What is None, or cannot be read, is (0, 0) and its cell white.
    """
    lines = -(-len(thumbnails) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * CELL, lines * CELL), "white")
    sizes = []
    for place, data in enumerate(thumbnails):
        picture = None if data is None else _small(data)
        sizes.append((0, 0) if picture is None else picture.size)
        if picture is not None:
            whole.paste(picture, (place % COLUMNS * CELL, place // COLUMNS * CELL))
    target = io.BytesIO()
    whole.save(target, "WEBP", quality=80, method=0)
    return target.getvalue(), sizes


def _small(data: bytes) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
            size = fitted(image.size, CELL)
            return image.convert("RGB").resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    except (OSError, ValueError, Image.DecompressionBombError):  # a picture less is no reason to have none
        return None
