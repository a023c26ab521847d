"""What every page keeps to, whoever wrote it: see `imgsim.app.services.page_registry.Page` and docs/pages.md."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.testing.v1 import AppTest

from imgsim.app.services import page_registry, state
from imgsim.app.services.page_registry import Page
from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from tests import pages
from tests.app.other_values import another
from tests.making import add_matches, match_values
from tests.pages import check, param

REGISTERED = page_registry.registered()
every_page = pytest.mark.parametrize("page", REGISTERED.values(), ids=REGISTERED.keys())


@pytest.fixture(scope="module")
def sample(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a collection whose plates were compared, and one whose plates were not."""
    base = tmp_path_factory.mktemp("contract") / "data"
    shutil.copytree(plain, base)
    add_matches(base / "herbals", [match_values("p000", "p006"), match_values("p001", "p018", "mirrored")])
    shutil.copytree(plain / "herbals", base / "unverified")
    return base


@pytest.fixture
def data(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(sample))


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, str]]:
    """Each link that is written to a page: the fragment that was running (None for none), and its words."""
    written: list[tuple[str | None, str]] = []
    write = st.page_link

    def note(*given: Any, **named: Any) -> Any:
        written.append((ThreadState.get().fragment_id, str(named.get("label"))))
        return write(*given, **named)

    monkeypatch.setattr(st, "page_link", note)
    return written


# ---- what it is


def test_there_are_pages_and_the_first_opens_the_app() -> None:
    assert len(REGISTERED) >= 13 and next(iter(REGISTERED)) == "browse"


@every_page
def test_its_name_is_its_file_and_stands_in_an_address(page: Page) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", page.name)
    assert REGISTERED[page.name] is page
    file = page_registry.file_of(page)
    assert file.stem == page.name and file.parent.name == "pages" and file.is_file()


@every_page
def test_its_title_is_its_own_and_help_can_say_what_it_is_for(page: Page) -> None:
    assert page.title.strip() == page.title != ""
    assert [other.title for other in REGISTERED.values()].count(page.title) == 1
    assert isinstance(page.group, str)
    assert (page.__doc__ or "").startswith(f"{page.title}: ") and len(page_registry.purpose(page)) > 15


@every_page
def test_a_name_cannot_be_taken_twice(page: Page) -> None:
    with pytest.raises(ImgsimError, match="there is a page"):
        page_registry.register(page)
    assert page_registry.registered() == REGISTERED


# ---- its state


@every_page
def test_its_state_adds_to_what_pages_share_and_has_defaults(page: Page) -> None:
    plain = page.State()
    assert isinstance(plain, state.State)
    assert state.to_query(plain) == {}
    assert state.from_query({}, page.State) == plain
    with pytest.raises((AttributeError, TypeError)):  # frozen
        plain.plate = "p003"  # type: ignore[misc]


@every_page
def test_every_field_survives_the_address_alone_and_with_all_others(page: Page) -> None:
    every: dict[str, Any] = {}
    for field in fields(page.State):
        every[field.name] = another(field)
        assert came_back(page, page.State(**{field.name: every[field.name]}))
    assert came_back(page, page.State(**every))


def came_back(page: Page, now: state.State) -> bool:
    query = state.to_query(now)
    assert query, "what differs from the default is in the address"
    read = {name: [value] if isinstance(value, str) else value for name, value in query.items()}
    return state.from_query(read, page.State) == now


# ---- drawing it


@every_page
@pytest.mark.parametrize("collection", ["herbals", "unverified"])
def test_it_is_drawn_on_an_empty_state(page: Page, data: None, collection: str) -> None:
    app = pages.visit(page.name, collection=collection)
    assert len(app.title) == 1 and app.title[0].value
    assert param(app, "collection") == collection
    assert not app.warning, [one.value for one in app.warning]  # nothing was asked for that is not there


@every_page
@pytest.mark.parametrize("filtered", [False, True])
def test_it_is_drawn_with_every_field_set_and_leaves_the_address_as_it_was(
    page: Page, data: None, filtered: bool
) -> None:
    there: dict[str, Any] = {
        "collection": "herbals", "backbone": "toy", "plate": "p000", "other": "p006", "family": "", "book_a": "book0",
        "book_b": "book1",
    }  # fmt: skip
    if not filtered:
        there |= {"text": "", "choices": (), "decades": None, "reused": False, "box": None}
    values = {field.name: there.get(field.name, another(field)) for field in fields(page.State)}
    query = state.to_query(page.State(**values))
    app = pages.visit(page.name, **{keyword(name): value for name, value in query.items()})
    assert len(app.title) == 1
    assert {name: listed(app.query_params.get(name)) for name in query} == {
        name: listed(value) for name, value in query.items()
    }


def listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def keyword(name: str) -> str:
    """A parameter's name, as `tests.pages.visit` wants it."""
    return f"in_{name[3:]}" if name.startswith("in.") else f"{name}_"


# ---- the links


def titles(data: Path) -> list[str]:
    """What the sidebar of the collection "herbals" leads to."""
    found = page_registry.groups(open_collection(data / "herbals"))
    assert "Pages" not in [one.title for group in found.values() for one in group]  # of plates that are files
    return [one.title for group in found.values() for one in group]


@every_page
def test_the_sidebar_leads_to_every_page_of_a_group_once(
    page: Page, data: None, sample: Path, links: list[tuple[str | None, str]]
) -> None:
    pages.visit(page.name, collection="herbals", plate="p000")
    wanted = titles(sample)
    said = [label for _, label in links]
    assert [said.count(title) for title in wanted] == [1] * len(wanted), said


@every_page
def test_no_fragment_writes_a_link_unless_it_is_said_to_draw_those_of_the_sidebar(
    page: Page, data: None, sample: Path, links: list[tuple[str | None, str]]
) -> None:
    pages.visit(page.name, collection="herbals", plate="p000", with_="p006", book="book0")
    in_fragments = [label for fragment, label in links if fragment is not None]
    if not page_registry.has_fragment(page.name):
        assert in_fragments == []
    else:  # they carry the state, which such a fragment changes; each once, those of the sidebar and no other
        assert in_fragments == titles(sample)


@every_page
def test_a_fragment_of_it_that_comes_late_writes_no_link_to_another_page(page: Page, data: None) -> None:
    def late() -> None:
        import streamlit as st

        from imgsim.app.parts import shell

        with st.sidebar:
            st.session_state[shell._LINKS] = "another page", st.container()
        shell.links(st.session_state["late"])
        st.text("nothing was written")

    app = AppTest.from_function(late)
    app.session_state["late"] = page.name
    check(app.run())
    assert app.text[0].value == "nothing was written" and not app.sidebar.caption
