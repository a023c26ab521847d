"""On a tablet: the sidebar makes room, and two fingers do what the wheel does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from imgsim.collection import open_collection
from tests.e2e.lending import Lent
from tests.e2e.looking import arrive, visit
from tests.e2e.scenes import SCENES, facts
from tests.e2e.serving import Served, settle


@pytest.fixture(scope="module")
def known(prepared: Path) -> dict[str, str]:
    return facts(open_collection(prepared / "sample"))


@pytest.fixture(params=[(820, 1180), (1024, 768)], ids=["upright", "across"])
def tablet(lent: Lent, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    with lent.context(touch=True) as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        yield page


def pinch(page: Page, target: Locator, apart: int = 120) -> None:
    """Put two fingers on the middle of an element and draw them apart."""
    box = target.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + min(box["height"], 500) / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, far: float) -> None:
        points = (
            [] if kind == "touchEnd" else [{"x": x - far, "y": y, "id": 0}, {"x": x + far, "y": y, "id": 1}]
        )
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 20)
    for step in range(1, 9):
        fingers("touchMove", 20 + apart * step / 8)
    fingers("touchEnd", 0)
    touch.detach()


def test_the_sidebar_lies_over_the_page_and_closes_behind_a_link(tablet: Page, app: Served) -> None:
    visit(tablet, app)
    sidebar = tablet.get_by_test_id("stSidebar")
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    tablet.wait_for_timeout(500)  # it slides
    before = tablet.locator("h1").bounding_box()
    tablet.get_by_test_id("stExpandSidebarButton").tap()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    tablet.wait_for_timeout(500)
    assert tablet.locator("h1").bounding_box() == before, "the page keeps its place under the sidebar"
    sidebar.get_by_role("link", name="Re-use").tap()
    arrive(tablet, "reuse")
    expect(sidebar).to_have_attribute("data-collapsed", "true")


@pytest.mark.parametrize(
    ("name", "test_id"), [("map", "imgsim-map"), ("plate", "imgsim-viewer"), ("compare", "imgsim-compare")]
)
def test_two_fingers_zoom(tablet: Page, app: Served, known: dict[str, str], name: str, test_id: str) -> None:
    SCENES[name].show(tablet, app.url, known)
    target = tablet.get_by_test_id(test_id)
    target.scroll_into_view_if_needed()
    expect(target).to_have_attribute("data-zoom", "1.000")
    pinch(tablet, target)
    settle(tablet)
    assert float(target.get_attribute("data-zoom") or 0) > 2


def test_a_wide_window_keeps_its_sidebar(page: Page, app: Served) -> None:
    visit(page, app)
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
    chooser = page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").first
    box = chooser.bounding_box()
    assert box and box["y"] + box["height"] < 900, "the chooser of the collection is in sight"
