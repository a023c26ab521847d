"""JBIG2 as PDFs hold it: segments without a file's header, one generic region packed as fax group 4 (ITU-T T.88)."""

from __future__ import annotations

import io
import itertools
import struct

from PIL import Image, ImageChops

_PAGE, _REGION, _END = 48, 39, 49


def packed(image: Image.Image, *, stripes: int = 1) -> bytes:
    """A two-level image (mode "1"), in so many regions below one another."""
    width, height = image.size
    facts = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    segments = [_segment(0, _PAGE, facts)]
    edges = [round(height * stripe / stripes) for stripe in range(stripes + 1)]
    for number, (top, bottom) in enumerate(itertools.pairwise(edges), start=1):
        placed = struct.pack(">IIIIB", width, bottom - top, 0, top, 0)
        packed_as_fax = b"\x01"
        region = placed + packed_as_fax + _fax(image.crop((0, top, width, bottom)))
        segments.append(_segment(number, _REGION, region))
    segments.append(_segment(stripes + 1, _END, b""))
    return b"".join(segments)


def _segment(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data


def _fax(image: Image.Image) -> bytes:
    """Group 4 in which runs of ink are the black ones, whatever Pillow calls black."""
    for ink in (image, ImageChops.invert(image)):
        target = io.BytesIO()
        ink.save(target, "TIFF", compression="group4", strip_size=2**30)
        with Image.open(target) as tiff:
            (at,), (size,), photometric = (tiff.tag_v2[tag] for tag in (273, 279, 262))  # type: ignore[attr-defined]
        if photometric == (0 if ink is image else 1):
            return target.getvalue()[at : at + size]
    raise AssertionError("Pillow wrote neither kind of fax")
