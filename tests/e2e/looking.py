"""What a reader does in the browser: opens a page, looks at cards and points, takes away."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.conftest import SAMPLE
from tests.e2e.serving import Served, settle
from tests.pages import PAGES


def visit(page: Page, app: Served, name: str = "", **state: str) -> None:
    """Open a page of the app and wait until it is drawn."""
    state.setdefault("collection", "sample")
    page.goto(f"{app.url}/{name}?{urlencode(state)}")
    arrive(page, name)


def arrive(page: Page, name: str) -> None:
    """Wait until that page is the one that is drawn."""
    expect(page.locator("h1")).to_have_text(PAGES[name or "browse"])
    settle(page)


def state_of(page: Page) -> dict[str, str]:
    """The state that the address holds."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def cards(page: Page, label: str = "Plates") -> Locator:
    """The cards of a grid, by the grid's label."""
    return page.locator(f"[data-testid=imgsim-grid][aria-label='{label}'] li")


def card(page: Page, plate_id: str) -> Locator:
    """The card of a plate."""
    return page.locator(f"[data-testid=imgsim-grid] li[data-id='{plate_id}'] [data-testid=imgsim-card]").first


def ids(found: Locator) -> list[str]:
    """The plates of cards, in their order."""
    expect(found.first).to_be_visible()
    return [str(item.get_attribute("data-id")) for item in found.all()]


def neighbours_of(page: Page) -> list[str]:
    """The ranked plates on the page, in their order."""
    return ids(page.locator("[data-testid=imgsim-grid] li[data-rank]"))


def on_map(page: Page, name: str) -> str:
    """One of the values that the map tells about itself."""
    return page.get_by_test_id("imgsim-map").get_attribute(f"data-{name}") or ""


def wait_for_map(page: Page) -> Locator:
    """Wait until the map has its points; returns its canvas."""
    canvas = page.get_by_test_id("imgsim-map")
    expect(canvas).to_have_attribute("data-points", re.compile("[1-9]"))
    return canvas


def point(page: Page, row: int) -> tuple[float, float]:
    """Where a plate's point is in the window."""
    found = page.get_by_test_id("imgsim-map").evaluate("(canvas, row) => canvas.imgsimLocate(row)", row)
    assert found and found["inside"]
    return found["x"], found["y"]


def lonely_rows(page: Page, count: int, plates: int = SAMPLE) -> list[int]:
    """At least `count` rows whose points stand apart from all others, so that a click means just one plate."""
    places = page.get_by_test_id("imgsim-map").evaluate(
        "(canvas, count) => Array.from({length: count}, (_, row) => canvas.imgsimLocate(row))", plates
    )
    found = []
    for row, place in enumerate(places):
        others = [other for index, other in enumerate(places) if index != row]
        if place["inside"] and all(abs(place["x"] - o["x"]) + abs(place["y"] - o["y"]) > 24 for o in others):
            found.append(row)
    assert len(found) >= count
    return found


def hover(page: Page, row: int) -> Locator:
    """Rest the pointer on a point until it says what it is, and return what it says."""
    x, y = point(page, row)
    tooltip = page.get_by_test_id("imgsim-tooltip")
    for _ in range(40):  # the titles come after the points, and a pointer that rests does not ask again
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        page.wait_for_timeout(100)
        if tooltip.is_visible():
            break
    expect(tooltip).to_be_visible()
    return tooltip


def click_point(page: Page, row: int) -> None:
    """Click on a plate's point."""
    x, y = point(page, row)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def download(page: Page, button: Locator) -> tuple[str, bytes]:
    """Press a download button; return the file's name and content."""
    with page.expect_download() as waiting:
        button.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()
