"""The hints of a first visit: one at a time, over nothing, gone for good once read, and back from Help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from imgsim.app.parts.tour import HINTS
from imgsim.collection import open_collection
from tests.e2e.looking import arrive, card, cards, ids, visit
from tests.e2e.scenes import facts
from tests.e2e.serving import Served, settle

HINT = ".st-key-tour .hint"


@pytest.fixture(scope="module")
def known(prepared: Path) -> dict[str, str]:
    return facts(open_collection(prepared / "sample"))


@pytest.fixture
def blocked(context: BrowserContext) -> Iterator[Page]:
    """A page in a browser that keeps nothing: no cookie can be set, and touching them throws."""
    page = context.new_page()
    page.add_init_script(
        "Object.defineProperty(document, 'cookie', { get() { return ''; }, "
        "set() { throw new DOMException('no', 'SecurityError'); } });"
    )
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    assert not [failure for failure in failures if "imgsim" in failure], failures


def says(page: Page, number: int) -> None:
    expect(page.locator(HINT)).to_have_text(f"Hint {number} of {len(HINTS)} {HINTS[number - 1].words}")


def silent(page: Page) -> None:
    """No hint, whatever is still on its way."""
    page.wait_for_timeout(300)
    settle(page)
    expect(page.locator(HINT)).to_have_count(0)


def test_a_hint_covers_nothing_moves_nothing_and_never_comes_back(page: Page, app: Served) -> None:
    visit(page, app)
    says(page, 1)
    page.wait_for_timeout(500)  # until everything has its place: the hint comes with the first draw
    settle(page)
    hint = page.locator(".st-key-tour").bounding_box()
    heading = page.locator("h1").bounding_box()
    assert hint and heading
    assert hint["y"] + hint["height"] <= heading["y"] + 4 and hint["y"] >= 0
    before = cards(page).first.bounding_box()
    page.get_by_role("button", name="Got it").click()
    expect(page.locator(HINT)).to_have_count(0)
    settle(page)
    assert cards(page).first.bounding_box() == before
    page.reload()
    arrive(page, "")
    silent(page)


def test_what_a_hint_says_may_be_done_instead_of_read(page: Page, app: Served) -> None:
    visit(page, app)
    says(page, 1)
    card(page, ids(cards(page))[0]).click()
    arrive(page, "plate")
    says(page, 2)
    page.go_back()
    arrive(page, "")
    silent(page)


def test_all_can_be_skipped_and_help_shows_them_again(page: Page, app: Served, known: dict[str, str]) -> None:
    visit(page, app, "plate", plate=known["plate"])
    says(page, 2)
    page.get_by_role("button", name="Skip all").click()
    expect(page.locator(HINT)).to_have_count(0)
    settle(page)  # the browser keeps it a few milliseconds after the hint has gone
    for name in ("map", "reuse", ""):
        visit(page, app, name)
        silent(page)
    visit(page, app, "help")
    page.get_by_role("button", name="Show the first hints again").click()
    arrive(page, "")
    says(page, 1)
    visit(page, app, "reuse")
    says(page, 3)


def test_without_storage_a_hint_is_gone_while_the_page_is_open(blocked: Page, app: Served) -> None:
    visit(blocked, app)
    says(blocked, 1)
    blocked.get_by_role("button", name="Got it").click()
    expect(blocked.locator(HINT)).to_have_count(0)
    blocked.get_by_role("link", name="About").click()
    arrive(blocked, "about")
    blocked.get_by_role("link", name="Browse", exact=True).click()
    arrive(blocked, "")
    silent(blocked)


def test_a_click_right_after_the_first_draw_is_not_lost(browser: Browser, app: Served) -> None:
    for _ in range(6):
        context = browser.new_context()
        fresh = context.new_page()
        fresh.goto(f"{app.url}/about?collection=sample")
        settle(fresh, 60)
        fresh.get_by_role("button", name="The collection in numbers →").click()
        expect(fresh.locator("h1")).to_have_text("Overview")
        context.close()
