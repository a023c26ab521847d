"""Real pages with boxes that a user has drawn: read from a folder, and changed so that no two views are alike.

The folder holds `pages.csv` (columns file, book, kind: illustrated, plate, text or blank), `boxes.csv` (file, x0, y0,
x1, y1, kind: illustration, ornament, initial or stamp; pixels of the image) and the images, there or in `images/`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from imgsim.errors import MetadataError
from imgsim.images.decoding import open_image
from imgsim.sources.pages.page_maps import KINDS
from imgsim.sources.sample.shapes import Rng
from imgsim.training.pages import decoration
from imgsim.training.pages.decoration import Plate
from imgsim.training.pages.sheets import LONG, Sheet, trimmed
from imgsim.training.pages.typesetting import Box

# An ornament that is larger than this share of a page is a border around it, and not learned as a region.
BORDER = 0.35


@dataclass(frozen=True)
class LabelledPage:
    """A page and its boxes, uint8 (h, w), the longer side LONG pixels."""

    file: str
    book: str
    kind: str
    pixels: np.ndarray
    boxes: tuple[tuple[Box, str], ...]


def read_labelled(folder: Path, wanted: Callable[[str], bool] = lambda book: True) -> list[LabelledPage]:
    """Read the labelled pages of a folder whose books are wanted. Raises MetadataError, ImageError."""
    try:
        with (folder / "pages.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if wanted(row["book"])]
        boxes: dict[str, list[tuple[list[float], str]]] = defaultdict(list)
        with (folder / "boxes.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                boxes[row["file"]].append(
                    ([float(row[side]) for side in ("x0", "y0", "x1", "y1")], row["kind"])
                )
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError) as error:
        raise MetadataError(
            f"{folder} cannot be read as labelled pages: {error!r}. It must hold pages.csv with the columns file, "
            "book and kind, and boxes.csv with file, x0, y0, x1, y1 and kind."
        ) from error
    return [_read(folder, row, boxes[row["file"]]) for row in rows]


def _read(folder: Path, row: dict[str, str], boxes: Sequence[tuple[list[float], str]]) -> LabelledPage:
    path = folder / "images" / row["file"]
    image = open_image((path if path.exists() else folder / row["file"]).read_bytes()).image.convert("L")
    factor = LONG / max(image.size)
    pixels = np.asarray(image)
    size = (round(image.width * factor), round(image.height * factor))
    if factor < 1:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    else:
        factor = 1.0
    most = BORDER * image.width * image.height
    kept = [(b, kind) for b, kind in boxes if kind != "ornament" or (b[2] - b[0]) * (b[3] - b[1]) < most]
    scaled = [(tuple(round(side * factor) for side in sides), kind) for sides, kind in kept]
    return LabelledPage(row["file"], row["book"], row["kind"], pixels, tuple(scaled))  # type: ignore[arg-type]


def cut_out(pages: Sequence[LabelledPage], kind: str) -> tuple[Plate, ...]:
    """The pieces of one kind of all these pages, with white paper, without what is too small to be of use."""
    found = [page.pixels[y0:y1, x0:x1] for page in pages for (x0, y0, x1, y1), k in page.boxes if k == kind]
    return tuple(trimmed(piece) for piece in found if min(piece.shape) >= 24)


def varied(page: LabelledPage, plates: Sequence[Plate], rng: Rng) -> Sheet:
    """A page with other cuts in the place of its own, with cuts where text was, mirrored; or as it is."""
    pixels = page.pixels.copy()
    boxes = list(page.boxes)
    if rng.random() < 0.4:
        for i, (box, kind) in enumerate(boxes):
            if kind == "illustration" and rng.random() < 0.8:
                boxes[i] = (_replaced(pixels, box, plates[int(rng.integers(len(plates)))], rng), kind)
    if page.kind == "text" and rng.random() < 0.55:
        _let_in(pixels, boxes, plates, rng)
    upright = page.kind in {"text", "illustrated"}
    if rng.random() < 0.2:
        width = pixels.shape[1]
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        boxes = [((width - b[2], b[1], width - b[0], b[3]), kind) for b, kind in boxes]
        upright = False
    return Sheet(pixels, boxes, None, None, None if page.kind == "plate" else True, upright, True)


def _paper(window: np.ndarray) -> int:
    return int(np.percentile(window[::3, ::3], 85)) if window.size > 9 else 255


def _replaced(pixels: np.ndarray, box: Box, plate: Plate, rng: Rng) -> Box:
    """Print another plate where a cut was; return where it came to lie."""
    x0, y0, x1, y1 = box
    window = pixels[max(0, y0) : y1, max(0, x0) : x1]
    window[:] = _paper(window)
    return _printed(pixels, (x0, y0, x1, y1), plate, rng)


def _printed(pixels: np.ndarray, box: Box, plate: Plate, rng: Rng) -> Box:
    """Print a plate into a box on the paper that is there, squeezed by a quarter at most."""
    x0, y0, x1, y1 = box
    factor = min((x1 - x0) / plate.shape[1], (y1 - y0) / plate.shape[0])
    width = min(x1 - x0, max(8, int(plate.shape[1] * factor * rng.uniform(1, 1.25))))
    height = min(y1 - y0, max(8, int(plate.shape[0] * factor * rng.uniform(1, 1.25))))
    drawn = decoration.resized(plate, width, height)
    left, top = x0 + (x1 - x0 - width) // 2, y0 + (y1 - y0 - height) // 2
    left, top = max(0, left), max(0, top)
    window = pixels[top : top + height, left : left + width]
    ink = 1 - (1 - drawn[: window.shape[0], : window.shape[1]] / 255.0) * rng.uniform(0.7, 1.0)
    np.copyto(window, (window * ink).astype(np.uint8))
    return left, top, left + window.shape[1], top + window.shape[0]


def _let_in(pixels: np.ndarray, boxes: list[tuple[Box, str]], plates: Sequence[Plate], rng: Rng) -> None:
    """Clear places on a page of text and print cuts there, alone or side by side, in place."""
    height, width = pixels.shape
    for _ in range(int(rng.integers(1, 4))):
        w, h = int(width * rng.uniform(0.2, 0.85)), int(height * rng.uniform(0.1, 0.5))
        x, y = (
            int(rng.integers(0.02 * width, max(0.03 * width, width - w))),
            int(rng.integers(0, max(1, height - h))),
        )
        taken = (x, y, x + w, y + h)
        if any(taken[0] < b[2] and b[0] < taken[2] and taken[1] < b[3] and b[1] < taken[3] for b, _ in boxes):
            continue
        window = pixels[y : y + h, x : x + w]
        window[:] = _paper(window)
        count = int(rng.choice([1, 2, 3], p=[0.7, 0.22, 0.08])) if w > 0.4 * width else 1
        pad = int(rng.integers(2, 16))
        for i in range(count):
            part = (
                x + w * i // count + pad // 2 + 1,
                y + pad,
                x + w * (i + 1) // count - pad // 2 - 1,
                y + h - pad,
            )
            if part[2] - part[0] > 16 and part[3] - part[1] > 16:
                boxes.append((_printed(pixels, part, plates[int(rng.integers(len(plates)))], rng), KINDS[0]))
