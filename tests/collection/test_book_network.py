"""Books that share images: the matrix, the order of their plates, the decades, the network."""

from __future__ import annotations

import itertools
import math
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.base.verdict_words import DETAIL, MIRRORED, NEGATIVE, SAME
from imgsim.catalogue import Catalogue
from imgsim.collection.book_network import KINDS, BookNetwork
from imgsim.collection.kept_order import RankCorrelation, kept_order, rank_correlation
from imgsim.export import network_csv
from imgsim.export.graphml import graphml
from imgsim.families import Families, find_families
from tests.collection.borrowing import copied_books, made
from tests.kin import catalogue_of, clique, matches_of, pair

NOTE: dict[str, Any] = {"collection": "sample", "date": "2026-11-22"}


@pytest.fixture(scope="module")
def copied() -> BookNetwork:
    return copied_books()


def test_the_matrix_counts_shared_families_in_order_of_date(copied: BookNetwork) -> None:
    assert copied.books == ("one", "four", "two", "three") and len(copied) == 4
    assert copied.matrix.tolist() == [[0, 1, 5, 1], [1, 0, 0, 0], [5, 0, 0, 1], [1, 0, 1, 0]]
    assert not copied.matrix.flags.writeable
    assert copied.counts.totals().tolist() == copied.matrix.sum(axis=1).tolist()
    assert copied.counts.of(2).tolist() == [5, 0, 0, 1]
    assert copied.counts.among(np.array([3, 0])).tolist() == [[0, 1], [1, 0]]
    assert sorted(copied.clustered().tolist()) == [0, 1, 2, 3]
    assert copied.by_date().tolist() == [0, 1, 2, 3]


def test_what_two_books_share_stands_in_the_order_of_the_first(copied: BookNetwork) -> None:
    shared = copied.shared("one", "two")
    ids = copied.catalogue.plate_ids
    assert [(ids[s.row_a], ids[s.row_b]) for s in shared] == [
        ("a0", "b0"), ("a1", "b1"), ("a2", "b3"), ("a3", "b2"), ("a4", "b4"),
    ]  # fmt: skip
    assert [s.place_b for s in shared] == [0, 1, 3, 2, 4]
    assert [s.verdict for s in shared] == [SAME, MIRRORED, SAME, DETAIL, SAME]
    turned = copied.shared("two", "one")
    assert [ids[s.row_a] for s in turned] == ["b0", "b1", "b2", "b3", "b4"]
    assert copied.shared("four", "two") == [] == copied.shared("one", "nobody")
    agreement = copied.rank_correlation("one", "two")
    assert agreement.tau == pytest.approx(0.8) == copied.rank_correlation("two", "one").tau
    assert agreement.words == "in no common order" if agreement.chance > 0.05 else "mostly in the same order"
    assert math.isnan(copied.rank_correlation("one", "three").tau)
    assert RankCorrelation(33, 0.36, 0.003).words == "partly in the same order"
    assert RankCorrelation(33, -0.9, 1e-9).words == "mostly in the reverse order"


def test_the_order_counts_pages_not_names() -> None:
    plates: dict[str, tuple[str, int | None]] = {
        "a1": ("one", 1700), "a2": ("one", 1700), "b1": ("two", 1710), "b2": ("two", 1710),
    }  # fmt: skip
    catalogue = catalogue_of(plates, page=[20, 10, 1, 2])
    borrowing = made(catalogue, [pair("a1", "b1"), pair("a2", "b2")])
    assert [s.row_a for s in borrowing.shared("one", "two")] == [1, 0]
    assert borrowing.rank_correlation("one", "two").tau == -1
    assert "reverse" in borrowing.rank_correlation("one", "two").words


def test_tau_and_its_chance_agree_with_counting_all_orders() -> None:
    def tau(order: tuple[int, ...]) -> float:
        pairs = list(itertools.combinations(order, 2))
        return sum(1 if a < b else -1 for a, b in pairs) / len(pairs)

    orders = list(itertools.permutations(range(6)))
    taus = np.array([tau(order) for order in orders])
    for order in orders[::37]:
        got = rank_correlation(list(order))
        assert got.tau == pytest.approx(tau(order))
        assert got.chance == pytest.approx(min(1.0, float(np.mean(np.abs(taus) >= abs(got.tau) - 1e-12))))
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(3)
    for count in (2, 9, 40, 90):
        order = rng.permutation(count).tolist()
        reference = stats.kendalltau(range(count), order)
        got = rank_correlation(order)
        assert got.tau == pytest.approx(reference.statistic)
        assert got.chance == pytest.approx(reference.pvalue, abs=0.02)
    assert rank_correlation([]).plates == 0 and math.isnan(rank_correlation([0]).chance)
    assert rank_correlation(list(range(12))).words == "in the same order"
    assert "by chance" in rank_correlation([0, 1, 2]).words


def test_the_order_that_both_books_keep_is_the_longest_there_is() -> None:
    for places in itertools.chain([()], *(itertools.permutations(range(n)) for n in range(1, 7))):
        kept = [place for place, keeps in zip(places, kept_order(list(places)), strict=True) if keeps]
        assert kept == sorted(kept)
        longest = max(
            sum(chosen)
            for chosen in itertools.product((0, 1), repeat=len(places))
            if (run := list(itertools.compress(places, chosen))) == sorted(run)
        )
        assert len(kept) == longest


def test_decades_count_what_was_used_again(copied: BookNetwork) -> None:
    assert copied.decades() == {1760: {SAME: 4, MIRRORED: 1, NEGATIVE: 0, DETAIL: 1}}
    plates: dict[str, tuple[str, int | None]] = {
        "a": ("x", 1701),
        "b": ("y", 1712),
        "c": ("z", 1745),
        "d": ("x", 1701),
    }
    assert made(catalogue_of(plates), clique("abcd")).decades() == {
        1710: dict.fromkeys(KINDS, 0) | {SAME: 1}, 1720: dict.fromkeys(KINDS, 0),
        1730: dict.fromkeys(KINDS, 0), 1740: dict.fromkeys(KINDS, 0) | {SAME: 1},
    }  # fmt: skip


def test_decades_between_two_sides_count_from_the_earliest_of_the_other_side() -> None:
    plates: dict[str, tuple[str, int | None]] = {
        "a": ("x", 1701), "b": ("y", 1712), "c": ("z", 1745), "d": ("w", 1783), "e": ("v", None),
    }  # fmt: skip
    catalogue = catalogue_of(plates)
    turned = {"verdict": MIRRORED, "mirrored": True}
    pairs = [one | (turned if "c" in (one["plate_a"], one["plate_b"]) else {}) for one in clique("abcde")]
    matches = matches_of(catalogue, pairs)
    families = Families(find_families(catalogue.frame, matches), catalogue)

    def decades(chosen: str) -> dict[int, dict[str, int]]:
        side = np.array([plate in chosen for plate in "abcde"])
        every = BookNetwork(families, matches, catalogue, side).decades()
        told = {decade: {kind: count for kind, count in counts.items() if count} for decade, counts in every.items()}
        return {decade: counts for decade, counts in told.items() if counts}

    # c is mirrored to all of them, and later than the earliest of the other side, a; so is d later than a.
    assert decades("cd") == {1740: {MIRRORED: 1}, 1780: {SAME: 1}}
    # d is later than c, the only one on the other side that is earlier; a and b are not later than c.
    assert decades("c") == {1740: {MIRRORED: 1}, 1780: {MIRRORED: 1}}
    assert decades("a") == {1710: {SAME: 1}, 1740: {MIRRORED: 1}, 1780: {SAME: 1}}
    assert decades("e") == {}


def test_edges_point_from_the_earlier_book(copied: BookNetwork) -> None:
    edges = {(e.source, e.target): e for e in copied.edges}
    assert list(edges) == [("one", "two"), ("one", "four"), ("one", "three"), ("two", "three")]
    first = edges["one", "two"]
    assert first.directed and first.kinds == {SAME: 3, MIRRORED: 1, NEGATIVE: 0, DETAIL: 1} and first.from_earliest == 5
    assert not edges["one", "three"].directed and edges["two", "three"].from_earliest == 0
    same_year = made(catalogue_of({"a": ("x", 1700), "b": ("y", 1700)}), [pair("a", "b")])
    assert not same_year.edges[0].directed
    frame = catalogue_of({"a": ("x", 1755), "b": ("y", None)}).frame.copy()
    for decade, certain in ((1750, False), (1760, True)):
        frame.loc[1, "decade"] = decade
        assert made(Catalogue(frame), [pair("a", "b")]).edges[0].directed is certain


def test_no_families_no_books() -> None:
    empty = made(catalogue_of({"a": ("x", 1700), "b": ("x", 1700)}), [pair("a", "b")])
    assert empty.books == () and empty.matrix.shape == (0, 0) and empty.edges == () and empty.decades() == {}
    assert empty.clustered().tolist() == []
    ElementTree.fromstring(graphml(empty))
    assert len(read_back(network_csv(empty, empty.catalogue, **NOTE))) == 0


def test_books_that_share_much_stand_together() -> None:
    plates: dict[str, tuple[str, int | None]] = {
        f"{book}{n}": (book, 1700 + at) for at, book in enumerate("pqrstu") for n in range(4)
    }
    pairs = [
        p for n in range(4) for group in ("prt", "qsu") for p in clique([f"{book}{n}" for book in group])
    ]
    borrowing = made(catalogue_of(plates), pairs)
    order = "".join(borrowing.books[at] for at in borrowing.clustered())
    assert {frozenset(order[:3]), frozenset(order[3:])} == {frozenset("prt"), frozenset("qsu")}
