"""The page Overview, and the filters that its numbers open."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.catalogue import UNKNOWN
from imgsim.charts.bars import Bar
from imgsim.charts.overview_bars import PART, WHOLE
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from tests.app.drawn import Drawn, marks
from tests.herbals import HOSTILE
from tests.pages import check, param, visit, words


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


def given(drawn: Drawn, chart: str) -> list[Bar]:
    """The bars of a chart of the page."""
    visit("overview")
    return list(drawn.given[chart]["bars"])


def press(app: AppTest, start: str) -> AppTest:
    """Press the button whose label begins so."""
    return check(next(b for b in app.button if b.label.startswith(start)).click().run())


# ---- Overview


def test_the_overview_says_its_main_finding_first(herbals: Collection, drawn: Drawn) -> None:
    app = visit("overview")
    heading = app.markdown[0].value
    assert "46 % of the plates show an image that is also in another book" in heading.replace("\\", "")
    # 10 years four times, and 20 from p004 to p014
    assert "came within 10 years of the one before" in heading
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
    ("chart", "place", "piece", "expected", "plates"),
    [
        ("decades", 1, WHOLE, {"decades": "1710-1710"}, 6),
        ("decades", 1, PART, {"decades": "1710-1710", "reused": "yes"}, 3),
        ("decades", 3, WHOLE, {"in.decade": UNKNOWN}, 6),
        ("by_place", 0, WHOLE, {"in.place": "Edinburgh"}, 12),
        ("by_place", 0, PART, {"in.place": "Edinburgh", "reused": "yes"}, 3),
    ],
)
def test_a_click_on_a_bar_opens_its_plates(
    herbals: Collection,
    drawn: Drawn,
    chart: str,
    place: int,
    piece: str,
    expected: dict[str, str],
    plates: int,
) -> None:
    drawn.answers[chart] = {"place": place, "kind": piece}
    app = visit("overview", text="zzz")
    kept = {name: param(app, name) for name in app.query_params if name not in ("collection", "backbone")}
    assert kept == expected
    assert len(drawn.given["browse_grid"]["items"]) == plates
    assert f"{plates} plates that pass the filters" in words(app)


def test_books_images_and_delays_open_from_the_overview(herbals: Collection, drawn: Drawn) -> None:
    for chart in ("borrowers", "lenders"):
        names = [bar.name for bar in given(drawn, chart)]
        drawn.answers[chart] = {"place": len(names) - 1, "kind": WHOLE}
        book = param(visit("overview"), "book")
        assert names[-1].endswith(herbals.catalogue.short_title(int(herbals.catalogue.book_rows(book)[0]), 60))
    drawn.answers["most_reused"] = {"clicked": "p000"}
    assert param(visit("overview"), "family") == "F0001"
    drawn.answers["delays"] = {"place": 2, "kind": WHOLE}
    app = visit("overview")
    assert (param(app, "years"), param(app, "books")) == ("10-19", "2")
    assert "3 families that pass the filters" in words(app)


def test_a_collection_that_was_never_compared_is_counted_all_the_same(
    plain: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    app = visit("overview")
    assert "they were not compared by their lines yet" in words(app)
    assert app.code[0].value == "python precompute.py --name herbals"
    assert [bar.total for bar in drawn.given["decades"]["bars"]] == [6] * 4
    drawn.answers["decades"] = {"place": 0, "kind": PART}  # of what nobody compared all are one piece
    assert "reused" not in visit("overview").query_params


# ---- the filters that the numbers open


def test_undated_plates_can_be_asked_for(herbals: Collection, drawn: Drawn) -> None:
    app = visit("browse")
    toggle = next(toggle for toggle in app.toggle if toggle.label == "Undated only (6)")
    check(toggle.set_value(True).run())
    assert param(app, "in.decade") == UNKNOWN and "6 plates that pass the filters" in words(app)
    check(next(t for t in app.toggle if t.label.startswith("Undated")).set_value(False).run())
    assert "in.decade" not in app.query_params


def test_what_people_decide_changes_the_numbers_and_the_plates_behind_them(
    herbals: Collection, verified: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn
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
    drawn.answers["decades"] = {"place": 3, "kind": PART}
    visit("overview")
    assert [item["id"] for item in drawn.given["browse_grid"]["items"]] == ["p022"]
    visit("book", book="book1")
    assert set(marks(drawn)) == {"p006", "p007"}


def test_hostile_titles_are_never_read_as_markdown(herbals: Collection, drawn: Drawn) -> None:
    for book in range(4):
        app = visit("book", book=f"book{book}")
        seen = words(app) + "".join(button.label for button in app.button)
        for title in HOSTILE:
            if any(char in title for char in "<[*`$"):
                assert title not in seen
