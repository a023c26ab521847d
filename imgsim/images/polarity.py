"""Is a plate dark lines on light paper, or its negative? Told by its tone; some plates leave it open."""

from __future__ import annotations

import numpy as np

# The tone of a plate and that of its negative are as far from this. Two scans of one plate differ by less than ASTRAY.
EVEN, ASTRAY = 0.5, 0.03
# What is darker is read as a negative, with nothing beside it to tell. Of 1,448 real plates none is; of their negatives
# three in four are, and the others are found as well (996 of 1,000 first). From 0.4 on two impressions of one dark
# woodcut begin to fall on either side.
DARK = 0.36


def tone_of(grey: np.ndarray) -> float:
    """How light a grey plate, uint8 (h, w), is on the whole, between its darkest ink 0 and its paper 1.

    Of 500 real plates one in a hundred is below 0.53, and two, woodcuts black nearly all over, below 0.5. Of a plate's
    negative it is 1 less the plate's.
    """
    counts = np.bincount(grey.ravel(), minlength=256)
    dark, light = np.searchsorted(np.cumsum(counts), (0.01 * grey.size, 0.99 * grey.size))
    if light <= dark:
        return 1.0
    mean = counts @ np.arange(256) / grey.size
    return float(np.clip((mean - dark) / (light - dark), 0, 1))


def may_be_negatives(one: float, other: float) -> bool:
    """Whether a plate of one tone may be the negative of one of the other; also where a tone is NaN, unknown."""
    light = one > EVEN + ASTRAY and other > EVEN + ASTRAY
    dark = one < EVEN - ASTRAY and other < EVEN - ASTRAY
    return not (light or dark)


def is_dark(tone: float) -> bool:
    """Whether a plate is to be read as a negative, with nothing beside it to tell; not where its tone is NaN."""
    return tone < DARK


def may_be_dark(tone: float) -> bool:
    """Whether a plate may be a negative itself; not where its tone is NaN, unknown."""
    return tone < EVEN + ASTRAY
