"""What decorates a page and is no illustration: ornaments, initials, rules, borders, stamps, writing by hand."""

from __future__ import annotations

import cv2
import numpy as np

from imgsim.sources.sample.shapes import Rng
from imgsim.training.pages.typesetting import Face, made_up_word

Plate = np.ndarray  # uint8 (h, w), 255 paper and 0 ink


def crop_of(plate: Plate, rng: Rng, least: float = 0.2, most: float = 0.6) -> Plate:
    """A part of a plate, somewhere in it."""
    height, width = plate.shape
    h, w = (max(8, int(side * rng.uniform(least, most))) for side in (height, width))
    y, x = int(rng.integers(0, max(1, height - h))), int(rng.integers(0, max(1, width - w)))
    return plate[y : y + h, x : x + w]


def resized(plate: Plate, width: int, height: int) -> Plate:
    """A plate at another size, uint8 (height, width), at least one pixel each way."""
    size = (max(1, width), max(1, height))
    shrinks = size[0] < plate.shape[1] and size[1] < plate.shape[0]
    return cv2.resize(plate, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def ornament(plate: Plate, width: int, height: int, rng: Rng) -> Plate:
    """A head-piece, tail-piece or row of printer's flowers, uint8 (height, width): its halves mirror each other."""
    kind = rng.random()
    if kind < 0.3:
        return _flowers(plate, width, height, rng)
    half = resized(crop_of(plate, rng), (width + 1) // 2, height)
    whole = (
        np.hstack([half, half[:, ::-1]])[:, :width]
        if rng.random() < 0.85
        else resized(crop_of(plate, rng), width, height)
    )
    whole = np.ascontiguousarray(whole)
    if kind < 0.65:  # a tail-piece runs to a point, a vignette is round
        shape = np.zeros((height, width), np.uint8)
        if rng.random() < 0.5:
            cv2.fillPoly(shape, [np.array([[0, 0], [width, 0], [width // 2, height]], np.int32)], 1)
        else:
            cv2.ellipse(shape, (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, 1, -1)
        whole[shape == 0] = 255
    elif rng.random() < 0.6:
        frame(whole, rng)
    return whole


def _flowers(plate: Plate, width: int, height: int, rng: Rng) -> Plate:
    """One small piece of type, set again and again, in one row or more."""
    rows = int(rng.integers(1, 4))
    side = max(6, height // rows)
    tile = resized(crop_of(plate, rng, 0.1, 0.3), side, side)
    if rng.random() < 0.7:
        tile = np.minimum(tile, tile[:, ::-1])
    pair = [tile, tile[:, ::-1]] if rng.random() < 0.5 else [tile, tile[::-1]]
    row = np.hstack(pair * (width // (2 * side) + 1))
    return resized(np.vstack([row] * rows)[:, :width], width, height)


def initial(plate: Plate, side: int, letter: Plate, rng: Rng) -> Plate:
    """A decorated initial, uint8 (side, side or so): a letter before a crop of a plate, framed or not."""
    height = int(side * rng.uniform(0.9, 1.12))
    ground = resized(crop_of(plate, rng), side, height)
    kind = rng.random()
    if kind < 0.25:  # white on black
        ground = (
            np.where(ground > 150, 40, 225).astype(np.uint8) if rng.random() < 0.5 else np.minimum(ground, 70)
        )
    ink = resized(letter, int(side * rng.uniform(0.5, 0.85)), int(height * rng.uniform(0.6, 0.9)))
    y, x = (height - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    window = ground[y : y + ink.shape[0], x : x + ink.shape[1]]
    colour = 235 if kind < 0.25 else 10
    if kind >= 0.25:  # a clearing, so that the letter is seen
        clear = cv2.erode(ink, np.ones((5, 5), np.uint8)) < 128
        window[clear] = 250
    window[ink < 128] = colour
    if rng.random() < 0.75:
        frame(ground, rng)
    return ground


def letter_of(face: Face, rng: Rng) -> Plate:
    """A capital of a face, without margins."""
    drawn = face.drawn(str(rng.choice(list("ABCDEFGHILMNOPQRSTVM"))))
    rows, columns = np.flatnonzero((drawn < 128).any(1)), np.flatnonzero((drawn < 128).any(0))
    if not len(rows):
        return drawn
    return drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def frame(picture: Plate, rng: Rng) -> None:
    """Draw one line or two around a picture, just within its edges, in place."""
    height, width = picture.shape
    line = int(rng.integers(1, 5))
    cv2.rectangle(picture, (line // 2, line // 2), (width - 1 - line // 2, height - 1 - line // 2), 15, line)
    gap = line + int(rng.integers(3, 8))
    if rng.random() < 0.3 and min(width, height) > 6 * gap:
        cv2.rectangle(picture, (gap, gap), (width - 1 - gap, height - 1 - gap), 30, 1)


def diagram(width: int, height: int, rng: Rng) -> Plate:
    """A figure of lines, circles and letters, as mathematicians and builders need."""
    sheet = np.full((height, width), 255, np.uint8)
    points = (rng.uniform(0.04, 0.96, (int(rng.integers(4, 12)), 2)) * (width, height)).astype(np.int32)
    line = int(rng.integers(1, 4))
    for a, b in zip(points, np.roll(points, 1, axis=0), strict=True):
        cv2.line(sheet, a.tolist(), b.tolist(), 20, line, cv2.LINE_AA)
        chance = rng.random()
        if chance < 0.3:
            cv2.circle(
                sheet,
                a.tolist(),
                int(rng.integers(6, max(8, min(width, height) // 2))),
                20,
                line,
                cv2.LINE_AA,
            )
        elif chance < 0.7:
            letter = str(rng.choice(list("ABCDEFGHIKLMNOPQ")))
            cv2.putText(sheet, letter, a.tolist(), cv2.FONT_HERSHEY_COMPLEX, 0.5, 20, 1, cv2.LINE_AA)
    if rng.random() < 0.5:
        cv2.fillPoly(sheet, [points[:3]], int(rng.integers(60, 230)))
    rows, columns = np.flatnonzero((sheet < 200).any(1)), np.flatnonzero((sheet < 200).any(0))
    return np.ascontiguousarray(sheet[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def staves(sheet: Plate, box: tuple[int, int, int, int], rng: Rng) -> None:
    """Print music into a box, in place."""
    x0, y0, x1, y1 = box
    gap = int(rng.integers(5, 11))
    for top in range(y0 + gap, y1 - 6 * gap, 10 * gap):
        for row in range(5):
            cv2.line(sheet, (x0, top + row * gap), (x1, top + row * gap), 40, 1)
        for x in range(x0 + 3 * gap, x1 - gap, int(rng.integers(2 * gap, 5 * gap))):
            y = top + int(rng.integers(-1, 10)) * gap // 2
            cv2.ellipse(
                sheet, (x, y), (gap * 2 // 3, gap // 2), -20, 0, 360, 15, -1 if rng.random() < 0.6 else 2
            )
            cv2.line(sheet, (x + gap // 2, y), (x + gap // 2, y - 3 * gap), 15, 2)


def table(sheet: Plate, box: tuple[int, int, int, int], rng: Rng) -> None:
    """Draw the lines of a table over what is set in a box, in place."""
    x0, y0, x1, y1 = box
    line = int(rng.integers(1, 4))
    cv2.rectangle(sheet, (x0 - 6, y0 - 6), (x1 + 6, y1), 30, line)
    for x in np.sort(rng.integers(x0, x1, int(rng.integers(1, 7)))):
        cv2.line(sheet, (int(x), y0 - 6), (int(x), y1), 30, line)
    for y in rng.integers(y0, y1, int(rng.integers(0, 5))):
        cv2.line(sheet, (x0 - 6, int(y)), (x1 + 6, int(y)), 30, 1)


def rule(sheet: Plate, x0: int, x1: int, y: int, rng: Rng) -> None:
    """Draw a line across, plain, double or swelling, in place."""
    line = int(rng.integers(1, 4))
    cv2.line(sheet, (x0, y), (x1, y), 30, line)
    kind = rng.random()
    if kind < 0.25:
        cv2.line(sheet, (x0, y + line + 3), (x1, y + line + 3), 30, 1)
    elif kind < 0.5:
        middle, reach = (x0 + x1) // 2, max(2, (x1 - x0) // 8)
        cv2.fillPoly(
            sheet,
            [np.array([[middle - reach, y], [middle, y - 4], [middle + reach, y], [middle, y + 4]])],
            20,
        )


def border(sheet: Plate, box: tuple[int, int, int, int], plate: Plate, rng: Rng) -> None:
    """Draw a border around a whole page of text: lines, or a band of flowers, in place."""
    x0, y0, x1, y1 = box
    if rng.random() < 0.75:
        line = int(rng.integers(1, 5))
        cv2.rectangle(sheet, (x0, y0), (x1, y1), 25, line)
        if rng.random() < 0.5:
            gap = line + int(rng.integers(4, 10))
            cv2.rectangle(sheet, (x0 - gap, y0 - gap), (x1 + gap, y1 + gap), 25, int(rng.integers(1, 5)))
        return
    deep = int(rng.integers(10, 26))
    across, down = _flowers(plate, x1 - x0, deep, rng), _flowers(plate, y1 - y0, deep, rng).T
    for y in (y0, y1 - deep):
        sheet[y : y + deep, x0:x1] = across[: max(0, sheet.shape[0] - y), : max(0, sheet.shape[1] - x0)]
    for x in (x0, x1 - deep):
        sheet[y0:y1, x : x + deep] = down[: max(0, sheet.shape[0] - y0), : max(0, sheet.shape[1] - x)]


def stamp(face: Face, across: int, rng: Rng) -> Plate:
    """A library's stamp, uint8 (side, side): an oval, a ring or a box with words, a little turned."""
    side = int(across * 1.3) + 4
    down = int(across * rng.uniform(0.5, 1.0))
    sheet = np.full((side, side), 255, np.uint8)
    middle, ink = (side // 2, side // 2), int(rng.integers(30, 150))
    line = max(1, across // int(rng.integers(25, 60)))
    round_one = rng.random() < 0.75
    for inset in (0, *[int(across * rng.uniform(0.05, 0.2))] * (rng.random() < 0.7)):
        w, h = (across - inset) // 2, max(2, (down - inset) // 2)
        if round_one:
            cv2.ellipse(sheet, middle, (w, h), 0, 0, 360, ink, line, cv2.LINE_AA)
        else:
            cv2.rectangle(sheet, (middle[0] - w, middle[1] - h), (middle[0] + w, middle[1] + h), ink, line)
    rows = int(rng.integers(1, 4))
    for row in range(rows):
        word = np.maximum(face.drawn(made_up_word(rng).upper()), ink)
        word = resized(
            word, min(int(across * 0.7), int(word.shape[1] * across / 130)), max(6, int(down * 0.6 / rows))
        )
        y, x = middle[1] + int((row - rows / 2) * down * 0.62 / rows), middle[0] - word.shape[1] // 2
        window = sheet[max(0, y) : y + word.shape[0], max(0, x) : x + word.shape[1]]
        np.minimum(window, word[: window.shape[0], : window.shape[1]], out=window)
    turn = cv2.getRotationMatrix2D(middle, float(rng.normal(0, 12)), 1.0)
    return cv2.warpAffine(sheet, turn, (side, side), borderValue=255)


def handwriting(sheet: Plate, x: int, y: int, length: int, size: int, rng: Rng) -> None:
    """Write a line of loops by hand, in place."""
    steps = max(4, length // max(2, size // 3))
    t = np.arange(steps * 4) / 4
    slope = float(rng.normal(0, 0.08))
    across = x + t * length / steps + np.cos(t * 2.4) * size * 0.25
    high = np.repeat(rng.uniform(0.2, 1.0, steps), 4) * size * 0.5
    down = y + np.sin(t * 3.1) * high + (across - x) * slope
    points = np.column_stack([across, down]).astype(np.int32)
    cut = np.flatnonzero(rng.random(len(points)) < 0.06)
    for part in np.split(points, cut):
        if len(part) > 1:
            cv2.polylines(
                sheet, [part], False, int(rng.integers(40, 130)), int(rng.integers(1, 4)), cv2.LINE_AA
            )
