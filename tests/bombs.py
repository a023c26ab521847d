"""Small files that claim, or are, images of hundreds of megapixels."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.hostile import drawing, encode, flat_png, tiff


def webp(width: int, height: int) -> bytes:
    """A WebP whose header claims so many pixels."""
    content = bytearray(encode(drawing(64, 64).convert("RGB"), "WEBP", lossless=True))
    at = content.index(b"VP8L") + 9
    bits = int.from_bytes(content[at : at + 4], "little") & ~0xFFFFFFF
    content[at : at + 4] = (bits | (width - 1) | (height - 1) << 14).to_bytes(4, "little")
    return bytes(content)


def jpeg(width: int, height: int) -> bytes:
    """A JPEG likewise."""
    content = bytearray(encode(drawing(64, 64), "JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def jp2(width: int, height: int) -> bytes:
    """A JPEG 2000 likewise."""
    content = bytearray(encode(drawing(64, 64), "JPEG2000"))
    at = content.index(b"\xff\x4f\xff\x51") + 8
    content[at : at + 8] = struct.pack(">II", width, height)
    content[at + 16 : at + 24] = struct.pack(">II", width, height)
    return bytes(content)


def bmp(width: int, height: int) -> bytes:
    """A BMP likewise."""
    header = struct.pack("<I2i2H6I", 40, width, height, 1, 1, 0, 0, 0, 0, 2, 2)
    return b"BM" + struct.pack("<3I", 0, 0, 54) + header + bytes(99)


BOMBS: dict[str, Callable[[], bytes]] = {
    "169 megapixels.png": lambda: flat_png(13_000, 13_000),
    "400 megapixels.png": lambda: flat_png(20_000, 20_000),
    "268 megapixels.webp": lambda: webp(16_383, 16_383),
    "3600 megapixels, TIFF.tif": lambda: tiff(60_000, 60_000, {258: (3, 1), 259: (3, 4), 262: (3, 0)}, bytes(20_000)),
    "900 megapixels.bmp": lambda: bmp(30_000, 30_000),
    "3600 megapixels, JPEG.jpg": lambda: jpeg(60_000, 60_000),
    "3600 megapixels, JPEG 2000.jp2": lambda: jp2(60_000, 60_000),
}
