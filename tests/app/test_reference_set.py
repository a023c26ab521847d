"""A reference set on Re-use, Books, Review and in the export."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.collection import Collection
from tests.app.drawn import Drawn
from tests.app.reuse_scene import shown
from tests.making import add_matches, match_values
from tests.pages import check, param, visit, words


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


def choice(app: AppTest) -> list[str]:
    """What can be chosen."""
    return next(box for box in app.multiselect if box.label == "Only matches between").options


def test_books_are_set_against_the_others_and_a_click_ends_it(herbals: Collection, drawn: Drawn) -> None:
    app = visit("reuse")
    assert len(choice(app)) == 4 and "added" not in str(choice(app))  # all came in at once: books alone tell apart
    next(box for box in app.multiselect if box.label == "Only matches between").set_value(["book:book3"])
    check(app.run())
    assert param(app, "between") == "book:book3"
    assert shown(drawn) == ["p001"]
    assert "(6 plates) and the 18 other plates" in words(app) and "1 family that pass" in words(app)
    visit("books", between="book:book0,book:book1")
    assert drawn.given["books_matrix"]["labels"]
    check(next(button for button in app.button if button.label == "Show all matches").click().run())
    assert "between" not in app.query_params and len(shown(drawn)) == 5


def test_the_network_of_books_holds_only_what_is_between(herbals: Collection, drawn: Drawn) -> None:
    visit("books")
    every = len(drawn.given["books_matrix"]["labels"])
    app = visit("books", between="book:book3")  # which has no year
    assert (every, len(drawn.given["books_matrix"]["labels"])) == (4, 2)
    assert "No re-used plate between the chosen books and the others is of a known decade" in words(app)
    app = visit("books", between="book:book1")
    assert "an earlier book of the other side" in words(app)
    # p006, chosen, after p000; and p012 after p006; not p007 and p008, which are of book1 and later than book0's
    assert {bar.name: bar.total for bar in drawn.given["reuse_timeline"]["bars"]} == {"1710s": 3, "1720s": 1}


def test_the_queue_asks_only_for_pairs_between(herbals: Collection) -> None:
    def asked(app: AppTest) -> int:
        return int(words(app).split("0 of ")[1].split(" ")[0])

    queue = herbals.review_queue("toy")
    assert queue is not None and asked(visit("review")) == len(queue)
    app = visit("review", between="book:book3")
    assert asked(app) == sum((a >= 18) != (b >= 18) for a, b in zip(queue.a, queue.b, strict=True))
    assert 0 < asked(app) < len(queue)
    check(next(button for button in app.button if button.label == "Show all matches").click().run())
    assert "between" not in app.query_params and asked(app) == len(queue)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("book:gone", "names plates that are not in this collection (gone). So all matches are shown"),
        ("added:last", "Every plate is chosen, and there are no others"),
    ],
)
def test_a_set_that_is_not_here_is_said_and_all_is_shown(
    herbals: Collection, drawn: Drawn, asked: str, said: str
) -> None:
    app = visit("reuse", between=asked)
    assert said in str(app.warning[0].value).replace("\\", "") and len(shown(drawn)) == 5


def test_a_filter_that_hides_what_is_between_is_a_filter(herbals: Collection) -> None:
    assert "No family passes these filters" in words(visit("reuse", between="book:book2", mirrored="yes"))


def test_where_nothing_is_between_each_page_says_what_to_do(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(plain, tmp_path / "data")
    add_matches(tmp_path / "data" / "herbals", [match_values("p000", "p006")])
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    for page, what in (("reuse", "No image is in both"), ("books", "No image of two books is in both")):
        app = visit(page, between="book:book3")
        assert what in words(app) and "neighbours in other books" in words(app)
    check(next(button for button in app.button if button.label == "Browse these plates").click().run())
    assert param(app, "in.book") == "book3"
