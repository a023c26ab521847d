"""The list of neighbours under the reader's conditions, against a plain loop."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from imgsim.catalogue import Catalogue, DateInterval
from imgsim.views.listing import BAND, Conditions, conditions_mask, fold, make_listing
from tests.kin import catalogue_of

COUNT = 60


@pytest.fixture
def catalogue() -> Catalogue:
    numbers = np.random.default_rng(3)
    years: list[int | None] = [
        int(year) if year % 7 else None for year in numbers.integers(1700, 1800, COUNT)
    ]
    books = [f"b{number}" if number else "" for number in numbers.integers(0, 6, COUNT)]
    return catalogue_of({f"p{n:02}": each for n, each in enumerate(zip(books, years, strict=True))})


@pytest.fixture
def similarities() -> np.ndarray:
    # Rounded, so that there are ties.
    return np.random.default_rng(4).uniform(-1, 1, COUNT).round(1).astype(np.float32)


@pytest.mark.parametrize(
    ("top_k", "threshold", "other_books", "when"),
    list(product((4, 50), (-1.0, 0.5, 1.0), (True, False), ("any", "earlier", "later"))),
)
def test_the_list_is_that_of_a_plain_loop(
    catalogue: Catalogue, similarities: np.ndarray, top_k: int, threshold: float, other_books: bool, when: str
) -> None:
    conditions = Conditions(top_k, threshold, other_books, when)
    book, year, query = "b2", 1750, 7
    mask = conditions_mask(catalogue, conditions, book=book, date=DateInterval(year, year))
    found = make_listing(similarities, mask, conditions, exclude=query)

    allowed = []
    for row, (its_book, its_year) in enumerate(
        zip(catalogue.frame["book"], catalogue.frame["year"], strict=True)
    ):
        if row == query or (other_books and its_book == book):
            continue
        if when != "any" and (
            its_year is pd.NA or not (its_year < year if when == "earlier" else its_year > year)
        ):
            continue
        allowed.append(row)
    ordered = sorted(allowed, key=lambda row: (-similarities[row], row))
    reaching = [row for row in ordered if similarities[row] >= np.float32(threshold)]
    rest = [float(similarities[row]) for row in ordered if row not in reaching]
    assert found.rows.tolist() == reaching[:top_k]
    assert found.similarities.tolist() == similarities[reaching[:top_k]].tolist()
    assert (found.reaching, found.allowed) == (len(reaching), len(allowed))
    assert found.nearest == (ordered[0], float(similarities[ordered[0]]))
    assert found.below == (rest[0] if rest else None)
    assert found.just_below == sum(value >= np.float32(threshold) - np.float32(BAND) for value in rest)


def test_an_exact_duplicate_stays_and_the_query_itself_does_not(catalogue: Catalogue) -> None:
    similarities = np.full(COUNT, 0.1, dtype=np.float32)
    similarities[[7, 20]] = 1
    conditions = Conditions(4, 0.94, False, "any")
    found = make_listing(similarities, np.ones(COUNT, dtype=bool), conditions, exclude=7)
    assert found.rows.tolist() == [20]


def test_without_any_other_plate_there_is_nothing_and_no_nearest() -> None:
    found = make_listing(
        np.ones(1, np.float32), np.ones(1, dtype=bool), Conditions(4, 0.5, True, "any"), exclude=0
    )
    assert (len(found.rows), found.nearest, found.below, found.just_below) == (0, None, None, 0)


def test_a_book_is_folded_under_its_best_and_no_book_is_not_folded() -> None:
    books = ["a", "b", "a", "", "", "a", "b"]
    assert [(card.place, card.folded) for card in fold(books)] == [(0, (2, 5)), (1, (6,)), (3, ()), (4, ())]
    assert [card.place for card in fold(books, unfolded="a")] == [0, 2, 5, 1, 3, 4]
    assert fold([]) == []
