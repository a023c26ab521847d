"""Small and screen-sized copies of a plate: what the browser, or another viewer, gets instead of the scan."""

from __future__ import annotations

import io

from PIL import Image

THUMBNAIL = 320
DISPLAY = 2400


def thumbnail(image: Image.Image, longest: int = THUMBNAIL) -> bytes:
    """Return the whole plate as WebP, scaled down (never up) to ``longest`` pixels on its longer side.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB", as :func:`imgsim.images.decoding.open_image` gives it.
    """
    return _webp(_scaled(image, longest), quality=78)


def encode_display(image: Image.Image, longest: int = DISPLAY) -> bytes:
    """Return the plate as WebP for looking at closely; see :func:`thumbnail`."""
    return _webp(_scaled(image, longest), quality=85)


def fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Return width and height scaled down (never up) so that the longer side is ``longest`` pixels."""
    scale = longest / max(size)
    if scale >= 1:
        return size
    # A very long, narrow plate must keep at least one pixel across.
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def encode_jpeg(image: Image.Image, size: tuple[int, int], quality: int = 88) -> bytes:
    """Return the plate as a JPEG of just this width and height."""
    if image.size != size:
        image = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _scaled(image: Image.Image, longest: int) -> Image.Image:
    size = fitted(image.size, longest)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _webp(image: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    # The quickest encoder: thumbnails are most of the work on a 1-bit scan, and a reader waits for the large copies.
    # The slower ones save 3 % of the bytes of line drawings.
    image.save(target, "WEBP", quality=quality, method=0)
    return target.getvalue()
