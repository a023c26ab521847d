"""The document with which a browser begins: Streamlit's own, with our scripts before and after its."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit

from imgsim.app.services import first_page, page_registry, preloads
from tests.app.asking import ask
from tests.pages import PAGES

STREAMLITS = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_begins_with_it(name: str) -> None:
    status, headers, body = ask("/" if name == "browse" else f"/{name}?plate=p003")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "text/html; charset=utf-8", "no-cache")
    assert body.decode() == first_page.document("", page=name)


def test_it_is_streamlits_with_our_scripts_before_its_own_and_those_of_the_page_after() -> None:
    ours = left = first_page.document("/path", page="map")
    scripts = [f'<script type="module" src="/path/{name}"></script>' for name in first_page.SCRIPTS]
    for script in scripts:
        assert ours.count(script) == 1
        left = left.replace(script, "")
    found = preloads.addresses("/path", (*preloads.EVERYWHERE, *page_registry.loads("map")))
    assert any("/Slider." in one for one in found) and any("/map_draw.js" in one for one in found)
    for address in found:
        tag = f'<link rel="modulepreload" crossorigin href="{address}">'
        assert ours.count(f'"{address}"') == ours.count(tag) == 1 and ours.index(tag) > ours.index("/static/js/index.")
        assert address.removeprefix("/path") not in STREAMLITS
        left = left.replace(tag, "")
    assert left.split() == STREAMLITS.split()
    first = ours.index('<script type="module"')
    places = [ours.index(script) for script in scripts]
    assert places[0] == first and sorted(places) == places and places[-1] < ours.index("/static/js/index.")


SAID = (b"__streamlit", b"pushState", b"stopPropagation", b"kbd")


@pytest.mark.parametrize(("name", "what"), zip(first_page.SCRIPTS, SAID, strict=True))
def test_the_scripts_are_served(name: str, what: bytes) -> None:
    status, headers, body = ask(f"/{name}")
    assert status == 200 and headers["content-type"].startswith("text/javascript") and what in body


def test_in_another_language_its_words_come_first() -> None:
    german = first_page.document("/path", "de")
    assert '<html lang="de">' in german and '<html lang="en">' not in german
    assert german.index("/path/words-de.js") < german.index(f"/path/{first_page.SCRIPTS[0]}")
    assert "words-" not in first_page.document("/path")


@pytest.mark.parametrize("path", ["/map/", "/map/extra", "/map//elsewhere.org/x", "/plate/%2e%2e/p003"])
def test_an_address_below_a_page_leads_to_the_page_with_what_it_asks(path: str) -> None:
    name = path.split("/")[1]
    for query in ("", "?plate=p003&tray=a%2Cb"):
        status, headers, _ = ask(path + query)
        assert (status, headers["location"]) == (307, f"/{name}{query}")
    assert ask(f"/{name}/_stcore/health")[0] == 404


def test_what_is_no_page_is_left_to_streamlit() -> None:
    assert ask("/nothing")[0] == 404  # none of ours
