"""Small and screen-sized copies of a plate, as WebP: what the browser gets instead of the scan."""

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
        Mode "L" or "RGB", as :func:`imgsim.images.opening.open_image` gives it.
    """
    return _webp(_scaled(image, longest), quality=78)


def encode_display(image: Image.Image, longest: int = DISPLAY) -> bytes:
    """Return the plate as WebP for looking at closely; see :func:`thumbnail`."""
    return _webp(_scaled(image, longest), quality=85)


def _scaled(image: Image.Image, longest: int) -> Image.Image:
    scale = longest / max(image.size)
    if scale >= 1:
        return image
    # A very long, narrow plate must keep at least one pixel across.
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _webp(image: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    # The quickest encoder: thumbnails are most of the work on a 1-bit scan, and a reader waits for the large copies.
    # The slower ones save 3 % of the bytes of line drawings.
    image.save(target, "WEBP", quality=quality, method=0)
    return target.getvalue()
