"""The page Book, as Streamlit runs it without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.pages import book as book_page
from imgsim.app.services import state
from imgsim.collection import Collection
from tests.app.drawn import Drawn, marks
from tests.making import make, write_plates
from tests.pages import check, param, visit, words


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


@pytest.fixture(scope="module")
def bookless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "loose": plates in one folder, without metadata."""
    base = tmp_path_factory.mktemp("loose")
    make(base / "data" / "loose", write_plates(base / "images", 4))
    return base / "data"


def press(app: AppTest, start: str) -> AppTest:
    """Press the button whose label begins so."""
    return check(next(b for b in app.button if b.label.startswith(start)).click().run())


# ---- Book


def test_a_book_shows_its_plates_in_order_and_marks_those_in_other_books(
    herbals: Collection, drawn: Drawn
) -> None:
    app = visit("book", book="book1")
    assert [item["id"] for item in drawn.given["book_plates"]["items"]] == [f"p{n:03}" for n in range(6, 12)]
    assert marks(drawn) == {
        "p006": "← in earlier and later books →",
        "p007": "← in an earlier book",
        "p008": "← in an earlier book",
    }
    seen = words(app)
    assert "Of its 6 plates, **3** are also in an earlier book and **1** is also in a later book." in seen
    assert "earliest in this collection in 1700" in seen and "original" not in seen.lower()
    visit("book", book="book0")
    assert set(marks(drawn).values()) == {"in a later book →", "in another book"}
    titles = {
        item["id"]: item["verdict"]["title"]
        for item in drawn.given["book_plates"]["items"]
        if "verdict" in item
    }
    assert "undated" in titles["p001"] and "1710" in titles["p000"] and "1720" in titles["p000"]


def test_its_partners_are_listed_by_time_and_open(herbals: Collection, drawn: Drawn) -> None:
    app = visit("book", book="book1")
    assert "Also in earlier books" in words(app) and "Also in later books" in words(app)
    images = [button.label for button in app.button if button.key and button.key.startswith("pair_")]
    assert images == ["3 images", "1 image"]
    app = press(app, "3 images")
    assert (param(app, "book"), param(app, "and")) == ("book1", "book0")
    app = press(visit("book", book="book1", and_="book2"), "**1700**")
    assert param(app, "book") == "book0" and "and" not in app.query_params


def test_the_record_says_each_thing_once(herbals: Collection, drawn: Drawn) -> None:
    # A column whose value changes with nearly every plate is not the book's.
    app = visit("book", book="book1")
    record = next(html.proto.body for html in app.get("html") if "record" in html.proto.body)
    assert record.count("<dt>Place</dt>") == 1 and "<dd>London; Edinburgh</dd>" in record
    assert "<dd>1710</dd>" in record and "p006" not in record
    assert "book “book1”" in app.code[0].value and "1710" in app.code[0].value


def test_one_turns_from_book_to_book_by_date(herbals: Collection, drawn: Drawn) -> None:
    app = visit("book", book="book0")
    assert next(b for b in app.button if b.label.startswith("←")).disabled
    for expected in ("book1", "book2", "book3"):
        app = press(app, "Later book")
        assert param(app, "book") == expected
    assert next(b for b in app.button if b.label.startswith("Later")).disabled
    assert param(press(app, "← Earlier book"), "book") == "book2"


@pytest.mark.parametrize("book", ["", "no such book", "../../etc/passwd", "<b>"])
def test_without_a_known_book_one_is_chosen(herbals: Collection, drawn: Drawn, book: str) -> None:
    app = visit("book", **({"book": book} if book else {}))
    assert len(app.warning) == bool(book) and "book_plates" not in drawn.given
    box = next(box for box in app.selectbox if box.label == "Book")
    assert len(box.options) == 5 and box.options[1].endswith("(book0): 6 plates")
    shelf = {item["id"]: item for item in drawn.given["shelf"]["items"]}
    assert list(shelf) == ["p000", "p006", "p012", "p018"]
    assert shelf["p006"]["lines"] == ["1710 · 6 plates", "3 in earlier books", "1 in later books"]
    assert shelf["p018"]["lines"] == ["undated · 6 plates"]
    check(box.set_value("book2").run())
    assert param(app, "book") == "book2" and "book_plates" in drawn.given


def test_a_book_is_taken_from_the_shelf(herbals: Collection, drawn: Drawn) -> None:
    drawn.answers["shelf"] = {"clicked": "p012"}
    assert param(visit("book"), "book") == "book2"


def test_a_book_opens_without_matches_and_says_what_to_run(
    plain: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    app = visit("book", book="book1")
    assert "not compared by their lines yet" in words(app)
    assert len(drawn.given["book_plates"]["items"]) == 6 and marks(drawn) == {}


@pytest.mark.parametrize("name", ["book", "overview"])
def test_a_collection_without_books_says_how_to_name_them(
    bookless: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn, name: str
) -> None:
    from imgsim.cli.prepare_command import main

    monkeypatch.setenv("IMGSIM_DATA", str(bookless))
    app = visit(name, book="book1")
    if name == "book":
        assert "not known which plates are of one book" in words(app)
        command = app.code[0].value.split()
        # no option that precompute.py does not have: it gets as far as looking for the images
        assert main([*command[2:], "--quiet"]) == 1


def test_plates_and_re_uses_open_from_a_book(herbals: Collection, drawn: Drawn) -> None:
    drawn.answers["book_plates"] = {"clicked": "p009"}
    assert param(visit("book", book="book1"), "plate") == "p009"
    drawn.answers["book_plates"] = {"action": "p008"}
    assert param(visit("book", book="book1"), "family") == "F0003"


def test_pages_lead_to_the_book(herbals: Collection, drawn: Drawn) -> None:
    assert param(press(visit("plate", plate="p008"), "The whole book"), "book") == "book1"
    app = visit("reuse", family="p000")
    ways = [b for b in app.button if b.key and b.key.startswith("book_")]
    assert [b.key for b in ways] == ["book_book0", "book_book1", "book_book2"]
    assert param(check(ways[1].click().run()), "book") == "book1"
    about = press(visit("about", book="book1"), "Look through its books")
    assert "book" not in about.query_params


# ---- the filters that the numbers open


def test_another_book_starts_at_its_first_page() -> None:
    now = state.from_query({"book": ["a"], "sheet": ["3"]}, book_page.State)
    assert now.book_page == 3 and state.changed(now, book_a="b").book_page == 1
    assert state.to_query(now) == {"book": "a", "sheet": "3"}
