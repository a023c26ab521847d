"""The list of neighbours under the reader's conditions, against a plain loop."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from imgsim.catalogue import Catalogue
from imgsim.collection.listing import (
    ABOVE,
    BELOW,
    COPIED,
    OTHER_BOOKS,
    PARTED,
    VERDICTS,
    VERIFIED,
    WHEN,
    Conditions,
    Hidden,
    list_under,
    make_listing,
    masks_of,
)
from tests.kin import catalogue_of

COUNT = 60
QUERY, BOOK, YEAR = 7, "b2", 1750


@pytest.fixture
def catalogue() -> Catalogue:
    numbers = np.random.default_rng(3)
    years: list[int | None] = [
        int(year) if year % 7 else None for year in numbers.integers(1700, 1800, COUNT)
    ]
    books = [f"b{number}" if number else "" for number in numbers.integers(0, 6, COUNT)]
    books[QUERY], years[QUERY] = BOOK, YEAR
    return catalogue_of({f"p{n:02}": each for n, each in enumerate(zip(books, years, strict=True))})


@pytest.fixture
def similarities() -> np.ndarray:
    # Rounded, so that there are ties.
    return np.random.default_rng(4).uniform(-1, 1, COUNT).round(1).astype(np.float32)


def failing(catalogue: Catalogue, conditions: Conditions, row: int, verdicts: np.ndarray | None = None) -> set[str]:
    """The conditions that a plate does not meet, by a plain look at it."""
    book, year = catalogue.frame["book"][row], catalogue.frame["year"][row]
    fails = set()
    if verdicts is not None and not verdicts[row]:
        fails.add(VERDICTS)
    if conditions.other_books and book == BOOK:
        fails.add(OTHER_BOOKS)
    if conditions.when != "any" and (
        year is pd.NA or not (year < YEAR if conditions.when == "earlier" else year > YEAR)
    ):
        fails.add(WHEN)
    return fails


@pytest.mark.parametrize(
    ("top_k", "threshold", "other_books", "when", "few"),
    list(product((4, 50), (None, -1.0, 0.5, 1.0), (True, False), ("any", "earlier", "later"), (True, False))),
)
def test_the_nearest_are_listed_whatever_they_score_and_what_is_left_out_is_counted(
    catalogue: Catalogue,
    similarities: np.ndarray,
    top_k: int,
    threshold: float | None,
    other_books: bool,
    when: str,
    few: bool,
) -> None:
    conditions = Conditions(top_k, threshold, other_books, when)
    verified = [3, 41, 12, 30]
    verdicts = np.isin(np.arange(COUNT), verified) if few else None
    masks = masks_of(catalogue, conditions, QUERY, verdicts)
    found = list_under(masks, similarities, conditions, exclude=QUERY, verified=verified)

    fails = {row: failing(catalogue, conditions, row, verdicts) for row in range(COUNT) if row != QUERY}
    allowed = [row for row, why in fails.items() if not why]
    assert allowed, "the case of nothing left has a test of its own"
    ordered = sorted(allowed, key=lambda row: (-similarities[row], row))
    reaching = [
        row for row in ordered if threshold is not None and similarities[row] >= np.float32(threshold)
    ]
    assert found.rows.tolist() == ordered[:top_k]
    assert found.similarities.tolist() == similarities[ordered[:top_k]].tolist()
    assert (found.reaching, found.allowed, found.first) == (len(reaching), len(allowed), 0)
    assert found.above == len(reaching[:top_k]) and found.beyond == len(reaching[top_k:])
    assert found.next == (float(similarities[ordered[top_k]]) if len(ordered) > top_k else None)
    assert found.sections == [ABOVE if row in reaching else BELOW for row in ordered[:top_k]]
    assert found.lifted == ()

    level = similarities[ordered[0]] if threshold is None else None
    told: dict[tuple[str, ...], list[bool]] = {}
    for row, why in fails.items():
        near = similarities[row] > level if threshold is None else similarities[row] >= np.float32(threshold)
        if why and (near or row in verified):
            told.setdefault(tuple(why) if len(why) == 1 else ("several",), []).append(bool(near))
    assert {
        h.conditions if len(h.conditions) == 1 else ("several",): h for h in found.hidden
    }.keys() == told.keys()
    for hidden in found.hidden:
        nears = told[hidden.conditions if len(hidden.conditions) == 1 else ("several",)]
        assert (hidden.count, hidden.verified) == (len(nears), nears.count(False))


def test_four_copies_in_the_same_book_are_never_hidden_without_a_word() -> None:
    similarities = np.array([1, 0.97, 0.96, 0.95, 0.94, 0.5, 0.4], np.float32)
    same = np.array([True] * 5 + [False] * 2)
    conditions = Conditions(4, 0.94, True, "any")
    found = list_under({OTHER_BOOKS: ~same}, similarities, conditions, exclude=0)
    assert found.rows.tolist() == [5, 6]
    assert found.hidden == (Hidden((OTHER_BOOKS,), 4, 0),)


def test_conditions_that_leave_nothing_are_lifted_as_few_as_can_be() -> None:
    numbers = np.random.default_rng(6)
    similarities = numbers.uniform(0, 1, 9).astype(np.float32)
    names = (VERDICTS, WHEN, OTHER_BOOKS)
    for _ in range(400):
        masks = {name: numbers.random(9) < numbers.choice([0.0, 0.15, 0.5]) for name in names}
        found = list_under(masks, similarities, Conditions(4, 0.5, True, "earlier"), exclude=2)
        left = {
            lifted: [
                row
                for row in range(9)
                if row != 2 and all(masks[name][row] for name in names if name not in lifted)
            ]
            for number in range(4)
            for lifted in combinations(names, number)
        }
        assert len(found.lifted) == min(len(lifted) for lifted, rows in left.items() if rows)
        wanted = sorted(left[found.lifted], key=lambda row: -similarities[row])[:4]
        assert found.rows.tolist() == wanted and wanted
        assert not {name for hidden in found.hidden for name in hidden.conditions} & set(found.lifted)


def test_an_exact_duplicate_stays_and_the_query_itself_does_not() -> None:
    similarities = np.full(COUNT, 0.1, dtype=np.float32)
    similarities[[7, 20]] = 1
    found = make_listing(
        similarities, np.ones(COUNT, dtype=bool), Conditions(4, 0.94, False, "any"), exclude=7
    )
    assert found.rows.tolist() == [20, 0, 1, 2]
    assert found.sections == [ABOVE, BELOW, BELOW, BELOW]


def test_only_without_any_other_plate_there_is_nothing() -> None:
    found = list_under(
        {OTHER_BOOKS: np.zeros(1, dtype=bool)},
        np.ones(1, np.float32),
        Conditions(4, 0.5, True, "any"),
        exclude=0,
    )
    assert (len(found.rows), found.next, found.allowed, found.hidden) == (0, None, 0, ())


def test_copies_come_after_what_is_verified_and_before_all_others(similarities: np.ndarray) -> None:
    conditions = Conditions(top_k=6, threshold=0.5, other_books=False, when="any")
    mask = np.ones(COUNT, dtype=bool)
    mask[11] = False
    verified, copies = (40, 3), (3, 11, 12, 20)
    found = make_listing(
        similarities, mask, conditions, exclude=QUERY, verified=verified, copies=copies, verified_first=True
    )
    assert found.rows[:4].tolist() == [40, 3, 12, 20]  # what is both is verified; what is left out is not listed
    rest = [row for row in np.argsort(-similarities, kind="stable").tolist() if row not in {QUERY, 11, 40, 3, 12, 20}]
    assert found.rows[4:].tolist() == rest[:2] and len(found.rows) == 6
    np.testing.assert_array_equal(found.similarities, similarities[found.rows])
    assert (found.first, found.copied) == (2, 2)
    assert found.sections == [VERIFIED] * 2 + [COPIED] * 2 + [ABOVE] * found.above + [BELOW] * found.below
    short = make_listing(
        similarities, mask, replace(conditions, top_k=3), exclude=QUERY, verified=verified, copies=copies,
        verified_first=True,
    )  # fmt: skip
    assert (short.rows.tolist(), short.first, short.copied) == ([40, 3, 12], 2, 1)
    plain = make_listing(similarities, mask, conditions, exclude=QUERY, verified=verified, copies=copies)
    assert (plain.first, plain.copied, plain.rows.tolist()) == (
        0, 0, make_listing(similarities, mask, conditions, exclude=QUERY).rows.tolist()
    )  # fmt: skip


@pytest.mark.parametrize("line", [0.5, None])
@pytest.mark.parametrize(("top_k", "verified_first"), [(60, True), (60, False), (20, True), (9, True), (3, True)])
def test_what_is_nearer_by_a_part_than_all_that_follows_comes_before_it(
    similarities: np.ndarray, top_k: int, verified_first: bool, line: float | None
) -> None:
    by_part = np.random.default_rng(5).uniform(-1, 1.3, COUNT).round(1).astype(np.float32)
    verified, copies = [3, 41], [12]
    allowed = np.arange(COUNT) % 9 != 0
    found = make_listing(
        similarities, allowed, Conditions(top_k, line, False, "any"), exclude=QUERY, verified=verified, copies=copies,
        verified_first=verified_first, by_part=by_part,
    )  # fmt: skip
    others = [row for row in range(COUNT) if allowed[row] and row != QUERY]
    head = [row for row in (*verified, *copies) if allowed[row]] if verified_first else []
    rest = sorted((row for row in others if row not in head), key=lambda row: (-similarities[row], row))
    above = [row for row in rest if line is not None and similarities[row] >= line]
    left = [row for row in rest if row not in above]
    cut = sorted(
        (row for row in left if by_part[row] > max(similarities[left])), key=lambda row: (-by_part[row], row)
    )
    assert cut, "the case is made"
    below = [row for row in rest if row not in above and row not in cut]
    assert found.rows.tolist() == [*head, *above, *cut, *below][:top_k]
    np.testing.assert_array_equal(found.similarities, similarities[found.rows])
    assert (found.above, found.parted) == (
        sum(row in above for row in found.rows), sum(row in cut for row in found.rows),
    )  # fmt: skip
    assert found.sections.count(PARTED) == found.parted and len(found.sections) == len(found.rows)
