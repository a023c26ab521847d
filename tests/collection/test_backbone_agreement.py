"""Two backbones compared: counts, order, verified pairs and examples, against plain loops over sets and lists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME
from imgsim.collection.neighbour_overlap import STUDY, neighbour_overlap, places
from imgsim.collection.score_ladder import RUNGS, distributions, ladder
from imgsim.collection.verified_pairs import VerifiedPairs, difference, look_up, verified_pairs
from imgsim.errors import ImgsimError
from imgsim.retrieval.neighbours import (
    all_neighbours,
    hubness,
    occurrences,
    pair_similarities,
    random_pair_quantiles,
    random_pairs,
)
from imgsim.verification.matches import Matches
from tests.kin import catalogue_of, pair


def unit_rows(count: int, dim: int, seed: int = 0, shift: float = 0.0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dim)) + shift
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def two_lists(count: int = 90, k: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Lists that partly agree: of the same plates, one seen with some noise."""
    rows = unit_rows(count, 6)
    noisy = rows + 0.35 * unit_rows(count, 6, seed=1)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    return all_neighbours(rows, k)[0], all_neighbours(noisy.astype(np.float32), k)[0]


# ---- neighbour_overlap


def test_the_study_counted_each_of_its_plates_once() -> None:
    assert sum(STUDY.shared) == STUDY.plates == 13_151
    assert len(STUDY.shared) == STUDY.k + 1


@pytest.mark.parametrize("k", [1, 4, 10, 12])
def test_shared_neighbours_are_those_of_sets(k: int) -> None:
    first, second = two_lists()
    known = neighbour_overlap(first, second, k, np.zeros(len(first)))
    expected = [len({*a[:k]} & {*b[:k]}) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    assert known.shared.tolist() == expected
    assert len(set(expected)) > 1  # else the lists test nothing
    assert known.counts.tolist() == [expected.count(number) for number in range(k + 1)]
    assert sum(known.counts) == len(first)
    for number in range(k + 1):
        assert set(known.with_shared(number).tolist()) == {
            row for row, n in enumerate(expected) if n == number
        }


def test_places_are_those_that_list_index_gives() -> None:
    first, second = two_lists(count=2100, k=3)  # more than a block
    second = second[:, :2]
    expected = [
        [b.index(plate) + 1 if plate in b else 0 for plate in a]
        for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]
    assert places(first, second).tolist() == expected
    assert places(first[:, :0], second).shape == (2100, 0)


def plain_overlap(first: list[int], second: list[int], p: float = 0.9) -> float:
    """The definition: at every depth the share in common, each depth weighing p times the one before."""
    weights = [p ** (depth - 1) for depth in range(1, len(first) + 1)]
    agreed = [len({*first[:depth]} & {*second[:depth]}) / depth for depth in range(1, len(first) + 1)]
    return sum(w * a for w, a in zip(weights, agreed, strict=True)) / sum(weights)


def test_the_overlap_of_ranks_is_the_sum_of_its_definition() -> None:
    first, second = two_lists()
    known = neighbour_overlap(first, second, 4, np.zeros(len(first)))
    expected = [plain_overlap(a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    np.testing.assert_allclose(known.overlap, expected, atol=1e-12)
    same = neighbour_overlap(first, first, 4, np.zeros(len(first)))
    np.testing.assert_allclose(same.overlap, 1)
    assert (same.shared == 4).all()


def test_disagreement_is_ordered_by_shared_then_overlap_then_regard_then_plate() -> None:
    first, second = two_lists()
    regard = np.random.default_rng(3).integers(0, 3, len(first)) / 3
    known = neighbour_overlap(first, second, 4, regard)
    expected = sorted(
        range(len(first)), key=lambda row: (known.shared[row], known.overlap[row], regard[row], row)
    )
    assert known.order.tolist() == expected
    apart = np.arange(12, dtype=np.int32).reshape(6, 2)
    none = neighbour_overlap(apart, apart[::-1].copy(), 2, np.array([0.5, 0.1, 0.5, 0.9, 0.1, 0.0]))
    assert none.order.tolist() == [5, 1, 4, 0, 2, 3]


def test_lists_that_cannot_be_compared_say_why() -> None:
    first, second = two_lists()
    with pytest.raises(ImgsimError, match=r"first 13 neighbours .* hold 12"):
        neighbour_overlap(first, second, 13, np.zeros(len(first)))
    with pytest.raises(ImgsimError, match="cannot be compared"):
        neighbour_overlap(first, second, 0, np.zeros(len(first)))
    with pytest.raises(ImgsimError, match="90 and 89 plates"):
        neighbour_overlap(first, second[1:], 4, np.zeros(90))


# ---- verified pairs


IDS = [f"p{number:02}" for number in range(30)]
PAIRS = [
    pair("p00", "p01", SAME, sources="cosine, local features"),
    pair("p01", "p02", MIRRORED, sources="mirrored"),
    pair("p05", "p06", DETAIL, sources="local features"),
    pair("p07", "p08", LOOK_ALIKE, sources="local features"),
    pair("p20", "p21", SAME, sources="cosine"),
]


@pytest.fixture(scope="module")
def matches() -> Matches:
    return Matches.from_frame(pd.DataFrame(PAIRS), catalogue_of({i: ("book", 1750) for i in IDS}))


def test_verified_pairs_leave_out_look_alikes_and_hang_together_by_their_plates(matches: Matches) -> None:
    pairs = verified_pairs(matches, len(IDS))
    assert pairs.rows.tolist() == [[0, 1], [1, 2], [5, 6], [20, 21]]
    assert pairs.verdicts.tolist() == [SAME, MIRRORED, DETAIL, SAME]
    assert pairs.by_lines.tolist() == [True, False, True, False]
    assert pairs.groups[0] == pairs.groups[1]
    assert len(set(pairs.groups.tolist())) == 3
    assert [matches.match(int(at)).b for at in pairs.positions] == [1, 2, 6, 21]


def test_rejected_pairs_are_left_out(matches: Matches) -> None:
    pairs = verified_pairs(matches, len(IDS), {(1, 2), (3, 4), (20, 21)})
    assert pairs.rows.tolist() == [[0, 1], [5, 6]]
    assert pairs.verdicts.tolist() == [SAME, DETAIL]
    assert len(verified_pairs(matches, len(IDS), {(0, 1), (1, 2), (5, 6), (20, 21)})) == 0


def test_no_verified_pairs_are_no_error() -> None:
    empty = Matches.from_frame(
        pd.DataFrame([pair("p00", "p01", LOOK_ALIKE)]), catalogue_of({i: ("b", None) for i in IDS})
    )
    pairs = verified_pairs(empty, len(IDS))
    rows = unit_rows(30, 4)
    looks = look_up(pairs, rows, all_neighbours(rows, 5)[0])
    assert len(pairs) == len(looks.best) == len(looks.found(4)) == 0
    none = difference(looks.found(4), looks.found(4), pairs.groups)
    assert np.isnan([none.first, none.second, none.low, none.high]).all()
    assert not none.certain


def test_verified_pairs_are_looked_up_from_both_plates() -> None:
    rng = np.random.default_rng(4)
    rows = unit_rows(60, 5)
    indices = all_neighbours(rows, 9)[0]
    ends = np.array([sorted(rng.choice(60, 2, replace=False)) for _ in range(200)])
    pairs = VerifiedPairs(
        ends, np.arange(200), np.full(200, SAME, object), np.ones(200, bool), np.arange(200)
    )
    looks = look_up(pairs, rows, indices)

    def place(plate: int, other: int) -> int:
        ranks = indices[plate].tolist()
        return ranks.index(other) + 1 if other in ranks else 0

    expected = [(place(a, b), place(b, a)) for a, b in ends.tolist()]
    assert [tuple(both) for both in looks.places.tolist()] == expected
    best = [min((at for at in both if at), default=0) for both in expected]
    assert looks.best.tolist() == best
    assert 0 in best and len(set(best)) > 5
    for k in (1, 4, 9):
        assert looks.found(k).tolist() == [0 < at <= k for at in best]
    np.testing.assert_allclose(
        looks.similarities, np.einsum("ij,ij->i", rows[ends[:, 0]], rows[ends[:, 1]]), atol=1e-6
    )


def test_a_difference_counts_what_only_one_finds_and_knows_when_it_is_chance() -> None:
    rng = np.random.default_rng(5)
    better, worse = rng.random(400) < 0.9, rng.random(400) < 0.6
    gap = difference(better, worse, np.arange(400))
    assert gap.first == pytest.approx(better.mean())
    assert gap.only_first == sum(b and not w for b, w in zip(better, worse, strict=True))
    assert gap.only_second == sum(w and not b for b, w in zip(better, worse, strict=True))
    assert gap.first - gap.second == pytest.approx((gap.only_first - gap.only_second) / 400)
    assert gap.certain and 0 < gap.low < gap.first - gap.second < gap.high
    # The standard error of a difference of paired shares, from the textbook.
    error = (better.astype(float) - worse).std() / 20
    assert gap.high - gap.low == pytest.approx(2 * 1.96 * error, rel=0.15)
    assert difference(better, worse, np.arange(400)) == gap
    swapped = difference(worse, better, np.arange(400))
    assert swapped.certain and swapped.high < 0
    assert not difference(better, np.roll(better, 1), np.arange(400)).certain


def test_copies_of_one_image_do_not_make_a_difference_more_certain() -> None:
    rng = np.random.default_rng(6)
    first, second = rng.random(12) < 0.75, rng.random(12) < 0.5
    few = difference(first, second, np.arange(12))
    many = difference(np.repeat(first, 50), np.repeat(second, 50), np.repeat(np.arange(12), 50))
    assert (many.low, many.high) == pytest.approx((few.low, few.high))
    too_few = difference(first[:4], second[:4], np.arange(4))
    assert np.isnan(too_few.low) and not too_few.certain


# ---- scores


def test_each_rung_has_the_pair_nearest_to_it() -> None:
    rows = unit_rows(150, 4, shift=0.4)  # so few plates that all pairs are looked at
    found = ladder(rows, *all_neighbours(rows, 10))
    exact = np.clip(rows.astype(np.float64) @ rows.T.astype(np.float64), -1, 1)
    scores = exact[np.triu_indices(150, 1)]
    assert len(found) == len(RUNGS)
    for rung, example in zip(RUNGS, found, strict=True):
        assert example is not None and example.rung == rung and example.left < example.right
        assert example.similarity == pytest.approx(exact[example.left, example.right], abs=1e-6)
        assert abs(example.similarity - rung) == pytest.approx(np.abs(scores - rung).min(), abs=2e-7)


def test_other_examples_are_others_near_the_rung_and_always_the_same() -> None:
    rows = unit_rows(150, 4, shift=0.4)
    lists = all_neighbours(rows, 10)
    drawn = [ladder(rows, *lists, draw=draw) for draw in (0, 1, 2)]
    assert drawn[1] == ladder(rows, *lists, draw=1)
    assert drawn[0] != drawn[1] != drawn[2]
    for example in drawn[1]:
        assert example is not None and abs(example.similarity - example.rung) <= 0.005


def test_a_rung_that_no_pair_comes_near_stays_empty() -> None:
    rows = np.eye(40, dtype=np.float32)
    rows[1] = rows[0]
    assert ladder(rows, *all_neighbours(rows, 3)) == [None] * len(RUNGS)


def test_high_rungs_come_from_the_neighbours_where_random_pairs_hold_none() -> None:
    rows = unit_rows(400, 300)  # nothing alike but one pair of 79,800, of which half are drawn
    rows[399] = 0.95 * rows[0] + np.sqrt(1 - 0.95**2) * np.linalg.qr(rows[[0, 5]].T)[0][:, 1] * 1.0
    rows[399] /= np.linalg.norm(rows[399])
    drawn = zip(*random_pairs(400, 40_000), strict=True)
    assert not {(0, 399), (399, 0)} & {(int(a), int(b)) for a, b in drawn}
    found = ladder(rows, *all_neighbours(rows, 5), rungs=(0.95,))
    assert found[0] is not None and (found[0].left, found[0].right) == (0, 399)


def test_the_distributions_hold_every_pair_of_a_verdict(matches: Matches) -> None:
    rows = unit_rows(30, 8)
    _, similarities = all_neighbours(rows, 6)
    background = random_pair_quantiles(rows)
    found = distributions(rows, similarities, background, matches, 4)
    assert list(found) == ["random pairs", "first 4 neighbours", SAME, MIRRORED, DETAIL, LOOK_ALIKE]
    np.testing.assert_array_equal(found["random pairs"], background)
    assert sorted(found["first 4 neighbours"]) == sorted(similarities[:, :4].ravel())
    np.testing.assert_allclose(found[SAME], [rows[0] @ rows[1], rows[20] @ rows[21]], atol=1e-6)
    assert list(distributions(rows, similarities, background, None, 2)) == [
        "random pairs",
        "first 2 neighbours",
    ]


# ---- what neighbours.py gained


def test_similarities_of_pairs_are_those_of_a_plain_product() -> None:
    rows = unit_rows(40, 7)
    left, right = random_pairs(40, 10_000)
    assert len(left) == 780 and (left < right).all()
    np.testing.assert_allclose(
        pair_similarities(rows, left, right),
        [float(rows[a].astype(float) @ rows[b]) for a, b in zip(left, right, strict=True)],
        atol=1e-7,
    )
    left, right = random_pairs(40, 300, seed=2)
    assert len(left) == 300 and (left != right).all()
    assert [len(side) for side in random_pairs(1, 10)] == [0, 0]


def test_occurrences_are_counted_as_a_loop_counts_them() -> None:
    indices, _ = two_lists()
    counts = occurrences(indices, 5)
    expected = [sum(plate in ranks[:5] for ranks in indices.tolist()) for plate in range(len(indices))]
    assert counts.tolist() == expected
    facts = hubness(indices, 5)
    assert facts["largest"] == max(expected)
    assert facts["never"] == expected.count(0)
