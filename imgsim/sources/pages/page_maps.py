"""What the page network gives for a page, and how its numbers are laid out: the same for training and detecting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# What may lie at a place of a page. The first three are regions, each with a box; the others are only ever found.
KINDS = ("illustration", "ornament", "initial")
MARKS = (*KINDS, "text", "stamp", "gutter")
# Pixels of the read page to one of a map.
MARK_STRIDE, VOTE_STRIDE = 4, 8
TURNS = (0, 90, 180, 270)
# A distance of one, in pixels of the read page.
REACH = 32.0
# Added to the share of a page that is heeded for its turn: without text nothing is said of it.
LEAST_HEED = 0.01
MEAN, STD = 1.0, 0.3  # white paper enters as 0, so that the zeros which convolutions pad with are more paper


@dataclass(frozen=True)
class PageMaps:
    """The network's answer for one page.

    Attributes
    ----------
    marks : float32 (6, h / 4, w / 4), how sure each of MARKS is at each place, 0 to 1.
    edges : float32 (4, h / 8, w / 8), from each place to the left, upper, right and lower edge of the region that it
        lies in, in pixels of the read page.
    trust : float32 (h / 8, w / 8), the overlap that the place's box is expected to have with the true one.
    turn : float32 (4,), how likely the page must be turned by each of TURNS, clockwise, to stand upright.
    page : how likely it is a page and not a picture by itself.
    """

    marks: np.ndarray
    edges: np.ndarray
    trust: np.ndarray
    turn: np.ndarray
    page: float


def entered(pixels: np.ndarray) -> np.ndarray:
    """Read pages, uint8 (n, h, w), as they enter the network: float32 (n, 1, h, w)."""
    return ((pixels.astype(np.float32) / np.float32(255) - np.float32(MEAN)) / np.float32(STD))[:, None]
