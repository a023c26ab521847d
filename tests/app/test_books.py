"""The page Books, and two books beside each other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import streamlit as st

from imgsim.app import components
from imgsim.app.pages import books
from imgsim.app.parts import two_books
from imgsim.app.parts.two_books import in_words
from imgsim.base.terms import ORDER
from imgsim.collection import Collection, open_collection
from tests.app.drawn import Drawn
from tests.making import add_matches, match_values
from tests.pages import check, param, visit, words


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


def test_two_books_show_what_they_share_in_the_order_of_each(herbals: Collection, drawn: Drawn) -> None:
    app = visit("books", book="book1", and_="book0")
    given = drawn.given["shared_plates"]
    # the earlier book stands on the left, whichever was named first
    assert [plate["id"] for plate in given["left"]] == ["p000", "p002", "p003"]
    assert [plate["id"] for plate in given["right"]] == ["p006", "p007", "p008"]
    assert sum(given["kept"].values()) == 2
    assert "3 shared images" in words(app) and ORDER.term not in words(app)
    assert any("tau: " in one.proto.help and "Here 0.33." in one.proto.help for one in app.markdown)
    check(next(button for button in app.button if button.label == "Close").click().run())
    assert "book" not in app.query_params and "and" not in app.query_params


def test_two_books_can_be_chosen_without_a_mouse(herbals: Collection, drawn: Drawn) -> None:
    app = visit("books")
    book = next(box for box in app.selectbox if box.label == "Book")
    assert len(book.options) == 1 + 4
    book.set_value("book0")
    check(app.run())
    other = next(box for box in app.selectbox if box.label == "shares images with")
    other.set_value("book2")
    check(app.run())
    assert (param(app, "book"), param(app, "and")) == ("book0", "book2")
    assert [plate["id"] for plate in drawn.given["shared_plates"]["left"]] == ["p000", "p004"]
    drawn.answers["shared_plates"] = {"compare": "F0005"}
    app = visit("books", book="book0", and_="book2")
    assert (param(app, "plate"), param(app, "with")) == ("p004", "p014")


def test_books_without_years_are_compared_all_the_same(herbals: Collection, drawn: Drawn) -> None:
    app = visit("books", book="book0", and_="book3")
    assert "One shared image says nothing of the order" in words(app)


@pytest.mark.parametrize(
    "query",
    [{"book": "book0", "and_": "book0"}, {"book": "no", "and_": "book0"}, {"book": "book1", "and_": "book3"}],
)
def test_books_that_share_nothing_leave_the_list_of_those_that_do(
    herbals: Collection, query: dict[str, str]
) -> None:
    app = visit("books", **query)
    table = app.dataframe[0].value
    assert list(table["Shared"]) == [3, 2, 1, 1]
    assert table["Years"].iloc[0] == "1700, 1710"


@pytest.mark.parametrize(
    ("arranged", "order"),
    [
        ("", ["book0", "book1", "book2", "book3"]),
        ("date", ["book0", "book1", "book2", "book3"]),
        ("clustered", ["book2", "book0", "book1", "book3"]),  # who shares most side by side
        ("by size", ["book0", "book1", "book2", "book3"]),  # what is no arrangement is none
    ],
)
def test_the_matrix_is_arranged_as_the_address_says(
    plain: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    drawn: Drawn,
    arranged: str,
    order: list[str],
) -> None:
    # The first and the third book share most, as do the second and the fourth.
    shutil.copytree(plain, tmp_path / "data")
    shared = [(f"p{at:03}", f"p{at + 12:03}") for at in (0, 1, 2, 6, 7, 8)]
    add_matches(tmp_path / "data" / "herbals", [match_values(a, b) for a, b in [*shared, ("p005", "p011")]])
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    app = visit("books", arranged=arranged)
    catalogue = open_collection(tmp_path / "data" / "herbals").catalogue
    given = drawn.given["books_matrix"]
    assert given["labels"] == [catalogue.book_label(book) for book in order]
    assert int(given["counts"].sum()) == 2 * (len(shared) + 1)
    for row, column in ((0, 2), (1, 3)):
        at = order.index(f"book{row}"), order.index(f"book{column}")
        assert given["counts"][at] == 3
    chosen = next(control for control in app.button_group if control.label == "Arrange").value
    assert chosen == (arranged if arranged in books.ARRANGEMENTS else "date")


def test_of_many_books_those_that_share_most_are_drawn(
    herbals: Collection, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "are drawn" not in words(visit("books"))
    monkeypatch.setattr(books, "MOST_BOOKS", 2)
    st.cache_resource.clear()
    app = visit("books", book="book0", and_="book1")
    st.cache_resource.clear()
    given = drawn.given["books_matrix"]
    assert given["counts"].tolist() == [[0, 3], [3, 0]] and given["selected"] == (0, 1)
    assert given["labels"] == [herbals.catalogue.book_label(book) for book in ("book0", "book1")]
    assert "The 2 that share most are drawn" in words(app)
    assert len(next(box for box in app.selectbox if box.label == "Book").options) == 1 + 4
    visit("books", book="book0", and_="book2")
    assert drawn.given["books_matrix"]["selected"] is None  # one of the two is not drawn


def test_the_order_of_two_books_is_put_into_words() -> None:
    from imgsim.collection.kept_order import rank_correlation

    assert "in the same order" in in_words(rank_correlation(list(range(8))))
    assert "once in 20,160 times" in in_words(rank_correlation(list(range(8))))
    assert "in no common order" in in_words(rank_correlation([3, 0, 4, 1, 2]))
    assert in_words(rank_correlation([0])) == "One shared image says nothing of the order."


def test_the_titles_of_two_books_open_them(herbals: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_books, "rank_lines", lambda **_given: components.RankEvent(title="right"))
    app = visit("books", book="book0", and_="book2")
    assert param(app, "book") == "book2" and "and" not in app.query_params
