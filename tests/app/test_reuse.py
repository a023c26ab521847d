"""The page Re-use, as Streamlit runs it without a browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imgsim.collection import Collection
from tests.app.drawn import Drawn
from tests.app.reuse_scene import FAMILIES, shown
from tests.making import add_matches, match_values
from tests.pages import check, param, visit, words


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


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


def test_what_is_in_the_tray_is_ticked_on_the_strips(herbals: Collection, drawn: Drawn) -> None:
    visit("reuse", tray="p006,gone")
    assert drawn.given["families"]["tray"] == ("p006", "gone")
    visit("reuse", tray="p006", family="p000")
    assert drawn.given["family"]["tray"] == ("p006",)


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
