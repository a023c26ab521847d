"""Cosines of descriptors, against numpy in double precision; bytes and floats say the same."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from imgsim.features import descriptor_similarity as module
from imgsim.features.descriptor_similarity import (
    ROWS,
    descriptor_similarity,
    multiply_bytes,
    multiply_floats,
    similar_rows,
)
from imgsim.features.extraction import DIMENSIONS, Features

ROOT = Path(__file__).parents[2]


def described(descriptors: np.ndarray) -> Features:
    count = len(descriptors)
    points = np.zeros((count, 4), np.float32)
    return Features((100, 100), points, descriptors.astype(np.uint8), np.ones(count, bool))


def some(count: int, seed: int, most: int = 256) -> Features:
    return described(np.random.default_rng(seed).integers(0, most, (count, DIMENSIONS)))


@pytest.fixture(params=["floats", "bytes"])
def multiplied(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_multiply", multiply_floats)
    if request.param == "bytes" and not multiply_bytes():
        pytest.skip("this processor does not multiply bytes exactly, or ONNX Runtime is not installed")


@pytest.mark.usefixtures("multiplied")
@pytest.mark.parametrize("counts", [(1, 1), (3, 40), (257, 129)])
@pytest.mark.parametrize("most", [2, 128, 256])
def test_every_cosine(counts: tuple[int, int], most: int) -> None:
    a, b = some(counts[0], 1, most), some(counts[1], 2, most)
    wide = [plate.descriptors.astype(np.float64) for plate in (a, b)]
    unit_a, unit_b = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in wide)
    found = descriptor_similarity(a, b)
    assert found.dtype == np.float32 and found.shape == counts
    assert np.allclose(found, unit_a @ unit_b.T, atol=1e-6)
    # Whoever looks for the second best writes into it.
    assert found.flags.writeable
    some_at_a_time = list(similar_rows(a, b))
    assert [len(rows) for rows in some_at_a_time] == [min(ROWS, counts[0] - at) for at in range(0, counts[0], ROWS)]
    assert np.array_equal(np.concatenate(some_at_a_time), found)
    assert all(rows.flags.writeable for rows in some_at_a_time)


@pytest.mark.usefixtures("multiplied")
def test_nothing_and_the_extremes() -> None:
    full, empty = described(np.full((2, DIMENSIONS), 255)), described(np.zeros((1, DIMENSIONS)))
    assert np.allclose(descriptor_similarity(full, full), 1, atol=1e-6)
    assert (descriptor_similarity(full, empty) == 0).all() and (descriptor_similarity(empty, full) == 0).all()
    nothing = described(np.zeros((0, DIMENSIONS)))
    assert descriptor_similarity(nothing, full).shape == (0, 2) and descriptor_similarity(full, nothing).shape == (2, 0)


def test_an_engine_that_cuts_sums_off_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")

    class Saturating:
        def __init__(self, *_: object, **__: object) -> None:
            pass

        def run(self, _: object, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            whole = inputs["a"].astype(int) @ (inputs["b"].astype(int) + 128)
            return [(np.minimum(whole, 2**15 * 64) * inputs["shares"]).astype(np.float32)]

    monkeypatch.setattr(onnxruntime, "InferenceSession", Saturating)
    monkeypatch.setattr(module, "_multiply", multiply_floats)
    assert not multiply_bytes()
    assert module._multiply is multiply_floats


def test_without_the_engine_floats_do_it() -> None:
    code = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "from imgsim.features import descriptor_similarity as module\n"
        "assert not module.multiply_bytes() and module._multiply is module.multiply_floats"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
