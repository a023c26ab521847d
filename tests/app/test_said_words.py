"""What the pages say: the historian's words, and the terms of statistics and computer vision in tooltips alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imgsim.app.pages.models import PARTS
from imgsim.base.terms import MAPS, NETWORK, TERMS
from imgsim.collection import open_collection
from imgsim.collection.decided import reviews_of
from tests.jargon import jargon, seen
from tests.pages import PAGES, check, visit

STATES: tuple[tuple[str, dict[str, str]], ...] = (
    *((name, {}) for name in PAGES),
    *(("models", {"models": part}) for part in PARTS),
    ("plate", {"plate": "p000"}), ("plate", {"plate": "p000", "view": "table"}),
    ("plate", {"plate": "p000", "view": "scores"}), ("compare", {"plate": "p000", "with_": "p006"}),
    ("map", {"plate": "p000"}), ("review", {"section": "worth", "precision": "0.6"}), ("review", {"section": "all"}),
    ("books", {"book": "book1", "and_": "book0"}), ("book", {"book": "book1"}), ("light_table", {"tray": "p000,p006"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two networks see it, pairs are verified, and some are judged: what can be said is said."""
    data = tmp_path_factory.mktemp("said") / "data"
    shutil.copytree(compared, data)
    collection = open_collection(data / "herbals")
    assert collection.matches is not None
    reviews = reviews_of(collection.path)
    ids = collection.catalogue.plate_ids
    for at in range(len(collection.matches)):
        match = collection.matches.match(at)
        decision = "same plate" if match.verified else "unrelated"
        reviews.record(ids[match.a], ids[match.b], decision, reviewer="Ada")
    return data


@pytest.mark.parametrize(
    ("name", "query"), STATES, ids=lambda one: "-".join(one.values()) if isinstance(one, dict) else one
)
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
