"""Small files that claim, or are, images of hundreds of megapixels."""

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.hostile import drawing, encode, flat_png, heic, jxl, tiff


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


def gif(width: int, height: int) -> bytes:
    """A GIF likewise."""
    content = bytearray(encode(drawing(64, 64), "GIF"))
    at = content.index(b"\x2c", 13 + 3 * 256)
    content[6:10] = content[at + 5 : at + 9] = struct.pack("<HH", width, height)
    return bytes(content)


def boxed(content: bytes, width: int, height: int) -> bytes:
    """An AVIF or HEIC likewise."""
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", width, height) + content[at + 8 :]


def square_jxl(side: int) -> bytes:
    """A JPEG XL likewise: its header has one bit for "not small", two for 18 bits, the height, and the ratio."""
    whole = jxl(drawing(64, 64))
    return b"\xff\x0a" + (2 << 1 | (side - 1) << 3 | 1 << 21).to_bytes(3, "little") + whole[4:]


BOMBS: dict[str, Callable[[], bytes]] = {
    "169 megapixels.png": lambda: flat_png(13_000, 13_000),
    "400 megapixels.png": lambda: flat_png(20_000, 20_000),
    "268 megapixels.webp": lambda: webp(16_383, 16_383),
    "3600 megapixels, TIFF.tif": lambda: tiff(60_000, 60_000, {258: (3, 1), 259: (3, 4), 262: (3, 0)}, bytes(20_000)),
    "900 megapixels.bmp": lambda: bmp(30_000, 30_000),
    "3600 megapixels, JPEG.jpg": lambda: jpeg(60_000, 60_000),
    "3600 megapixels, JPEG 2000.jp2": lambda: jp2(60_000, 60_000),
    "4295 megapixels.gif": lambda: gif(65_535, 65_535),
    "3600 megapixels, AVIF.avif": lambda: boxed(encode(drawing(64, 64).convert("RGB"), "AVIF"), 60_000, 60_000),
    "3600 megapixels, HEIC.heic": lambda: boxed(heic(drawing(64, 64).convert("RGB")), 60_000, 60_000),
    "3600 megapixels, JPEG XL.jxl": lambda: square_jxl(60_000),
}
