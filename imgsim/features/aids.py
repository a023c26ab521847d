"""What a library lays beside a page before it is scanned: colour cards and rulers. They are in all its scans alike."""

from __future__ import annotations

import numpy as np

# Patches of a card: flat at one of these steps of grey, sides in shares of the plate's longer side.
FLAT = (8, 16, 28)
PATCH = (0.008, 0.2)
LEAST_PATCHES = 8
# A card shows many greys; panes, tiles and a chequerboard one or two.
LEAST_GREYS = 4
GREY_STEP = 28

# Ticks: spans in which they repeat exactly, in shares of the longer side, and how often at least.
SPANS = (0.3, 0.55)
LEAST_TICKS = 15
LEAST_EXACT = 0.9
LEAST_CONTRAST = 12.0
THICKEST_RULER = 0.09


def laid_beside(plate: np.ndarray) -> np.ndarray:
    """Mask of a whitened grey plate, uint8 (h, w): True on colour cards and rulers, bool (h, w)."""
    mask = np.zeros(plate.shape, bool)
    _cards(plate, mask)
    for grey, target in ((plate, mask), (np.ascontiguousarray(plate.T), mask.T)):
        _rulers(grey, target)
    return mask


def _cards(plate: np.ndarray, mask: np.ndarray) -> None:
    """Flat patches of one size and many greys, in rows and columns."""
    import cv2

    side = max(plate.shape)
    smooth = cv2.medianBlur(plate, 3)
    steep = cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    for flat in FLAT:
        _, _, stats, centres = cv2.connectedComponentsWithStats(
            (steep <= flat).astype(np.uint8), connectivity=4
        )
        # What is steep at its rim is part of a patch.
        size = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] + 2
        full = stats[:, cv2.CC_STAT_AREA] / np.maximum((size - 2).prod(1), 1)
        least, most = size.min(1), size.max(1)
        fits = (least >= max(6, PATCH[0] * side)) & (most <= PATCH[1] * side) & (most <= 3 * least)
        fits &= full >= 0.7
        fits[0] = False
        _grids(smooth, mask, size[fits], centres[fits])


def _grids(smooth: np.ndarray, mask: np.ndarray, size: np.ndarray, centres: np.ndarray) -> None:
    """Mask the groups of patches (width and height, centre: (n, 2) each) that are neighbours in a row or column."""
    if len(size) < LEAST_PATCHES:
        return
    close = (np.abs(size[:, None] - size[None]) <= np.maximum(3, 0.22 * size[:, None])).all(2)
    apart = np.abs(centres[:, None] - centres[None]) / size[:, None]
    close &= (apart.min(2) <= 0.3) & (apart.max(2) <= 2.6)
    close &= close.T
    group = np.arange(len(size))
    for _ in range(len(size)):
        least = np.where(close, group[None], len(size)).min(1)
        if (least >= group).all():
            break
        group = np.minimum(group, least)
    for one in np.unique(group):
        rows = np.flatnonzero(group == one)
        if len(rows) < LEAST_PATCHES:
            continue
        x, y = centres[rows].astype(int).T
        if len(np.unique(smooth[y, x] // GREY_STEP)) < LEAST_GREYS:
            continue
        half = np.median(size[rows], axis=0)
        # Half a patch for its own extent, and nearly a patch around for the card's edge, its scale and its words.
        left, top = np.maximum(0, centres[rows].min(0) - 1.4 * half).astype(int)
        right, bottom = (centres[rows].max(0) + 1.4 * half).astype(int)
        mask[top : bottom + 1, left : right + 1] = True


def _rulers(plate: np.ndarray, mask: np.ndarray) -> None:
    """Ticks across rows: a thin, long band whose rows repeat exactly, as no hand draws or engraves."""
    import cv2

    height, width = plate.shape
    side = max(plate.shape)
    # Ticks are longer than two rows: every other one will do.
    rows = cv2.blur(plate, (1, 3))[::2]
    changes = _changes(rows)
    for share in SPANS:
        span = round(share * side)
        if span > width or span < 4 * LEAST_TICKS or height < 3:
            continue
        hits = np.zeros(rows.shape, np.uint8)
        for left in sorted({*range(0, width - span, max(1, span // 4)), width - span}):
            steady = np.flatnonzero(_steady(changes[:, left : left + span]))
            exact = steady[_exact(rows[steady, left : left + span].astype(np.float32))]
            hits[exact, left : left + span] = 1
        if not hits.any():
            continue
        hits = np.repeat(hits, 2, axis=0)[:height]
        joined = cv2.morphologyEx(hits, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8))
        bands, _, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=4)
        for x, y, w, h, _ in boxes[1:bands]:
            # Hatching, where it is exact, fills more than a band.
            if not (3 <= h <= THICKEST_RULER * side and w >= 4 * h):
                continue
            # Beside the ticks the ruler bears longer ones and numbers.
            beside = round(min(3.3 * h, 0.1 * side))
            mask[max(0, y - beside) : y + h + beside, max(0, x - h) : x + w + h] = True


def _changes(rows: np.ndarray) -> np.ndarray:
    """How often each row, uint8 (h, w), has passed the level of what surrounds it, up to each column: int32 (h, w)."""
    import cv2

    above = rows > cv2.blur(rows, (41, 1))
    changes = np.zeros(rows.shape, np.int32)
    np.cumsum(above[:, 1:] != above[:, :-1], axis=1, out=changes[:, 1:])
    return changes


def _steady(changes: np.ndarray) -> np.ndarray:
    """Whether there may be ticks all along: as many changes, nearly, in every quarter of each row, (h, span)."""
    quarters = np.diff(changes[:, np.linspace(0, changes.shape[1] - 1, 5).astype(int)], axis=1)
    most, least = quarters.max(1), quarters.min(1)
    return (quarters.sum(1) >= 2 * LEAST_TICKS - 2) & (most - least <= np.maximum(4, 0.25 * most))


def _exact(rows: np.ndarray) -> np.ndarray:
    """Whether each row, float32 (h, span), is the repetition of one tick: bool (h,)."""
    from scipy.fft import rfft

    span = rows.shape[1]
    level = rows - rows.mean(1, keepdims=True)
    contrast = level.std(1) >= LEAST_CONTRAST
    out = np.zeros(len(rows), bool)
    if not contrast.any():
        return out
    power = np.abs(rfft(level[contrast] * np.hanning(span).astype(np.float32), axis=1)) ** 2
    # What changes slowly is the light, and every fifth and tenth tick's length.
    first = LEAST_TICKS
    power[:, :3] = 0
    total = power.sum(1) + 1e-6
    # The window spreads a line over its two neighbours.
    around = power.copy()
    around[:, 1:] += power[:, :-1]
    around[:, :-1] += power[:, 1:]
    strongest = first + around[:, first:].argmax(1)
    held = np.zeros(len(power))
    for times in range(1, 5):
        at = strongest * times
        inside = at < power.shape[1] - 1
        # Between bins the harmonics drift by as many bins as they are times the first.
        near = around[np.arange(len(power)), np.minimum(at, power.shape[1] - 1)]
        held += np.where(inside, near, 0)
    out[contrast] = held / total >= LEAST_EXACT
    return out
