"""What on a plate may not vouch for a pair: what repeats across unrelated plates.

Lettering, frames, page edges and stamps; and what a library adds (:mod:`imgsim.features.aids`,
:mod:`imgsim.features.watermarks`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imgsim.features.aids import laid_beside
from imgsim.features.watermarks import printed_across

# Lengths in shares of the plate's longer side.
RIM = 0.012
TALLEST_LINE = 0.055
TALLEST_WORD = 0.13
STAMP = (0.05, 0.32)
FRAME_ZONE = 0.15
FRAME_LENGTH = 0.3

# The letters of a word: so many at least, as tall as each other and on one line but for this share of their height.
LEAST_LETTERS, EVEN = 4, 0.12


def keypoint_mask(plate: np.ndarray) -> np.ndarray:
    """Mask of a whitened grey plate, uint8 (h, w): True where no feature may vouch, bool (h, w)."""
    import cv2

    side = max(plate.shape)
    ink = _ink(plate)
    mask = np.zeros(plate.shape, bool)
    rim = max(2, round(RIM * side))
    mask[:rim] = mask[-rim:] = True
    mask[:, :rim] = mask[:, -rim:] = True
    _stamps(ink, mask, side)
    mask |= printed_across(plate)
    frames = _frames(ink, side)
    mask |= frames
    # Lettering close to a frame shall still stand alone.
    ink[frames] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    on_its_side = stats[:, [cv2.CC_STAT_TOP, cv2.CC_STAT_LEFT, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA]]
    # It runs up a plate that lies on its side.
    for seen, parts, boxes, grey, target in (
        (ink, labels, stats, plate, mask),
        (np.ascontiguousarray(ink.T), np.ascontiguousarray(labels.T), on_its_side, plate.T, mask.T),
    ):
        _page_edges(grey, target, rim)
        _lines_of_letters(seen, (parts, boxes), target, side)
        _words(boxes, target, side)
    return mask | laid_beside(plate)


def _ink(plate: np.ndarray) -> np.ndarray:
    """Where lines are darker than what surrounds them: uint8 (h, w), 0 or 1."""
    import cv2

    around = cv2.blur(plate, (31, 31)).astype(np.int16)
    return ((plate < np.minimum(around - 14, 200)) | (plate < 70)).astype(np.uint8)


def _page_edges(plate: np.ndarray, mask: np.ndarray, rim: int) -> None:
    """What lies beyond the page, and the shadow of the binding, dark along most of the left or right side."""
    width = plate.shape[1]
    reach = max(1, round(0.15 * width))
    for side in (slice(None), slice(None, None, -1)):
        dark = plate[:, side][:, :reach] < 110
        run = np.where(dark.all(1), reach, dark.argmin(1))
        if (run > 1).mean() > 0.5:
            mask[:, side][:, :reach] |= np.arange(reach) < (run + rim)[:, None]


def _lines_of_letters(
    ink: np.ndarray, components: Sequence[np.ndarray], mask: np.ndarray, side: int
) -> None:
    """Smear the ink sideways so that letters join to lines; keep low, long ones of several parts that stand alone."""
    import cv2

    labels, stats = components
    tall = TALLEST_LINE * side
    least = max(3, side / 210)
    height, width = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    letter = (
        (height <= tall) & (height >= least * 0.4) & (width <= 10 * tall) & (stats[:, cv2.CC_STAT_AREA] >= 3)
    )
    letter[0] = False
    small = letter[labels].astype(np.uint8)
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((1, max(3, round(side / 36))), np.uint8))
    lines, line_of, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    others = cv2.integral((ink & ~small & 1).astype(np.uint8))
    own = cv2.integral(small)
    for i in range(1, lines):
        x, y, w, h, area = (int(v) for v in boxes[i])
        if not (least <= h <= tall and w >= 2.2 * h and area > 0.35 * w * h):
            continue
        line = small[y : y + h, x : x + w] & (line_of[y : y + h, x : x + w] == i)
        # Upright strokes: how often a row through the line meets ink.
        crossings = np.diff(line, axis=1, prepend=0) == 1
        strokes = np.sort(crossings.sum(1))[-max(2, h // 3) :].mean()
        if strokes < max(4, 0.8 * w / h):
            continue
        filled = line.mean()
        if not 0.08 <= filled <= 0.75:
            continue
        pad = max(2, round(0.5 * h))
        top, bottom = max(0, y - pad), min(ink.shape[0], y + h + pad)
        around = (bottom - top) * w
        foreign = _sum(others, x, top, x + w, bottom)
        loose = _sum(own, x, top, x + w, y) + _sum(own, x, y + h, x + w, bottom)
        if foreign > 0.04 * around or loose > 0.25 * around:
            continue
        grow = max(2, round(0.35 * h))
        mask[max(0, y - grow) : y + h + grow, max(0, x - grow) : x + w + grow] = True


def _words(stats: np.ndarray, mask: np.ndarray, side: int) -> None:
    """Capitals taller than a line of letters, as FINIS in the middle of a small ornament: as tall as each other, on one
    line, close together. ``stats`` are those of the ink that hangs together."""
    import cv2

    height = stats[:, cv2.CC_STAT_HEIGHT]
    fits = (height > TALLEST_LINE * side) & (height <= TALLEST_WORD * side)
    fits &= stats[:, cv2.CC_STAT_WIDTH] <= 1.5 * height
    fits[0] = False
    letters = stats[fits]
    letters = letters[np.argsort(letters[:, cv2.CC_STAT_LEFT])]
    left, top, width, tall = letters[:, :4].T.astype(float)
    foot = top + tall
    for i in range(len(letters)):
        row = np.flatnonzero((np.abs(tall - tall[i]) <= EVEN * tall[i]) & (np.abs(foot - foot[i]) <= EVEN * tall[i]))
        apart = left[row][1:] - (left + width)[row][:-1] > tall[i]
        for word in np.split(row, np.flatnonzero(apart) + 1):
            if len(word) < LEAST_LETTERS:
                continue
            grow = 0.35 * tall[i]
            x0, x1 = left[word].min() - grow, (left + width)[word].max() + grow
            y0, y1 = top[word].min() - grow, foot[word].max() + grow
            mask[max(0, round(y0)) : round(y1), max(0, round(x0)) : round(x1)] = True


def _sum(integral: np.ndarray, x0: int, y0: int, x1: int, y1: int) -> int:
    return int(integral[y1, x1] - integral[y0, x1] - integral[y1, x0] + integral[y0, x0])


def _frames(ink: np.ndarray, side: int) -> np.ndarray:
    """Long straight rules near the edges of the plate, with paper beside them: bool (h, w)."""
    import cv2

    height, width = ink.shape
    # Only the rim is searched: the search takes its time from the ink it sees.
    rim = ink * np.uint8(255)
    deep, wide = round(FRAME_ZONE * height), round(FRAME_ZONE * width)
    rim[deep : height - deep, wide : width - wide] = 0
    found = cv2.HoughLinesP(
        rim, 1, np.pi / 360, round(0.15 * side), minLineLength=FRAME_LENGTH * side, maxLineGap=0.02 * side
    )
    drawn = np.zeros(ink.shape, np.uint8)
    if found is None:
        return drawn > 0
    thick = max(3, round(0.018 * side))
    along = np.linspace(0.02, 0.98, 60)
    for x0, y0, x1, y1 in found.reshape(-1, 4).astype(int):
        level = abs(y1 - y0) < 0.08 * abs(x1 - x0)
        upright = abs(x1 - x0) < 0.08 * abs(y1 - y0)
        near_y = min((y0 + y1) / 2, height - (y0 + y1) / 2) < FRAME_ZONE * height
        near_x = min((x0 + x1) / 2, width - (x0 + x1) / 2) < FRAME_ZONE * width
        if not (level and near_y) and not (upright and near_x):
            continue
        # Dense hatching holds long straight lines as well, but no paper beside them.
        clear = []
        for aside in (-thick, -0.7 * thick, 0.7 * thick, thick):
            x = np.clip(np.rint(x0 + along * (x1 - x0) + (0 if level else aside)), 0, width - 1).astype(int)
            y = np.clip(np.rint(y0 + along * (y1 - y0) + (aside if level else 0)), 0, height - 1).astype(int)
            clear.append(1 - ink[y, x].mean())
        if max(min(clear[:2]), min(clear[2:])) > 0.75:
            cv2.line(drawn, (int(x0), int(y0)), (int(x1), int(y1)), 1, thick)
    return drawn > 0


def _stamps(ink: np.ndarray, mask: np.ndarray, side: int) -> None:
    """Oval rings: a closed, hollow outline of a stamp's size that an ellipse fits."""
    import cv2

    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        if len(contour) < 40:
            continue
        x, y, w, h = cv2.boundingRect(contour)
        if not (
            STAMP[0] * side <= min(w, h) and max(w, h) <= STAMP[1] * side and max(w, h) < 1.9 * min(w, h)
        ):
            continue
        (cx, cy), (d0, d1), angle = cv2.fitEllipse(contour)
        # A slanting leaf is longer than a stamp.
        if min(d0, d1) < 1 or max(d0, d1) > min(1.9 * min(d0, d1), 1.3 * max(w, h)):
            continue
        turn = np.exp(-1j * np.deg2rad(angle))
        z = ((contour[:, 0, 0] - cx) + 1j * (contour[:, 0, 1] - cy)) * turn
        radius = np.hypot(z.real / (d0 / 2), z.imag / (d1 / 2))
        off = np.abs(radius - 1) * min(d0, d1) / 2
        if np.quantile(off, 0.9) > 0.035 * max(w, h):
            continue
        inside = ink[y : y + h, x : x + w].mean()
        if inside < 0.45:
            cv2.ellipse(m := mask.astype(np.uint8), ((cx, cy), (d0 * 1.08, d1 * 1.08), angle), 1, -1)
            mask |= m > 0
