"""Pictures on pages by classical means: pieces of ink that hang together, larger than any letter."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from imgsim.sources.pages.edges import ink_of

Sides = tuple[int, int, int, int]
# A piece is part of a picture where it takes up so much of the page's width and height, ...
LEAST_WIDTH, LEAST_HEIGHT = 0.14, 0.12
# ... is no line, and has so much ink in its box.
MOST_ASPECT, LEAST_INK, MOST_INK = 6.0, 0.15, 0.9
# Pieces closer than this share of the width are one picture.
TOGETHER = 0.008


def classical(image: Image.Image) -> list[tuple[float, float, float, float]]:
    """Boxes of what is larger than letters, no rule or frame, and not of the page's edge."""
    page = ink_of(image.convert("L"))
    height, width = page.ink.shape
    ink = cv2.morphologyEx(page.ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    pieces = []
    for x, y, w, h, area in stats[1:count].tolist():
        at_edge = x <= 1 or y <= 1 or x + w >= width - 1 or y + h >= height - 1
        aspect, filled = max(w / h, h / w), area / (w * h)
        large = w >= LEAST_WIDTH * width and h >= LEAST_HEIGHT * height
        if large and not at_edge and aspect <= MOST_ASPECT and LEAST_INK <= filled <= MOST_INK:
            pieces.append((x, y, x + w, y + h))
    across, down = page.scale
    gap = int(TOGETHER * width)
    return [(x0 * across, y0 * down, x1 * across, y1 * down) for x0, y0, x1, y1 in _joined(pieces, gap)]


def _joined(pieces: list[Sides], gap: int) -> list[Sides]:
    """Boxes of pieces that touch or nearly do, joined until none is left to join."""
    made: list[Sides] = []
    for piece in pieces:
        now = piece
        while near := [other for other in made if _near(now, other, gap)]:
            made = [other for other in made if other not in near]
            both = [now, *near]
            low = (min(b[0] for b in both), min(b[1] for b in both))
            now = (*low, max(b[2] for b in both), max(b[3] for b in both))
        made.append(now)
    return made


def _near(a: Sides, b: Sides, gap: int) -> bool:
    return a[0] - gap < b[2] and b[0] - gap < a[2] and a[1] - gap < b[3] and b[1] - gap < a[3]
