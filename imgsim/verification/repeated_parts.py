"""What repeats at like places over many plates that are otherwise not the same picture: a stamp, a label, a logo.

Two plates that show keypoints alike at like places are laid over each other. Where no more than one small part agrees,
they may both bear a mark; where more does, they show one picture, and count as one. What is found so with plates of
:data:`LEAST` pictures and more is a mark, and is looked for on every plate that is left. A border or a headpiece is no
mark, however often it was used again: it takes most of a plate's width or height.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imgsim.features.descriptor_similarity import descriptor_similarity
from imgsim.features.document_frequency import shared_keypoints
from imgsim.features.extraction import Features, within, without_vote
from imgsim.verification import geometry
from imgsim.verification.correspondences import support
from imgsim.verification.mark_boxes import Box, alike, around, at_edge, common, groups, overlap, small

REPEATED_VERSION = 1

# A mark is on plates of so many pictures at least; that many and more are looked at to learn marks, in larger sources
# a sample.
LEAST, SAMPLE = 5, 200
# Two plates are laid over each other where they share so many keypoints, each plate with so many others at most.
SHARED, PARTNERS = 6, 12
# So many keypoints must agree, under a transform that turns by so much at most (radians) and does not change the size,
# in shares of the diagonals, by more than this factor.
AGREEING, TURN, STRETCH = 8, 0.3, 2.5
# And so many times more, and so many more, than with the transform shifted aside, or so many at any rate; in so many
# places of the plate.
CHANCE, MARGIN, ENOUGH, PLACES = 2.0, 5, 20, 4
# A mark is shared with so many others by each plate, and by so many pairs for each of its plates.
FIRM, DENSE = 2, 1.5
# Most of these must lie together, so near each other (in shares of the longer side), or in several such groups at
# the edges of the plate; of a picture, so many must agree.
MOST, NEAR, SEVERAL, PICTURE = 0.6, 0.08, 3, 14
# How many of the plates that bear a mark are laid over one that may bear it.
BEARERS = 5
ROUNDS = 3

# The row of a plate, and the number of a place on it.
_Place = tuple[int, int]


@dataclass(frozen=True)
class _Part:
    """A group of agreeing keypoints that lie together: their boxes on both plates, and how many they are."""

    a: Box
    b: Box
    agreeing: int

    @property
    def small(self) -> bool:
        return small(self.a) and small(self.b)

    @property
    def may_be_mark(self) -> bool:
        return self.small and alike(self.a, self.b)


@dataclass(frozen=True)
class _Laid:
    """Two plates laid over each other: the groups of what agrees, the largest first, and the transform."""

    parts: tuple[_Part, ...]
    agreeing: int
    transform: np.ndarray

    @property
    def marks(self) -> tuple[_Part, ...]:
        """What may be marks, if that is all that agrees: one part, or several that all stand at the edges."""
        most = sum(part.agreeing for part in self.parts) >= MOST * self.agreeing
        alone = len(self.parts) == 1 or all(at_edge(part.a) and at_edge(part.b) for part in self.parts)
        if not (most and alone and len(self.parts) <= SEVERAL):
            return ()
        return self.parts if all(part.may_be_mark for part in self.parts) else ()

    @property
    def one_picture(self) -> bool:
        whole = [_hull(boxes) for boxes in zip(*((part.a, part.b) for part in self.parts), strict=True)]
        return self.agreeing >= PICTURE and not self.marks and not all(map(small, whole))


def repeated_parts(plates: Sequence[Features]) -> list[dict[int, Box]]:
    """Marks that repeat over the plates of one source, each of another scan.

    Returns
    -------
    list of dict
        For each mark, the row of every plate on which it was found and its box there: x0, y0, x1, y1 in shares of
        width and height. The order of plates decides, of more than :data:`SAMPLE`, which are looked at first.
    """
    if len(plates) < LEAST:
        return []
    left, found = list(plates), []
    laid: dict[tuple[int, int], _Laid | None] = {}
    for _ in range(ROUNDS):  # a plate may bear several marks, and two plates agree in one at a time
        learnt = _learnt(left[:SAMPLE], laid)
        marks = [_everywhere(mark, left) for mark in learnt]
        found += marks
        if not marks:
            break
        changed = {row for mark in marks for row in mark}
        for row in sorted(changed):
            left[row] = without_vote(left[row], [mark[row] for mark in marks if row in mark])
        laid = {pair: one for pair, one in laid.items() if changed.isdisjoint(pair)}
    return found


def _learnt(
    plates: Sequence[Features], known: dict[tuple[int, int], _Laid | None]
) -> list[dict[int, Box]]:
    """The marks on these plates, as :func:`repeated_parts` returns them, those that share it with most first.

    ``known``: pairs that were laid over each other before, to which others are added.
    """
    laid = _pairs(plates, known)
    picture = groups(len(plates), [pair for pair, one in laid.items() if one.one_picture])
    places: dict[int, list[Box]] = defaultdict(list)
    boxes: dict[_Place, list[Box]] = defaultdict(list)
    others: dict[_Place, set[int]] = defaultdict(set)
    ties: list[tuple[_Place, _Place]] = []

    def place(row: int, box: Box, other: int) -> _Place:
        number = next((k for k, known in enumerate(places[row]) if overlap(known, box)), len(places[row]))
        if number == len(places[row]):
            places[row].append(box)
        boxes[row, number].append(box)
        others[row, number].add(picture[other])
        return row, number

    for (a, b), one in laid.items():
        if picture[a] != picture[b]:
            ties += [(place(a, part.a, b), place(b, part.b, a)) for part in one.marks]
    # What agrees with one other only may do so by chance.
    firm = sorted(one for one in boxes if len(others[one]) >= FIRM)
    number = {one: k for k, one in enumerate(firm)}
    ties = [(a, b) for a, b in ties if a in number and b in number]
    mark_of = groups(len(firm), [(number[a], number[b]) for a, b in ties])
    found = []
    for mark in sorted(set(mark_of)):
        own = sorted((one for one in firm if mark_of[number[one]] == mark), key=lambda one: -len(others[one]))
        tied = sum(mark_of[number[a]] == mark for a, _ in ties)
        rows = {one[0]: common(boxes[one]) for one in reversed(own)}
        if len({picture[row] for row in rows}) >= LEAST and tied >= DENSE * len(own):
            found.append({row: rows[row] for row, _ in own})
    return found


def _pairs(
    plates: Sequence[Features], known: dict[tuple[int, int], _Laid | None]
) -> dict[tuple[int, int], _Laid]:
    shared = shared_keypoints(plates)
    pairs = set()
    for row, counts in enumerate(shared):
        most = np.argsort(-counts, kind="stable")[:PARTNERS]
        pairs |= {(min(row, other), max(row, other)) for other in most[counts[most] >= SHARED].tolist()}
    known |= {(a, b): _lay(plates[a], plates[b]) for a, b in pairs - known.keys()}
    laid = ((pair, known[pair]) for pair in sorted(pairs))
    return {pair: one for pair, one in laid if one is not None}


def _lay(a: Features, b: Features) -> _Laid | None:
    """Lay one plate over another; None where too little agrees, or only turned or enlarged."""
    found = geometry.fit(a, b)
    if len(found) < AGREEING:
        return None
    linear = found.transform[:2, :2]
    size = np.sqrt(abs(np.linalg.det(linear))) * np.hypot(*a.size) / np.hypot(*b.size)
    turn = np.arctan2(linear[1, 0], linear[0, 0])
    if abs(turn) > TURN or abs(np.log(size)) > np.log(STRETCH):
        return None
    # Trunks and hatching agree with themselves nearly as well when shifted aside.
    seen = support(a, b, descriptor_similarity(a, b), found)
    if seen.strict < min(CHANCE * seen.by_chance + MARGIN, ENOUGH) or seen.places < PLACES:
        return None
    group = _together(a.points[found.rows_a, :2] / max(a.size))
    counts = np.bincount(group, minlength=1)
    parts = []
    for one in np.argsort(-counts, kind="stable")[: (counts >= AGREEING).sum()]:
        own = group == one
        parts.append(_Part(_box(a, found.rows_a[own]), _box(b, found.rows_b[own]), int(counts[one])))
    return _Laid(tuple(parts), len(found), found.transform) if parts else None


def _together(points: np.ndarray) -> np.ndarray:
    """A number for each of the points (n, 2), in shares of the longer side: that of its group of near ones."""
    near = np.hypot(*(points[:, None] - points).transpose(2, 0, 1)) < NEAR
    return np.array(groups(len(points), np.argwhere(near)))


def _everywhere(mark: Mapping[int, Box], plates: Sequence[Features]) -> dict[int, Box]:
    """The same mark on all plates that bear it: where the first bearer says that can be laid over a plate."""
    bearers = [(row, box, within(plates[row], box)) for row, box in list(mark.items())[:BEARERS]]
    found = {row: around(box) for row, box, _ in bearers}
    for row, plate in enumerate(plates):
        if row in found:
            continue
        there = (_transferred(part, plate, box) for _, box, part in bearers)
        if (box := next((one for one in there if one is not None), mark.get(row))) is not None:
            found[row] = around(box)
    return found


def _transferred(part: Features, plate: Features, box: Box) -> Box | None:
    """Where a part of another plate, which is all that is inside the box there, is on this one; None: nowhere."""
    one = _lay(part, plate)
    if one is None:
        return None
    there = _moved(one.transform, box, part.size, plate.size)
    return there if there is not None and small(there) and alike(box, there) else None


def _hull(boxes: Sequence[Box]) -> Box:
    edges = np.array(boxes)
    (x0, y0), (x1, y1) = edges[:, :2].min(0).tolist(), edges[:, 2:].max(0).tolist()
    return x0, y0, x1, y1


def _moved(transform: np.ndarray, box: Box, size: tuple[int, int], other: tuple[int, int]) -> Box | None:
    x0, y0, x1, y1 = box
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) * size
    at = np.clip(geometry.moved(transform, corners) / other, 0, 1)
    (left, top), (right, bottom) = at.min(0).tolist(), at.max(0).tolist()
    return (left, top, right, bottom) if left < right and top < bottom else None


def _box(plate: Features, rows: np.ndarray) -> Box:
    at = plate.points[rows, :2] / np.maximum(plate.size, 1)
    (x0, y0), (x1, y1) = at.min(0).tolist(), at.max(0).tolist()
    return x0, y0, x1, y1
