"""Pages that are set and printed for a test: lines of words, cuts, old paper."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from imgsim.sources.sample import draw_plate

Box = tuple[int, int, int, int]
WIDTH, HEIGHT = 900, 1350
WORDS = [
    "the",
    "herb",
    "groweth",
    "in",
    "moist",
    "places",
    "and",
    "floureth",
    "whose",
    "leaues",
    "are",
    "narrow",
]


class PrintedPage:
    """A page under the press: white until something is set."""

    def __init__(self, seed: int, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.rng = np.random.default_rng(seed)
        self.image = Image.new("L", (width, height), 255)
        self.font = ImageFont.load_default(22)

    def set(self, box: Box) -> PrintedPage:
        """Set lines of words into a box."""
        pen = ImageDraw.Draw(self.image)
        x0, y0, x1, y1 = box
        for y in range(y0, y1 - 24, 28):
            line = ""
            while pen.textlength(line, self.font) < x1 - x0 - 120:
                line += f"{self.rng.choice(WORDS)} "
            pen.text((x0, y), line, fill=20, font=self.font)
        return self

    def cut(self, box: Box, seed: int) -> Box:
        """Print a generated plate with a line around it, just as large as the box; return the box."""
        x0, y0, x1, y1 = box
        plate = draw_plate(seed, width=400).resize((x1 - x0, y1 - y0), Image.Resampling.LANCZOS)
        ImageDraw.Draw(plate).rectangle((0, 0, x1 - x0 - 1, y1 - y0 - 1), outline=0, width=4)
        self.image.paste(plate, (x0, y0))
        return box

    def scanned(self) -> Image.Image:
        """On toned paper, a little soft, with noise."""
        sheet = np.asarray(self.image, np.float32) * 0.82 + 10
        sheet += cv2.resize(self.rng.normal(0, 6, (9, 7)).astype(np.float32), self.image.size)
        sheet += self.rng.normal(0, 4, sheet.shape)
        return Image.fromarray(cv2.GaussianBlur(np.clip(sheet, 0, 255).astype(np.uint8), (0, 0), 0.7))


def text_page(seed: int = 1) -> PrintedPage:
    """A page of nothing but text."""
    return PrintedPage(seed).set((100, 110, 800, 1240))


def page_with_cut(seed: int = 2, box: Box = (230, 380, 660, 860)) -> tuple[PrintedPage, Box]:
    """A page of text with a cut between its lines, and where that is."""
    page = PrintedPage(seed).set((100, 110, 800, box[1] - 20)).set((100, box[3] + 20, 800, 1240))
    return page, page.cut(box, 40 + seed)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
    return shared / (sum(areas) - shared)
