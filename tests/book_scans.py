"""A small collection of page scans: two books, pages with several pictures, with one and without any."""

from __future__ import annotations

from pathlib import Path

from tests.making import ToyProcessor, make
from tests.toy_pages import Box, write_page

LEFT, RIGHT, BELOW = (20, 20, 90, 120), (110, 20, 180, 120), (40, 150, 160, 250)
SIZE = (300, 420)
PAGES: dict[str, list[Box]] = {
    "flora/p001.png": [LEFT, RIGHT], "flora/p002.png": [], "flora/p003.png": [BELOW],
    "herbal/q001.png": [LEFT, RIGHT, BELOW], "herbal/q002.png": [],
}  # fmt: skip
NAME = "scans"


def write_scans(folder: Path, size: tuple[int, int] = SIZE) -> Path:
    """Write the pages, each picture as much larger as the page is; returns the folder."""
    scale = size[0] / SIZE[0]
    for number, (file, boxes) in enumerate(PAGES.items()):
        larger = [tuple(round(edge * scale) for edge in box) for box in boxes]
        write_page(folder / file, larger, number, size)  # type: ignore[arg-type]
    return folder


def make_scans(base: Path, size: tuple[int, int] = SIZE) -> Path:
    """Prepare the collection "scans" below `base`; returns the data folder that holds it."""
    make(base / "data" / NAME, write_scans(base / "books", size))
    return base / "data"


def again(data: Path, processor: ToyProcessor | None = None) -> None:
    """Prepare it again, as a reader who presses the button does."""
    make(data / NAME, None, processor)
