"""Opening any scan safely, as it looks.

Every image that imgsim reads, from a folder, a zip or an upload, comes through :func:`open_image`. It lets only known
formats near a decoder, looks at the size before a pixel is decoded, refuses what is cut short or damaged, and returns
8-bit grey or RGB, upright, on white. It keeps no state, so any number of threads may call it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageFile, Jpeg2KImagePlugin, JpegImagePlugin

from imgsim.errors import ImageError
from imgsim.images import codecs, large, pixels, strips, tiffs
from imgsim.images.completeness import check_complete, gif_frames
from imgsim.images.content import Content
from imgsim.images.signatures import identify
from imgsim.images.tiff_kinds import TiffKind, kind_of

MAX_PIXELS = 100_000_000
_UNKNOWN = ("unknown pixel mode", "unknown data organization", "unknown raw mode")  # as Pillow says it


@dataclass(frozen=True)
class OpenedImage:
    """An image as it looks.

    Attributes
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB", upright, alpha laid on white, 16 bits scaled to 8.
    format : str
        As :func:`imgsim.images.signatures.identify` calls it.
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
    data: bytes | Path, *, reduce_to: int | None = None, max_pixels: int | None = None
) -> OpenedImage:
    """Open one image.

    Parameters
    ----------
    data : bytes or Path
        The file's content, or where it lies: a very large file is read piece by piece then.
    reduce_to : int, optional
        The caller will scale the image down so that no side is longer than this. JPEG and JPEG 2000, whose decoders
        can skip work, may then come back at 1/2, 1/4 or 1/8, the shorter side still at least twice this long; large
        PNG, TIFF and WebP reduced by a whole factor (:mod:`imgsim.images.strips`), the longer side still at least
        twice this long. The others come back whole: ``Image.resize(..., reducing_gap=2)`` reduces them faster and
        more exactly than could be done here without knowing the final size.
    max_pixels : int, optional
        Larger images are refused before they are decoded. If it is not given, those of more than MAX_PIXELS and up
        to a gigapixel are read reduced (:mod:`imgsim.images.large`), however large the caller wants them.

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
    content = Content(data)
    kind = identify(content.head)
    try:
        with content.open() as stream:
            check_complete(kind, stream)
        return _decode(content, kind, reduce_to, max_pixels)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError(f"this {kind} needs more memory to decode than there is. Save it smaller.") from None
    except Exception as error:
        # Decoders fail in any way on damaged data (struct.error, IndexError, OverflowError, ...): one bad image
        # must become one reason, never the end of a run.
        reason = " ".join(str(error).split()) or type(error).__name__
        if kind == "TIFF" and reason.startswith(_UNKNOWN):
            raise tiffs.unknown(reason) from None
        raise ImageError(f"damaged {kind}, it cannot be decoded: {reason[:200]}") from error


def _decode(content: Content, kind: str, reduce_to: int | None, max_pixels: int | None) -> OpenedImage:
    def is_large(size: tuple[int, int]) -> bool:
        most = MAX_PIXELS if max_pixels is None else max_pixels
        return large.check(kind, size, content.size, most, reducing=max_pixels is None)

    if kind == "WEBP":
        size = strips.webp_header(content.head)
        huge = size != (0, 0) and is_large(size)
        if huge or (reduce_to is not None and strips.webp_is_large(size)):
            return _large_webp(content, size, reduce_to, huge)
    if (promised := codecs.promised_size(kind, content.head)) is not None:
        is_large(promised)
    tiff = kind_of(content) if kind == "TIFF" else None
    if tiff is not None:
        huge = is_large(tiff.size)
        if not tiff.pillow or (huge and tiff.vips and not tiff.plain):
            return _rare_tiff(content, tiff, reduce_to, huge)
    with content.open() as stream, codecs.opened(kind, stream) as image:
        if tiff is not None and tiff.page:
            image.seek(tiff.page)
        huge = is_large(image.size)
        if kind == "TIFF":
            pixels.check_tiff(image, content.size, MAX_PIXELS)
        elif kind == "JPEG2000":
            is_large(pixels.codestream_size(content.head))
            pixels.check_channels(content.head)
        original_mode, original_size = image.mode, image.size
        # Read before load(): Pillow turns TIFFs upright itself while it loads them.
        orientation = orientation_of(image, kind, content) if codecs.turned_by_exif(image, kind) else None
        flat, upright = _flat(image, content, kind, tiff, reduce_to, huge)
        if not upright and orientation is not None:
            flat = flat.transpose(orientation)
        flat = pixels.grey_if_equal(flat)
        frames = _frames(image, kind, content, tiff)
    if tiff.deep if tiff is not None else kind == "PNG" and content.head[24:25] == b"\x10":
        pixels.check_filled(flat)
    turned = orientation is not None and orientation in pixels.SIDEWAYS
    # A TIFF's size is already given upright.
    width, height = original_size[::-1] if turned and kind != "TIFF" else original_size
    return OpenedImage(flat, kind, original_mode, frames, (width, height))


def _flat(
    image: ImageFile.ImageFile, content: Content, kind: str, tiff: TiffKind | None, reduce_to: int | None,
    huge: bool,
) -> tuple[Image.Image, bool]:  # fmt: skip
    """(the pixels, whether they are upright already)."""
    factor = 1
    if reduce_to is not None or huge:
        side = large.DEFAULT_SIDE if reduce_to is None else reduce_to
        factor = strips.factor_for(image, kind, side, plain_tiff=tiff is not None and tiff.plain, huge=huge)
    if factor > 1:
        return strips.reduced(content, kind, factor, tiff.page if tiff is not None else 0), False
    if huge:
        large.scale(image, kind, content.head, reduce_to)
    elif reduce_to is not None:
        _reduce_in_decoder(image, reduce_to, content.head)
    image.load()
    return pixels.flatten(image), kind == "TIFF"


def orientation_of(image: ImageFile.ImageFile, kind: str, content: Content) -> Image.Transpose | None:
    """How an image, opened and not loaded, is turned upright; None where it is or does not say."""
    if kind == "PNG" and image.width * image.height > strips.LARGE // 8:
        strips.find_exif(image, content)
    return pixels.orientation(image)


def _frames(image: ImageFile.ImageFile, kind: str, content: Content, tiff: TiffKind | None) -> int:
    if kind == "TIFF":  # not Pillow's count: a damaged later page would cost it the image
        return tiff.frames if tiff is not None else 1
    if kind == "GIF":
        with content.open() as stream:
            return gif_frames(stream)
    return codecs.frames_of_mpo(image) if kind == "JPEG" else int(getattr(image, "n_frames", 1))


def _large_webp(content: Content, size: tuple[int, int], reduce_to: int | None, huge: bool) -> OpenedImage:
    if huge and b"VP8L" in content.head[12:64]:
        raise large.refuse("WebP", size, "without loss", "Save it as TIFF or PNG.")
    mode, frames, stored = strips.webp_facts(content)
    factor = max(1, max(size) // (2 * (large.DEFAULT_SIDE if reduce_to is None else reduce_to)))
    flat = strips.reduced(content, "WEBP", large.factor(size, factor) if huge else factor)
    return _upright(flat, stored, OpenedImage(flat, "WEBP", mode, frames, size))


def _rare_tiff(content: Content, tiff: TiffKind, reduce_to: int | None, huge: bool) -> OpenedImage:
    factor = 1
    if huge:
        side = large.DEFAULT_SIDE if reduce_to is None else reduce_to
        factor = large.factor(tiff.size, max(tiff.size) // (2 * side))
    flat = tiffs.read(content, tiff, factor)
    if tiff.deep:
        pixels.check_filled(flat)
    return _upright(flat, tiff.orientation, OpenedImage(flat, "TIFF", str(tiff), tiff.frames, tiff.size))


def _upright(flat: Image.Image, stored: int, opened: OpenedImage) -> OpenedImage:
    """The same with the pixels turned as EXIF's orientation ``stored`` asks for."""
    orientation = pixels.ORIENTATIONS.get(stored)
    flat = pixels.grey_if_equal(flat if orientation is None else flat.transpose(orientation))
    width, height = opened.size[::-1] if orientation in pixels.SIDEWAYS else opened.size
    return replace(opened, image=flat, size=(width, height))


def opened_for(data: bytes | Path, opened: OpenedImage, reduce_to: int) -> OpenedImage:
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


def _reduce_in_decoder(image: ImageFile.ImageFile, reduce_to: int, head: bytes) -> None:
    keep = 2 * reduce_to
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, (keep, keep))
    elif isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        # Three levels at most, as what is kept of a plate was always made.
        levels, most = 0, min(3, large.wavelet_levels(head))
        while levels < most and min(image.size) >> (levels + 1) >= keep:
            levels += 1
        if levels:
            large.halve(image, levels)
