"""The document frequency of keypoints: how many of them do two plates show alike, and at like places?

What a library adds to its scans (a stamp, a label, a logo, a clip) stands on many plates that have nothing else in
common, upright and nearly where it stands on the others. Places are shares of width and height: plates differ in size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from imgsim.features.extraction import Features

# Keypoints are alike from this cosine of their descriptors on, where they lie so near each other and point in nearly
# one direction (radians).
ALIKE, SHIFT, TURN = 0.9, 0.125, 0.2
MOST = 640
# All keypoints of a mark are larger or smaller than on another plate by one factor: counted in steps of a third of an
# octave, two of them together.
STEPS, FARTHEST = 3, 1.5
# Cells of a grid as wide as SHIFT, and directions as far apart as TURN at least: what is alike is in the same or next.
# There are fewer directions where keypoints are few, or most of the time would go into turning from one to the next.
_CELLS, _DIRECTIONS, _EACH = 8, 31, 2500
_ROWS = 512


def shared_keypoints(plates: Sequence[Features]) -> npt.NDArray[np.int32]:
    """How many vouching keypoints each two plates show alike, at like places and by one change of size.

    Returns int32 (n, n), symmetric, the diagonal 0. Of each plate the :data:`MOST` strongest count. About 1 second on
    one core for 200 plates; it grows with the square.
    """
    n = len(plates)
    kept = [np.flatnonzero(plate.vouch)[:MOST] for plate in plates]
    owner = np.repeat(np.arange(n), [len(rows) for rows in kept])
    if not len(owner):
        return np.zeros((n, n), np.int32)
    described = np.concatenate([plate.descriptors[rows] for plate, rows in zip(plates, kept, strict=True)])
    unit = described.astype(np.float32)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-6)
    points = np.concatenate([plate.points[rows] for plate, rows in zip(plates, kept, strict=True)])
    sizes = np.array([plate.size for plate in plates], np.float32)[owner]
    places, turn = points[:, :2] / np.maximum(sizes, 1), points[:, 3]
    octave = np.log2(np.maximum(points[:, 2] / np.maximum(np.hypot(*sizes.T), 1), 1e-6))
    bins = int(2 * FARTHEST * STEPS) + 1
    seen = [np.zeros(0, np.int64)]
    for here, near in _neighbourhoods(places, turn):
        beside = unit[near].T
        for start in range(0, len(here), _ROWS):
            part = here[start : start + _ROWS]
            i, j = np.divmod(np.flatnonzero(unit[part] @ beside >= ALIKE), len(near))
            a, b = part[i], near[j]
            larger = octave[b] - octave[a]
            like = (owner[a] != owner[b]) & (np.abs(larger) < FARTHEST)
            like &= (np.abs(places[a] - places[b]).max(1) < SHIFT) & (np.cos(turn[a] - turn[b]) > np.cos(TURN))
            for one, other, by in ((a, b, larger), (b, a, -larger)):
                step = ((by + FARTHEST) * STEPS).astype(np.int64)
                seen.append(np.unique(((one * n + owner[other]) * bins + step)[like]))
    # A keypoint counts once for each plate, however many there are like it.
    keypoint, rest = np.divmod(np.unique(np.concatenate(seen)), n * bins)
    counts = np.bincount(owner[keypoint] * (n * bins) + rest, minlength=n * n * bins).reshape(n, n, bins)
    shared = (counts[..., :-1] + counts[..., 1:]).max(2).astype(np.int32)
    return np.minimum(shared, shared.T)


def _neighbourhoods(
    places: npt.NDArray[np.floating], turn: npt.NDArray[np.floating]
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Rows of the places (n, 2) that lie in one cell of a grid and have one direction, turn (n,); and those in it and
    next to it, in both: every two once."""
    column, row = np.clip((places * _CELLS).astype(np.int64), 0, _CELLS - 1).T
    directions = min(_DIRECTIONS, 1 + len(turn) // _EACH)
    direction = (turn % (2 * np.pi) / (2 * np.pi) * directions).astype(np.int64) % directions
    box = (row * _CELLS + column) * directions + direction
    order = np.argsort(box, kind="stable")
    starts = np.searchsorted(box[order], np.arange(_CELLS**2 * directions + 1))
    for one in np.unique(box):
        cell, pointed = divmod(int(one), directions)
        y, x = divmod(cell, _CELLS)
        near = {
            (v * _CELLS + u) * directions + (pointed + step) % directions
            for v in range(max(0, y - 1), min(_CELLS, y + 2))
            for u in range(max(0, x - 1), min(_CELLS, x + 2))
            for step in (-1, 0, 1)
        }
        parts = [order[starts[other] : starts[other + 1]] for other in sorted(near) if other >= one]
        yield parts[0], np.concatenate(parts)
