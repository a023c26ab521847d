"""Our side of the IIIF Image API 3, level 0: each plate whole, at a few sizes.

Level 0 asks for the whole image, upright, as JPEG at ``max`` and at the sizes that info.json lists. Viewers that zoom
use those sizes as a pyramid, and there is nothing to compute for each turn of the wheel.
"""

from __future__ import annotations

import re
from typing import Any

from imgsim.images.thumbnails import DISPLAY, THUMBNAIL, fitted

CONTEXT = "http://iiif.io/api/image/3/context.json"
PROTOCOL = "http://iiif.io/api/image"
_LONGEST = (THUMBNAIL, 1200, DISPLAY)  # pixels
_WIDTH_HEIGHT = re.compile(r"([1-9]\d{0,5}),([1-9]\d{0,5})")


def sizes(scan: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the widths and heights at which a scan is served, smallest first; the last is ``max``."""
    return list(dict.fromkeys(fitted(scan, longest) for longest in _LONGEST))


def info(address: str, scan: tuple[int, int]) -> dict[str, Any]:
    """Return info.json of a scan of that width and height; ``address`` is that of its service."""
    offered = sizes(scan)
    width, height = offered[-1]
    return {
        "@context": CONTEXT,
        "id": address,
        "type": "ImageService3",
        "protocol": PROTOCOL,
        "profile": "level0",
        "width": width,
        "height": height,
        "sizes": [{"width": width, "height": height} for width, height in offered],
    }


def image_address(address: str, size: tuple[int, int], scan: tuple[int, int]) -> str:
    """Return the address of the image at one of its sizes, in the canonical form."""
    asked = "max" if size == sizes(scan)[-1] else f"{size[0]},{size[1]}"
    return f"{address}/full/{asked}/0/default.jpg"


def requested(parameters: str, scan: tuple[int, int]) -> tuple[int, int] | None:
    """Return the width and height that ``full/320,240/0/default.jpg`` asks for; None for what is not served."""
    region, _, rest = parameters.partition("/")
    size, _, rest = rest.partition("/")
    if region != "full" or rest != "0/default.jpg":
        return None
    offered = sizes(scan)
    if size == "max":
        return offered[-1]
    found = _WIDTH_HEIGHT.fullmatch(size)
    wanted = (int(found[1]), int(found[2])) if found else None
    return wanted if wanted in offered else None
