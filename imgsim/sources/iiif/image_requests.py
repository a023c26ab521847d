"""How to ask a IIIF image service for an image of a sensible size, whatever its version and level."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from imgsim.images.thumbnails import fitted
from imgsim.sources.iiif.pictures import Picture, level_of, version_of
from imgsim.sources.iiif.tiles import Tiling, tilings

LONGEST = 2000  # pixels: more than the comparison of lines uses, and little enough to be polite


@dataclass(frozen=True)
class Info:
    """What info.json says: the version, the level, the size of the image, sizes and tiles in which it is to be had."""

    version: int
    level: int | None
    size: tuple[int, int] | None
    sizes: tuple[tuple[int, int], ...]
    tiles: tuple[Tiling, ...] = ()


def read_info(content: bytes) -> Info | None:
    """Read an info.json; None if it is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    profiles = found.get("profile")
    profile = " ".join(
        p for p in (profiles if isinstance(profiles, list) else [profiles]) if isinstance(p, str)
    )
    told = found.get("sizes")
    offered = (_size(size) for size in (told if isinstance(told, list) else [])[:100])
    kind = f"{found.get('type')} {found.get('@context')} {profile}"
    sizes = tuple(size for size in offered if size)
    return Info(version_of(kind), level_of(profile), _size(found), sizes, tilings(found))


def _size(found: Any) -> tuple[int, int] | None:
    if not isinstance(found, dict):
        return None
    width, height = found.get("width"), found.get("height")
    if type(width) is not int or type(height) is not int:
        return None
    return (width, height) if 0 < width < 10_000_000 and 0 < height < 10_000_000 else None


def needs_info(picture: Picture, longest: int = LONGEST) -> bool:
    """Whether the manifest says too little of a service to ask it for an image right away."""
    if not picture.service:
        return False
    if picture.size is None or picture.level is None:
        return True
    return picture.level == 0 and max(picture.size) > longest


def informed(picture: Picture, info: Info) -> Picture:
    """Return the picture with what its service says of it, which is more reliable than what the manifest says."""
    level = picture.level if info.level is None else info.level
    size = picture.size if picture.region is not None else info.size or picture.size
    return replace(picture, version=info.version, level=level, size=size)


def in_tiles_only(picture: Picture, info: Info | None, longest: int = LONGEST) -> bool:
    """Whether a service of level 0 has the image as large as it is needed in tiles alone, as far as it says."""
    if info is None or info.size is None or not info.tiles or (picture.level or 0) != 0:
        return False
    wanted = min(longest, max(info.size))
    return not any(max(size) >= wanted for size in info.sizes)


def whole(picture: Picture) -> list[str]:
    """The addresses of the whole image as it is, of a service of level 0."""
    quality = "native" if picture.version == 1 else "default"
    forms = ("max", "full") if picture.version >= 3 else ("full", "max")
    return [f"{picture.service}/full/{how}/0/{quality}.jpg" for how in forms]


def addresses(picture: Picture, info: Info | None = None, longest: int = LONGEST) -> list[str]:
    """Return the addresses to try for an image of at most ``longest`` pixels a side, the most suitable first.

    The image is never asked for larger than it is. The last is the image that the manifest itself names.
    """
    if not picture.service:
        return [picture.body]
    asked: list[str] = []
    modern = picture.version >= 3
    whole = ["max", "full"] if modern else ["full", "max"]
    size, level = picture.size, picture.level
    if size is not None and max(size) <= longest:
        asked += whole
    elif level == 0:
        best = _best(info.sizes if info else (), longest)
        if best is not None:
            exact, wide = f"{best[0]},{best[1]}", f"{best[0]},"
            asked += [exact, wide] if modern else [wide, exact]
        asked += whole
    elif size is None:
        asked += [f"!{longest},{longest}", *whole]
    else:
        width, height = fitted(size, longest)
        # Level 1 need not know "at most so many": there the width is named, as both versions have it.
        asked += [f"!{longest},{longest}"] if level != 1 else []
        asked += [f"{width},{height}", f"{width},"] if modern else [f"{width},"]
        asked += whole
    quality = "native" if picture.version == 1 else "default"
    region = "full" if picture.region is None else ",".join(map(str, picture.region))
    # Services of level 0 know neither parts nor turns, and of others not all do: then the whole is better than nothing.
    forms = [(region, picture.turned), (region, 0), ("full", 0)] if level != 0 else [("full", 0)]
    found = [f"{picture.service}/{part}/{how}/{turn}/{quality}.jpg" for part, turn in forms for how in asked]
    return list(dict.fromkeys([*found, *([picture.body] if picture.body else [])]))


def _best(sizes: tuple[tuple[int, int], ...], longest: int) -> tuple[int, int] | None:
    """The smallest size that is large enough, else the largest."""
    enough = [size for size in sizes if max(size) >= longest]
    return min(enough, key=max) if enough else max(sizes, key=max, default=None)
