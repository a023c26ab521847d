"""Boxes of marks: x0, y0, x1, y1 in shares of a plate's width and height; which may be of a mark, and of the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]

# A mark takes so much of a plate's width and height at most; or it is a strip along an edge, such as a scale.
LARGEST, AREA = 0.5, 0.15
STRIP, RIM = 0.13, 0.2
# So far its middle may lie elsewhere, and around it so much is left out, too: all in shares of width and height.
ASTRAY, AROUND, GRID = 0.13, 0.012, 100
# Within so much of an edge it stands at it.
EDGE = 0.35


def small(box: Box) -> bool:
    """Whether a mark may be as large as the box: not most of a plate, unless a strip along an edge."""
    wide, high = box[2] - box[0], box[3] - box[1]
    if max(wide, high) <= LARGEST and wide * high <= AREA:
        return True
    level = high <= STRIP and (box[3] <= RIM or box[1] >= 1 - RIM)
    upright = wide <= STRIP and (box[2] <= RIM or box[0] >= 1 - RIM)
    return level or upright


def at_edge(box: Box) -> bool:
    """Whether a box stands at an edge of the plate."""
    return min(box[2], box[3]) <= EDGE or max(box[0], box[1]) >= 1 - EDGE


def alike(a: Box, b: Box) -> bool:
    """Whether two boxes lie at like places: by their middles, or by the edges that they are next to."""
    for low in (0, 1):
        p0, p1, q0, q1 = a[low], a[low + 2], b[low], b[low + 2]
        if min(abs(p0 + p1 - q0 - q1) / 2, abs(p0 - q0), abs(p1 - q1)) > ASTRAY:
            return False
    return True


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes may be of one mark: more than a quarter of the smaller is in the other."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return wide > 0 and high > 0 and wide * high > 0.25 * least


def common(boxes: Sequence[Box]) -> Box:
    """What boxes have in common: each edge the second farthest out, so that none decides alone."""
    edges = np.sort(np.array(boxes), axis=0)
    second = min(1, len(boxes) - 1)
    return (*edges[second, :2].tolist(), *edges[-1 - second, 2:].tolist())


def around(box: Box) -> Box:
    """The box with what is next to it."""
    # On a grid, so that a plate more or less seldom moves an edge, which would have all pairs compared anew.
    low = [max(0.0, np.floor((edge - AROUND) * GRID) / GRID) for edge in box[:2]]
    high = [min(1.0, np.ceil((edge + AROUND) * GRID) / GRID) for edge in box[2:]]
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def groups(count: int, ties: npt.ArrayLike) -> list[int]:
    """For each of so many, the least of those that it is tied to, int (n, 2), directly or by others."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    tied = np.asarray(ties, np.int64).reshape(-1, 2).T
    _, group = connected_components(coo_array((np.ones(tied.shape[1]), tied), (count, count)), directed=False)
    _, least, of = np.unique(group, return_index=True, return_inverse=True)
    return least[of].tolist()
