"""Plates that have nothing in common, and marks to put on them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from imgsim.features.extraction import Features, extract


def picture(seed: int, size: tuple[int, int] = (420, 540), margin: int = 60) -> Image.Image:
    """Strokes and rings that differ from those of every other seed, within a margin."""
    rng = np.random.default_rng(seed)
    sheet = Image.new("L", size, 238)
    pen = ImageDraw.Draw(sheet)
    for _ in range(46):
        x, y = (int(rng.integers(margin, side - margin)) for side in size)
        dx, dy, r = rng.integers((-45, -45, 3), (46, 46, 14)).tolist()
        end = (int(np.clip(x + dx, margin, size[0] - margin)), int(np.clip(y + dy, margin, size[1] - margin)))
        pen.line([(x, y), end], fill=int(rng.integers(15, 70)), width=int(rng.integers(1, 4)))
        pen.ellipse([x - r, y - r, x + r, y + r], outline=40, width=2)
    return sheet


def mark(seed: int, size: tuple[int, int] = (120, 84)) -> Image.Image:
    """A label full of shapes of many sizes."""
    rng = np.random.default_rng(seed)
    label = Image.new("L", size, 252)
    pen = ImageDraw.Draw(label)
    for _ in range(26):
        x, y = (int(rng.integers(6, side - 20)) for side in size)
        wide, high = rng.integers(4, 18, 2).tolist()
        if rng.random() < 0.5:
            pen.rectangle([x, y, x + wide, y + high], fill=int(rng.integers(0, 120)))
        else:
            pen.polygon([(x, y), (x + wide, y + high // 2), (x + wide // 3, y + high)], fill=int(rng.integers(0, 90)))
    return label


def with_mark(plate: Image.Image, label: Image.Image, place: tuple[float, float], scale: float = 1.0) -> Image.Image:
    """The plate with a label on it: its place in shares of what is left beside it."""
    sized = label.resize((round(label.width * scale), round(label.height * scale)), Image.Resampling.LANCZOS)
    out = plate.copy()
    left, top = (round(at * (a - b)) for at, a, b in zip(place, plate.size, sized.size, strict=True))
    out.paste(sized, (left, top))
    return out


def described(plate: Image.Image) -> Features:
    """Its local features."""
    return extract(plate, plate.size)
