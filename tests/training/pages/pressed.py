"""A small stock to print training pages from, and labelled pages on disk."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.sources.sample import draw_plate
from imgsim.training.pages.sheets import Stock, trimmed


@lru_cache(maxsize=1)
def small_stock() -> Stock:
    """Four generated plates and Pillow's own font."""
    raw = tuple(np.asarray(draw_plate(seed, width=200)) for seed in range(4))
    return Stock(raw, tuple(trimmed(plate) for plate in raw), (None,))


def write_labelled(folder: Path, books: int = 4) -> Path:
    """A page a book: a grey one with a dark cut at (100, 150, 300, 400), every second one 1-bit."""
    (folder / "images").mkdir(parents=True)
    pages, boxes = [], []
    for book in range(books):
        pixels = np.full((700, 500), 235, np.uint8)
        pixels[150:400, 100:300] = 40
        image = Image.fromarray(pixels)
        name = f"page_{book}.png"
        (image.convert("1") if book % 2 else image).save(folder / "images" / name)
        pages.append({"file": name, "book": f"book {book}", "kind": "illustrated"})
        boxes.append({"file": name, "x0": 100, "y0": 150, "x1": 300, "y1": 400, "kind": "illustration"})
        boxes.append({"file": name, "x0": 20, "y0": 20, "x1": 490, "y1": 690, "kind": "ornament"})
    for table, rows in (("pages", pages), ("boxes", boxes)):
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder
