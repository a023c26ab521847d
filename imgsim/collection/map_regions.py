"""The regions of a map, from large to small: each is split in four where its plates lie apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imgsim.features.vocabulary import kmeans, nearest

Rows = npt.NDArray[np.int64]

LEVELS = 4
FEWEST = 5  # plates; fewer are no region
_PARTS = 4


@dataclass(frozen=True, eq=False)
class Region:
    """Plates that lie together.

    Attributes
    ----------
    level : 0 for the largest, at most 16; each next level splits them in four at most.
    rows : int64 (m,), its plates, ascending.
    parts : the regions that it is split in; none where its plates are too few, or lie on one spot.
    """

    level: int
    rows: Rows
    parts: tuple[Region, ...] = ()


def regions(xy: npt.NDArray[np.float32]) -> tuple[Region, ...]:
    """Return the largest regions of a map of points, float32 (n, 2). The same points give the same regions."""
    every = np.arange(len(xy), dtype=np.int64)
    places = np.asarray(xy, dtype=np.float64)
    return tuple(
        _region(places, 0, rows) for part in _split(places, every) for rows in _split(places, part)
    )


def _region(places: npt.NDArray[np.float64], level: int, rows: Rows) -> Region:
    split = _split(places, rows) if level + 1 < LEVELS else [rows]
    parts = tuple(_region(places, level + 1, part) for part in split) if len(split) > 1 else ()
    return Region(level, rows, parts)


def _split(places: npt.NDArray[np.float64], rows: Rows) -> list[Rows]:
    """The plates in up to four groups, each round its own middle (k-means, begun from the four quarters of the cloud);
    one group where they are too few to be split."""
    if len(rows) < _PARTS * FEWEST:
        return [rows]
    # About their middle: single precision would tell near plates badly far from it.
    own = (places[rows] - places[rows].mean(axis=0)).astype(np.float32)
    centres = kmeans(own, _PARTS, np.random.default_rng(0), _corners(own))
    nearby = nearest(centres, own, 1)[:, 0]
    return [rows[nearby == part] for part in range(_PARTS) if (nearby == part).any()]


def _corners(about: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Four places about the middle of a cloud: one deviation along its longest way, and one across, both ways."""
    values, axes = np.linalg.eigh(about.T @ about / len(about))
    along = axes * np.sqrt(np.maximum(values, 0))
    return np.array([sign * along[:, 0] + other * along[:, 1] for sign in (-1, 1) for other in (-1, 1)], np.float32)
