"""Book and Overview, as Streamlit runs them without a browser."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from imgsim.app import components
from imgsim.app.pages import book as book_page
from imgsim.app.parts import two_books
from imgsim.app.services import state
from imgsim.catalogue import UNKNOWN
from imgsim.charts.overview_figures import ALL, REUSED
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from tests.app.drawn import Drawn
from tests.herbals import HOSTILE
from tests.making import make, write_plates
from tests.pages import check, param, visit, words


@pytest.fixture(scope="module")
def bookless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "loose": plates in one folder, without metadata."""
    base = tmp_path_factory.mktemp("loose")
    make(base / "data" / "loose", write_plates(base / "images", 4))
    return base / "data"


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


@dataclass
class Charts:
    """The charts of the last run, and what is clicked in them."""

    figures: dict[str, Any] = field(default_factory=dict)
    clicked: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture
def charts(monkeypatch: pytest.MonkeyPatch) -> Charts:
    """Charts that are kept: without a browser nobody sees or clicks them."""
    kept = Charts()

    def fake_chart(figure: Any, *, key: str, **_given: Any) -> dict[str, Any]:
        kept.figures[key] = figure
        custom = kept.clicked.pop(key, None)
        return {"selection": {"points": [{"customdata": custom}] if custom else []}}

    monkeypatch.setattr(st, "plotly_chart", fake_chart)
    return kept


def press(app: AppTest, start: str) -> AppTest:
    """Press the button whose label begins so."""
    return check(next(b for b in app.button if b.label.startswith(start)).click().run())


def marks(drawn: Drawn) -> dict[str, str]:
    return {
        item["id"]: item["verdict"]["text"]
        for item in drawn.given["book_plates"]["items"]
        if "verdict" in item
    }


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
    assert "Taken from earlier books" in words(app) and "Passed on to later books" in words(app)
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


def test_the_titles_of_two_books_open_them(herbals: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_books, "rank_lines", lambda **_given: components.RankEvent(title="right"))
    app = visit("books", book="book0", and_="book2")
    assert param(app, "book") == "book2" and "and" not in app.query_params


def test_hostile_titles_are_never_read_as_markdown(herbals: Collection, charts: Charts) -> None:
    for book in range(4):
        app = visit("book", book=f"book{book}")
        seen = words(app) + "".join(button.label for button in app.button)
        for title in HOSTILE:
            if any(char in title for char in "<[*`$"):
                assert title not in seen
    visit("overview")
    assert "<script>" not in str([figure.to_json() for figure in charts.figures.values()])


# ---- Overview


def test_the_overview_says_its_main_finding_first(herbals: Collection, drawn: Drawn) -> None:
    app = visit("overview")
    heading = app.markdown[0].value
    assert "46 % of the plates show an image that is also in another book" in heading.replace("\\", "")
    # 10 years four times, and 20 from p004 to p014
    assert "the median copy came 10 years after the one before it" in heading
    numbers = [b.label for b in app.button if b.key and b.key.startswith("number_")]
    assert numbers == [
        ":primary[**24**] plates", ":primary[**4**] books", ":primary[**11**] also in another book, 46 %",
        ":primary[**5**] images in several books", ":primary[**6**] undated plates",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("24", {}),
        ("11", {"reused": "yes"}),
        ("6", {"in.decade": UNKNOWN}),
        ("4", {}),
        ("5", {"books": "2"}),
    ],
)
def test_every_number_opens_what_is_behind_it(
    herbals: Collection, drawn: Drawn, label: str, expected: dict[str, str]
) -> None:
    # filters that one came with would show fewer than the number says
    app = press(visit("overview", text="zzz", decades="1700-1700"), f":primary[**{label}**]")
    kept = {name: param(app, name) for name in app.query_params if name not in ("collection", "backbone")}
    if label in ("4", "5"):
        kept = {name: value for name, value in kept.items() if name not in ("text", "decades")}
    assert kept == expected
    if label not in ("4", "5"):
        assert f"{label} plates" in words(app)


@pytest.mark.parametrize(
    ("chart", "custom", "expected", "plates"),
    [
        ("decades", ["decade", "1", ALL], {"decades": "1710-1710"}, 6),
        ("decades", ["decade", "1", REUSED], {"decades": "1710-1710", "reused": "yes"}, 3),
        ("decades", ["decade", "3", ALL], {"in.decade": UNKNOWN}, 6),
        ("by_place", ["place", "0", ALL], {"in.place": "Edinburgh"}, 12),
        ("by_place", ["place", "0", REUSED], {"in.place": "Edinburgh", "reused": "yes"}, 3),
    ],
)
def test_a_click_on_a_bar_opens_its_plates(
    herbals: Collection,
    drawn: Drawn,
    charts: Charts,
    chart: str,
    custom: list[str],
    expected: dict[str, str],
    plates: int,
) -> None:
    charts.clicked[chart] = custom
    app = visit("overview", text="zzz")
    kept = {name: param(app, name) for name in app.query_params if name not in ("collection", "backbone")}
    assert kept == expected
    assert len(drawn.given["browse_grid"]["items"]) == plates
    assert f"{plates} plates that pass the filters" in words(app)


@pytest.mark.parametrize(
    "custom", [["decade", "99", ALL], ["decade", "-1", ALL], ["decade", "x", ALL], ["place", "0", ALL], ["decade"], []]
)  # fmt: skip
def test_a_click_that_no_bar_can_have_sent_opens_nothing(
    herbals: Collection, charts: Charts, custom: list[str]
) -> None:
    charts.clicked["decades"] = custom
    app = visit("overview")
    assert app.title[0].value == "Overview"


def test_books_images_and_delays_open_from_the_overview(herbals: Collection, drawn: Drawn, charts: Charts) -> None:
    charts.clicked["borrowers"] = ["book", "book1", REUSED]
    assert param(visit("overview"), "book") == "book1"
    charts.clicked["lenders"] = ["book", "book0", ALL]
    assert param(visit("overview"), "book") == "book0"
    drawn.answers["most_reused"] = {"clicked": "p000"}
    assert param(visit("overview"), "family") == "F0001"
    charts.clicked["delays"] = ["delay", "2", ALL]
    app = visit("overview")
    assert (param(app, "years"), param(app, "books")) == ("10-19", "2")
    assert "3 families that pass the filters" in words(app)


def test_a_collection_that_was_never_compared_is_counted_all_the_same(
    plain: Path, monkeypatch: pytest.MonkeyPatch, charts: Charts
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    app = visit("overview")
    assert "they were not compared by their lines yet" in words(app)
    assert app.code[0].value == "python precompute.py --name herbals"
    assert [trace.name for trace in charts.figures["decades"].data] == [ALL]
    assert list(charts.figures["decades"].data[0].y) == [6, 6, 6, 6]


# ---- the filters that the numbers open


def test_undated_plates_can_be_asked_for(herbals: Collection, drawn: Drawn) -> None:
    app = visit("browse")
    toggle = next(toggle for toggle in app.toggle if toggle.label == "Undated only (6)")
    check(toggle.set_value(True).run())
    assert param(app, "in.decade") == UNKNOWN and "6 plates that pass the filters" in words(app)
    check(next(t for t in app.toggle if t.label.startswith("Undated")).set_value(False).run())
    assert "in.decade" not in app.query_params


def test_another_book_starts_at_its_first_page() -> None:
    now = state.from_query({"book": ["a"], "sheet": ["3"]}, book_page.State)
    assert now.book_page == 3 and state.changed(now, book_a="b").book_page == 1
    assert state.to_query(now) == {"book": "a", "sheet": "3"}


def test_what_people_decide_changes_the_numbers_and_the_plates_behind_them(
    herbals: Collection, verified: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn, charts: Charts
) -> None:
    shutil.copytree(verified, tmp_path / "data")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    reviews = reviews_of(tmp_path / "data" / "herbals")
    visit("overview")  # what is kept from before must not be shown again
    reviews.record("p001", "p018", "unrelated", reviewer="A")
    reviews.record("p005", "p022", "same plate", reviewer="A")
    reviews.record("p002", "p008", "unrelated", reviewer="A")
    app = visit("overview")
    numbers = [button.label for button in app.button if button.key == "number_reused"]
    assert numbers == [":primary[**9**] also in another book, 38 %"]
    charts.clicked["decades"] = ["decade", "3", REUSED]
    visit("overview")
    assert [item["id"] for item in drawn.given["browse_grid"]["items"]] == ["p022"]
    visit("book", book="book1")
    assert set(marks(drawn)) == {"p006", "p007"}
