"""Pages made up for training, clean and with their truth: text, cuts, plates, title pages, openings, bare plates."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from imgsim.images.shaping import whiten
from imgsim.sources.sample.shapes import Rng
from imgsim.training.pages import decoration
from imgsim.training.pages.decoration import Plate
from imgsim.training.pages.typesetting import Box, Face, face, put, set_heading, set_text

# The longer side of a page while it is made, pixels: about twice what the network reads.
LONG = 960


@dataclass
class Sheet:
    """A page and the truth about it.

    Attributes
    ----------
    pixels : uint8 (h, w), grey.
    boxes : what lies on it, with its kind, one of page_maps.KINDS or "stamp".
    lines : boxes of set text; None where they are not known.
    gutter : x of the fold of an opening.
    page : whether it is a page of a book; None: who could tell?
    upright : whether there is something that says which side is up.
    scan : whether it is a scan already, with its own paper and edges.
    """

    pixels: np.ndarray
    boxes: list[tuple[Box, str]] = field(default_factory=list)
    lines: list[Box] | None = field(default_factory=list)
    gutter: float | None = None
    page: bool | None = True
    upright: bool = True
    scan: bool = False


@dataclass(frozen=True)
class Stock:
    """What a printer has: plates as they came, the same trimmed, fonts, and ornaments and initials of other pages."""

    raw: tuple[Plate, ...]
    plates: tuple[Plate, ...]
    fonts: tuple[Path | None, ...]
    ornaments: tuple[Plate, ...] = ()
    initials: tuple[Plate, ...] = ()


def trimmed(plate: Plate) -> Plate:
    """A plate with white paper, without its margins: nothing but what is printed."""
    white = np.minimum(255, whiten(plate).astype(np.uint16) * 255 // 225).astype(np.uint8)
    ink = cv2.medianBlur(white, 3) < 140
    rows, columns = np.flatnonzero(ink.mean(1) > 0.004), np.flatnonzero(ink.mean(0) > 0.004)
    if len(rows) < 16 or len(columns) < 16:
        return white
    return np.ascontiguousarray(white[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


class Printer:
    """Makes sheets of what is in stock."""

    def __init__(self, stock: Stock, rng: Rng) -> None:
        self.stock, self.rng = stock, rng

    # ------------------------------------------------------------ choices

    def chance(self, share: float) -> bool:
        """True as often as that."""
        return bool(self.rng.random() < share)

    def between(self, low: float, high: float) -> int:
        """A whole number from low to high."""
        return round(self.rng.uniform(low, high))

    def plate(self) -> Plate:
        """Any plate, now and then mirrored or inked more heavily."""
        plate = self.stock.plates[int(self.rng.integers(len(self.stock.plates)))]
        if self.chance(0.3):
            plate = plate[:, ::-1]
        kind = self.rng.random()
        if kind < 0.05:
            plate = decoration.diagram(self.between(120, 420), self.between(120, 420), self.rng)
        elif kind < 0.18:
            plate = np.where(plate > self.between(110, 190), 255, 0).astype(np.uint8)
        elif kind < 0.3:  # painted over, aquatint, mezzotint: no white is left
            plate = (plate * self.rng.uniform(0.35, 0.9)).astype(np.uint8)
        return np.ascontiguousarray(plate)

    def face(self, size: int) -> Face:
        """A face of this size."""
        return face(self.stock.fonts[int(self.rng.integers(len(self.stock.fonts)))], max(7, size))

    # ------------------------------------------------------------ parts

    def plate_of_figures(self, width: int, height: int) -> Plate:
        """One plate of this shape that shows several things, each with its name or letter below or without."""
        plate = np.full((height, width), 255, np.uint8)
        across, down = self.between(1, 4), self.between(2, 4)
        small = self.face(self.between(9, 18))
        named = self.chance(0.6)
        for row in range(down):
            for column in range(across):
                x0, x1 = column * width // across + 4, (column + 1) * width // across - 4
                y0, y1 = row * height // down + 4, (row + 1) * height // down - 4 - small.height * named
                drawn = self.plate()
                factor = min((x1 - x0) / drawn.shape[1], (y1 - y0) / drawn.shape[0]) * self.rng.uniform(
                    0.6, 1.0
                )
                drawn = decoration.resized(drawn, int(drawn.shape[1] * factor), int(drawn.shape[0] * factor))
                left, top = self.between(x0, x1 - drawn.shape[1]), self.between(y0, y1 - drawn.shape[0])
                put(plate, drawn, left, top)
                if named:
                    middle, under = left + drawn.shape[1] // 2, top + drawn.shape[0]
                    set_heading(
                        plate, middle, under, x1 - x0, small, self.rng, self.between(1, 3), self.chance(0.3)
                    )
        return trimmed(plate)

    def cut(self, sheet: Sheet, box: Box, framed: float = 0.2, given: Plate | None = None) -> Box:
        """Print a plate, any or a given one, into a box, as large as it will go; return where it came to lie."""
        plate, (x0, y0, x1, y1) = self.plate() if given is None else given, box
        factor = min((x1 - x0) / plate.shape[1], (y1 - y0) / plate.shape[0])
        squeeze = float(np.exp(self.rng.normal(0, 0.08)))
        width = max(12, min(x1 - x0, int(plate.shape[1] * factor * squeeze)))
        picture = decoration.resized(plate, width, max(12, int(plate.shape[0] * factor)))
        if self.chance(framed):
            picture = np.ascontiguousarray(np.pad(picture, self.between(3, 10), constant_values=255))
            decoration.frame(picture, self.rng)
            picture = picture[: y1 - y0, : x1 - x0]
        left, top = (x0 + x1 - picture.shape[1]) // 2, y0
        put(sheet.pixels, picture, left, top)
        lies = (left, top, left + picture.shape[1], top + picture.shape[0])
        sheet.boxes.append((lies, "illustration"))
        return lies

    def row_of_cuts(self, sheet: Sheet, box: Box, count: int) -> int:
        """Print cuts side by side, close together, with or without captions; return where they end below."""
        x0, y0, x1, y1 = box
        gap = self.between(2, 36) if count > 1 else 0
        shares = self.rng.uniform(0.7, 1.3, count)
        edges = x0 + np.concatenate([[0], np.cumsum(shares / shares.sum())]) * (x1 - x0)
        lying = [
            self.cut(sheet, (int(a) + gap // 2, y0, int(b) - gap // 2, y1), 0.35) for a, b in pairwise(edges)
        ]
        end = max(lies[3] for lies in lying)
        if self.chance(0.35):
            small = self.face(self.between(9, 18))
            for lies in lying:
                line = set_heading(
                    sheet.pixels,
                    (lies[0] + lies[2]) // 2,
                    lies[3] + self.between(2, 14),
                    lies[2] - lies[0],
                    small,
                    self.rng,
                    self.between(1, 5),
                    self.chance(0.3),
                )
                _lines(sheet).append(line)
                end = max(end, line[3])
        return end

    def ornament(self, sheet: Sheet, middle: int, y: int, width: int, height: int) -> None:
        """Print an ornament about the middle."""
        if self.stock.ornaments and self.chance(0.5):
            drawn = self.stock.ornaments[int(self.rng.integers(len(self.stock.ornaments)))]
            factor = min(width / drawn.shape[1], height * 1.5 / drawn.shape[0])
            width, height = int(drawn.shape[1] * factor), int(drawn.shape[0] * factor)
            drawn = decoration.resized(drawn, width, height)
        else:
            drawn = decoration.ornament(self.plate(), width, height, self.rng)
        x = middle - drawn.shape[1] // 2
        put(sheet.pixels, drawn, x, y)
        sheet.boxes.append(((x, y, x + drawn.shape[1], y + drawn.shape[0]), "ornament"))

    def initial(self, sheet: Sheet, x: int, y: int, side: int) -> Box:
        """Print a decorated initial; return its box."""
        if self.stock.initials and self.chance(0.5):
            drawn = self.stock.initials[int(self.rng.integers(len(self.stock.initials)))]
            drawn = decoration.resized(drawn, side, max(4, int(drawn.shape[0] * side / drawn.shape[1])))
        else:
            drawn = decoration.initial(
                self.plate(), side, decoration.letter_of(self.face(60), self.rng), self.rng
            )
        put(sheet.pixels, drawn, x, y)
        box = (x, y, x + drawn.shape[1], y + drawn.shape[0])
        sheet.boxes.append((box, "initial"))
        return box

    def prose(
        self, sheet: Sheet, box: Box, body: Face, leading: int, columns: int, cuts: int, last: float = 1.0
    ) -> None:
        """Set text in columns, around initials and cuts that are let into it."""
        x0, y0, x1, y1 = box
        gap = self.between(14, 40)
        wide = (x1 - x0 - gap * (columns - 1)) // columns
        ragged = self.chance(0.2)
        for column in range(columns):
            left = x0 + column * (wide + gap)
            around: list[Box] = []
            if self.chance(0.25) and wide > 8 * body.size:
                around.append(self.initial(sheet, left, y0, leading * self.between(2, 7)))
            for _ in range(cuts if column == 0 or self.chance(0.5) else 0):
                share = self.rng.uniform(0.25, 0.6) if columns == 1 or self.chance(0.2) else 1.0
                across, high = int(wide * share), self.between(0.12 * LONG, 0.4 * LONG)
                start = left if self.chance(0.5) else left + wide - across
                room = y1 - high - y0 - leading
                if room > 0:
                    at = y0 + int(self.rng.integers(0, room))
                    taken = (start, at, start + across, at + high)
                    if not any(_touch(taken, other) for other in around):
                        around.append(self.cut(sheet, taken))
            _lines(sheet).extend(
                set_text(
                    sheet.pixels,
                    (left, y0, left + wide, y1),
                    body,
                    leading,
                    self.rng,
                    around=around,
                    ragged=ragged,
                    last=last,
                )
            )
            if column and self.chance(0.15):
                cv2.line(sheet.pixels, (left - gap // 2, y0), (left - gap // 2, y1), 40, 2)

    def heading(self, sheet: Sheet, x0: int, x1: int, y: int, size: int) -> int:
        """Set a line as a heading; return where it ends below."""
        line = set_heading(
            sheet.pixels,
            (x0 + x1) // 2,
            y,
            x1 - x0,
            self.face(size),
            self.rng,
            self.between(1, 5),
            self.chance(0.6),
        )
        _lines(sheet).append(line)
        return line[3]

    def margins(self, sheet: Sheet, box: Box, size: int) -> None:
        """Set notes in the margins, page number, running title and catchword about a page's text."""
        x0, y0, x1, y1 = box
        small = self.face(int(size * 0.8))
        if self.chance(0.8):
            at = int(self.rng.choice([(x0 + x1) // 2, x0 + 20, x1 - 20]))
            top = y0 - int(small.height * self.rng.uniform(1.2, 2.5))
            _lines(sheet).append(
                set_heading(
                    sheet.pixels, at, top, x1 - x0, small, self.rng, self.between(1, 4), self.chance(0.5)
                )
            )
        if self.chance(0.5):
            _lines(sheet).append(set_heading(sheet.pixels, x1 - 30, y1 + 4, 120, small, self.rng, 1, False))
        for side in (0, 1):
            room = x0 if side == 0 else sheet.pixels.shape[1] - x1
            if room > 6 * small.size and self.chance(0.25):
                left = 8 if side == 0 else x1 + 8
                for _ in range(self.between(1, 4)):
                    top = int(self.rng.integers(y0, max(y0 + 1, y1 - 100)))
                    note = (left, top, left + room - 16, top + self.between(30, 160))
                    _lines(sheet).extend(set_text(sheet.pixels, note, small, small.height, self.rng))


def _lines(sheet: Sheet) -> list[Box]:
    assert sheet.lines is not None, "only pages made here are printed on"
    return sheet.lines


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def blank(rng: Rng, aspect: tuple[float, float] = (0.55, 0.85)) -> Sheet:
    """A sheet with nothing on it."""
    return Sheet(np.full((LONG, int(LONG * rng.uniform(*aspect))), 255, np.uint8), upright=False)
