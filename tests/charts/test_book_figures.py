"""Figures of books that share images."""

from __future__ import annotations

import json

import numpy as np
import pytest

from imgsim.base.verdict_words import DETAIL, MIRRORED, SAME
from imgsim.charts.book_figures import KIND_COLOURS, matrix_figure, timeline_figure
from imgsim.collection.book_network import BookNetwork
from tests.collection.borrowing import copied_books
from tests.herbals import HOSTILE


@pytest.fixture(scope="module")
def copied() -> BookNetwork:
    return copied_books()


def test_the_matrix_carries_ids_and_escapes_titles() -> None:
    size = len(HOSTILE)
    counts = np.triu(np.random.default_rng(0).integers(0, 4, (size, size)), 1)
    counts = counts + counts.T
    books = [f"b{n}" for n in range(size)]
    figure = matrix_figure(counts, books, HOSTILE, HOSTILE, selected=("b1", "b2"))
    text = json.dumps(figure.to_plotly_json(), default=lambda value: np.asarray(value).tolist())
    for title in HOSTILE:
        if "<" in title:
            assert title not in text
    assert "%{x}" not in text and "http://evil.invalid" in text
    cells = {tuple(cell) for cell in figure.data[0].customdata}
    assert cells == {(books[a], books[b]) for a, b in zip(*np.nonzero(counts), strict=True)}
    assert len(matrix_figure(np.zeros((0, 0), np.int64), [], [], []).data[0].customdata or ()) == 0


def test_the_decades_are_stacked_by_verdict(copied: BookNetwork) -> None:
    figure = timeline_figure(copied.decades())
    assert [(trace.name, list(trace.x), list(trace.y)) for trace in figure.data] == [
        (SAME, ["1760s"], [4]), (MIRRORED, ["1760s"], [1]), (DETAIL, ["1760s"], [1]),
    ]  # fmt: skip
    assert len(timeline_figure({}).data) == 0
    assert set(KIND_COLOURS.values()) <= {
        "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    }  # fmt: skip
