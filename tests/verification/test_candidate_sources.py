"""What every candidate source keeps to, imgsim's own and those that are brought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.catalogue import Catalogue
from imgsim.errors import ImgsimError
from imgsim.features.extraction import mirrored
from imgsim.features.inverted_index import FeatureIndex
from imgsim.verification.candidate_sources import (
    CANDIDATE_SOURCES,
    CandidateInputs,
    CandidateSource,
)
from imgsim.verification.candidates import candidates
from tests.extensions import bring, shown
from tests.kin import catalogue_of
from tests.made_up import copied, made_up, store_of
from tests.verification.toy_source import Toy

pytestmark = pytest.mark.usefixtures("none_left")

COUNT = 24
OWN = ("cosine", "mirrored", "local features", "parts")
EVERY = (*OWN, "toy", "same page")
PLATES = [made_up(number) for number in range(COUNT)]
PLATES[20], PLATES[21] = copied(PLATES[2], turn=0.4), mirrored(copied(PLATES[3]))
PLATES[22] = copied(PLATES[4], noise=0)


def rows(seed: int, count: int, dimension: int = 16) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(count, dimension))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def plates(count: int) -> Catalogue:
    ids = [f"p{row:03}" for row in range(count)]
    title = ["Flora" if row % 3 else "" for row in range(count)]
    return catalogue_of({one: (f"b{row % 5}", 1750) for row, one in enumerate(ids)}, title=title, page=[1] * count)


def inputs_of(count: int, **changes: Any) -> CandidateInputs:
    """Embeddings of one backbone, of mirror images and parts too, local features and a catalogue, of so many plates."""
    store = store_of(PLATES[:count])
    made: dict[str, Any] = {
        "embeddings": {"a": rows(1, count)}, "mirrored_embeddings": {"a": rows(2, count)}, "store": store,
        "index": FeatureIndex.build(store), "catalogue": plates(count) if count else None,
        "parts": {"a": rows(3, 5 * count).reshape(count, 5, 16)},
    }  # fmt: skip
    return CandidateInputs(**made | changes)


@pytest.fixture(scope="module")
def inputs() -> CandidateInputs:
    return inputs_of(COUNT)


@pytest.fixture(params=EVERY)
def source(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CandidateSource:
    if request.param == "toy":
        CANDIDATE_SOURCES.register(Toy())
    if request.param == "same page":
        bring(monkeypatch, tmp_path / "mine", same_page=shown("candidate-sources.md"))
    return CANDIDATE_SOURCES.get(request.param)


# -- the contract


def test_every_one_that_there_is_is_tried() -> None:
    assert tuple(one.name for one in CANDIDATE_SOURCES.all()) == OWN


def test_pairs_are_of_the_form_that_is_asked_for(source: CandidateSource, inputs: CandidateInputs) -> None:
    found = source.pairs(inputs, 3)
    assert found.dtype == np.int32 and found.ndim == 2 and found.shape[1] == 2 and len(found)
    assert found.min() >= 0 and found.max() < COUNT
    assert (found[:, 0] < found[:, 1]).all(), "no plate with itself, the lower row first"
    pairs = [tuple(pair) for pair in found.tolist()]
    assert pairs == sorted(set(pairs)), "ascending, each pair once"


def test_k_is_respected(source: CandidateSource, inputs: CandidateInputs) -> None:
    former: set[tuple[int, ...]] = set()
    for k in (1, 3, COUNT, 2 * COUNT):
        found = {tuple(pair) for pair in source.pairs(inputs, k).tolist()}
        assert len(found) <= 2 * COUNT * k, "as each plate stands, and mirrored"
        assert former <= found, "what is proposed first is proposed whatever else may be"
        former = found
    assert len(source.pairs(inputs, 1)) < len(former)


def test_the_same_inputs_give_the_same_pairs(source: CandidateSource, inputs: CandidateInputs) -> None:
    first = source.pairs(inputs, 4)
    np.testing.assert_array_equal(first, source.pairs(inputs, 4))
    np.testing.assert_array_equal(first, source.pairs(inputs_of(COUNT, workers=1), 4))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_plates_or_none(source: CandidateSource, count: int) -> None:
    found = source.pairs(inputs_of(count), 20)
    assert found.dtype == np.int32 and found.shape[1:] == (2,)
    assert found.tolist() in ([], [[0, 1]] if count == 2 else [])


def test_nothing_to_go_by_is_no_pairs(source: CandidateSource) -> None:
    found = source.pairs(CandidateInputs(), 5)
    assert found.dtype == np.int32 and found.shape == (0, 2)


# -- the union


def test_what_each_has_proposed_is_said_of_every_pair(inputs: CandidateInputs) -> None:
    CANDIDATE_SOURCES.register(Toy())
    found = candidates(inputs, 2)
    assert found.names == (*OWN, "toy")
    by = {name: {tuple(p) for p in CANDIDATE_SOURCES.get(name).pairs(inputs, 2).tolist()} for name in found.names}
    for pair, words in zip(map(tuple, found.pairs.tolist()), found.proposed_by(), strict=True):
        assert words == ", ".join(name for name in found.names if pair in by[name])
    assert {tuple(pair) for pair in found.pairs.tolist()} == set().union(*by.values())


def odd(result: Any) -> Any:
    class Odd:
        name, version = "odd", 1

        def pairs(self, inputs: CandidateInputs, k: int) -> Any:
            return result() if callable(result) else result

    return Odd()


def divided() -> float:
    return 1 / 0


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ([[0, 1]], "not list"), (np.array([[0, 1]]), "not int64"), (np.zeros((2, 3), np.int32), r"not int32 \(2, 3\)"),
        (np.array([[1, 0]], np.int32), "not below row b"), (np.array([[3, 3]], np.int32), "paired with itself"),
        (np.array([[0, COUNT]], np.int32), "rows run from 0 to 23"), (np.array([[-1, 2]], np.int32), "it names -1"),
        (np.array([[1, 2], [0, 3]], np.int32), "not ascending"), (np.array([[1, 2]] * 2, np.int32), "comes twice"),
        (divided, "'odd' fails .ZeroDivisionError"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_pairs_is_refused(inputs: CandidateInputs, result: Any, words: str) -> None:
    CANDIDATE_SOURCES.register(odd(result))
    with pytest.raises(ImgsimError, match=words):
        candidates(inputs, 3)


def test_more_sources_than_a_pair_can_name_are_refused() -> None:
    made = [type(f"Toy{n}", (Toy,), {"name": f"a source with rather a long name {n}"})() for n in range(6)]
    try:
        with pytest.raises(ImgsimError, match="shorter names"):
            for one in made:
                CANDIDATE_SOURCES.register(one)
                candidates(CandidateInputs(), 3)
    finally:
        for one in made:
            CANDIDATE_SOURCES.forget(one.name)
