"""Made-up local features for the tests of the matching: plates whose copies are known, without drawing any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imgsim.features.extraction import Features
from imgsim.features.feature_store import FeatureStore


def made_up(number: int, count: int = 120, size: tuple[int, int] = (600, 900)) -> Features:
    """A plate with random features, the same for the same number; its descriptors look like RootSIFT's."""
    rng = np.random.default_rng(number)
    raw = np.sqrt(rng.gamma(0.6, size=(count, 128)))
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    points = np.column_stack(
        (
            rng.uniform(0, size[0], count),
            rng.uniform(0, size[1], count),
            2 ** rng.uniform(2, 5, count),
            rng.uniform(0, 2 * np.pi, count),
        )
    )
    return Features(
        size,
        points.astype(np.float32),
        np.clip(unit * 512, 0, 255).astype(np.uint8),
        np.ones(count, dtype=bool),
    )


def copied(
    plate: Features,
    *,
    turn: float = 0.0,
    scale: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
    keep: Sequence[int] | slice = slice(None),
    noise: float = 6.0,
    seed: int = 0,
) -> Features:
    """A copy: some of the features, turned (radians), resized, shifted (pixels), the descriptors a little different."""
    rng = np.random.default_rng(seed)
    points = plate.points[keep].astype(np.float64)
    at = (points[:, 0] + 1j * points[:, 1]) * scale * np.exp(1j * turn) + complex(*shift)
    at += rng.normal(0, 0.5, len(at)) + 1j * rng.normal(0, 0.5, len(at))
    points = np.column_stack((at.real, at.imag, points[:, 2] * scale, (points[:, 3] + turn) % (2 * np.pi)))
    changed = plate.descriptors[keep] + rng.normal(0, noise, (len(points), 128))
    return Features(
        plate.size,
        points.astype(np.float32),
        np.clip(np.rint(changed), 0, 255).astype(np.uint8),
        plate.vouch[keep].copy(),
    )


def joined(*plates: Features) -> Features:
    """The features of several plates in one, of the size of the first."""
    return Features(
        plates[0].size,
        np.concatenate([plate.points for plate in plates]),
        np.concatenate([plate.descriptors for plate in plates]),
        np.concatenate([plate.vouch for plate in plates]),
    )


def store_of(plates: Sequence[Features]) -> FeatureStore:
    """A store in memory."""
    offsets = np.cumsum([0, *map(len, plates)]).astype(np.int64)
    if not plates:
        empty = made_up(0, 0)
        return FeatureStore(np.zeros((0, 2)), offsets, empty.points, empty.descriptors, empty.vouch)
    every = joined(*plates)
    sizes = [plate.size for plate in plates]
    return FeatureStore(sizes, offsets, every.points, every.descriptors, every.vouch)
