"""Originals of more pixels than are opened whole, up to a gigapixel: which of them are read reduced, and by how much.

What decides is whether a decoder can skip work, so that memory stays bounded: JPEG and JPEG 2000 are scaled while they
are decoded, PNG, TIFF and WebP are read strip by strip (:mod:`imgsim.images.strips`).
"""

from __future__ import annotations

from PIL import ImageFile, Jpeg2KImagePlugin, JpegImagePlugin

from imgsim.errors import ImageError

MOST_PIXELS = 1_000_000_000
# A scan has more to tell: fax pages of line drawings have some 300 pixels a byte, all else has fewer. An image that
# holds more is empty, and was made to fill memory.
PIXELS_A_BYTE = 400
# Pixels of what is opened of such an original, whoever asks for more.
OPENED = 24_000_000
DEFAULT_SIDE = 2_500  # pixels: for whom no size was named
_SCALED = {"JPEG", "JPEG2000", "PNG", "TIFF", "WEBP"}
MOST_COEFFICIENTS = 320 * 1024 * 1024  # bytes, of a progressive JPEG


def check(kind: str, size: tuple[int, int], length: int, max_pixels: int, reducing: bool = True) -> bool:
    """Whether an image is large, and may be read reduced. Raises ImageError for one that is not opened at all.

    Parameters
    ----------
    size : width and height that its header says.
    length : bytes of the file.
    max_pixels : as many as may be opened whole.
    reducing : False where a larger one may not be read reduced either.
    """
    width, height = size
    if width < 1 or height < 1:
        raise ImageError(f"the header says {width} x {height} pixels: there is nothing to see.")
    pixels = width * height
    if pixels <= max_pixels:
        return False
    said = f"{width:,} x {height:,} pixels is more than the {max_pixels:,} that imgsim opens"
    if not reducing:
        raise ImageError(f"{said}. Save it smaller.")
    if pixels > MOST_PIXELS:
        raise ImageError(f"{said} (reduced, {MOST_PIXELS:,} of a large original). Save it smaller.")
    if pixels > PIXELS_A_BYTE * length:
        raise ImageError(f"{said} of a file of {length:,} bytes (a small file can hold a huge image). Save it smaller.")
    if kind not in _SCALED:
        raise ImageError(f"{said} of a {kind}. Save it smaller, or as TIFF or JPEG: those are read reduced.")
    return True


def factor(size: tuple[int, int], wanted: int) -> int:
    """By what whole factor a large original is to be reduced at least, so that OPENED pixels are left at most."""
    least = 1
    while (size[0] // least) * (size[1] // least) > OPENED:
        least += 1
    return max(least, wanted)


def refuse(kind: str, size: tuple[int, int], why: str, remedy: str) -> ImageError:
    """What to raise for a large original that cannot be read reduced."""
    return ImageError(f"{size[0]:,} x {size[1]:,} pixels of a {kind} {why} cannot be read in little memory. {remedy}")


def scale(image: ImageFile.ImageFile, kind: str, head: bytes, reduce_to: int | None) -> None:
    """Tell the decoder of a large JPEG or JPEG 2000, opened and not loaded, to give it out smaller.

    Raises ImageError where it cannot, or would take too much memory all the same.
    """
    wanted = max(image.size) // (2 * (DEFAULT_SIDE if reduce_to is None else reduce_to))
    least = factor(image.size, min(wanted, 8))
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        need = coefficients(image)
        if need > MOST_COEFFICIENTS:
            raise refuse(kind, image.size, "in several passes (progressive)", "Save it as a plain (baseline) JPEG.")
        step = next(step for step in (1, 2, 4, 8) if step >= least or step == 8)
        image.draft(None, (image.width // step, image.height // step))
    elif isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        levels, step = wavelet_levels(head), 0
        while (1 << step) < least:
            step += 1
        if step > levels:
            raise refuse(kind, image.size, f"with {levels} levels", "Save it with more levels, or as TIFF.")
        halve(image, step)
    else:
        raise refuse(kind, image.size, f"of this form ({image.mode})", "Save it as 8-bit TIFF or PNG, not interlaced.")


def coefficients(image: JpegImagePlugin.JpegImageFile) -> int:
    """Bytes that a decoder needs for the coefficients of a progressive JPEG, which it holds all; 0 for another."""
    if not image.info.get("progressive"):
        return 0
    layers = image.layer
    across, down = (max(part[axis] for part in layers) for axis in (1, 2))
    # Two bytes a coefficient, of each component as finely as it is sampled.
    samples = sum(part[1] * part[2] for part in layers) / (across * down)
    return int(2 * samples * image.width * image.height)


def halve(image: Jpeg2KImagePlugin.Jpeg2KImageFile, times: int) -> None:
    """Have an opened JPEG 2000 decoded at a half, a quarter ... of its sides."""
    step = 1 << times
    # Pillow rounds the sides to the nearest and its decoder rounds them up: a multiple is the same to both.
    image._size = (-(-image.width // step) * step, -(-image.height // step) * step)
    image.reduce = times


def wavelet_levels(head: bytes) -> int:
    """How often a JPEG 2000 can be halved while it is decoded, as its coding style says; 0 where it does not."""
    start = head.find(b"\xff\x4f\xff\x51")
    at = head.find(b"\xff\x52", start) if start >= 0 else -1
    return head[at + 9] if 0 <= at < len(head) - 9 else 0
