"""Words that a library prints slantwise across its scans: capitals between two oblique lines that they all touch."""

from __future__ import annotations

import numpy as np

# Heights of letters, in shares of the plate's longer side.
LETTER = (0.014, 0.12)
LEAST_LETTERS = 7
# Nothing that lies level or upright, within so many degrees: captions do, and are looked for elsewhere.
LEAST_SLANT = 12
# Letters stand so far apart at most, and miss the two lines by so much at most, in heights.
APART, ASTRAY = 2.0, 0.12
MOST_SEEN = 400


def slanting(ink: np.ndarray) -> np.ndarray:
    """Mask of the ink of a plate, uint8 (h, w), 0 or 1: True on oblique lines of letters, bool (h, w)."""
    import cv2

    side = max(ink.shape)
    mask = np.zeros(ink.shape, np.uint8)
    contours, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    shapes = []
    for contour in contours:
        _, _, w, h = cv2.boundingRect(contour)
        if LETTER[0] * side <= max(w, h) <= 1.5 * LETTER[1] * side and min(w, h) >= 2:
            shapes.append(cv2.convexHull(contour)[:, 0].astype(float))
    shapes = sorted(shapes, key=lambda hull: -np.ptp(hull, axis=0).max())[:MOST_SEEN]
    if len(shapes) < LEAST_LETTERS:
        return mask > 0
    points = np.concatenate(shapes)
    starts = np.cumsum([0, *(len(hull) for hull in shapes[:-1])])
    for degree in range(LEAST_SLANT, 180 - LEAST_SLANT):
        if abs(degree - 90) > LEAST_SLANT:
            _mask_lines(points, starts, np.deg2rad(degree), side, mask)
    return mask > 0


def _mask_lines(points: np.ndarray, starts: np.ndarray, slant: float, side: int, mask: np.ndarray) -> None:
    """Mask the lines of letters with that slant; the hull of each shape is the points from its start on."""
    import cv2

    along, across = np.array([np.cos(slant), np.sin(slant)]), np.array([-np.sin(slant), np.cos(slant)])
    span, rows = (
        np.stack([np.minimum.reduceat(at, starts), np.maximum.reduceat(at, starts)], axis=1)
        for at in (points @ along, points @ across)
    )
    height, width = np.ptp(rows, axis=1), np.ptp(span, axis=1)
    letter = (height >= LETTER[0] * side) & (height <= LETTER[1] * side) & (width <= 1.6 * height)
    for one in np.flatnonzero(letter):
        within = letter & (np.abs(rows - rows[one]).max(1) <= max(1.5, ASTRAY * height[one]))
        members = np.flatnonzero(within)
        if len(members) < LEAST_LETTERS:
            continue
        members = members[np.argsort(span[members, 0])]
        gaps = span[members[1:], 0] - span[members[:-1], 1]
        for line in np.split(members, np.flatnonzero(gaps > APART * height[one]) + 1):
            # Hatching has lines of one height too, but they are thin.
            wide = np.median(width[line]) >= 0.35 * height[one]
            if one not in line or len(line) < LEAST_LETTERS or not wide:
                continue
            # Ink of the picture swallows letters on either side; a word above or below is in the same hand.
            ends = span[line, 0].min() - 3 * height[one], span[line, 1].max() + 3 * height[one]
            tops = rows[one, 0] - 0.3 * height[one], rows[one, 1] + 0.3 * height[one]
            corners = [u * along + v * across for u, v in zip((*ends, *ends[::-1]), np.repeat(tops, 2), strict=True)]
            cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 1)
