"""The language in which a reader is spoken to, the browser's or one that was chosen, and the scripts' texts in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from imgsim.app.services import browser_words, first_page
from imgsim.app.services.reader_language import COOKIE, wanted
from imgsim.base import translation
from tests.app.asking import get
from tests.app.node import module, needs_node, node
from tests.catalogues import compiled


@pytest.fixture(autouse=True)
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A French catalogue of two texts, and no other."""
    texts = Catalog(locale="fr", domain=translation.DOMAIN)
    texts.add("Open this plate", "Ouvrir cette planche")
    texts.add(("{n} plate", "{n} plates"), ("{n} planche", "{n} de planches", "{n} planches"))
    file = tmp_path / "fr" / "LC_MESSAGES" / "imgsim.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(compiled(texts))
    monkeypatch.setattr(translation, "FOLDER", tmp_path)
    kept = (translation.offered, translation.catalogue, browser_words.script, first_page.document)
    for one in kept:
        one.cache_clear()
    yield
    for one in kept:
        one.cache_clear()


def test_the_browser_asks_and_a_choice_goes_before() -> None:
    french = {"accept-language": "fr-CA,fr;q=0.9"}
    assert wanted({}, french) == "fr" and wanted({}, {}) == "en"
    assert wanted({COOKIE: "en"}, french) == "en" and wanted({COOKIE: "fr"}, {}) == "fr"
    assert wanted({COOKIE: "de"}, french) == "fr" and wanted({COOKIE: "../x"}, {}) == "en"  # none of ours


def test_the_first_page_is_in_it() -> None:
    for headers, code in (({}, "en"), ({"accept-language": "fr"}, "fr"), ({"cookie": f"{COOKIE}=fr"}, "fr")):
        status, answered, body = get("/plate", more=headers)
        assert status == 200 and f'<html lang="{code}">'.encode() in body
        assert (b"words-fr.js" in body) == (code == "fr")
        assert answered["vary"] == "Accept-Language, Cookie"


@pytest.mark.parametrize(
    ("to", "where"),
    [("/plate?plate=p003", "/plate?plate=p003"), ("", "/"), ("https://example.org/", "/"), ("//example.org", "/"),
     ("/\\example.org", "/"), ("javascript:alert(1)", "/")],
)  # fmt: skip
def test_a_choice_is_kept_and_leads_back_within_the_app(to: str, where: str) -> None:
    status, headers, _ = get("/language/fr", f"to={to}")
    assert (status, headers["location"]) == (303, where)
    cookie = headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=fr;") and "samesite=strict" in cookie and "path=/" in cookie


@pytest.mark.parametrize("code", ["de", "xx", "FR"])
def test_what_nobody_speaks_is_refused_in_a_sentence(code: str) -> None:
    status, headers, body = get(f"/language/{code}")
    assert status == 404 and "set-cookie" not in headers and b"imgsim speaks en, fr, not" in body


def test_the_scripts_texts_are_all_known() -> None:
    texts, counted = browser_words.said()
    assert len(texts) > 200 and {"Open this plate", "Drag to move the view"} <= texts
    assert ("{n} plate", "{n} plates") in counted


@needs_node
def test_scripts_say_them_in_the_readers_language() -> None:
    status, headers, body = get("/words-fr.js")
    assert status == 200 and headers["content-type"].startswith("text/javascript")
    assert said(body.decode(), 'tr("Open this plate"), tr("Zoom in")') == ["Ouvrir cette planche", "Zoom in"]
    counted = ", ".join(f'trn("{{n}} plate", "{{n}} plates", {n})' for n in (0, 1500, 2_000_000))
    assert said(body.decode(), counted) == [
        "0 planche", "1\u202f500 planches", "2\u202f000\u202f000 de planches",
    ]  # fmt: skip
    assert said(body.decode(), "number(13151.5)") == ["13\u202f151,5"]
    assert said(body.decode(), 'tr("In the tray: {plate}", { plate: "{x} $&" })') == ["In the tray: {x} $&"]


@needs_node
def test_in_english_scripts_say_what_stands_in_them() -> None:
    counted = 'tr("Zoom in"), trn("{n} plate", "{n} plates", 1), trn("{n} plate", "{n} plates", 13151), number(13151)'
    assert said("", counted) == ["Zoom in", "1 plate", "13,151 plates", "13,151"]
    assert get("/words-en.js")[0] == 404


def said(before: str, expressions: str) -> object:
    """What the scripts make of texts, in node, where `before` ran before them."""
    source = f"""{before}
      const {{ number, tr, trn }} = await import({module("translation.js")});
      console.log(JSON.stringify([{expressions}]));
    """
    return json.loads(node(source=source))
