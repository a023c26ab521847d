"""The kinds of page that a training page may be, and how often each comes."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from imgsim.sources.sample.shapes import Rng
from imgsim.training.pages import decoration
from imgsim.training.pages.openings import bound
from imgsim.training.pages.sheets import LONG, Printer, Sheet, Stock, blank
from imgsim.training.pages.typesetting import Box, set_heading, set_text


def draw(stock: Stock, rng: Rng) -> Sheet:
    """A page of any kind, in the measure in which they come in books (pictures far more often)."""
    printer = Printer(stock, rng)
    if printer.chance(0.1):
        return opening(printer)
    return _single(printer)


def _single(printer: Printer) -> Sheet:
    names = list(_KINDS)
    shares = np.array([_KINDS[kind] for kind in names])
    return names[int(printer.rng.choice(len(names), p=shares / shares.sum()))](printer)


def text_page(printer: Printer, cuts: bool = False) -> Sheet:
    """A page of text in one column or more, with ornaments and initials; with `cuts`, also between and in the text."""
    sheet = blank(printer.rng)
    sheet.upright = True
    box = _type_area(printer, sheet)
    x0, y0, x1, y1 = box
    size = printer.between(10, 26)
    body, columns = printer.face(size), int(printer.rng.choice([1, 2, 3], p=[0.66, 0.28, 0.06]))
    leading = max(body.height - 2, int(size * printer.rng.uniform(1.0, 1.4)))
    if printer.chance(0.12):
        decoration.border(sheet.pixels, (x0 - 14, y0 - 14, x1 + 14, y1 + 14), printer.plate(), printer.rng)
    else:
        printer.margins(sheet, box, size)
    y = y0
    if printer.chance(0.3):
        printer.ornament(
            sheet, (x0 + x1) // 2, y, int((x1 - x0) * printer.rng.uniform(0.4, 1)), printer.between(24, 130)
        )
        y = sheet.boxes[-1][0][3] + printer.between(6, 26)
    for _ in range(int(printer.rng.choice([0, 1, 2, 3], p=[0.5, 0.25, 0.15, 0.1]))):
        y = printer.heading(sheet, x0, x1, y, printer.between(18, 80)) + printer.between(0, 12)
    bands = printer.between(1, 3) if cuts else 0
    insets = bool(cuts and printer.chance(0.35))
    while y < y1 - 3 * leading:
        if printer.chance(0.02):
            deep = printer.between(80, 240)
            decoration.staves(sheet.pixels, (x0, y, x1, min(y1, y + deep)), printer.rng)
            y = min(y1, y + deep)
            continue
        if bands and printer.chance(0.5):
            bands -= 1
            y = _band(printer, sheet, (x0, y, x1, y1)) + printer.between(4, 24)
            continue
        until = y1 if not bands and printer.chance(0.5) else min(y1, y + leading * printer.between(3, 18))
        ends = until == y1 and printer.chance(0.25)
        last = float(printer.rng.uniform(0.3, 0.9)) if ends else 1.0
        printer.prose(
            sheet, (x0, y, x1, until), body, leading, columns, printer.between(1, 2) if insets else 0, last
        )
        insets = insets and printer.chance(0.3)
        if printer.chance(0.04):
            decoration.table(sheet.pixels, (x0, y, x1, until), printer.rng)
        y = until + printer.between(2, 16)
        if ends and (1 - last) * (until - y0) > 120 and printer.chance(0.6):
            _tail_piece(printer, sheet, (x0, until - int((1 - last) * (until - y0)) + 40, x1, until))
        elif printer.chance(0.1) and y < y1 - 20:
            decoration.rule(
                sheet.pixels,
                x0 + printer.between(0, (x1 - x0) // 3),
                x1 - printer.between(0, (x1 - x0) // 3),
                y,
                printer.rng,
            )
            y += printer.between(6, 16)
        elif printer.chance(0.15):
            y = printer.heading(sheet, x0, x1, y, printer.between(14, 44)) + printer.between(2, 10)
    return sheet


def _band(printer: Printer, sheet: Sheet, room: Box) -> int:
    """Cuts across the page, between what is above and below; return where they end."""
    x0, y0, x1, y1 = room
    high = min(y1 - y0, int(LONG * printer.rng.uniform(0.1, 0.6)))
    if high < 60:
        return y0
    count = int(printer.rng.choice([1, 2, 3, 4], p=[0.68, 0.22, 0.07, 0.03]))
    wide = int(
        (x1 - x0) * (printer.rng.uniform(0.35, 1.05) if count == 1 else printer.rng.uniform(0.6, 1.05))
    )
    middle = (x0 + x1) // 2 + (printer.between(-30, 30) if printer.chance(0.3) else 0)
    end = printer.row_of_cuts(sheet, (middle - wide // 2, y0, middle + wide // 2, y0 + high), count)
    if printer.chance(0.08) and end + high < y1:  # a second row right below: a page of figures
        end = printer.row_of_cuts(
            sheet, (middle - wide // 2, end + printer.between(4, 30), middle + wide // 2, end + high), count
        )
    return end


def _tail_piece(printer: Printer, sheet: Sheet, room: Box) -> None:
    x0, y0, x1, y1 = room
    wide = int((x1 - x0) * printer.rng.uniform(0.2, 0.6))
    printer.ornament(
        sheet, (x0 + x1) // 2, y0, wide, min(max(20, y1 - y0), int(wide * printer.rng.uniform(0.3, 1.0)))
    )


def page_with_cuts(printer: Printer) -> Sheet:
    """Text and cuts."""
    return text_page(printer, cuts=True)


def title_page(printer: Printer) -> Sheet:
    """Lines of many sizes about the middle, a cut or a device, an imprint."""
    sheet = blank(printer.rng, (0.5, 0.8))
    sheet.upright = True
    x0, y0, x1, y1 = _type_area(printer, sheet)
    if printer.chance(0.15):
        decoration.border(sheet.pixels, (x0 - 10, y0 - 10, x1 + 10, y1 + 10), printer.plate(), printer.rng)
    y, cut_at = y0, printer.rng.uniform(0, 0.6)
    picture = printer.rng.random()
    while y < y1 - 30:
        if picture < 1 and (y - y0) / (y1 - y0) > cut_at:
            if picture < 0.65:
                y = _band(printer, sheet, (x0, y + 6, x1, y1 - 60))
            elif picture < 0.85:
                side = printer.between(60, 240)
                printer.ornament(
                    sheet, (x0 + x1) // 2, y + 8, side, int(side * printer.rng.uniform(0.5, 1.3))
                )
                y = sheet.boxes[-1][0][3]
            picture = 1.0
            y += printer.between(6, 30)
        else:
            y = printer.heading(sheet, x0, x1, y, printer.between(12, 84)) + printer.between(0, 26)
            if printer.chance(0.12):
                decoration.rule(
                    sheet.pixels, x0 + printer.between(0, 100), x1 - printer.between(0, 100), y, printer.rng
                )
                y += printer.between(8, 16)
            elif printer.chance(0.12):
                body = printer.face(printer.between(12, 22))
                until = min(y1, y + printer.between(40, 140))
                printer.prose(
                    sheet, (x0, y, x1, until), body, body.height, int(printer.rng.integers(1, 3)), 0
                )
                y = until
    return sheet


def plate_page(printer: Printer) -> Sheet:
    """One plate on a page of its own, with its number and a caption or without."""
    lying = printer.chance(0.15)
    sheet = blank(printer.rng)
    if lying:
        sheet.pixels = np.ascontiguousarray(sheet.pixels.T)
    height, width = sheet.pixels.shape
    fill = printer.rng.uniform(0.55, 0.99)
    x0, y0 = int(width * (1 - fill) / 2), int(height * (1 - fill) / 2)
    plate = printer.plate_of_figures(width, height) if printer.chance(0.25) else None
    lies = printer.cut(sheet, (x0, y0, width - x0, height - y0), 0.3, plate)
    shift = printer.between(-0.6 * lies[1], 0.6 * (height - lies[3])) if printer.chance(0.5) else 0
    sheet.pixels = np.roll(sheet.pixels, shift, axis=0)
    lies = (lies[0], lies[1] + shift, lies[2], lies[3] + shift)
    sheet.boxes = [(lies, "illustration")]
    assert sheet.lines is not None
    if printer.chance(0.6) and lies[3] + 16 < height:
        small = printer.face(printer.between(10, 30))
        for row in range(printer.between(1, 3)):
            top = lies[3] + 4 + row * small.height
            sheet.lines.append(
                set_heading(
                    sheet.pixels,
                    (lies[0] + lies[2]) // 2,
                    top,
                    width,
                    small,
                    printer.rng,
                    printer.between(1, 5),
                    printer.chance(0.4),
                )
            )
    if printer.chance(0.4) and lies[1] > 24:
        sheet.lines.append(
            set_heading(
                sheet.pixels, lies[2] - 30, lies[1] - 22, 200, printer.face(14), printer.rng, 2, False
            )
        )
    covered = (lies[2] - lies[0]) * (lies[3] - lies[1]) / (width * height)
    sheet.page = True if covered < 0.45 or len(sheet.lines) > 3 else None
    sheet.upright = bool(sheet.lines) and len(sheet.lines) > 1
    return sheet


def bare_plate(printer: Printer) -> Sheet:
    """A file that is one picture, as plates are kept: with its own paper, hardly a margin."""
    raw = printer.stock.raw[int(printer.rng.integers(len(printer.stock.raw)))]
    chance = printer.rng.random()
    if chance < 0.5:
        raw = printer.plate() if chance < 0.3 else printer.plate_of_figures(600, printer.between(400, 900))
    if printer.chance(0.3):
        raw = np.pad(
            raw,
            printer.between(1, max(2, 0.06 * max(raw.shape))),
            constant_values=int(np.percentile(raw, 90)),
        )
    factor = LONG * printer.rng.uniform(0.6, 1.0) / max(raw.shape)
    pixels = decoration.resized(raw, int(raw.shape[1] * factor), int(raw.shape[0] * factor))
    ink = cv2.medianBlur(pixels, 3) < int(pixels.max()) - 60
    rows, columns = np.flatnonzero(ink.mean(1) > 0.006), np.flatnonzero(ink.mean(0) > 0.006)
    boxes: list[tuple[Box, str]] = []
    if len(rows) and len(columns):
        boxes = [((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1), "illustration")]
    return Sheet(pixels, boxes, page=False, upright=False, scan=printer.chance(0.6))


def blank_page(printer: Printer) -> Sheet:
    """Nothing, or next to nothing."""
    sheet = blank(printer.rng)
    if printer.chance(0.3):
        box = (100, 300, sheet.pixels.shape[1] - 100, 420)
        body = printer.face(printer.between(12, 24))
        sheet.lines = set_text(sheet.pixels, box, body, body.height, printer.rng, ragged=True)
    return sheet


def cover(printer: Printer) -> Sheet:
    """A cover or endpaper, of leather, cloth or marbled paper: a pattern all over, and no picture."""
    sheet = blank(printer.rng)
    height, width = sheet.pixels.shape
    cells = printer.between(8, 120)
    noise = printer.rng.normal(0, 1, (cells, max(4, cells * width // height))).astype(np.float32)
    cloud = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    if printer.chance(0.5):  # veins
        cloud = np.minimum(np.abs(cloud) * printer.rng.uniform(1, 6), 1.0)
    ground, contrast = printer.rng.uniform(20, 200), printer.rng.uniform(10, 90)
    grain = printer.rng.normal(0, printer.rng.uniform(1, 12), (height, width))
    sheet.pixels = np.clip(ground + contrast * cloud + grain, 0, 255).astype(np.uint8)
    sheet.scan = printer.chance(0.7)
    return sheet


def opening(printer: Printer) -> Sheet:
    """Two pages side by side."""
    left, right = _single(printer), _single(printer)
    while left.page is False or right.page is False:
        left, right = _single(printer), _single(printer)
    return bound(left, right, printer.rng)


def _type_area(printer: Printer, sheet: Sheet) -> Box:
    height, width = sheet.pixels.shape
    left, right = (int(width * printer.rng.uniform(0.03, 0.2)) for _ in range(2))
    return (
        left,
        int(height * printer.rng.uniform(0.05, 0.14)),
        width - right,
        height - int(height * printer.rng.uniform(0.04, 0.16)),
    )


_KINDS: dict[Callable[[Printer], Sheet], float] = {
    page_with_cuts: 0.44,
    text_page: 0.15,
    title_page: 0.12,
    plate_page: 0.13,
    bare_plate: 0.12,
    blank_page: 0.04,
    cover: 0.03,
}
