"""An image that a service gives out in tiles only: which to ask for, and how they become one image again.

Static tiles (level 0) are files of fixed names: regions and sizes are asked for as their makers write them, and both
ways of writing a size are tried.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from imgsim.errors import ImageError
from imgsim.images.decoding import open_image
from imgsim.sources.iiif.fetching import Refused

# Of one image, at most: at the pace of a library some minutes, and 16 megapixels.
MOST_TILES, MOST_SIDE = 600, 4000
_MAX_TILE = 16 * 2**20
_MOST_SIDE_OF_TILE = 8192
_QUALITY = 92


@dataclass(frozen=True)
class Tiling:
    """One way in which a service cuts an image: size of its tiles in pixels, and by how much they are reduced."""

    width: int
    height: int
    scales: tuple[int, ...]


@dataclass(frozen=True)
class Tile:
    """A tile: the part of the image (x, y, width, height in its pixels), and its own size."""

    region: tuple[int, int, int, int]
    size: tuple[int, int]


def tilings(info: dict[str, Any]) -> tuple[Tiling, ...]:
    """The tilings that an info.json tells of, in the words of any version of the Image API."""
    told = info.get("tiles")
    found = list(told[:20]) if isinstance(told, list) else []
    if "tile_width" in info:
        found.append(
            {
                "width": info["tile_width"],
                "height": info.get("tile_height", info["tile_width"]),
                "scaleFactors": info.get("scale_factors"),
            }
        )
    return tuple(tiling for one in found if (tiling := _tiling(one)) is not None)


def _tiling(told: object) -> Tiling | None:
    if not isinstance(told, dict):
        return None
    width = told.get("width")
    height = told.get("height", width)
    factors = told.get("scaleFactors")
    scales = sorted({f for f in factors[:40] if type(f) is int and 0 < f < 2**20}) if isinstance(factors, list) else []
    sides = all(type(side) is int and 0 < side <= _MOST_SIDE_OF_TILE for side in (width, height))
    return Tiling(width, height, tuple(scales)) if sides and scales else None  # type: ignore[arg-type]


def chosen(tilings: tuple[Tiling, ...], size: tuple[int, int], longest: int) -> tuple[Tiling, int] | None:
    """The tiling and scale that give at least ``longest`` pixels with the fewest tiles; else the most there is."""
    every = [(tiling, scale) for tiling in tilings for scale in tiling.scales]
    enough = [one for one in every if max(size) / one[1] >= min(longest, max(size))]
    if enough:
        return min(enough, key=lambda one: count(one[0], one[1], size))
    return min(every, key=lambda one: one[1], default=None)


def count(tiling: Tiling, scale: int, size: tuple[int, int]) -> int:
    """How many tiles an image of that size has."""
    return math.ceil(size[0] / (tiling.width * scale)) * math.ceil(size[1] / (tiling.height * scale))


def tiles(tiling: Tiling, scale: int, size: tuple[int, int]) -> Iterator[Tile]:
    """The tiles of an image of that size, row by row; those at its right and lower edge are smaller."""
    wide, high = tiling.width * scale, tiling.height * scale
    for y in range(0, size[1], high):
        for x in range(0, size[0], wide):
            w, h = min(wide, size[0] - x), min(high, size[1] - y)
            yield Tile((x, y, w, h), (math.ceil(w / scale), math.ceil(h / scale)))


def addresses(service: str, version: int, tile: Tile, size: tuple[int, int]) -> list[str]:
    """Where a tile may lie, the likeliest first."""
    (x, y, w, h), (wide, high) = tile.region, tile.size
    exact, width = f"{wide},{high}", f"{wide},"
    sizes = [exact, width] if version >= 3 else [width, exact]
    region = f"{x},{y},{w},{h}"
    whole = (x, y, w, h) == (0, 0, *size)
    forms = [f"full/{one}" for one in (*sizes, *(["max", "full"] if (wide, high) == size else []))] if whole else []
    quality = "native" if version == 1 else "default"
    return [f"{service}/{form}/0/{quality}.jpg" for form in (*forms, *(f"{region}/{one}" for one in sizes))]


def stitched(
    get: Callable[[str, int], bytes], service: str, version: int, tilings: tuple[Tiling, ...], size: tuple[int, int],
    longest: int,
) -> bytes:  # fmt: skip
    """Fetch the tiles of an image and put them together: JPEG, at least ``longest`` pixels where there are as many.

    Parameters
    ----------
    get : gives what is at an address, at most so many bytes.
    size : of the whole image.

    Raises
    ------
    Refused, ImageError
        A tile is missing or is none, or there are too many: no image is better than one with holes.
    Unanswered
        As ``get`` raises it.
    """
    best = chosen(tilings, size, longest)
    if best is None:
        raise Refused(f"{service} says of no tiles how they are cut.")
    tiling, scale = best
    number = count(tiling, scale, size)
    if number > MOST_TILES:
        raise Refused(
            f"{service} gives out an image of {size[0]:,} × {size[1]:,} pixels in {number:,} tiles; imgsim takes at "
            f"most {MOST_TILES:,}. Save it in another way, and name its folder."
        )
    shrink = max(1.0, max(size) / scale / MOST_SIDE)
    whole = tuple(max(1, round(side / scale / shrink)) for side in size)
    canvas = Image.new("RGB", whole)  # type: ignore[arg-type]
    form = 0  # which way of writing has been right so far
    for tile in tiles(tiling, scale, size):
        content, form = _fetched(get, addresses(service, version, tile, size), form, tile, size)
        x, y, w, h = tile.region
        # By the edges of the parts, so that no line between two tiles is left free.
        left, top, right, bottom = (round(edge / scale / shrink) for edge in (x, y, x + w, y + h))
        part = _opened(content, tile, tiling, service)
        room = (max(1, min(right, whole[0]) - left), max(1, min(bottom, whole[1]) - top))
        if part.size != room:
            part = part.resize(room, Image.Resampling.LANCZOS)
        canvas.paste(part, (left, top))
    stream = io.BytesIO()
    canvas.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()


def _fetched(
    get: Callable[[str, int], bytes], urls: list[str], form: int, tile: Tile, size: tuple[int, int]
) -> tuple[bytes, int]:
    """A tile, and which of its addresses was right; tried first is the one that was right before."""
    order = [urls[form], *urls] if form < len(urls) else urls
    first: Refused | None = None
    for url in dict.fromkeys(order):
        try:
            return get(url, _MAX_TILE), urls.index(url)
        except Refused as error:
            first = first or error
    assert first is not None
    x, y, w, h = tile.region
    raise Refused(
        f"A tile of the image is missing, of the part {x},{y},{w},{h} of {size[0]} × {size[1]} pixels: {first}",
        first.status,
    )


def _opened(content: bytes, tile: Tile, tiling: Tiling, service: str) -> Image.Image:
    try:
        opened = open_image(content).image.convert("RGB")
    except ImageError as error:
        raise ImageError(f"A tile of {service} at {tile.region} is no image that can be used: {error}") from None
    (wide, high), (w, h) = opened.size, tile.size
    if (wide, high) == (tiling.width, tiling.height) and (w, h) != (wide, high):
        return opened.crop((0, 0, w, h))  # filled up at the edge to be as large as the others
    # Makers round halves up and down; what is farther off shows another part.
    if abs(wide - w) > 2 or abs(high - h) > 2:
        raise ImageError(f"A tile of {service} at {tile.region} has {wide} × {high} pixels instead of {w} × {h}.")
    return opened
