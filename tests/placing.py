"""Where the lines of a generated plate lie on its scan: known exactly, because the sample draws them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from imgsim.sources.sample.copperplate import PlateSpec, _hand, compose, copperplate
from imgsim.sources.sample.engraving import _Warp
from imgsim.sources.sample.scanning import _placing, _reversed
from imgsim.sources.sample.shapes import Patch


def placed(spec: PlateSpec) -> tuple[np.ndarray, tuple[int, int]]:
    """From plate units to the pixels of the scan, float64 (3, 3), and the scan's size."""
    rng = np.random.default_rng([spec.scan, 31])
    picture, _, plate = copperplate(spec)
    rng.random()
    size, matrix, _ = _placing(rng, plate, spec, picture)
    matrix = _reversed(matrix, plate) if spec.mirrored else matrix
    return np.vstack((matrix, [0, 0, 1])), size


def drawn(spec: PlateSpec, points: np.ndarray) -> np.ndarray:
    """Where this plate's hand set down the points of the picture, in plate units."""
    hand = _hand(spec)
    return _Warp(np.random.default_rng(hand.seed), hand.wander)(points) if hand.wander else points


def common_places(first: PlateSpec, second: PlateSpec, step: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Points of the lines that both scans show: two float64 (n, 2), in pixels of either."""
    picture = compose(replace(first, mirrored=False)).picture
    points = np.concatenate([shape.mid if isinstance(shape, Patch) else shape.points for shape in picture])[
        ::step
    ]
    found = []
    inside = np.ones(len(points), bool)
    for spec in (first, second):
        matrix, size = placed(spec)
        here = drawn(spec, points) @ matrix[:2, :2].T + matrix[:2, 2]
        inside &= ((here > 0) & (here < size)).all(axis=1)
        found.append(here)
    return found[0][inside], found[1][inside]
