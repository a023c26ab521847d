"""What several components draw: regions on a thumbnail, and words that say what a plate is to another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from imgsim.base.verdict_words import CODE_OF, COPY, VERIFIED
from imgsim.catalogue.book_pages import KINDS as BOXES
from imgsim.errors import ImgsimError

KINDS = ("first", *VERIFIED, CODE_OF[COPY], "printing", "")
_MOST = 400  # corners; a hull of more than this is no outline but a cloud


def outline(region: Sequence[Sequence[float]] | np.ndarray, width: int, height: int) -> dict[str, Any] | None:
    """Return a card's ``outline``: a region of a plate of that size, or None where the region is empty.

    Parameters
    ----------
    region : (m, 2) corners x, y in pixels of the upright plate, origin at its top left.
    """
    corners = np.asarray(region, dtype=float).reshape(-1, 2)
    if len(corners) < 3 or not np.isfinite(corners).all():
        return None
    corners = np.clip(corners[:_MOST], 0, (width, height)).round(1)
    return {"width": int(width), "height": int(height), "points": corners.tolist()}


def drawable(value: object, what: str) -> dict[str, Any]:
    """Return an outline as the browser gets it, or raise ImgsimError."""
    if not isinstance(value, Mapping) or set(value) != {"width", "height", "points"}:
        raise ImgsimError(f"{what} has width, height and points, not {value!r:.80}")
    sides = [value["width"], value["height"]]
    points = [[float(x), float(y)] for x, y in value["points"]]
    numbers = [*sides, *(number for point in points for number in point)]
    if len(points) < 3 or not all(math.isfinite(number) for number in numbers) or min(sides) < 1:
        raise ImgsimError(f"{what} needs at least three corners in a plate of some size, not {value!r:.80}")
    return {"width": int(sides[0]), "height": int(sides[1]), "points": points}


def drawable_boxes(value: object, what: str) -> dict[str, Any]:
    """Return boxes as the browser gets them, or raise ImgsimError: width, height, and of each box edges and kind."""
    if not isinstance(value, Mapping) or set(value) != {"width", "height", "boxes"}:
        raise ImgsimError(f"{what} has width, height and boxes, not {value!r:.80}")
    boxes = []
    for *edges, kind in value["boxes"]:
        if kind not in BOXES or len(edges) != 4:
            raise ImgsimError(f"{what} has four edges and a kind among {', '.join(BOXES)}, not {[*edges, kind]!r:.80}")
        boxes.append([*map(int, edges), kind])
    return {"width": int(value["width"]), "height": int(value["height"]), "boxes": boxes}


def word(given: Mapping[str, Any]) -> dict[str, str]:
    """Return a word (text, one of KINDS, an explanation) as the browser gets it, or raise ImgsimError."""
    kind = str(given.get("kind", ""))
    if kind not in KINDS:
        raise ImgsimError(f"a word's kind is one of {KINDS}, not {kind!r}")
    return {"text": str(given["text"]), "kind": kind, "title": str(given.get("title", ""))}
