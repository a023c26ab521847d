"""What the pages say: the historian's words, and the terms of statistics and computer vision in tooltips alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.base.terms import MAPS, NETWORK, TERMS
from tests.app.said_scene import STATES, state_name
from tests.jargon import jargon, seen
from tests.pages import PAGES, check, visit


@pytest.fixture(scope="module")
def folder(judged: Path) -> Path:
    """Two networks see it, pairs are verified, and some are judged: what can be said is said."""
    return judged


@pytest.mark.parametrize(("name", "query"), STATES, ids=state_name)
def test_no_page_says_a_term(herbals: object, name: str, query: dict[str, str]) -> None:
    said = seen(visit(name, **query))
    assert PAGES[name] in said
    assert jargon(said) == set(), [line for line in said.splitlines() if jargon(line)]


def test_what_is_read_of_a_page_is_what_it_shows(herbals: object) -> None:
    """Labels, options, tables, numbers, HTML, figures: had one of them a term, the test above would see it."""
    verified = seen(visit("models", models="verified"))
    assert "half score above" in verified and "Everybody's neighbours" in verified and "Network" in verified
    assert "Unevenness" in (listed := seen(visit("models", models="hubs"))) and "in tenfold steps" in listed
    table = seen(visit("plate", plate="p000", view="table"))
    assert "Points" in table and "same image" in table
    assert MAPS["pca"].word in seen(visit("map"))
    assert "Of the re-uses, above" in seen(visit("review", section="worth", precision="0.6"))


def test_help_lists_every_term_once_it_is_asked(herbals: object) -> None:
    app = visit("help")
    assert not jargon(seen(app))
    assert NETWORK.hint in str([one.proto for one in app.get("html")])
    app.session_state["terms"] = True
    said = seen(check(app.run()))
    for term in TERMS:
        assert term.title in said and term.hint in said, term
