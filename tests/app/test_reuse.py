"""Re-use, Books and the search for details, as Streamlit runs them without a browser."""

from __future__ import annotations

import json
import shutil
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from imgsim.app.components import family_strips, outline, pair_list, rank_lines, thumbnail_grid
from imgsim.app.pages import books, plate
from imgsim.app.parts.family import strip, ties
from imgsim.app.parts.two_books import in_words
from imgsim.app.services import state, text
from imgsim.charts import book_figures
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from tests.app.drawn import Drawn
from tests.making import add_matches, match_values
from tests.pages import check, param, visit, words

# By their earliest plates: most books, then the longest span, then by id. Ids were given in the order of these plates.
FAMILIES = ["p000", "p004", "p002", "p003", "p001"]


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


def shown(drawn: Drawn) -> list[str]:
    """The families that are shown, by their earliest plates."""
    return [family["members"][0]["id"] for family in drawn.given["families"]["families"]]


# ---- Re-use


@pytest.mark.parametrize("name", ["reuse", "books"])
def test_a_collection_that_was_never_compared_says_what_to_run(
    plain: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    app = visit(name)
    assert "not compared by their lines yet" in words(app)
    assert app.code[0].value == "python precompute.py --name herbals"


def test_a_collection_without_re_use_says_so(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(plain, tmp_path / "data")
    add_matches(tmp_path / "data" / "herbals", [match_values("p000", "p006", "look-alike")])
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    assert "No image was found twice" in words(visit("reuse"))
    assert "No two books of this collection share an image" in words(visit("books"))


def test_families_stand_in_order_with_most_books_and_the_longest_span_first(
    herbals: Collection, drawn: Drawn
) -> None:
    app = visit("reuse")
    assert shown(drawn) == FAMILIES
    assert "5 families" in words(app)
    first = drawn.given["families"]["families"][0]
    assert first["title"] == "3 books, 1700–1720"
    assert [member["id"] for member in first["members"]] == ["p000", "p006", "p012"]
    assert [member["year"] for member in first["members"]] == ["1700", "1710", "1720"]
    assert [member["compare"] for member in first["members"]] == [False, True, True]
    said = [[word["text"] for word in member["words"]] for member in first["members"]]
    assert said == [["earliest here"], ["same image"], ["same image"]]
    assert "original" not in str(drawn.given).lower()


def test_a_plate_says_how_it_differs_and_undated_ones_stand_apart(herbals: Collection, drawn: Drawn) -> None:
    visit("reuse")
    families = {
        family["members"][0]["id"]: family for family in drawn.given["families"]["families"]
    }
    mirrored = families["p001"]["members"][1]
    assert [word["text"] for word in mirrored["words"]] == ["mirrored"]
    assert mirrored["undated"] and mirrored["year"] == ""
    assert [word["text"] for word in families["p001"]["words"]] == ["mirrored among them"]
    engraved = families["p002"]["members"][1]["words"]
    assert [word["text"] for word in engraved] == ["same image", "probably re-engraved"]
    assert [word["text"] for word in families["p004"]["members"][1]["words"]] == ["detail of the earliest"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"mirrored": "yes"}, ["p001"]),
        ({"books": "3"}, ["p000"]),
        ({"printed": "1720-1730"}, ["p000", "p004"]),
        ({"from_": "London", "to": "London"}, ["p000", "p004", "p002"]),
        ({"from_": "Edinburgh"}, ["p003"]),
        ({"find": "p014"}, ["p004"]),
        ({"find": "book3"}, ["p001"]),
        ({"books": "2", "find": "curtis", "mirrored": "no"}, ["p000", "p003", "p001"]),
    ],
)
def test_filters_in_the_address_narrow_the_list(
    herbals: Collection, drawn: Drawn, query: dict[str, str], expected: list[str]
) -> None:
    app = visit("reuse", **query)
    assert shown(drawn) == expected
    assert f"pass the filters ({len(FAMILIES)} in all)" in words(app)


def test_widgets_write_the_filters_into_the_address_and_one_click_clears_them(
    herbals: Collection, drawn: Drawn
) -> None:
    app = visit("reuse")
    next(toggle for toggle in app.toggle if toggle.label == "Mirrored among them").set_value(True)
    check(app.run())
    assert param(app, "mirrored") == "yes"
    assert shown(drawn) == ["p001"]
    next(box for box in app.selectbox if box.label == "Books").set_value(3)
    check(app.run())
    assert param(app, "books") == "3"
    assert "No family passes these filters" in words(app)
    check(next(button for button in app.button if button.label == "Clear all filters").click().run())
    assert "mirrored" not in app.query_params and "books" not in app.query_params
    assert shown(drawn) == FAMILIES
    app.text_input[0].set_value("p012")
    check(app.run())
    assert param(app, "find") == "p012" and shown(drawn) == ["p000"]


def test_a_place_that_no_family_has_is_still_shown_in_its_filter(herbals: Collection) -> None:
    app = visit("reuse", from_="Atlantis")
    assert "No family passes these filters" in words(app)
    assert next(box for box in app.selectbox if box.label == "First printed in").value == "Atlantis"


def test_a_click_opens_the_family_the_plate_or_the_comparison(herbals: Collection, drawn: Drawn) -> None:
    drawn.answers["families"] = {"open": "F0003"}
    app = visit("reuse")
    assert param(app, "family") == "F0003"
    assert "Family F0003" in words(app)
    drawn.answers["families"] = {"compare": "p012"}
    app = visit("reuse")
    assert (param(app, "plate"), param(app, "with")) == ("p000", "p012")
    drawn.answers["families"] = {"clicked": "p012"}
    assert param(visit("reuse"), "plate") == "p012"


# ---- a family


def test_a_family_opens_by_link_with_its_evidence(herbals: Collection, drawn: Drawn) -> None:
    app = visit("reuse", family="p000")
    assert "3 books, 1700–1720" in words(app)
    pairs = drawn.given["ties"]["items"]
    assert [(pair["left"]["id"], pair["right"]["id"]) for pair in pairs] == [
        ("p000", "p006"),
        ("p000", "p012"),
        ("p006", "p012"),
    ]
    assert "200 points agree, over 90% and 80% of the plates" in pairs[0]["lines"][0]
    assert pairs[0]["left"]["outline"]["points"][0] == [2.0, 2.0]
    check(next(button for button in app.button if button.label == "← All families").click().run())
    assert "family" not in app.query_params
    drawn.answers["ties"] = {"compare": pairs[2]["id"]}
    app = visit("reuse", family="p000")
    assert (param(app, "plate"), param(app, "with")) == ("p006", "p012")


def test_a_plate_without_a_year_may_be_the_earliest_and_the_page_says_so(herbals: Collection) -> None:
    assert "may be earlier than the first" in words(visit("reuse", family="p001"))
    assert "may be earlier than the first" not in words(visit("reuse", family="p000"))


def test_an_unknown_family_is_answered_with_the_list(herbals: Collection, drawn: Drawn) -> None:
    app = visit("reuse", family="../../etc/passwd")
    assert len(app.warning) == 1
    assert shown(drawn) == FAMILIES


def test_ties_are_seen_from_the_earlier_plate(herbals: Collection) -> None:
    families, matches = herbals.found_families, herbals.matches
    assert families is not None and matches is not None
    for family in families.ordered():
        rows = [member.row for member in family.members]
        for match in ties(family, matches):
            assert match.verified and rows.index(match.a) < rows.index(match.b)


# ---- Books


def test_two_books_show_what_they_share_in_the_order_of_each(herbals: Collection, drawn: Drawn) -> None:
    app = visit("books", book="book1", and_="book0")
    given = drawn.given["shared_plates"]
    # the earlier book stands on the left, whichever was named first
    assert [plate["id"] for plate in given["left"]] == ["p000", "p002", "p003"]
    assert [plate["id"] for plate in given["right"]] == ["p006", "p007", "p008"]
    assert sum(given["kept"].values()) == 2
    assert "3 shared images" in words(app) and "Kendall's tau 0.33" in words(app)
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
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arranged: str, order: list[str]
) -> None:
    # The first and the third book share most, as do the second and the fourth.
    shutil.copytree(plain, tmp_path / "data")
    shared = [(f"p{at:03}", f"p{at + 12:03}") for at in (0, 1, 2, 6, 7, 8)]
    add_matches(tmp_path / "data" / "herbals", [match_values(a, b) for a, b in [*shared, ("p005", "p011")]])
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    app = visit("books", arranged=arranged)
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    cells = figure["data"][0]
    drawn = {row: book for row, (book, _) in zip(cells["y"], cells["customdata"], strict=True)}
    assert [drawn[row] for row in sorted(drawn)] == order
    columns = {column: book for column, (_, book) in zip(cells["x"], cells["customdata"], strict=True)}
    assert [columns[column] for column in sorted(columns)] == order
    chosen = next(control for control in app.button_group if control.label == "Arrange").value
    assert chosen == (arranged if arranged in books.ARRANGEMENTS else "date")


def test_of_many_books_those_that_share_most_are_drawn(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[list[list[int]], list[str]]] = []
    whole = book_figures.matrix_figure

    def seen(counts: Any, names: list[str], *rest: Any) -> Any:
        given.append((counts.tolist(), names))
        return whole(counts, names, *rest)

    assert "are drawn" not in words(visit("books"))
    monkeypatch.setattr(book_figures, "matrix_figure", seen)
    monkeypatch.setattr(book_figures, "MOST_BOOKS", 2)
    st.cache_resource.clear()
    app = visit("books")
    st.cache_resource.clear()
    assert given == [([[0, 3], [3, 0]], ["book0", "book1"])]
    assert "The 2 that share most are drawn" in words(app)
    assert len(next(box for box in app.selectbox if box.label == "Book").options) == 1 + 4


def test_the_order_of_two_books_is_put_into_words() -> None:
    from imgsim.collection.kept_order import rank_correlation

    assert "in the same order" in in_words(rank_correlation(list(range(8))))
    assert "once in 20,160 times" in in_words(rank_correlation(list(range(8))))
    assert "in no common order" in in_words(rank_correlation([3, 0, 4, 1, 2]))
    assert in_words(rank_correlation([0])) == "One shared image says nothing of the order."


# ---- details


@dataclass(frozen=True)
class FakeHit:
    row: int
    mirrored: bool
    inliers: int
    score: float
    region: np.ndarray
    transform: np.ndarray


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A search for details that finds p004 and, mirrored, p018, and keeps what it was asked."""
    asked: list[dict[str, Any]] = []
    region = np.array([[4, 4], [30, 4], [30, 50]], np.float32)

    def motif_features(image: Image.Image, box: tuple[float, ...], size: tuple[int, int], verifier: Any) -> range:
        asked.append({"box": box, "size": size})
        return range(30)

    def find_motif(query: Any, store: Any, index: Any, **more: Any) -> list[FakeHit]:
        asked[-1] |= more
        return [FakeHit(4, False, 44, 9.0, region, np.eye(3)), FakeHit(18, True, 21, 5.0, region, np.eye(3))]

    module = types.ModuleType("imgsim.verification.motif_search")
    module.find_motif = find_motif  # type: ignore[attr-defined]
    module.motif_features = motif_features  # type: ignore[attr-defined]
    module.OPENED_SIDE = 960  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imgsim.verification.motif_search", module)
    monkeypatch.setattr(Collection, "features", property(lambda self: object()))
    monkeypatch.setattr(Collection, "feature_index", property(lambda self: object()))
    st.cache_resource.clear()  # the collection goes, with all answers that it has
    return asked


def test_a_box_in_the_address_shows_the_plates_with_that_detail(
    herbals: Collection, drawn: Drawn, finder: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate="p003", box="0.1-0.2-0.9-0.8")
    assert "Plates with this detail" in words(app)
    cards = drawn.given["motif_grid"]["items"]
    assert [(card["id"], card["badge"]) for card in cards] == [("p004", "found"), ("p018", "found, mirrored")]
    assert "44 points agree" in cards[0]["lines"] and cards[0]["action"] == "Compare"
    assert cards[0]["outline"] == {
        "width": 40, "height": 56, "points": [[4.0, 4.0], [30.0, 4.0], [30.0, 50.0]]
    }  # fmt: skip
    assert finder[0]["exclude"] == herbals.catalogue.row("p003")
    assert finder[0]["box"] == pytest.approx((4, 11.2, 36, 44.8)) and finder[0]["size"] == (40, 56)
    check(app.run())
    assert len(finder) == 1, "an answer is kept"
    check(next(button for button in app.button if button.label == "Back to its neighbours").click().run())
    assert "box" not in app.query_params
    assert "Plates with this detail" not in words(app)


def test_another_plate_leaves_the_box_behind() -> None:
    before = plate.State(plate="p003", box=(0.1, 0.1, 0.5, 0.5))
    assert state.changed(before, plate="p004").box is None
    assert state.changed(before, other="p004").box == before.box


@pytest.mark.parametrize(
    "written", ["0.5-0.1-0.2-0.9", "0-0-1", "a-b-c-d", "0-0-2-1", "nan-0-1-1", "-1-0-1-1", "0-0-0-0"]
)
def test_a_mangled_box_is_none(written: str) -> None:
    assert state.from_query({"box": [written]}, plate.State).box is None


def test_a_hit_is_opened_or_compared(herbals: Collection, drawn: Drawn, finder: list[dict[str, Any]]) -> None:
    drawn.answers["motif_grid"] = {"action": "p018"}
    app = visit("plate", plate="p003", box="0.1-0.2-0.9-0.8")
    assert (param(app, "plate"), param(app, "with")) == ("p003", "p018")


def test_without_features_the_page_says_what_to_run(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    app = visit("plate", plate="p003", box="0.1-0.2-0.9-0.8")
    assert "Prepare them in a terminal" in words(app)
    assert "python precompute.py --name herbals" in [block.value for block in app.code]


def test_a_box_with_too_little_in_it_is_refused_in_a_sentence(
    herbals: Collection, drawn: Drawn, finder: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ImgsimError("There is too little in the box. Draw a larger one.")

    monkeypatch.setattr(sys.modules["imgsim.verification.motif_search"], "motif_features", refuse)
    app = visit("plate", plate="p003", box="0.1-0.2-0.9-0.8")
    assert [str(message.value) for message in app.warning] == [
        text.plain("There is too little in the box. Draw a larger one.")
    ]


# ---- the components refuse what they cannot draw


def test_components_refuse_foreign_addresses_and_ids_that_come_twice() -> None:
    member = {"id": "a", "alt": "a", "src": "/x.webp"}
    family = {"id": "f", "members": [member]}
    family_strips(key="k", families=[family])
    for spoilt in (
        [family, family],
        [{"id": "f", "members": [{**member, "src": "http://evil.invalid/"}]}],
        [{"id": "f", "members": [{**member, "words": [{"text": "x", "kind": "nonsense"}]}]}],
        [{"id": "f", "members": [{**member, "outline": {"width": 3}}]}],
    ):
        with pytest.raises(ImgsimError):
            family_strips(key="k", families=spoilt)
    pair = {"id": "p", "left": member, "right": member}
    pair_list(key="k", items=[pair])
    for wrong in ([pair, pair], [{**pair, "left": {**member, "src": "//evil.invalid"}}]):
        with pytest.raises(ImgsimError):
            pair_list(key="k", items=wrong)
    plate = {**member, "pair": "1"}

    def columns(left: list[Any], right: list[Any]) -> None:
        rank_lines(key="k", left=left, right=right, kept={"1": True}, left_title="A", right_title="B")

    columns([plate], [plate])
    for sides in (([plate], []), ([plate, plate], [plate, plate]), ([plate], [{**plate, "pair": "2"}])):
        with pytest.raises(ImgsimError):
            columns(*sides)


def test_an_outline_stays_inside_its_plate_and_needs_three_corners() -> None:
    drawn = outline(np.array([[-5, 3], [120, 3], [50, 300]]), 100, 200)
    assert drawn == {"width": 100, "height": 200, "points": [[0.0, 3.0], [100.0, 3.0], [50.0, 200.0]]}
    assert outline(np.zeros((0, 2)), 100, 200) is None
    assert outline(np.array([[0, 0], [np.nan, 1], [2, 2]]), 100, 200) is None
    card = {"id": "a", "src": "/x", "alt": "", "outline": {"width": 9, "height": 9, "points": [[0, 0]]}}
    with pytest.raises(ImgsimError):
        thumbnail_grid(key="k", items=[card])


def test_a_strip_is_made_of_plain_values(herbals: Collection) -> None:
    import json

    families = herbals.found_families
    assert families is not None
    for family in families.ordered():
        json.dumps(strip(herbals, family, "p006"))
