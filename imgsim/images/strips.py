"""Large scans, read strip by strip: what would take hundreds of megabytes whole takes a few at a time.

libvips decodes PNG and TIFF from top to bottom and shrinks while it reads, and lets WebP shrink in its decoder. The
pixels are averaged over whole blocks, as Pillow's ``reducing_gap`` does it first; what differs are rounding and the
blocks at the edges. It is used for what Pillow would need :data:`LARGE` bytes for, and only where its caller is going
to scale the image down anyway.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFile

from imgsim.errors import ImageError
from imgsim.images import large
from imgsim.images.content import Content

if TYPE_CHECKING:
    from types import ModuleType


LARGE = 48 * 1024 * 1024
# Bytes that Pillow takes for a pixel: the image itself, and the largest copy that :mod:`imgsim.images.pixels` makes.
_PER_PIXEL = {"1": 2, "L": 1, "P": 5, "LA": 5, "PA": 8, "RGB": 5, "RGBA": 8, "I;16": 4}
_WEBP_PER_PIXEL = 16  # two frames of the animation decoder, its bytes, the image
BAND = 32  # rows of the original


def factor_for(
    image: ImageFile.ImageFile, kind: str, reduce_to: int, *, plain_tiff: bool, huge: bool = False
) -> int:
    """By what whole factor to reduce an image, opened and not loaded: its longer side stays twice ``reduce_to``.

    1 where it is to be opened by Pillow: it is not large, or not of a form that strips give as Pillow does. A ``huge``
    one is reduced more where it must be.
    """
    factor = max(image.size) // (2 * reduce_to)
    if not streams(image, kind, plain_tiff):
        return 1
    if huge:
        # An interlaced PNG is only there when all of it has been read.
        return 1 if image.info.get("interlace") else large.factor(image.size, factor)
    if factor < 2:
        return 1
    return factor if image.width * image.height * _PER_PIXEL[image.mode] > LARGE else 1


def streams(image: ImageFile.ImageFile, kind: str, plain_tiff: bool) -> bool:
    """Whether an image, opened and not loaded, is of a form that strips give as Pillow does."""
    return (kind == "PNG" or (kind == "TIFF" and plain_tiff)) and image.mode in _PER_PIXEL


def loaded(content: Content, kind: str, **options: Any) -> Any:
    """An image of libvips, from memory or from the disk; nothing is decoded yet."""
    vips, name = load(), {"WEBP": "webp", "TIFF": "tiff", "PNG": "png", "JPEG": "jpeg"}[kind]
    if content.path is not None:
        return getattr(vips.Image, f"{name}load")(str(content.path), fail_on="error", **options)
    return getattr(vips.Image, f"{name}load_buffer")(content.bytes, fail_on="error", **options)


def streamed(content: Content, kind: str, page: int = 0) -> Any:
    """An image of libvips that is read once, from top to bottom, as stored, alpha laid on white."""
    of_page = {"page": page} if kind == "TIFF" else {}
    return on_white(loaded(content, kind, access="sequential", **of_page))


def on_white(image: Any) -> Any:
    """An image of libvips without its alpha."""
    if not image.hasalpha():
        return image
    top = 65535 if image.format == "ushort" else 255
    return image.flatten(background=[top] * (image.bands - 1), max_alpha=top)


def eight_bits(image: Any) -> Any:
    """An image of libvips with 16 bits scaled to 8."""
    return (image.cast("float") * (255 / 65535)).rint().cast("uchar") if image.format == "ushort" else image


def reduced(content: Content, kind: str, factor: int, page: int = 0) -> Image.Image:
    """Read a PNG, a page of a TIFF, or a WebP, reduced by a whole factor.

    Returns mode "L" or "RGB", as stored (not turned upright), alpha laid on white, 16 bits scaled to 8.
    Raises ImageError if it cannot be decoded.
    """
    vips = load()
    try:
        if kind == "WEBP":
            image = on_white(loaded(content, kind, scale=1 / factor))
        else:
            image = streamed(content, kind, page).shrink(factor, factor, ceil=True)
        return fetched(eight_bits(image), max(1, BAND // factor))
    except vips.Error as error:
        raise explained(error, kind) from None


def fetched(image: Any, rows: int) -> Image.Image:
    """The pixels of an image of libvips, 8 bits, of one band or three: read from top to bottom, so many rows a time."""
    result = Image.new("L" if image.bands == 1 else "RGB", (image.width, image.height))
    region = load().Region.new(image)
    for top in range(0, image.height, rows):
        size = (image.width, min(rows, image.height - top))
        result.paste(Image.frombytes(result.mode, size, bytes(region.fetch(0, top, *size))), (0, top))
    return result



def find_exif(image: ImageFile.ImageFile, content: Content) -> None:
    """Give an opened PNG its EXIF, or an empty one: to look for it behind the pixels, Pillow would decode them all."""
    at = 8
    with content.open() as stream:
        while "exif" not in image.info and at + 8 <= content.size:
            stream.seek(at)
            start = stream.read(8)
            length = int.from_bytes(start[:4], "big")
            if start[4:] == b"eXIf":
                image.info["exif"] = b"Exif\x00\x00" + stream.read(length)
            at += 12 + length
    if "Raw profile type exif" not in image.info:
        image.info.setdefault("exif", b"")


def webp_header(content: bytes) -> tuple[int, int]:
    """Width and height that a WebP's header says: Pillow allots two frames when it opens one. (0, 0) if it has none."""
    chunk = content[12:16]
    if chunk == b"VP8X" and len(content) >= 30:
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if chunk == b"VP8 " and content[23:26] == b"\x9d\x01\x2a" and len(content) >= 30:
        return (
            int.from_bytes(content[26:28], "little") & 0x3FFF,
            int.from_bytes(content[28:30], "little") & 0x3FFF,
        )
    if chunk == b"VP8L" and content[20:21] == b"\x2f" and len(content) >= 25:
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return 0, 0


def webp_is_large(size: tuple[int, int]) -> bool:
    """Whether a WebP is better not opened by Pillow at all."""
    return size[0] * size[1] * _WEBP_PER_PIXEL > LARGE


def webp_facts(content: Content) -> tuple[str, int, int]:
    """(Pillow's name of the mode, frames, EXIF orientation) of a WebP, without Pillow. Raises ImageError."""
    vips = load()
    try:
        image = loaded(content, "WEBP")
        fields = set(image.get_fields())
        frames = image.get("n-pages") if "n-pages" in fields else 1
        orientation = image.get("orientation") if "orientation" in fields else 1
        return ("RGBA" if image.hasalpha() else "RGB"), int(frames), int(orientation)
    except vips.Error as error:
        raise explained(error, "WEBP") from None


def explained(error: Exception, kind: str) -> Exception:
    """What to raise for an error of libvips."""
    reason = " ".join(str(error).split())
    if "out of memory" in reason:
        return MemoryError()
    return ImageError(f"damaged {kind}, it cannot be decoded: {reason[:200]}")


@cache
def load() -> ModuleType:
    """Start libvips, and return it."""
    # Read when the library starts: one thread (each keeps strips of its own), and no decoder but the hardened ones.
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    os.environ.setdefault("VIPS_BLOCK_UNTRUSTED", "1")
    import pyvips

    pyvips.cache_set_max(0)
    return pyvips
