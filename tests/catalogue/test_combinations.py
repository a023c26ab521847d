"""What rows have in common, against plain Python."""

from __future__ import annotations

import numpy as np
import pandas as pd

from imgsim.catalogue import Catalogue
from imgsim.catalogue.combinations import combined
from imgsim.catalogue.values import all_searchable, searchable

TEXTS = [
    "", "  ", "L'Œuvre: Pæonia ſiluestris", "two\nlines", "under_score__s", "Ångström ’n", "_", "1752.0", "-",
    "e\u0301\u0323 and \u0323\u0301e", "\u0301 begins with a mark", "ends in one\u0301", "مرحبا",
    "TAB\tand\rreturn\x85\u2028", "Straße İstanbul",
]  # fmt: skip


def test_rows_that_are_equal_in_all_columns_are_of_one_kind() -> None:
    rng = np.random.default_rng(5)
    columns = [rng.integers(-1, most, 400) for most in (2, 5, 1, 9)]
    first, kind = combined(columns, 400)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    assert len(first) == len(set(rows)) == kind.max() + 1
    assert [rows[first[of]] for of in kind.tolist()] == rows


def test_without_columns_or_rows() -> None:
    first, kind = combined([], 3)
    assert (first.tolist(), kind.tolist()) == ([0], [0, 0, 0])
    first, kind = combined([np.zeros(0, np.int64)], 0)
    assert len(first) == len(kind) == 0


def test_many_texts_are_folded_as_each_of_them_is() -> None:
    assert all_searchable(TEXTS) == [searchable(text) for text in TEXTS]
    assert all_searchable([]) == []


def test_books_are_in_the_order_of_a_plain_sort(dhh23: Catalogue) -> None:
    rng = np.random.default_rng(2)
    books = rng.choice(["", "b", "B 2", "é", "\U0001f33a", "\uffee"], len(dhh23))
    frame = dhh23.frame.assign(book=books, in_book=rng.integers(0, 3, len(dhh23)).astype(np.int32))
    catalogue = Catalogue(frame)
    inside = frame["in_book"].tolist()
    plain = sorted(range(len(frame)), key=lambda row: (books[row], inside[row], catalogue.plate_ids[row]))
    for book in set(books.tolist()):
        assert catalogue.book_rows(book).tolist() == [row for row in plain if books[row] == book]
    known = [row for row in plain if books[row]]
    assert catalogue.order(np.arange(len(frame)), "book").tolist() == known + [row for row in plain if not books[row]]
    for row in range(0, len(frame), 7):
        record = catalogue.record(row)
        assert {name: None if value is None else str(value) for name, value in record.items()} == {
            str(name): None if cell is pd.NA else str(cell) for name, cell in frame.iloc[row].items()
        }
