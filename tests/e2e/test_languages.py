"""The app in its other languages, in a real browser: chosen by a link, kept, said whole on every page, and not cut."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from imgsim.app.services import browser_words
from imgsim.base import translation
from imgsim.collection import open_collection
from tests import catalogues
from tests.e2e.lending import Lent
from tests.e2e.scenes import SCENES, facts
from tests.e2e.serving import Served, settle
from tests.pages import PAGES

CODES = translation.offered()[1:]
# Each page in one language at least, and what has most to say in all of them.
ASKED = [
    *((code, name) for at, name in enumerate(PAGES) for code in CODES[at % len(CODES) : at % len(CODES) + 1]),
    *((code, name) for code in CODES for name in ("reuse, one family", "map, none chosen, by family")),
]
# What Streamlit reads aloud of a choice, of the sign for a tooltip and of tables, in English alone.
STREAMLITS = {"Open", "Help", "Search"}
# All words that are seen, those of components too, and the words of fields and of what is read aloud.
_WORDS = r"""() => {
  const found = new Set();
  const listen = (node) => {
    if (node.nodeType === Node.TEXT_NODE && node.textContent.trim()) found.add(node.textContent.trim());
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.matches("code, pre, style, script, title, .st-key-languages")) return;
    if (getComputedStyle(node).display === "none") return;
    for (const name of ["aria-label", "title", "placeholder"]) found.add(node.getAttribute(name)?.trim() ?? "");
    for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) listen(child);
  };
  listen(document.body);
  return [...found];
}"""
# Buttons, switches and choices whose words do not fit: cut by an ellipsis, or over their own edge.
_CUT = r"""() => {
  const found = [];
  const look = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) look(node.shadowRoot);
      if (!node.matches("button, button p, a p, [role=tab] p, th, label p, .toolbar button")) continue;
      if (!node.checkVisibility() || node.closest("li[data-id], [data-testid=stSelectbox]")) continue;
      const style = getComputedStyle(node);
      const hides = style.overflowX !== "visible" || style.textOverflow === "ellipsis";
      if (hides && node.scrollWidth > node.clientWidth + 2) found.push(node.textContent.trim());
    }
  };
  look(document);
  return found;
}"""


@pytest.fixture(scope="module")
def known(prepared: Path) -> dict[str, str]:
    return facts(open_collection(prepared / "sample"))


@pytest.fixture(scope="module")
def tab(lent: Lent) -> Iterator[Page]:
    with lent.context() as context:
        yield context.new_page()


def english_only(code: str) -> set[str]:
    """What stands in the English texts alone: whoever reads this language must never meet it."""
    spoken: gettext.NullTranslations = translation.catalogue(code)
    texts = [message.id for message in catalogues.read(code) if isinstance(message.id, str) and message.id]
    plain = {text for text in texts if "{" not in text and spoken.gettext(text) != text}
    said = {spoken.gettext(text) for text in texts}
    return {text for text in plain if text not in said and len(text) > 3}


def choose(page: Page, app: Served, code: str) -> None:
    """As the link in the sidebar does."""
    page.goto(f"{app.url}/language/{code}?to=/about")
    settle(page)
    expect(page.locator("html")).to_have_attribute("lang", code)


@pytest.mark.parametrize(("code", "name"), ASKED)
def test_a_page_is_said_in_the_readers_language_and_not_cut(
    tab: Page, app: Served, known: dict[str, str], code: str, name: str
) -> None:
    choose(tab, app, code)
    SCENES[name].show(tab, app.url, known)
    expect(tab.locator("html")).to_have_attribute("lang", code)
    title = translation.catalogue(code).gettext(PAGES[SCENES[name].page])
    expect(tab.locator("h1")).to_have_text(title)
    assert set(tab.evaluate(_WORDS)) & english_only(code) - STREAMLITS == set()
    assert tab.evaluate(_CUT) == []
    over = tab.get_by_test_id("stMain").evaluate("(main) => main.scrollWidth - main.clientWidth")
    assert over == 0


def test_a_language_is_chosen_by_a_click_and_stays(tab: Page, app: Served, known: dict[str, str]) -> None:
    page = tab
    choose(page, app, "en")
    SCENES["plate"].show(page, app.url, known)
    links = page.locator(".st-key-languages")
    for code in (*CODES, "en"):
        links.get_by_role("link", name=translation.LANGUAGES[code], exact=True).click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        settle(page)
        expect(page).to_have_url(re.compile(f"/plate\\?.*plate={known['plate']}"))
        whole = translation.catalogue(code).gettext("Whole plate")  # a script says it
        expect(page.get_by_test_id("imgsim-whole")).to_have_text(whole)
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", code)


def test_every_word_of_the_scripts_is_in_the_catalogues() -> None:
    texts, counted = browser_words.said()
    for code in CODES:
        known = {message.id for message in catalogues.read(code)}
        # Of a word that is counted elsewhere gettext takes the form for one.
        assert texts <= known | {one[0] for one in known if isinstance(one, tuple)} and counted <= known
