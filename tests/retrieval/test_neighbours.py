"""Exact neighbours, against a float64 oracle that sorts everything."""

from __future__ import annotations

import numpy as np
import pytest

from imgsim.errors import ImgsimError
from imgsim.retrieval import neighbours
from imgsim.retrieval.neighbours import (
    BACKGROUND_SIZE,
    ExactIndex,
    all_neighbours,
    block_of,
    hubness,
    random_pair_quantiles,
    ranked,
    share_below,
    similarities,
    unusable_rows,
)


def unit_rows(count: int, dimension: int, seed: int = 0, duplicates: bool = True) -> np.ndarray:
    """float32 rows of length 1, some of them exact duplicates and some nearly so."""
    generator = np.random.default_rng(seed)
    rows = generator.normal(size=(count, dimension))
    if duplicates and count >= 20:
        rows[3] = rows[11]
        rows[12:19] = rows[11]
        rows[7] = rows[8] * (1 + 1e-7)
        rows[9] = rows[8] + 1e-6 * generator.normal(size=dimension)
    rows = rows.astype(np.float32)
    return (rows / np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)).astype(np.float32)


def oracle(embeddings: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Every pair in float64, rounded to float32, every list sorted whole by (-similarity, row)."""
    products = np.array(
        [[float(np.dot(a, b)) for b in embeddings.astype(float)] for a in embeddings.astype(float)]
    )
    products = np.clip(products.astype(np.float32), -1, 1)
    lists = []
    for row in range(len(embeddings)):
        others = [other for other in range(len(embeddings)) if other != row]
        lists.append(sorted(others, key=lambda other: (-products[row, other], other))[:k])
    indices = np.array(lists).reshape(len(embeddings), -1)
    return indices, np.take_along_axis(products, indices, axis=1)


@pytest.mark.parametrize(
    ("count", "dimension", "k"), [(2, 3, 1), (21, 5, 4), (60, 16, 20), (90, 33, 89), (40, 8, 500)]
)
def test_all_neighbours_equal_the_oracle(count: int, dimension: int, k: int) -> None:
    embeddings = unit_rows(count, dimension)
    indices, values = all_neighbours(embeddings, k)
    expected_indices, expected_values = oracle(embeddings, k)
    assert indices.shape == values.shape == (count, min(k, count - 1))
    assert indices.dtype == np.int32
    assert values.dtype == np.float32
    np.testing.assert_array_equal(indices, expected_indices)
    np.testing.assert_array_equal(values, expected_values)


@pytest.mark.parametrize("block", [1, 7, 64, 299, 300, 1000])
def test_blocks_do_not_show(block: int) -> None:
    embeddings = unit_rows(300, 24)
    whole, part = all_neighbours(embeddings, 10, block=300), all_neighbours(embeddings, 10, block=block)
    np.testing.assert_array_equal(whole[0], part[0])
    np.testing.assert_array_equal(whole[1], part[1])


def test_the_more_plates_the_fewer_are_compared_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [block_of(count) for count in (0, 1, 13_151, 100_000, 10**7)] == [1024, 1024, 1024, 134, 16]
    embeddings = unit_rows(300, 24)
    whole = all_neighbours(embeddings, 10)
    monkeypatch.setattr(neighbours, "_PRODUCTS", 300 * 33)
    steps: list[int] = []
    part = all_neighbours(embeddings, 10, progress=lambda done, total: steps.append(done))
    assert steps[:2] == [33, 66]
    assert whole[0].tobytes() == part[0].tobytes() and whole[1].tobytes() == part[1].tobytes()


def test_crowds_of_equal_plates_are_listed_by_row() -> None:
    embeddings = np.repeat(unit_rows(2, 6, duplicates=False), 100, axis=0)
    indices, values = all_neighbours(embeddings, 5)
    assert (values == values[0, 0]).all()
    assert indices[0].tolist() == [1, 2, 3, 4, 5]
    assert indices[2].tolist() == [0, 1, 3, 4, 5]
    assert indices[150].tolist() == [100, 101, 102, 103, 104]


def test_a_plate_is_not_its_own_neighbour_but_its_duplicate_is() -> None:
    embeddings = unit_rows(30, 9)
    indices, values = all_neighbours(embeddings, 29)
    assert all(row not in indices[row] for row in range(30))
    assert 11 in indices[3, :8]
    assert (values <= 1).all()
    assert (values >= -1).all()


def test_one_plate_has_no_neighbours_and_progress_ends_at_the_total() -> None:
    told: list[tuple[int, int]] = []
    indices, values = all_neighbours(
        unit_rows(1, 4), 50, progress=lambda done, total: told.append((done, total))
    )
    assert indices.shape == values.shape == (1, 0)
    assert told == [(1, 1)]


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf, -np.inf])
def test_rows_without_a_direction_are_refused(bad: float) -> None:
    embeddings = unit_rows(25, 6)
    embeddings[17] = bad
    assert unusable_rows(embeddings).tolist() == [17]
    with pytest.raises(ImgsimError, match="row 17"):
        all_neighbours(embeddings, 5)


def test_similarities_are_float64_products_whatever_the_block() -> None:
    embeddings = unit_rows(500, 40)
    query = embeddings[11]
    expected = np.array([float(np.dot(row, query.astype(float))) for row in embeddings.astype(float)])
    expected = np.clip(expected.astype(np.float32), -1, 1)
    for block in (1, 3, 500, 1024):
        np.testing.assert_array_equal(similarities(embeddings, query, block=block), expected)
    np.testing.assert_array_equal(ExactIndex(embeddings).similarities(query), expected)
    assert similarities(embeddings, query).max() <= 1
    # The list of a plate says the same of a pair as the query does.
    indices, values = all_neighbours(embeddings, 30)
    np.testing.assert_array_equal(values[11], expected[indices[11]])


def test_the_length_of_a_query_does_not_matter() -> None:
    embeddings = unit_rows(50, 8)
    np.testing.assert_allclose(
        similarities(embeddings, embeddings[4] * 7), similarities(embeddings, embeddings[4]), atol=1e-7
    )


@pytest.mark.parametrize("query", [np.zeros(8), np.full(8, np.nan), np.ones(7), np.ones((1, 8))])
def test_useless_queries_are_refused(query: np.ndarray) -> None:
    with pytest.raises(ImgsimError):
        similarities(unit_rows(50, 8), query)


def test_ranked_equals_a_plain_sort() -> None:
    generator = np.random.default_rng(3)
    values = np.round(generator.normal(size=400), 1).astype(np.float32)  # many ties
    mask = generator.random(400) < 0.6
    for exclude in (None, 5):
        for chosen in (None, mask):
            for k in (None, 0, 1, 7, 250, 1000):
                allowed = [i for i in range(400) if i != exclude and (chosen is None or chosen[i])]
                expected = sorted(allowed, key=lambda i: (-values[i], i))[:k]
                rows, found = ranked(values, exclude=exclude, mask=chosen, k=k)
                assert rows.tolist() == expected
                np.testing.assert_array_equal(found, values[expected])


def test_ranked_leaves_the_mask_alone() -> None:
    mask = np.ones(4, dtype=bool)
    ranked(np.arange(4, dtype=np.float32), exclude=2, mask=mask)
    assert mask.all()


def test_background_is_that_of_all_pairs_when_there_are_few() -> None:
    embeddings = unit_rows(40, 12)
    every = np.sort([float(np.dot(embeddings[i], embeddings[j])) for i in range(40) for j in range(i)])
    background = random_pair_quantiles(embeddings)
    assert background.shape == (BACKGROUND_SIZE,)
    assert background.dtype == np.float32
    assert (np.diff(background) >= 0).all()
    assert background[0] == pytest.approx(every[0], abs=1e-6)
    assert background[-1] == pytest.approx(every[-1], abs=1e-6)
    assert background[5000] == pytest.approx(np.median(every), abs=0.01)
    share = share_below(background, [-1.0, float(np.median(every)), 1.1])
    assert share[0] == 0
    assert share[1] == pytest.approx(0.5, abs=0.01)
    assert share[2] == 1


def test_background_of_a_sample_never_pairs_a_plate_with_itself() -> None:
    embeddings = np.eye(1000, 1000, dtype=np.float32)
    assert random_pair_quantiles(embeddings, pairs=20_000).max() == 0
    np.testing.assert_array_equal(
        random_pair_quantiles(embeddings, pairs=5000, seed=1),
        random_pair_quantiles(embeddings, pairs=5000, seed=1),
    )


def test_background_of_one_plate_is_empty_and_says_nothing() -> None:
    background = random_pair_quantiles(unit_rows(1, 3))
    assert len(background) == 0
    assert np.isnan(share_below(background, [0.5])).all()


def test_hubness_finds_the_hub() -> None:
    indices = np.zeros((100, 3), dtype=np.int32)
    indices[:, 0] = 42
    indices[:, 1:] = np.arange(200).reshape(100, 2) % 100
    found = hubness(indices, k=3)
    assert found["largest_row"] == 42
    assert found["largest"] == 102
    assert float(found["skew"]) > 5
    even = hubness(np.arange(100, dtype=np.int32).reshape(100, 1), k=1)
    assert (even["skew"], even["largest"], even["never"]) == (0.0, 1, 0)
    assert hubness(np.empty((1, 0), dtype=np.int32))["never"] == 0
