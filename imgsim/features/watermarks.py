"""Words that a library prints across its scans: letters between two lines, at any slant, that they all touch."""

from __future__ import annotations

import numpy as np

# Heights of letters, in shares of the plate's longer side; and how wide they are, in heights: hatching is narrower.
LETTER = (0.014, 0.12)
WIDEST, NARROW = 1.6, 0.35
# Four and fewer are met with in pictures, too.
LEAST_LETTERS = 5
# Letters miss the two lines by so much at most, and stand so far apart at most, in heights: between small letters
# there are tall ones, and letters that the picture's ink has swallowed.
ASTRAY, APART = 0.09, 2.0
# Degrees.
SLANTS = np.arange(-88, 91, 2)
# What else of the words is swallowed, and lines above and below in the same hand, all in heights.
BESIDE, ABOVE = 6.0, 1.8
# Level or upright within so many degrees, lines of letters may be captions, and the picture is next to them.
LEVEL = 12
BESIDE_LEVEL, ABOVE_LEVEL = 2.0, 0.4
# Steps of grey by which print is darker than what surrounds it: where it stands between lines of the picture, and
# where these, darker than INKED, are left out, which parts it from them.
PRINTED, FAINT, INKED = 45, 32, 80
MOST_SHAPES = 300


def printed_across(plate: np.ndarray) -> np.ndarray:
    """Mask of a whitened grey plate, uint8 (h, w): True on lines of letters, bool (h, w)."""
    import cv2

    mask = np.zeros(plate.shape, np.uint8)
    shapes = _shapes(plate)
    if len(shapes) < LEAST_LETTERS:
        return mask > 0
    slants = np.deg2rad(SLANTS)
    along = np.stack([np.cos(slants), np.sin(slants)], axis=1)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    spans, rows = _extents(shapes, along), _extents(shapes, across)
    for slant, members in _candidates(spans, rows, max(plate.shape)):
        oblique = abs(abs(SLANTS[slant]) - 45) < 45 - LEVEL
        beside, above = (BESIDE, ABOVE) if oblique else (BESIDE_LEVEL, ABOVE_LEVEL)
        for (begin, end), (top, bottom) in _lines(spans[members, slant], rows[members, slant]):
            height = bottom - top
            u = np.array([begin - beside * height, end + beside * height])[[0, 1, 1, 0], None]
            v = np.array([top - above * height, bottom + above * height])[[0, 0, 1, 1], None]
            cv2.fillPoly(mask, [np.rint(u * along[slant] + v * across[slant]).astype(np.int32)], 1)
    return mask > 0


def _shapes(plate: np.ndarray) -> list[np.ndarray]:
    """Convex hulls, float32 (n, 2), of what may be letters: once as they are, and once without the picture's ink."""
    import cv2

    side = max(plate.shape)
    darker = cv2.subtract(cv2.blur(plate, (31, 31)), plate)
    clear = cv2.erode((plate >= INKED).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    found = []
    for seen in (darker > PRINTED, (darker > FAINT) & clear):
        contours, _ = cv2.findContours(seen.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            # Not so long round a letter: cheaper to ask than its box.
            if len(contour) < 12:
                continue
            _, _, w, h = cv2.boundingRect(contour)
            if LETTER[0] * side <= max(w, h) <= 1.5 * LETTER[1] * side and min(w, h) >= 3:
                found.append((max(w, h), cv2.convexHull(contour)[:, 0].astype(np.float32)))
    found.sort(key=lambda one: -one[0])
    return [hull for _, hull in found[:MOST_SHAPES]]


def _extents(shapes: list[np.ndarray], directions: np.ndarray) -> np.ndarray:
    """Where each shape begins and ends in each direction, (d, 2): float32 (shapes, d, 2)."""
    starts = np.cumsum([0, *(len(hull) for hull in shapes[:-1])])
    at = np.concatenate(shapes) @ directions.T.astype(np.float32)
    return np.stack([np.minimum.reduceat(at, starts), np.maximum.reduceat(at, starts)], axis=2)


def _candidates(spans: np.ndarray, rows: np.ndarray, side: int) -> list[tuple[int, np.ndarray]]:
    """Slants with the shapes that may be letters there: enough others have nearly their top, and their bottom."""
    height, width = np.ptp(rows, axis=2), np.ptp(spans, axis=2)
    letter = (height >= LETTER[0] * side) & (height <= LETTER[1] * side) & (width <= WIDEST * height)
    slant, shape = np.nonzero(letter.T)
    reach = np.maximum(1.5, ASTRAY * height[shape, slant])
    likely = np.ones(len(slant), bool)
    for edge in (0, 1):
        # All slants in one sorted row, too far apart to meet.
        at = rows[shape, slant, edge] + slant * 8.0 * side
        row = np.sort(at)
        likely &= (
            np.searchsorted(row, at + reach, "right") - np.searchsorted(row, at - reach) >= LEAST_LETTERS
        )
    slant, shape = slant[likely], shape[likely]
    counts = np.bincount(slant, minlength=rows.shape[1])
    parts = np.split(shape, np.cumsum(counts)[:-1])
    return [(int(one), parts[one]) for one in np.flatnonzero(counts >= LEAST_LETTERS)]


def _lines(spans: np.ndarray, rows: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Lines of letters among shapes at one slant, each as begin and end, top and bottom: (2,), (2,)."""
    height, width = np.ptp(rows, axis=1), np.ptp(spans, axis=1)
    near = (np.abs(rows[:, None] - rows[None]) <= np.maximum(1.5, ASTRAY * height)[:, None, None]).all(2)
    counts = near.sum(1)
    found = []
    done = np.zeros(len(rows), bool)
    for one in np.argsort(-counts, kind="stable"):
        if counts[one] < LEAST_LETTERS:
            break
        if done[one]:
            continue
        members = np.flatnonzero(near[one])
        members = members[np.argsort(spans[members, 0])]
        # The same letter may have been seen with and without ink.
        own = [members[0]]
        for k in members[1:]:
            if spans[k, 0] >= spans[own[-1], 1] - 0.4 * width[k]:
                own.append(k)
        letters = np.array(own)
        gaps = spans[letters[1:], 0] - spans[letters[:-1], 1]
        for line in np.split(letters, np.flatnonzero(gaps > APART * height[one]) + 1):
            if len(line) >= LEAST_LETTERS and np.median(width[line]) >= NARROW * height[one]:
                done[line] = True
                found.append((np.array([spans[line, 0].min(), spans[line, 1].max()]), rows[one]))
    return found
