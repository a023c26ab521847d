"""Row 20: the edges of cosine similarity: rows without a direction, duplicates, ties, and the rounding of floats."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.prepare.plate_shards import PlateResult
from imgsim.retrieval.neighbours import ExactIndex, all_neighbours, similarities
from tests.making import ToyProcessor, make, write_plates
from tests.reliability.tally import Tally


def rows_of(count: int, dimension: int, seed: int) -> np.ndarray:
    """float32 rows of length 1, some of them exact duplicates and some nearly so."""
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(count, dimension))
    if count >= 20:
        rows[3] = rows[11]
        rows[12:19] = rows[11]
        rows[7] = rows[8] * (1 + 1e-7)
        rows[9] = rows[8] + 1e-6 * generator.normal(size=dimension)
    rows = rows.astype(np.float32)
    return (rows / np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)).astype(np.float32)


def oracle(rows: np.ndarray, k: int) -> tuple[list[list[int]], np.ndarray]:
    """Every pair in float64, rounded to float32 and clipped; every list sorted whole by (-similarity, row)."""
    products = np.array([[float(np.dot(a, b)) for b in rows.astype(float)] for a in rows.astype(float)])
    products = np.clip(products.astype(np.float32), -1, 1)
    lists = [
        sorted((b for b in range(len(rows)) if b != a), key=lambda b: (-products[a, b], b))[:k]
        for a in range(len(rows))
    ]
    return lists, products


@pytest.mark.parametrize(
    ("count", "dimension", "k"), [(2, 3, 1), (21, 5, 4), (60, 16, 20), (90, 33, 89), (40, 8, 500)]
)
def test_lists_are_those_of_a_plain_sort_in_float64(count: int, dimension: int, k: int, tally: Tally) -> None:
    """Ties by row, which is the order of the ids; itself left out by its row, so that a duplicate stays."""
    for seed in range(3):
        rows = rows_of(count, dimension, seed)
        indices, values = all_neighbours(rows, k)
        lists, products = oracle(rows, k)
        for row in range(count):
            with tally.attempt(f"{count} plates, seed {seed}, plate {row}"):
                assert indices[row].tolist() == lists[row]
                np.testing.assert_array_equal(values[row], products[row, lists[row]])
                assert row not in indices[row] and values[row].max() <= 1 and values[row].min() >= -1


def test_rows_without_a_direction_are_refused(tally: Tally) -> None:
    for bad in (0.0, -0.0, np.nan, np.inf, -np.inf):
        rows = rows_of(25, 6, 0)
        rows[17] = bad
        with tally.attempt(f"a row of {bad}"), pytest.raises(ImgsimError, match="row 17"):
            all_neighbours(rows, 5)
        with tally.attempt(f"a query of {bad}"), pytest.raises(ImgsimError):
            similarities(rows_of(25, 6, 0), np.full(6, bad))


def test_a_plate_that_a_network_cannot_place_is_listed_and_the_others_stay(
    tmp_path: Path, tally: Tally
) -> None:
    flaws = {2: np.nan, 4: 0.0, 6: np.inf}

    class Flawed(ToyProcessor):
        def look(self, *args: Any, **kwargs: Any) -> Any:
            for number, result in enumerate(super().look(*args, **kwargs)):
                if number in flaws and isinstance(result, PlateResult):
                    result.embeddings["toy"] = np.full_like(result.embeddings["toy"], flaws[number])
                yield result

    make(tmp_path / "c", write_plates(tmp_path / "images", 9), Flawed())
    collection = open_collection(tmp_path / "c")
    reasons = dict(zip(collection.skipped["file"], collection.skipped["reason"], strict=True))
    for number, flaw in flaws.items():
        with tally.attempt(f"a vector of {flaw}"):
            assert "no usable embedding" in reasons[f"p{number:03}.png"]
    with tally.attempt("the others"):
        assert len(collection.catalogue) == 6
        assert np.isfinite(collection.neighbour_table("toy")[1]).all()


def test_exact_duplicates_are_each_others_first_neighbours(tmp_path: Path, tally: Tally) -> None:
    images = write_plates(tmp_path / "images", 8)
    for number in (1, 2, 5):
        shutil.copy(images / f"p{number:03}.png", images / f"z{number}.png")
    make(tmp_path / "c", images)
    collection = open_collection(tmp_path / "c")
    row = collection.catalogue.row
    indices, values = collection.neighbour_table("toy")
    for number in (1, 2, 5):
        a, b = row(f"p{number:03}"), row(f"z{number}")
        with tally.attempt(f"plate {number} and its copy"):
            assert (indices[a, 0], indices[b, 0]) == (b, a)
            assert values[a, 0] == values[b, 0] == pytest.approx(1, abs=1e-6)
            assert values[a, 0] <= 1
            assert collection.thumbnail_path(a) == collection.thumbnail_path(b)
    # The list of a plate and a query by its vector say the same of every pair.
    index = ExactIndex(collection.embeddings("toy"))
    for plate in range(len(indices)):
        with tally.attempt(f"a query by plate {plate}"):
            answer = index.similarities(collection.embeddings("toy")[plate])
            np.testing.assert_array_equal(answer[indices[plate]], values[plate])
    with tally.attempt("a run again changes nothing"):
        assert not make(tmp_path / "c", images).changed
