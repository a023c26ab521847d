"""Which side of lines of text is up: more letters reach above the small ones (b d f h k l t) than below (g j p q y)."""

from __future__ import annotations

import numpy as np

# Lines are looked at in so many columns, because a page is never quite straight.
COLUMNS = 8
# What reaches out of the row of small letters is looked for within so much of its height.
BEYOND = 0.5
# Rows of small letters are so high, in pixels.
LEAST_HEIGHT, MOST_HEIGHT = 4, 40


def upness(ink: np.ndarray, text: np.ndarray) -> float:
    """How sure it is that lines of text stand upright: negative where they stand on their heads.

    Parameters
    ----------
    ink : bool (h, w), where the page has ink.
    text : bool (h, w), where it has text.

    Returns
    -------
    The surplus of pieces of line that reach further up over those that reach further down, in standard deviations of
    what chance would do.
    """
    width = ink.shape[1]
    up = down = 0
    for left, right in zip(*_ends(width), strict=True):
        where = text[:, left:right]
        if where.mean() < 0.05:
            continue
        profile = (ink[:, left:right] & where).sum(1).astype(np.float64)
        for first, last in _rows(profile):
            reach = max(1, round(BEYOND * (last - first)))
            above = profile[max(0, first - reach) : first].sum()
            below = profile[last : last + reach].sum()
            # The next line may reach in from either side: only what is clear is counted.
            if above > 1.25 * below + 1:
                up += 1
            elif below > 1.25 * above + 1:
                down += 1
    return (up - down) / max(1.0, np.sqrt(up + down))


def _ends(width: int) -> tuple[list[int], list[int]]:
    edges = np.linspace(0, width, COLUMNS + 1).astype(int)
    return edges[:-1].tolist(), edges[1:].tolist()


def _rows(profile: np.ndarray) -> list[tuple[int, int]]:
    """The rows of small letters in a profile of ink: where it is above half of what it is at its fullest nearby."""
    if profile.max() <= 0:
        return []
    full = np.percentile(profile[profile > 0], 85)
    inside = np.concatenate([[False], profile > 0.5 * full, [False]])
    starts, stops = np.flatnonzero(~inside[:-1] & inside[1:]), np.flatnonzero(inside[:-1] & ~inside[1:])
    heights = stops - starts
    usual = float(np.median(heights)) if len(heights) else 0.0
    kept = (heights >= max(LEAST_HEIGHT, 0.6 * usual)) & (heights <= min(MOST_HEIGHT, 1.6 * usual))
    return list(zip(starts[kept].tolist(), stops[kept].tolist(), strict=True))
