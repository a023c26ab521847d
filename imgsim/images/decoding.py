"""Opening any scan safely, as it looks.

Every image that imgsim reads, from a folder, a zip or an upload, comes through :func:`open_image`. It lets only the
formats in :data:`FORMATS` near a decoder, looks at the size before a pixel is decoded, refuses what is cut short or
damaged, and returns 8-bit grey or RGB, upright, on white. It keeps no state, so any number of threads may call it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import (
    BmpImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from imgsim.errors import ImageError
from imgsim.images import pixels, strips, tiffs
from imgsim.images.signatures import check_complete, identify

MAX_PIXELS = 100_000_000
MAX_BYTES = 512 * 1024 * 1024

# The plugin classes are called themselves instead of Image.open: no other parser can be reached, whatever the file
# claims to be, and no warning filter (a global, shared by all threads) has to be touched for Pillow's own bomb check.
FORMATS: dict[str, type[ImageFile.ImageFile]] = {
    "PNG": PngImagePlugin.PngImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "JPEG2000": Jpeg2KImagePlugin.Jpeg2KImageFile,
}


@dataclass(frozen=True)
class OpenedImage:
    """An image as it looks.

    Attributes
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB", upright, alpha laid on white, 16 bits scaled to 8.
    format : str
        One of :data:`FORMATS`.
    original_mode : str
        Pillow's mode of the file, e.g. "1", "I;16", "CMYK".
    frames : int
        Pages or frames in the file; ``image`` is the first that is no reduced copy or mask of another.
    size : tuple of int
        Width and height of the original in pixels, upright; ``image`` may be smaller (``reduce_to``).
    """

    image: Image.Image
    format: str
    original_mode: str
    frames: int
    size: tuple[int, int]


def open_image(
    data: bytes | Path, *, reduce_to: int | None = None, max_pixels: int = MAX_PIXELS
) -> OpenedImage:
    """Open one image.

    Parameters
    ----------
    data : bytes or Path
        The file's content, or where it lies.
    reduce_to : int, optional
        The caller will scale the image down so that no side is longer than this. JPEG and JPEG 2000, whose decoders
        can skip work, may then come back at 1/2, 1/4 or 1/8, the shorter side still at least twice this long; large
        PNG, TIFF and WebP reduced by a whole factor (:mod:`imgsim.images.strips`), the longer side still at least
        twice this long. The others come back whole: ``Image.resize(..., reducing_gap=2)`` reduces them faster and
        more exactly than could be done here without knowing the final size.
    max_pixels : int
        Larger images are refused before they are decoded.

    Raises
    ------
    ImageError
        With the reason: another format, too large, cut short, damaged.

    Notes
    -----
    16-bit grey is scaled by the range of its type (65535; 4095 for 12-bit TIFF): a scan that uses only the lower
    12 of 16 bits stays dark, as it does in other viewers. 32-bit integers have no agreed white: up to 255 they are
    taken as 8-bit, up to 65535 as 16-bit, else refused. Floats must lie in [0, 1]. Colour profiles are not applied.
    """
    content = _read(data) if isinstance(data, Path) else data
    if len(content) > MAX_BYTES:
        raise ImageError(
            f"{len(content):,} bytes is more than the {MAX_BYTES:,} that imgsim reads. Save it smaller."
        )
    kind = identify(content)
    check_complete(kind, content)
    try:
        return _decode(content, kind, reduce_to, max_pixels)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError(f"this {kind} needs more memory to decode than there is. Save it smaller.") from None
    except Exception as error:
        # Decoders fail in any way on damaged data (struct.error, IndexError, OverflowError, ...): one bad image
        # must become one reason, never the end of a run.
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(f"damaged {kind}, it cannot be decoded: {reason[:200]}") from error


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ImageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def _large_webp(content: bytes, size: tuple[int, int], reduce_to: int) -> OpenedImage:
    mode, frames, stored = strips.webp_facts(content)
    factor = max(1, max(size) // (2 * reduce_to))
    flat = strips.reduced(content, "WEBP", factor)
    orientation = pixels.ORIENTATIONS.get(stored)
    if orientation is not None:
        flat = flat.transpose(orientation)
    width, height = size[::-1] if orientation in pixels.SIDEWAYS else size
    return OpenedImage(pixels.grey_if_equal(flat), "WEBP", mode, frames, (width, height))


def _rare_tiff(content: bytes, tiff: tiffs.TiffKind, max_pixels: int) -> OpenedImage:
    check_size(tiff.size, max_pixels)
    flat = pixels.grey_if_equal(tiffs.read(content, tiff))
    if tiff.deep:
        pixels.check_filled(flat)
    orientation = pixels.ORIENTATIONS.get(tiff.orientation)
    if orientation is not None:
        flat = flat.transpose(orientation)
    size = tiff.size[::-1] if orientation in pixels.SIDEWAYS else tiff.size
    return OpenedImage(flat, "TIFF", str(tiff), tiff.frames, (size[0], size[1]))


def _decode(content: bytes, kind: str, reduce_to: int | None, max_pixels: int) -> OpenedImage:
    if kind == "WEBP":
        size = strips.webp_header(content)
        if size != (0, 0):
            check_size(size, max_pixels)
        if reduce_to is not None and strips.webp_is_large(size):
            return _large_webp(content, size, reduce_to)
    tiff = tiffs.kind_of(content) if kind == "TIFF" else None
    if tiff is not None and not tiff.pillow:
        return _rare_tiff(content, tiff, max_pixels)
    with FORMATS[kind](io.BytesIO(content)) as image:
        if tiff is not None and tiff.page:
            image.seek(tiff.page)
        check_size(image.size, max_pixels)
        if kind == "TIFF":
            pixels.check_tiff(image, len(content), max_pixels)
        elif kind == "JPEG2000":
            check_size(pixels.codestream_size(content), max_pixels)
            pixels.check_channels(content)
        original_mode, original_size = image.mode, image.size
        # Not Pillow's count of a TIFF: a damaged later page would cost it the image.
        frames = int(getattr(image, "n_frames", 1)) if kind != "TIFF" else tiff.frames if tiff is not None else 1
        factor = 1 if reduce_to is None else strips.factor_for(
            image, kind, reduce_to, plain_tiff=tiff is not None and tiff.plain
        )
        if kind == "PNG" and factor > 1:
            strips.find_exif(image, content)
        # Read before load(): Pillow turns TIFFs upright itself while it loads them.
        orientation = pixels.orientation(image)
        upright = False
        if factor > 1:
            flat = strips.reduced(content, kind, factor, tiff.page if tiff is not None else 0)
        else:
            if reduce_to is not None:
                _reduce_in_decoder(image, reduce_to)
            image.load()
            flat = pixels.flatten(image)
            upright = kind == "TIFF"
        if not upright and orientation is not None:
            flat = flat.transpose(orientation)
        flat = pixels.grey_if_equal(flat)
    if tiff.deep if tiff is not None else kind == "PNG" and content[24:25] == b"\x10":
        pixels.check_filled(flat)
    turned = orientation is not None and orientation in pixels.SIDEWAYS
    # A TIFF's size is already given upright.
    width, height = original_size[::-1] if turned and kind != "TIFF" else original_size
    return OpenedImage(flat, kind, original_mode, frames, (width, height))


def opened_for(data: bytes, opened: OpenedImage, reduce_to: int) -> OpenedImage:
    """The same image as :func:`open_image` opens it for a smaller ``reduce_to`` than it was opened for.

    What would come out the same is not decoded again: nothing was reduced, and nothing would be.
    """
    would = {
        "JPEG": min(opened.size) >= 4 * reduce_to,
        "JPEG2000": min(opened.size) >= 4 * reduce_to,
        "WEBP": strips.webp_is_large(opened.size),
    }
    reduces = opened.image.size != opened.size or would.get(opened.format, False)
    return open_image(data, reduce_to=reduce_to) if reduces else opened


def check_size(size: tuple[int, int], max_pixels: int) -> None:
    """Refuse an image by its header's size, before anything is decoded."""
    width, height = size
    if width < 1 or height < 1:
        raise ImageError(f"the header says {width} x {height} pixels: there is nothing to see.")
    if width * height > max_pixels:
        raise ImageError(
            f"{width:,} x {height:,} pixels is more than the {max_pixels:,} that imgsim opens "
            "(a small file can hold a huge image). Save it smaller."
        )


def _reduce_in_decoder(image: ImageFile.ImageFile, reduce_to: int) -> None:
    keep = 2 * reduce_to
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, (keep, keep))
    elif isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        # Wavelet levels halve both sides; files have five or more as a rule, three are safe to ask for.
        levels = 0
        while levels < 3 and min(image.size) >> (levels + 1) >= keep:
            levels += 1
        if levels:
            image.reduce = levels
