"""Every key that Help lists is pressed in the browser, and does what Help says: those of correcting pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from imgsim.app.components import keyboard
from imgsim.catalogue.book_pages import KINDS
from tests.e2e.looking import state_of
from tests.e2e.paging import Desk, boxes, desk_on, desk_page, open_page
from tests.e2e.pressing import changes, tab_to, try_all, until, zooms
from tests.e2e.serving import settle

CUT = "[data-testid=imgsim-cut]"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_on(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def page(context: BrowserContext, desk: Desk) -> Iterator[Page]:
    with desk_page(context, desk) as opened:
        yield opened


def test_on_a_page(page: Page, desk: Desk) -> None:
    open_page(page, desk, "p002")

    def turn(stroke: str) -> None:
        page.keyboard.press(stroke.lower())
        wanted = "p001" if stroke == keyboard.PREVIOUS_PLATE else "p002"
        until(page, lambda: state_of(page)["page_id"] == wanted, f"{stroke} does not lead to {wanted}")
        settle(page)

    try_all(keyboard.PAGES, {"previous and next page": turn})


def test_on_its_boxes(page: Page, desk: Desk) -> None:
    stage = open_page(page, desk, "q001")

    def current() -> int:
        return int(stage.get_attribute("data-current") or -1)

    tab_to(page, "[data-testid=imgsim-page]")
    for number in (0, 1, 2):  # Tab goes from box to box
        page.keyboard.press("Tab")
        assert current() == number
    page.keyboard.press("Shift+Tab")
    assert current() == 1

    def draws(stroke: str) -> None:
        page.keyboard.press(stroke.lower())
        assert current() == 3 and len(boxes(page)) == 4
        page.keyboard.press("Shift+ArrowLeft")  # room to grow
        page.keyboard.press("Shift+ArrowUp")

    def moves(stroke: str) -> None:
        x0, y0, x1, y1 = boxes(page)[3][0]
        page.keyboard.press(stroke)
        after = boxes(page)[3][0]
        assert after != (x0, y0, x1, y1) and (after[2] - after[0], after[3] - after[1]) == (x1 - x0, y1 - y0)

    def sizes(stroke: str) -> None:
        before = boxes(page)[3][0]
        page.keyboard.press(stroke)
        after = boxes(page)[3][0]
        assert after[:2] == before[:2] and after[2:] != before[2:]

    def names(kind: str) -> Callable[[str], None]:
        def press(stroke: str) -> None:
            page.keyboard.press("3" if stroke == "1" else "1")
            page.keyboard.press(stroke)
            assert boxes(page)[3][1] == kind

        return press

    def splits(stroke: str) -> None:
        x0, y0, x1, y1 = boxes(page)[3][0]
        line = page.get_by_test_id("imgsim-split")
        page.keyboard.press(stroke.lower())
        expect(line).to_be_visible()
        before = line.bounding_box()
        page.keyboard.press(stroke.lower())
        assert line.bounding_box() != before  # turned
        page.keyboard.press("Escape")
        expect(line).to_be_hidden()
        page.keyboard.press(stroke.lower())
        upright = x1 - x0 >= y1 - y0
        page.keyboard.press("ArrowRight" if upright else "ArrowDown")
        page.keyboard.press("Enter")
        # The larger part keeps its number, and the box that was chosen stays so.
        larger, smaller = boxes(page)[3][0], boxes(page)[4][0]
        assert (larger[:2], smaller[2:]) == ((x0, y0), (x1, y1)) and current() == 3
        assert (larger[2] == smaller[0]) if upright else (larger[3] == smaller[1])

    def several(stroke: str) -> None:
        page.keyboard.press(stroke)
        expect(stage).to_have_attribute("data-marked", "3")
        page.keyboard.press(stroke)
        expect(stage).to_have_attribute("data-marked", "")
        page.keyboard.press(stroke)
        page.keyboard.press("Tab")
        assert current() == 4

    def joins(stroke: str) -> None:
        page.keyboard.press(stroke.lower())
        assert 4 not in boxes(page) and current() == 3

    def removes(stroke: str) -> None:
        page.keyboard.press(stroke)
        assert sorted(boxes(page)) == [0, 1, 2] and current() == -1

    def undoes(stroke: str) -> None:
        page.keyboard.press(stroke)
        assert sorted(boxes(page)) == [0, 1, 2, 3]

    def again(stroke: str) -> None:
        page.keyboard.press(stroke)
        assert sorted(boxes(page)) == [0, 1, 2]
        page.keyboard.press("Control+z")

    def saves(stroke: str) -> None:
        drawn = boxes(page)
        page.keyboard.press(stroke)
        until(page, lambda: len(desk.said("q001")) == 1, f"{stroke} saves nothing")
        settle(page)
        kept = desk.said("q001")[0].cuts or ()
        assert {one.number: (one.box, one.kind) for one in kept} == drawn

    def leaves(stroke: str) -> None:
        page.locator(f"{CUT}[data-number='3']").focus()
        assert current() == 3
        page.keyboard.press(stroke)
        assert current() == -1
        page.keyboard.press("+")
        changes(page, lambda: stage.locator("img").evaluate("image => image.style.transform"))("ArrowRight")

    try_all(
        keyboard.PAGE_BOXES,
        {
            "draw a box in the middle": draws, "move the chosen box, or the page": moves,
            "make the box larger or smaller": sizes, **{f"it is an {kind}": names(kind) for kind in KINDS},
            "split it: a line, turned by S, moved by arrows, cut by Enter": splits, "choose several boxes": several,
            "join the chosen ones": joins, "remove": removes, "undo": undoes, "redo": again, "save": saves,
            "zoom in, out, show all": zooms(page, stage), "choose nothing": leaves,
        },
    )  # fmt: skip
