"""The dots of a halftone: a screen that repeats exactly, all over a picture, and is blurred before it is described.

Its dots would be the features otherwise, and hide the lines. A ruling machine's lines repeat in one direction and no
hand's hatching repeats from one end of a plate to the other: so neither is taken for a screen.
"""

from __future__ import annotations

import functools

import numpy as np

# The picture is looked at in so many windows, a row and a column at most, of so many pixels.
WINDOW, MOST_WINDOWS = 128, 3
# A window with less contrast (standard deviation) is blank.
BLANK = 5.0
# Of each of two directions at right angles: how far the screen stands out from all else of its period, and which share
# of the picture's whole contrast is in it, in most windows. Of 48 plates printed anew with a screen the 43 that have
# tones reach 50 and 0.0037; 500 real plates, none of which has one, 24 and 0.0017.
STANDS_OUT, SHARE = 40.0, 0.003
# And how strong the weaker is beside the stronger: dots are as long as wide, crossed hatchings seldom.
EVEN = 0.6
# Pixels: finer ones are gone once a plate is reduced, coarser ones are a picture's own.
PERIODS = (2.0, 10.0)
ASTRAY = 2
# Standard deviation of the blur, in periods: a fiftieth of the screen is left.
BLUR = 0.45


def without_screen(grey: np.ndarray) -> np.ndarray:
    """A grey plate, uint8 (h, w), blurred where it is a halftone; else the same array."""
    import cv2

    period = screen_period(grey)
    return grey if period is None else cv2.GaussianBlur(grey, (0, 0), BLUR * period)


def screen_period(grey: np.ndarray) -> float | None:
    """How many pixels apart the dots of a halftone lie, uint8 (h, w); None where there is no screen."""
    power = _power(grey)
    if power is None:
        return None
    _, away = _frequencies()
    looked = (away >= WINDOW / PERIODS[1]) & (away <= WINDOW / PERIODS[0])
    if power[looked].max() < SHARE * power.sum():  # as of nearly all plates: the rest takes longer
        return None
    background = np.array([np.median(power[away == one]) for one in range(WINDOW // 2 + 1)])
    above = np.where(looked, power / (background[np.minimum(away, WINDOW // 2)] + 1e-9), 0)
    row, column = np.unravel_index(int(above.argmax()), above.shape)
    y, x = _signed(row), _signed(column)
    # The same turned by a right angle; a period that is no whole number of bins may lie in the next.
    steps = np.arange(-ASTRAY, ASTRAY + 1)
    across = np.ix_((x + steps) % WINDOW, (-y + steps) % WINDOW)
    stands_out = min(above[row, column], above[across].max())
    weaker, stronger = sorted((power[row, column], power[across].max()))
    found = stands_out >= STANDS_OUT and weaker >= max(SHARE * power.sum(), EVEN * stronger)
    return WINDOW / float(np.hypot(x, y)) if found else None


def _power(grey: np.ndarray) -> np.ndarray | None:
    """The median power of all windows that are not blank, float (WINDOW, WINDOW), each of one contrast."""
    from scipy.fft import rfft2

    if min(grey.shape) < WINDOW:
        return None
    tops, lefts = (
        np.unique(np.linspace(0, side - WINDOW, min(MOST_WINDOWS, -(-side // WINDOW))).astype(int))
        for side in grey.shape
    )
    found = [grey[y : y + WINDOW, x : x + WINDOW] for y in tops for x in lefts]
    windows = np.stack(found).astype(np.float32)
    windows -= windows.mean((1, 2), keepdims=True)
    contrast = windows.std((1, 2), keepdims=True)
    drawn = contrast[:, 0, 0] >= BLANK
    if not drawn.any():
        return None
    hann, _ = _frequencies()
    waves = rfft2(windows[drawn] / contrast[drawn] * hann)
    half = _median(np.square(waves.real) + np.square(waves.imag))
    # Of real numbers the other half is the same, turned by half a turn.
    other = np.roll(half[::-1], 1, axis=0)[:, -2:0:-1]
    return np.hstack([half, other])


def _median(arrays: np.ndarray) -> np.ndarray:
    """What numpy's median along the first axis gives, of finite numbers and few arrays: in a tenth of its time."""
    rows = list(arrays)
    # Batcher would need fewer exchanges; a bubble's are too quick to matter.
    for last in range(len(rows) - 1, 0, -1):
        for one in range(last):
            rows[one], rows[one + 1] = np.minimum(rows[one], rows[one + 1]), np.maximum(rows[one], rows[one + 1])
    low, high = rows[(len(rows) - 1) // 2], rows[len(rows) // 2]
    return low if low is high else (low + high) / 2


@functools.cache
def _frequencies() -> tuple[np.ndarray, np.ndarray]:
    """The window's weights, and how many times each frequency repeats in it: float32, int (WINDOW, WINDOW)."""
    hann = np.hanning(WINDOW).astype(np.float32)
    times = np.fft.fftfreq(WINDOW, 1 / WINDOW)
    return np.outer(hann, hann), np.rint(np.hypot(times[:, None], times)).astype(int)


def _signed(at: np.integer) -> int:
    return int(at) - WINDOW if at >= WINDOW // 2 else int(at)
