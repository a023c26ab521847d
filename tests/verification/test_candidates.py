"""Pairs worth comparing: the union of the sources, each unordered pair once."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from imgsim.errors import ImgsimError
from imgsim.features.extraction import mirrored
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.verification.candidate_sources import CandidateInputs
from imgsim.verification.candidate_sources.local_features import local_neighbours
from imgsim.verification.candidate_sources.mirror_image import mirrored_neighbours
from imgsim.verification.candidates import Candidates, candidates, in_words, masks_of
from tests.made_up import copied, made_up, store_of

COSINE, MIRRORED_QUERY, LOCAL = 1, 2, 4
NAMES = ("cosine", "mirrored", "local features", "parts")
COUNT = 24
PLATES = [made_up(number) for number in range(COUNT)]
PLATES[20] = copied(PLATES[2], turn=1.5, keep=slice(0, 60))
PLATES[21] = mirrored(copied(PLATES[3]))
PLATES[22] = copied(PLATES[4], noise=0)
PLATES[23] = replace(PLATES[5], vouch=np.zeros(len(PLATES[5]), dtype=bool))
Local = tuple[FeatureIndex, FeatureStore]
TRUE = {(2, 20), (3, 21), (4, 22)}


def union(
    embeddings: dict[str, np.ndarray],
    mirrored_embeddings: dict[str, np.ndarray] | None,
    index: FeatureIndex | None,
    store: FeatureStore | None,
    top: int,
) -> Candidates:
    return candidates(CandidateInputs(embeddings, mirrored_embeddings or {}, store, index), top)


def rows(seed: int, count: int = COUNT, dimension: int = 16) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(count, dimension))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def nearest(queries: np.ndarray, others: np.ndarray, top: int) -> set[tuple[int, int]]:
    """The oracle: sort every list in float64."""
    pairs = set()
    for row, products in enumerate(queries.astype(np.float64) @ others.T.astype(np.float64)):
        order = [other for other in np.argsort(-products).tolist() if other != row][:top]
        pairs |= {(min(row, other), max(row, other)) for other in order}
    return pairs


def as_sets(found) -> dict[int, set[tuple[int, int]]]:
    return {
        bit: {tuple(pair) for pair in found.pairs[(found.sources & bit) > 0].tolist()}
        for bit in (COSINE, MIRRORED_QUERY, LOCAL)
    }


@pytest.fixture(scope="module")
def local() -> Local:
    store = store_of(PLATES)
    return FeatureIndex.build(store), store


def test_the_union_of_all_sources(local: Local) -> None:
    embeddings = {"one": rows(1), "two": rows(2, dimension=5)}
    flipped = {"one": rows(3), "two": rows(4, dimension=5)}
    found = union(embeddings, flipped, *local, 3)
    by_source = as_sets(found)
    assert by_source[COSINE] == nearest(rows(1), rows(1), 3) | nearest(
        rows(2, dimension=5), rows(2, dimension=5), 3
    )
    assert by_source[MIRRORED_QUERY] == nearest(rows(3), rows(1), 3) | nearest(
        rows(4, dimension=5), rows(2, dimension=5), 3
    )
    assert by_source[LOCAL] >= TRUE
    assert found.pairs.dtype == np.int32
    assert found.sources.dtype == np.uint32 and found.names == NAMES
    assert (found.pairs[:, 0] < found.pairs[:, 1]).all()
    assert len({tuple(pair) for pair in found.pairs.tolist()}) == len(found)
    assert (found.sources > 0).all()
    assert set().union(*by_source.values()) == {tuple(pair) for pair in found.pairs.tolist()}


def test_the_index_lists_what_is_shared_and_little_else(local: Local) -> None:
    found = union({}, None, *local, 5)
    assert set(found.sources.tolist()) == {LOCAL}
    pairs = {tuple(pair) for pair in found.pairs.tolist()}
    assert pairs >= TRUE
    assert len(pairs) < 0.6 * len(list(combinations(range(COUNT), 2)))
    assert not any(23 in pair for pair in pairs)


def test_every_row_in_turn_with_any_number_of_workers(local: Local) -> None:
    told: list[tuple[int, int]] = []
    one = list(local_neighbours(*local, 4, lambda done, total: told.append((done, total)), workers=1))
    three = list(local_neighbours(*local, 4, workers=3))
    assert [row for row, _ in one] == [row for row, _ in three] == list(range(COUNT))
    for (_, left), (_, right) in zip(one, three, strict=True):
        np.testing.assert_array_equal(left, right)
    assert told[-1] == (COUNT, COUNT)


def test_more_than_one_batch(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = union({}, None, *local, 4)
    monkeypatch.setattr("imgsim.verification.candidate_sources.local_features._BATCH", 5)
    monkeypatch.setattr("imgsim.verification.candidate_sources.mirror_image._BLOCK", 7)
    parts = union({}, None, *local, 4)
    np.testing.assert_array_equal(whole.pairs, parts.pairs)
    assert as_sets(union({"a": rows(1)}, {"a": rows(3)}, None, None, 4))[MIRRORED_QUERY] == nearest(
        rows(3), rows(1), 4
    )


def test_a_plate_is_never_a_candidate_of_its_mirror_image() -> None:
    embeddings = rows(1)
    lists = mirrored_neighbours(embeddings, embeddings, 3)
    assert not (lists == np.arange(COUNT)[:, None]).any()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_very_small_collections(count: int) -> None:
    store = store_of(PLATES[:count])
    few = rows(1, count)
    found = union({"a": few}, {"a": few}, FeatureIndex.build(store), store, 20)
    assert found.pairs.tolist() == ([[0, 1]] if count == 2 else [])
    assert found.pairs.shape[1] == 2


def test_sources_that_are_missing(local: Local) -> None:
    assert set(union({"a": rows(1)}, None, None, None, 2).sources.tolist()) == {COSINE}
    assert len(union({}, None, None, None, 2)) == 0


def test_parts_of_different_collections_are_refused(local: Local) -> None:
    with pytest.raises(ImgsimError, match="23 and 24 plates"):
        union({"a": rows(1, COUNT - 1)}, None, *local, 3)
    with pytest.raises(ImgsimError, match=r"\(24, 16\)"):
        union({"a": rows(1)}, {"a": rows(1, dimension=8)}, None, None, 3)


def test_sources_in_words_and_back() -> None:
    assert in_words(COSINE, NAMES) == "cosine"
    assert in_words(COSINE | MIRRORED_QUERY | LOCAL, NAMES) == "cosine, mirrored, local features"
    words = [in_words(mask, NAMES) for mask in (*range(1, 8), 5, 5)]
    assert masks_of(words, NAMES).tolist() == [*range(1, 8), 5, 5]
    assert masks_of(["cosine, something else", ""], NAMES).tolist() == [COSINE, 0]
