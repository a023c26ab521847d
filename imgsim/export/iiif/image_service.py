"""Our side of the IIIF Image API 3, level 0: each plate whole, at a few sizes, and of a large scan its tiles.

Level 0 promises fixed addresses alone: the whole image, upright, as JPEG at ``max`` and at the sizes that info.json
lists; and, where the scan is larger than those, a pyramid of tiles that shows every pixel of it. A viewer that knows
only the sizes uses them as a pyramid, and there is nothing to compute for each turn of the wheel.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from imgsim.images.pyramid import PIECE, factors, reduced_size
from imgsim.images.thumbnails import DISPLAY, THUMBNAIL, fitted

CONTEXT = "http://iiif.io/api/image/3/context.json"
PROTOCOL = "http://iiif.io/api/image"
_LONGEST = (THUMBNAIL, 1200, DISPLAY)  # pixels
_WIDTH_HEIGHT = re.compile(r"([1-9]\d{0,5}),([1-9]\d{0,5})", re.ASCII)
_REGION = re.compile(r"(\d{1,6}),(\d{1,6}),([1-9]\d{0,5}),([1-9]\d{0,5})", re.ASCII)


class Tile(NamedTuple):
    """A tile: by what the scan is divided, and left, top, width and height in pixels after that."""

    factor: int
    box: tuple[int, int, int, int]


def sizes(scan: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the widths and heights at which a scan is served, smallest first; the last is ``max``."""
    return list(dict.fromkeys(fitted(scan, longest) for longest in _LONGEST))


def larger(scan: tuple[int, int]) -> bool:
    """Whether a scan has more to show than its largest size."""
    return max(scan) > DISPLAY


def info(address: str, scan: tuple[int, int], tiled: bool) -> dict[str, Any]:
    """Return info.json of a scan of that width and height; ``address`` is that of its service.

    With ``tiled`` it is said to be as large as it is, and its tiles are told; else as large as its largest size.
    """
    offered = sizes(scan)
    width, height = scan if tiled else offered[-1]
    pieces = {"maxWidth": DISPLAY, "tiles": [{"width": PIECE, "height": PIECE, "scaleFactors": list(factors(scan))}]}
    return {
        "@context": CONTEXT,
        "id": address,
        "type": "ImageService3",
        "protocol": PROTOCOL,
        "profile": "level0",
        "width": width,
        "height": height,
        "sizes": [{"width": width, "height": height} for width, height in offered],
        **(pieces if tiled else {}),
    }


def image_address(address: str, size: tuple[int, int], scan: tuple[int, int]) -> str:
    """Return the address of the image at one of its sizes, in the canonical form."""
    asked = "max" if size == sizes(scan)[-1] else f"{size[0]},{size[1]}"
    return f"{address}/full/{asked}/0/default.jpg"


def requested(parameters: str, scan: tuple[int, int]) -> tuple[int, int] | None:
    """Return the width and height that ``full/320,240/0/default.jpg`` asks for; None for what is not served."""
    region, size = _region_and_size(parameters)
    if region != "full":
        return None
    offered = sizes(scan)
    if size == "max":
        return offered[-1]
    found = _WIDTH_HEIGHT.fullmatch(size)
    wanted = (int(found[1]), int(found[2])) if found else None
    return wanted if wanted in offered else None


def requested_tile(parameters: str, scan: tuple[int, int]) -> Tile | None:
    """Return the tile that ``1024,0,1024,1024/512,512/0/default.jpg`` asks for; None for what is none of the pyramid.

    What is told apart by its factor is a region with its size, both as the Image API 3 computes them from the tiles
    of info.json; the region of all of it may be called ``full``.
    """
    region, size = _region_and_size(parameters)
    wide, high = scan
    found = _REGION.fullmatch(f"0,0,{wide},{high}" if region == "full" else region)
    wanted = _WIDTH_HEIGHT.fullmatch(size)
    if not found or not wanted:
        return None
    left, top, width, height = (int(part) for part in found.groups())
    served = (int(wanted[1]), int(wanted[2]))
    for factor in factors(scan):
        step = PIECE * factor
        inside = left < wide and top < high and not left % step and not top % step
        if not inside or (width, height) != (min(step, wide - left), min(step, high - top)):
            continue
        if served == reduced_size((width, height), factor):
            return Tile(factor, (left // factor, top // factor, *served))
    return None


def _region_and_size(parameters: str) -> tuple[str, str]:
    """The first two parts of ``region/size/0/default.jpg``; '' for both where it does not end so."""
    region, _, rest = parameters.partition("/")
    size, _, rest = rest.partition("/")
    return (region, size) if rest == "0/default.jpg" else ("", "")
