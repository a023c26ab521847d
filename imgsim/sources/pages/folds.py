"""Where the two pages of an opening meet."""

from __future__ import annotations

import numpy as np

from imgsim.sources.pages.page_maps import MARK_STRIDE, MARKS, PageMaps
from imgsim.sources.pages.page_pixels import ReadPage

# The network must see a fold at so much of the height, about where it sees it best.
SURE = 0.6
# It is looked for in the middle part of the width.
BETWEEN = (0.25, 0.75)


def fold_of(maps: PageMaps, page: ReadPage) -> float | None:
    """The x of the fold, in pixels of the read page; None where it shows no opening, or one cannot be sure of it."""
    width, height = page.size
    marks = maps.marks[MARKS.index("gutter"), : max(1, height // MARK_STRIDE), : max(1, width // MARK_STRIDE)]
    profile = marks.astype(np.float64).mean(0)
    profile = np.convolve(profile, np.ones(3) / 3, "same")
    low, high = (int(len(profile) * share) for share in BETWEEN)
    if high - low < 3:
        return None
    best = low + int(np.argmax(profile[low:high]))
    if profile[best] < SURE:
        return None
    around = slice(max(0, best - 3), best + 4)
    places = (np.arange(len(profile))[around] + 0.5) * MARK_STRIDE
    return float(np.average(places, weights=profile[around]))
