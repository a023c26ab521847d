"""The queue: the telling pairs first, each with its reason, never one that was judged."""

from __future__ import annotations

import numpy as np
import pytest

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED
from imgsim.catalogue import Catalogue
from imgsim.collection.review_queue import FILTERS, Queue, share_above, share_below
from imgsim.retrieval.neighbours import pair_similarities
from imgsim.reviews import Review, standing_frame
from imgsim.reviews.decision_record import made
from imgsim.verification.matches import Matches
from tests.kin import catalogue_of, matches_of, pair

NAMES = "abcdefgh"
# How alike the network finds each pair that was compared.
ALIKE = {"ab": 0.99, "cd": 0.60, "ef": 0.995, "gh": 0.70, "ac": 0.98, "eg": 0.62, "ad": 0.61}


@pytest.fixture
def catalogue() -> Catalogue:
    return catalogue_of({name: (f"book {name}", 1700 + at) for at, name in enumerate(NAMES)})


@pytest.fixture
def matches(catalogue: Catalogue) -> Matches:
    return matches_of(
        catalogue,
        [
            pair("a", "b", inliers=300), pair("c", "d", inliers=300), pair("a", "c", MIRRORED, 300),
            pair("g", "h", DETAIL, 52), pair("e", "f", LOOK_ALIKE), pair("e", "g", LOOK_ALIKE),
            pair("a", "d", LOOK_ALIKE),
        ],
    )  # fmt: skip


def queue(
    catalogue: Catalogue, matches: Matches, monkeypatch: pytest.MonkeyPatch, works: list[str] | None = None,
    copies: tuple[tuple[int, int], ...] = (),
) -> Queue:
    def known(_: object, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.array([ALIKE.get(NAMES[x] + NAMES[y], 0.5) for x, y in zip(a, b, strict=True)])

    monkeypatch.setattr("imgsim.collection.review_queue.pair_similarities", known)
    neighbours = np.array([[(row + 1) % 8] for row in range(8)], dtype=np.int32)
    return Queue(catalogue, matches, works or ["one"] * 8, np.zeros((8, 4), np.float32), neighbours, copies)


def letters(pairs: list[tuple[int, int]]) -> list[str]:
    return [NAMES[a] + NAMES[b] for a, b in pairs]


def judged(*pairs: str, decision: str = "unsure", reviewer: str = "A") -> list[Review]:
    return [made(two[0], two[1], decision, reviewer=reviewer) for two in pairs]


def test_the_most_telling_come_first_and_say_why(
    catalogue: Catalogue, matches: Matches, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = queue(catalogue, matches, monkeypatch)
    asked = found.waiting(standing_frame([]))
    # cd: less similar than any look-alike. ef: more similar than any verified pair. gh: hardly enough lines.
    assert letters(asked) == ["cd", "ef", "gh", "ac", "ab"]
    question = found.question(4, 5)
    assert question is not None
    assert question.reasons == ("The network says alike, the lines say no.",)
    assert (question.verdict, question.inliers, question.similarity) == (LOOK_ALIKE, 5, 0.995)
    reasons = {two: found.question(NAMES.index(two[0]), NAMES.index(two[1])) for two in letters(asked)}
    assert {two: q.reasons for two, q in reasons.items() if q is not None} == {
        "ef": ("The network says alike, the lines say no.",),
        "gh": ("52 points agree; 50 make a pair strong.",),
        "cd": ("The lines say alike, the network says no.",),
        "ac": ("One is turned left to right.",),
        "ab": ("Their lines agree, and nobody has confirmed it yet.",),
    }
    scores = [q.score for q in reasons.values() if q is not None]
    assert scores == sorted(scores, reverse=True)
    # Look-alikes that nothing speaks for are not asked for.
    assert found.question(4, 6) is None and found.question(0, 3) is None


def test_between_works_is_a_reason_for_verified_pairs(
    catalogue: Catalogue, matches: Matches, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = ["one", "other"] + ["one"] * 6
    found = queue(catalogue, matches, monkeypatch, works)
    assert letters(found.waiting(standing_frame([]), "works")) == ["ab"]
    question = found.question(0, 1)
    assert question is not None and question.reasons == ("They stand in different works.",)


def test_copies_by_another_hand_are_asked_for_whatever_else_speaks_for_them(
    catalogue: Catalogue, matches: Matches, monkeypatch: pytest.MonkeyPatch
) -> None:
    # eg is a look-alike that nothing speaks for; bh was never compared, and neither is near the other.
    found = queue(catalogue, matches, monkeypatch, copies=((6, 4), (1, 7)))
    none = standing_frame([])
    assert letters(found.waiting(none, "copied")) == ["eg", "bh"]
    assert {"eg", "bh"} < set(letters(found.waiting(none))) and found.progress(none, "copied") == (0, 2)
    for a, b in ((4, 6), (1, 7)):
        question = found.question(a, b)
        assert question is not None
        assert question.reasons[-1] == "Another hand seems to have drawn one after the other."
    assert letters(found.waiting(standing_frame(judged("eg")), "copied")) == ["bh"]
    assert found.question(0, 7) is None


def test_filters_and_progress(
    catalogue: Catalogue, matches: Matches, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = queue(catalogue, matches, monkeypatch)
    none = standing_frame([])
    assert {name: letters(found.waiting(none, name)) for name in FILTERS if name != "all"} == {
        "disagreeing": ["cd", "ef"], "near": ["gh"], "mirrored": ["ac"], "negative": [], "copied": [], "works": [],
        "disputed": [],
    }  # fmt: skip
    assert found.progress(none) == (0, 5)
    some = standing_frame(judged("ef", "ad", "ab"))
    assert found.progress(some) == (2, 5)
    assert found.progress(some, "disagreeing") == (1, 2)
    assert letters(found.waiting(some)) == ["cd", "gh", "ac"]


def test_a_judged_pair_never_comes_back_but_a_disputed_one_can_be_asked_for(
    catalogue: Catalogue, matches: Matches, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = queue(catalogue, matches, monkeypatch)
    said = judged("ef", decision="same plate") + judged("ef", decision="unrelated", reviewer="B")
    said += judged("bh", decision="same plate") + judged("bh", decision="unrelated", reviewer="B")
    standing = standing_frame([*said, *judged("az", "ab")])  # z is of another collection
    for name in FILTERS:
        if name != "disputed":
            assert not {"ef", "ab"} & set(letters(found.waiting(standing, name)))
    # Whatever people differ about, in the queue or not.
    assert letters(found.waiting(standing, "disputed")) == ["bh", "ef"]


def test_the_order_is_the_same_every_time(
    catalogue: Catalogue, matches: Matches, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (queue(catalogue, matches, monkeypatch) for _ in range(2))
    assert first.waiting(standing_frame([])) == second.waiting(standing_frame([]))
    monkeypatch.setitem(ALIKE, "cd", 0.99)
    monkeypatch.setitem(ALIKE, "ab", 0.99)
    even = queue(catalogue, matches, monkeypatch)
    # Two pairs with the same score stand in the order of their plates.
    assert letters(even.waiting(standing_frame([])))[-2:] == ["ab", "cd"]


def test_neighbours_whose_lines_were_never_compared_are_asked_for(
    catalogue: Catalogue, matches: Matches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ALIKE, "bc", 0.9999)
    found = queue(catalogue, matches, monkeypatch)
    assert letters(found.waiting(standing_frame([])))[0] == "bc"
    question = found.question(1, 2)
    assert question is not None
    assert question.reasons == ("The network says alike, and the lines were never compared.",)


def test_without_any_match_the_queue_is_made_all_the_same() -> None:
    catalogue = catalogue_of({name: ("book", 1700) for name in "ab"})
    empty = matches_of(catalogue, [])
    found = Queue(catalogue, empty, ["w", "w"], np.eye(2, dtype=np.float32), np.zeros((2, 0), np.int32))
    assert (
        len(found) == 0
        and found.waiting(standing_frame([])) == []
        and found.progress(standing_frame([])) == (0, 0)
    )


def test_similarities_of_pairs_and_shares_against_plain_numpy() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(40, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    a, b = rng.integers(0, 40, 300), rng.integers(0, 40, 300)
    expected = (vectors.astype(np.float64) @ vectors.T.astype(np.float64))[a, b]
    assert np.allclose(pair_similarities(vectors, a, b), expected, atol=1e-6)
    values, asked = rng.integers(0, 9, 50).astype(float), np.arange(-1, 11, 0.5)
    below = [np.mean(values < x) + np.mean(values == x) / 2 for x in asked]
    assert np.allclose(share_below(values, asked), below)
    assert np.allclose(share_above(values, asked), 1 - np.array(below))
    assert (
        share_below(np.zeros(0), asked).tolist()
        == share_above(np.zeros(0), asked).tolist()
        == [0.0] * len(asked)
    )
