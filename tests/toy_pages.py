"""Pages for tests, and what finds the pictures on them: dark rectangles on paper of one grey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.sources.pages import PageLayout, Region

PAPER = 251
Box = tuple[int, int, int, int]


def write_page(path: Path, boxes: Sequence[Box], seed: int = 0, size: tuple[int, int] = (300, 420)) -> Path:
    """Write a page with a picture in each box, each of its own."""
    page = Image.new("L", size, PAPER)
    for number, (x0, y0, x1, y1) in enumerate(boxes):
        coarse = np.random.default_rng((seed, number)).integers(0, 200, (7, 5), dtype=np.uint8)
        page.paste(Image.fromarray(coarse).resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC), (x0, y0))
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path)
    return path


@dataclass(frozen=True)
class ToyFinder:
    """Finds what is darker than :data:`PAPER`; an image whose corners are of that very grey is a page."""

    key: str = "toy"

    def load(self) -> Callable[[Image.Image], PageLayout]:
        return toy_layout


def toy_layout(image: Image.Image) -> PageLayout:
    import cv2

    grey = np.asarray(image.convert("L"))
    corners = [grey[y, x] for y in (0, -1) for x in (0, -1)]
    if any(corner != PAPER for corner in corners):
        return PageLayout((), is_page=False, page_score=0.0)
    count, _, stats, _ = cv2.connectedComponentsWithStats((grey < PAPER).astype(np.uint8))
    boxes = sorted((int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:count])
    regions = tuple(Region(box, "illustration", 0.9) for box in boxes)
    return PageLayout(regions, is_page=True, page_score=1.0, text=0.2)
