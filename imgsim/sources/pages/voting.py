"""From the network's maps to boxes: every place of a picture votes for the box that it thinks it lies in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imgsim.sources.pages.page_maps import KINDS, MARK_STRIDE, MARKS, VOTE_STRIDE, PageMaps

# A place votes where it is at least so sure to lie in a picture.
VOTING = 0.35
# Votes that overlap by so much with the most trusted one are for the same box.
SAME = 0.5
# The nearer a place is to an edge, the better it knows where that is; within so many pixels all know it as well.
NEAR = 8.0
# Two boxes that overlap by so much, or of which one lies within the other by so much, are one.
TOGETHER, WITHIN = 0.45, 0.6
# A box needs so much of its area in places that voted for it.
SUPPORT = 0.3
# Votes that are trusted less are not asked any more.
LEAST_TRUST = 0.1
# An illustration that is kept for an ornament or initial is lost, the other way round it is one too many: where the
# network hesitates it counts so much more.
LEANING = np.array([2.0, 1.0, 1.0])
# What is a stamp as surely as that is no picture.
STAMP = 0.4
# Side of the smallest picture that is looked for, in pixels of the read page.
LEAST_SIDE = 9.0


@dataclass(frozen=True)
class Found:
    """A picture in pixels of the read page: float64 (4,) x0, y0, x1, y1; how sure it is of each kind, float64 (3,)."""

    box: np.ndarray
    kinds: np.ndarray
    score: float

    @property
    def kind(self) -> str:
        """The likeliest kind, an illustration where in doubt."""
        return KINDS[int(np.argmax(self.kinds * LEANING))]


def found(maps: PageMaps) -> list[Found]:
    """The pictures that are voted for, the surest first."""
    n, h, w = maps.marks.shape
    factor = VOTE_STRIDE // MARK_STRIDE
    marks = maps.marks.astype(np.float64).reshape(n, h // factor, factor, w // factor, factor).mean((2, 4))
    places, stamps = marks[: len(KINDS)], marks[MARKS.index("stamp")]
    sure = places.max(0)
    rows, columns = np.nonzero(sure > VOTING)
    x, y = (columns + 0.5) * VOTE_STRIDE, (rows + 0.5) * VOTE_STRIDE
    distances = maps.edges[:, rows, columns].astype(np.float64).T
    boxes = np.column_stack([x, y, x, y]) + distances * (-1, -1, 1, 1)
    boxes = np.clip(boxes, 0, np.array([w, h, w, h]) * MARK_STRIDE)
    trust = maps.trust[rows, columns].astype(np.float64) * sure[rows, columns]
    voters, stamped = places[:, rows, columns], stamps[rows, columns]
    free = np.ones(len(boxes), bool)
    made: list[Found] = []
    while free.any():
        best = int(np.argmax(np.where(free, trust, -1)))
        if trust[best] < LEAST_TRUST:
            break
        overlap = overlaps(boxes[best], boxes)
        same = free & (overlap >= SAME)
        weights = trust[same] ** 2 + 1e-9
        near = weights[:, None] / (distances[same] + NEAR) ** 2
        box = (boxes[same] * near).sum(0) / near.sum(0)
        free &= ~same
        free[best] = False
        area = (box[2] - box[0]) * (box[3] - box[1])
        support = same.sum() * VOTE_STRIDE**2 / max(area, 1.0)
        if min(box[2] - box[0], box[3] - box[1]) < LEAST_SIDE or support < SUPPORT:
            continue
        if np.average(stamped[same], weights=weights) > STAMP:
            continue
        # What is left of a picture's own votes lies within it; another picture's does not.
        free &= ~((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3]) & (overlap > 0.25))
        score = float(np.average(trust[same], weights=weights)) * min(1.0, support / 0.6)
        made.append(Found(box, np.average(voters[:, same], axis=1, weights=weights), score))
    return _apart(made)


def _apart(made: list[Found]) -> list[Found]:
    """The surer of each two that are one."""
    kept: list[Found] = []
    for one in sorted(made, key=lambda f: -f.score):
        if not any(_one(one.box, other.box) for other in kept):
            kept.append(one)
    return kept


def _one(a: np.ndarray, b: np.ndarray) -> bool:
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
    return shared / (sum(areas) - shared) > TOGETHER or shared / min(areas) > WITHIN


def overlaps(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of a box, float (4,), with others, float (n, 4): float64 (n,)."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.maximum(0.0, high - low), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return shared / np.maximum(areas - shared, 1e-9)
