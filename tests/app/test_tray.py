"""The tray: what goes in and out, from where; what a link, the browser and the back button make of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.components import browser_memory
from imgsim.app.components.thumbnail_grid import gathered
from imgsim.app.parts import tray, tray_bar
from imgsim.app.services import parameters
from tests import pages
from tests.pages import button, check, param, visit, words


@pytest.fixture
def strips(verified: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the bar was given at each drawing."""
    monkeypatch.setenv("IMGSIM_DATA", str(verified))
    drawn: list[dict[str, Any]] = []

    def strip(**given: Any) -> SimpleNamespace:
        drawn.append(given)
        return SimpleNamespace(clicked=None)

    monkeypatch.setattr(tray_bar, "tray_strip", strip)
    yield drawn


def shown(strips: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in strips[-1]["items"]]


def test_a_plate_goes_in_and_out_and_undo_leads_back(strips: list[dict[str, Any]]) -> None:
    app = visit("plate", plate="p003")
    assert not strips
    check(button(app, "Put in the tray").click().run())
    assert param(app, "tray") == "p003" and shown(strips) == ["p003"] and strips[-1]["told"] == "1 plate"
    check(button(app, "✓ In the tray").click().run())
    assert param(app, "tray") == "" and shown(strips) == []
    check(app.button(key="tray_undo").click().run())
    assert shown(strips) == ["p003"]
    check(app.button(key="tray_clear").click().run())
    assert shown(strips) == [] and not [one for one in app.button if one.key == "tray_clear"]
    check(app.button(key="tray_undo").click().run())
    assert shown(strips) == ["p003"]


def test_a_link_brings_its_tray_and_says_which_plates_are_not_here(strips: list[dict[str, Any]]) -> None:
    app = visit("about", tray="p003,nope,p004")
    assert shown(strips) == ["p003", "nope", "p004"]
    assert strips[-1]["told"] == "2 plates, 1 not in this collection"
    here, away, _ = strips[-1]["items"]
    assert here["src"].endswith(".webp") and away["src"] == ""
    assert "this collection does not have it" in away["title"]
    check(app.button(key="tray_compare").click().run())
    assert (param(app, "plate"), param(app, "with")) == ("p003", "p004")


def test_an_address_of_before_does_not_empty_it(strips: list[dict[str, Any]]) -> None:
    app = visit("browse", tray="p003,p004")
    app.query_params["tray"] = "p003"  # as the back button leads to
    check(app.run())
    assert shown(strips) == ["p003", "p004"] and param(app, "tray") == "p003,p004"


def test_each_collection_has_its_own(
    strips: list[dict[str, Any]], several: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(several))
    app = visit("browse", collection="herbals", tray="p003")
    check(app.selectbox(key="_collection").set_value("x_one").run())
    assert param(app, "tray") == ""
    check(app.selectbox(key="_collection").set_value("herbals").run())
    assert param(app, "tray") == "p003" and shown(strips) == ["p003"]


def test_what_the_browser_kept_comes_back_and_a_link_does_not_destroy_it(
    strips: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_memory, "kept", lambda: {"tray": tray.written({"herbals": ("p001", "p002")})})
    visit("browse")
    assert shown(strips) == ["p001", "p002"]
    app = visit("browse", tray="p005")
    assert shown(strips) == ["p005"]
    check(app.button(key="tray_undo").click().run())
    assert shown(strips) == ["p001", "p002"]


def test_it_holds_as_many_as_a_link_and_says_so(strips: list[dict[str, Any]]) -> None:
    def page() -> None:
        import streamlit as st

        from imgsim.app.parts import notices, tray
        from imgsim.app.services import state

        st.button("more", on_click=tray.add, args=([f"q{n}" for n in range(102)],))
        notices.show(state.current().collection)

    app = AppTest.from_function(page)
    app.query_params["collection"] = "herbals"
    check(check(app.run()).button[0].click().run())
    assert len(parameters.ids(param(app, "tray"))) == parameters.MOST_IDS == 100
    assert "2 plates more were not put in" in app.warning[0].value


def test_what_is_kept_is_read_back_and_never_more_than_a_cookie_holds() -> None:
    trays = {"a;b": ("p,1", "50%", "bm01/ü 7"), "c": ("x",)}
    assert tray.read(tray.written(trays)) == trays
    long = {"here": tuple(f"{'ü' * 60}{n}" for n in range(100)), "c": ("x",)}
    assert tray.read(tray.written(long)) == {"c": ("x",)}  # the address has the other
    assert tray.read("garbage;;,x;name,") == {}
    assert tray.read(tray.written({"two": ("a\nb",)})) == {}


@pytest.mark.parametrize(
    "told",
    [{}, {"gather": None}, {"gather": {"ids": [], "into": True}}, {"gather": {"ids": [3], "into": True}},
     {"gather": {"ids": ["a"], "into": "yes"}}, {"gather": {"ids": "a", "into": True}}],
)  # fmt: skip
def test_what_is_no_ticked_box_is_none(told: dict[str, Any]) -> None:
    assert gathered(told) is None
    assert gathered({"gather": {"ids": ["a", "b"], "into": False}}) == (("a", "b"), False)


def test_the_light_table_has_eight_at_once(strips: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[list[str]] = []

    def table(*, key: str, items: list[dict[str, str]]) -> SimpleNamespace:
        drawn.append([item["id"] for item in items])
        return SimpleNamespace(clicked=None)

    pages.replace_component(monkeypatch, "light_table", table)
    ids = [f"p{n:03}" for n in range(10)]
    app = visit("light_table", tray=",".join(ids), spread="2")
    assert drawn[-1] == ids[8:] and "9 to 10 of 10 plates in the tray" in words(app)
    visit("light_table", tray="p001,nope")
    assert drawn[-1] == ["p001"]
    assert "No plate lies here yet" in words(visit("light_table", tray="nope"))
