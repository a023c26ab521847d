"""TIFFs of rarer kinds, which Pillow refuses although they are sound, or shows with wrong pixels.

They are read by libvips, plane by plane where each channel has one of its own; samples of 10 to 14 bits are unpacked
here. What none is known to read right is refused: wrong pixels are worse than none.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images import strips, tiff_pages
from imgsim.images.content import Content
from imgsim.images.tiff_kinds import DEFLATE, FLOAT, RGB, SEPARATED, WHITE_IS_ZERO, YCBCR, TiffKind


def unknown(kind: object) -> ImageError:
    """What to raise for a kind of TIFF that nothing here shows right."""
    return ImageError(f"it is a kind of TIFF that imgsim does not read ({kind}). Save it as 8-bit grey or RGB.")


def read(content: Content, kind: TiffKind, factor: int = 1) -> Image.Image:
    """Read a TIFF that Pillow does not show right, reduced by a whole factor.

    Returns mode "L" or "RGB", not turned upright, alpha laid on white.
    Raises ImageError for one that is not known to be shown right by the other ways either.
    """
    if kind.raw:
        raise ImageError(
            "it is a camera's raw file, of which imgsim would see a small preview only. Develop it to TIFF or JPEG."
        )
    if kind.tile > max(4 * kind.size[0] * kind.size[1], 4_000_000):
        raise ImageError(f"damaged TIFF: one tile claims {kind.tile:,} pixels.")
    if kind.packed and factor == 1:
        return _unpacked(content, kind)
    if not kind.vips:
        raise unknown(kind)
    vips = strips.load()
    try:
        picture, extra, top = _colours(content, kind)
        if kind.photometric == SEPARATED:
            ink = 255 - picture
            picture = ink[0:3].cast("float") * ink[3] / 255
        if kind.alpha is not None:
            share = extra[kind.alpha].cast("float") / top
            picture = picture * share + 255 * (1 - share)
        picture = picture.rint().cast("uchar")
        if factor > 1:
            picture = picture.shrink(factor, factor, ceil=True)
        return strips.fetched(picture, max(1, strips.BAND // factor))
    except vips.Error as error:
        raise strips.explained(error, "TIFF") from None


def _colours(content: Content, kind: TiffKind) -> tuple[Any, Any, int]:
    """(the colours from 0 to 255, black being 0; the other channels as they are; their greatest value)."""
    image = _image(content, kind)
    top = 65535 if image.format == "ushort" else 255
    colours = {RGB: 3, SEPARATED: 4, YCBCR: 3}.get(kind.photometric, 1)
    extra = image.extract_band(colours, n=image.bands - colours) if image.bands > colours else None
    picture = image.extract_band(0, n=colours)
    if kind.sample_format == FLOAT:
        low, high = _image(content, kind).min(), _image(content, kind).max()
        if not (low >= 0 and high <= 1):
            raise ImageError(
                f"its floating-point values run from {low:g} to {high:g}, not from 0 to 1. Save it with 8 or 16 bits."
            )
        return (picture * 255).rint().cast("uchar"), extra, 1
    scale = top
    if kind.largest:
        highest = _image(content, kind).extract_band(0, n=colours).max()
        scale = kind.largest if 0 < highest <= kind.largest < top else top
    picture = picture.cast("float") * (255 / scale)
    if kind.premultiplied and kind.alpha is not None and extra is not None:
        picture = picture / (extra[kind.alpha].cast("float") / top)  # of nothing libvips makes nothing
    return picture.rint().cast("uchar"), extra, top


def _image(content: Content, kind: TiffKind) -> Any:
    """Read from its top to its bottom once; whoever looks at it twice opens it twice."""
    if not kind.planes:
        return strips.loaded(content, "TIFF", page=kind.page, access="sequential")
    with content.open() as stream:
        planes = tiff_pages.planes(stream, kind.page + 1)
    if planes is None or len(planes) != kind.samples:
        raise unknown(kind)
    images = [strips.loaded(Content(plane), "TIFF", access="sequential") for plane in planes]
    return images[0].bandjoin(images[1:])


def _unpacked(content: Content, kind: TiffKind) -> Image.Image:
    """Samples of 10, 12 or 14 bits, one after the other in a row, rows beginning with whole bytes."""
    import tifffile

    width, height = kind.size
    bits, row = kind.bits[0], width * kind.samples
    length = (row * bits + 7) // 8
    grey = np.empty((height, row), np.uint8)
    with content.open() as stream, tifffile.TiffFile(stream) as file:
        page: Any = file.pages[kind.page]
        if int(page.predictor) != 1:
            raise unknown(f"{kind}, predicted")
        rows = min(int(page.rowsperstrip or height), height)
        for number, (offset, count) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=True)):
            stream.seek(offset)
            data = stream.read(count)
            here = min(rows, height - number * rows)
            if kind.compression in DEFLATE:
                data = zlib.decompressobj().decompress(data, here * length)
            if len(data) < here * length:
                raise ImageError("cut short: not all of its pixels are there. Copy it again.")
            for at in range(here):
                packed = np.frombuffer(data, np.uint8, length, at * length)
                values = np.unpackbits(packed, count=row * bits).reshape(row, bits)
                # The upper eight bits of each, and what is below rounds them.
                deep = values @ (1 << np.arange(bits - 1, -1, -1))
                grey[number * rows + at] = (deep * 255 + (1 << (bits - 1))) // ((1 << bits) - 1)
    if kind.photometric == WHITE_IS_ZERO:
        grey = 255 - grey
    return Image.fromarray(grey if kind.samples == 1 else grey.reshape(height, width, kind.samples))
