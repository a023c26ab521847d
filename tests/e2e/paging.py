"""A page of a book and its boxes in the browser: where things are, what is drawn, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from playwright.sync_api import BrowserContext, Locator, Page, expect

from imgsim.collection import open_collection
from imgsim.collection.page_corrections import Correction, PageCorrections
from tests.book_scans import NAME, SIZE, make_scans
from tests.conftest import offline
from tests.e2e.conftest import watched
from tests.e2e.serving import Served, serve, settle

SCALE = 3  # each page is so many times as large as in book_scans
Box = tuple[int, ...]


@dataclass(frozen=True)
class Desk:
    """The app on the collection "scans", and its data folder."""

    served: Served
    data: Path

    def address(self, **state: str) -> str:
        return f"{self.served.url}/pages?{urlencode({'collection': NAME, **state})}"

    def said(self, page_id: str) -> list[Correction]:
        """What is kept of a page."""
        pages = open_collection(self.data / NAME).pages
        assert pages is not None
        return PageCorrections(self.data / NAME).history(pages.page(page_id).sha256)


@contextmanager
def desk_on(folder: Path) -> Iterator[Desk]:
    """Prepare the collection and serve the app on it."""
    data = make_scans(folder, (SIZE[0] * SCALE, SIZE[1] * SCALE))
    with serve(data, environ=offline(folder / "calls.txt")) as served:
        yield Desk(served, data)
        said = served.said()
    assert "Traceback" not in said, said
    assert not (folder / "calls.txt").exists()


@contextmanager
def desk_page(context: BrowserContext, desk: Desk) -> Iterator[Page]:
    """A page of the browser of Anna, who has written her name and knows the first hints; watched for what it may not
    do."""
    kept = {"reviewer": "Anna", "tour": "123"}
    context.add_cookies([
        {"name": f"imgsim.{key}", "value": quote(value), "url": desk.served.url} for key, value in kept.items()
    ])  # fmt: skip
    with watched(context, desk.served) as opened:
        yield opened


def open_page(page: Page, desk: Desk, page_id: str, **state: str) -> Locator:
    """Open a page of a book, large; its stage comes back."""
    page.goto(desk.address(page_id=page_id, **state))
    stage = page.get_by_test_id("imgsim-page")
    expect(stage).to_have_attribute("data-state", "ready")
    settle(page)
    return stage


def boxes(page: Page) -> dict[int, tuple[Box, str]]:
    """The boxes that are drawn: number -> edges and kind."""
    return {
        int(cut.get_attribute("data-number") or -1): (
            tuple(int(edge) for edge in str(cut.get_attribute("data-box")).split(",")),
            str(cut.get_attribute("data-kind")),
        )
        for cut in page.get_by_test_id("imgsim-cut").all()
    }


def cut(page: Page, number: int) -> Locator:
    """A box."""
    return page.locator(f"[data-testid=imgsim-cut][data-number='{number}']")


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the page, in its pixels, is in the window."""
    image = page.get_by_test_id("imgsim-page").locator("img").bounding_box()
    assert image is not None
    return image["x"] + x * image["width"] / (SIZE[0] * SCALE), image["y"] + y * image["height"] / (SIZE[1] * SCALE)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from a point of the page to another."""
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    page.mouse.move(*at(page, *end))
    page.mouse.up()


def click(page: Page, point: tuple[float, float], *held: str) -> None:
    """Click on a point of the page."""
    for key in held:
        page.keyboard.down(key)
    page.mouse.click(*at(page, *point))
    for key in held:
        page.keyboard.up(key)


def save(page: Page) -> None:
    """Press Save and wait until it is kept."""
    page.get_by_test_id("imgsim-save").click()
    expect(page.get_by_test_id("imgsim-page")).not_to_have_attribute("data-dirty", "")
    settle(page)


def near(box: Box, wanted: Box, by: int = 4) -> bool:
    """Whether a box is the one that is wanted, as exactly as a hand on a screen draws it."""
    return all(abs(edge - other) <= by for edge, other in zip(box, wanted, strict=True))
