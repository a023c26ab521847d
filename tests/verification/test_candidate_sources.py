"""What every candidate source keeps to, imgsim's own and those that are brought; and how one is brought."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.catalogue import Catalogue
from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.features.extraction import mirrored
from imgsim.features.inverted_index import FeatureIndex
from imgsim.verification.candidate_sources import (
    CANDIDATE_SOURCES,
    CandidateInputs,
    CandidateSource,
    unordered,
)
from imgsim.verification.candidate_sources.protocol import Pairs
from imgsim.verification.candidates import candidates, source_versions
from tests.extensions import bring, shown
from tests.kin import catalogue_of
from tests.made_up import copied, made_up, store_of
from tests.making import ToyEngine
from tests.prepare.verifying import FOUND, draw_plates, verified

COUNT = 24
OWN = ("cosine", "mirrored", "local features")
EVERY = (*OWN, "toy", "same page")
PLATES = [made_up(number) for number in range(COUNT)]
PLATES[20], PLATES[21] = copied(PLATES[2], turn=0.4), mirrored(copied(PLATES[3]))
PLATES[22] = copied(PLATES[4], noise=0)


class Toy:
    """Neighbours in the catalogue's order."""

    name, version = "toy", 1

    def pairs(self, inputs: CandidateInputs, k: int) -> Pairs:
        rows = [(a, b) for a in range(inputs.plates) for b in range(a + 1, min(a + 1 + k, inputs.plates))]
        return unordered([a for a, _ in rows], [b for _, b in rows])


def rows(seed: int, count: int, dimension: int = 16) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(count, dimension))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def plates(count: int) -> Catalogue:
    ids = [f"p{row:03}" for row in range(count)]
    title = ["Flora" if row % 3 else "" for row in range(count)]
    return catalogue_of({one: (f"b{row % 5}", 1750) for row, one in enumerate(ids)}, title=title, page=[1] * count)


def inputs_of(count: int, **changes: Any) -> CandidateInputs:
    """Embeddings of one backbone, those of the mirror images, local features and a catalogue, of so many plates."""
    store = store_of(PLATES[:count])
    made: dict[str, Any] = {
        "embeddings": {"a": rows(1, count)}, "mirrored_embeddings": {"a": rows(2, count)}, "store": store,
        "index": FeatureIndex.build(store), "catalogue": plates(count) if count else None,
    }  # fmt: skip
    return CandidateInputs(**made | changes)


@pytest.fixture(scope="module")
def inputs() -> CandidateInputs:
    return inputs_of(COUNT)


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    """What a test brings is gone after it."""
    yield
    for name in {"toy", "same page", "odd"}:
        CANDIDATE_SOURCES.forget(name)


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


def test_keys_of_before_count_until_a_source_is_brought_or_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    assert source_versions() == {}
    monkeypatch.setattr(type(CANDIDATE_SOURCES.get("cosine")), "version", 2)
    raised = source_versions()
    assert raised == {"sources": {"cosine": 2}}
    CANDIDATE_SOURCES.register(Toy())
    assert source_versions()["brought"] != raised.get("brought")


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


# -- a run


def test_the_page_is_short() -> None:
    assert len(shown("candidate-sources.md").splitlines()) < 40


TOY = """
from imgsim.verification.candidate_sources import register, unordered

class Toy:
    name, version = "toy", {version}
    def pairs(self, inputs, k):
        return unordered([0], [{other}])

register(Toy())
"""


def test_a_brought_source_makes_the_matches_stale_and_nothing_else(
    quickly: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = draw_plates(tmp_path / "images", 7)
    verified(tmp_path / "c", images, verify_top=1)

    def again() -> tuple[set[str], int, dict[str, str]]:
        engine = ToyEngine()
        redone = verified(tmp_path / "c", images, engine, verify_top=1).redone.get("files", ())
        matches = open_collection(tmp_path / "c").matches
        assert matches is not None and engine.described == []
        ids = zip(matches.frame["plate_a"], matches.frame["plate_b"], strict=True)
        said = {f"{a} {b}": words for (a, b), words in zip(ids, matches.frame["sources"], strict=True)}
        return set(redone), len(engine.compared), said

    _, _, before = again()
    (new,) = sorted(f"p000 p{n:03}" for n in range(1, 7) if f"p000 p{n:03}" not in before)[:1]
    folder = bring(monkeypatch, tmp_path / "mine", toy=TOY.format(version=1, other=int(new[-3:])))
    redone, compared, said = again()
    assert (redone, compared) == (FOUND, 1)
    assert said == {**before, new: "toy"} and again()[:2] == (set(), 0)
    (facts,) = open_collection(tmp_path / "c").manifest["matching"]["brought"]
    assert (facts["name"], facts["version"], len(facts["file"])) == ("toy", 1, 64)

    # Raised, and edited without a thought of the version: asked again both times, and nothing is compared again.
    for code in (TOY.format(version=2, other=int(new[-3:])), TOY.format(version=2, other=int(new[-3:])) + "# edited"):
        reload(monkeypatch, folder, code)
        assert again() == (FOUND, 0, said)
    reload(monkeypatch, folder, "")
    CANDIDATE_SOURCES.forget("toy")
    redone, compared, said = again()
    assert (redone, compared, said) == (FOUND, 0, before)


def reload(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """As if a new process were started with another text in the file."""
    monkeypatch.setattr("imgsim.base.extensions._run", set())
    bring(monkeypatch, folder, toy=code)


def test_the_source_of_the_page_proposes_pairs_in_a_run(
    quickly: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = draw_plates(tmp_path / "images", 6)
    table = tmp_path / "meta.csv"
    table.write_text("plate_id,title,page\np001,Flora,7\np004,Flora,7\np005,Flora,8\n")
    bring(monkeypatch, tmp_path / "mine", same_page=shown("candidate-sources.md"))
    verified(tmp_path / "c", images, metadata=table, verify_top=1)
    collection = open_collection(tmp_path / "c")
    assert collection.matches is not None
    row = collection.catalogue.row
    found = collection.matches.between(row("p001"), row("p004"))
    assert found is not None and found.sources.endswith("same page")
    assert sum("same page" in one for one in collection.matches.frame["sources"]) == 1
    # It reads the catalogue, so another table is another list of pairs.
    table.write_text("plate_id,title,page\np001,Flora,7\np004,Flora,8\np005,Flora,8\n")
    verified(tmp_path / "c", None, metadata=table, verify_top=1)
    matches = open_collection(tmp_path / "c").matches
    assert matches is not None
    again = matches.between(row("p004"), row("p005"))
    assert again is not None and again.sources.endswith("same page")


ODD = """
from imgsim.verification.candidate_sources import register

class Odd:
    name, version = {}
    def {}(self, inputs, k):
        return None

register(Odd())
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def", r"mine/odd\.py cannot be run .SyntaxError"), ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("from imgsim.verification.candidate_sources import register\nregister(3)", "needs a name"),
        (ODD.format("'odd', 1", "couples"), "has no method pairs"), (ODD.format("'cosine', 1", "pairs"), "already"),
        (ODD.format("'odd', '1'", "pairs"), "a whole number from 1, not '1'"),
        (ODD.format("'odd, even', 1", "pairs"), "40 small letters, .* not 'odd, even'"),
    ],
)  # fmt: skip
def test_a_file_that_fails_stops_a_run_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    bring(monkeypatch, tmp_path / "mine", odd=code)
    engine = ToyEngine()
    for _ in range(2):  # it does not go on the second time as if there were no such file
        with pytest.raises(ImgsimError, match=words):
            verified(tmp_path / "c", draw_plates(tmp_path / "images", 2), engine)
    assert engine.asked == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_EXTENSIONS", str(tmp_path / "none"))
    with pytest.raises(ImgsimError, match=r"names .*none, which is no folder"):
        CANDIDATE_SOURCES.all()


def test_no_file_that_lies_with_a_collection_is_run(
    quickly: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = f"open({str(tmp_path / 'sung')!r}, 'w')"
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    for folder in (tmp_path, tmp_path / "c", tmp_path / "images", tmp_path / "extensions", tmp_path / "verifiers"):
        folder.mkdir(exist_ok=True)
        (folder / "canary.py").write_text(canary)
    images = draw_plates(tmp_path / "images", 3)
    verified(tmp_path / "c", images)
    assert open_collection(tmp_path / "c").verifier.name == "sift"
    assert not (tmp_path / "sung").exists()


def test_pairs_in_any_order_are_put_in_theirs() -> None:
    rng = np.random.default_rng(5)
    for count in (0, 1, 5, 400):
        left, right = rng.integers(0, 30, (2, count))
        found = unordered(left, right)
        wanted = sorted({(min(a, b), max(a, b)) for a, b in zip(left.tolist(), right.tolist(), strict=True) if a != b})
        assert found.dtype == np.int32 and found.shape == (len(wanted), 2)
        assert [tuple(pair) for pair in found.tolist()] == wanted
