"""Keypoints that plates show alike at like places, against every keypoint compared with every other."""

import numpy as np
import pytest

from imgsim.features import document_frequency
from imgsim.features.document_frequency import ALIKE, FARTHEST, SHIFT, STEPS, TURN, shared_keypoints
from imgsim.features.extraction import DIMENSIONS, Features


def _plates(rng: np.random.Generator, count: int, each: int) -> list[Features]:
    """Plates of a few looks, whose keypoints lie all over, in all directions, also next to the borders of both."""
    looks = rng.integers(0, 120, (6, DIMENSIONS))
    plates = []
    for number in range(count):
        size = (400 + 50 * number, 500)
        places = np.round(rng.random((each, 2)), 1) + rng.choice([0, 1e-4], (each, 2))
        turn = rng.choice([0, 0.1, 3.1, 6.2, 6.28], each) + rng.normal(0, 0.05, each)
        points = np.column_stack((places * size, rng.uniform(3, 30, each), turn))
        descriptors = looks[rng.integers(0, 6, each)] + rng.integers(0, 40, (each, DIMENSIONS))
        vouch = np.sort(rng.random(each) < 0.9)[::-1]
        plates.append(Features(size, points.astype(np.float32), descriptors.astype(np.uint8), vouch.copy()))
    return plates


def _one_by_one(plates: list[Features]) -> np.ndarray:
    n = len(plates)
    shared = np.zeros((n, n), int)
    for a, one in enumerate(plates):
        for b, other in enumerate(plates):
            steps = np.zeros((len(one), int(2 * FARTHEST * STEPS) + 1), bool)
            for i in np.flatnonzero(one.vouch) if a != b else ():
                for j in np.flatnonzero(other.vouch):
                    d, e = (f.descriptors[k].astype(float) for f, k in ((one, i), (other, j)))
                    p, q = one.points[i], other.points[j]
                    larger = np.log2(q[2] / np.hypot(*other.size)) - np.log2(p[2] / np.hypot(*one.size))
                    if (
                        d @ e >= ALIKE * np.sqrt(d @ d) * np.sqrt(e @ e)
                        and np.abs(p[:2] / one.size - q[:2] / other.size).max() < SHIFT
                        and np.cos(p[3] - q[3]) > np.cos(TURN)
                        and abs(larger) < FARTHEST
                    ):
                        steps[i, int((larger + FARTHEST) * STEPS)] = True
            counts = steps.sum(0)
            shared[a, b] = (counts[:-1] + counts[1:]).max()
    return np.minimum(shared, shared.T)


@pytest.mark.parametrize("each", [document_frequency._EACH, 60, 5])
def test_what_is_counted_is_what_comparing_all_counts(each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_frequency, "_EACH", each)
    for seed in range(2):
        plates = _plates(np.random.default_rng(seed), 4, 48)
        expected = _one_by_one(plates)
        assert np.triu(expected, 1).sum() > 20
        np.testing.assert_array_equal(shared_keypoints(plates), expected)
