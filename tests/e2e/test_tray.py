"""The tray in a real browser: plates gathered on a wall, seen side by side; what back and a new visit make of it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.looking import arrive, cards, ids, state_of, visit
from tests.e2e.serving import Served, settle


def gather(found: Locator, **how: object) -> None:
    """Tick the box of a card."""
    found.hover()
    found.get_by_test_id("imgsim-gather").click(**how)  # type: ignore[arg-type]


def test_plates_are_gathered_and_lie_side_by_side(page: Page, app: Served) -> None:
    visit(page, app, sort="plate_id")
    order = ids(cards(page))
    strip = page.get_by_test_id("imgsim-tray")
    entries = page.evaluate("history.length")
    gather(cards(page).nth(0))
    expect(strip).to_have_attribute("data-count", "1")
    gather(cards(page).nth(3), modifiers=["Shift"])
    expect(strip).to_have_attribute("data-count", "4")
    settle(page)
    assert state_of(page)["tray"].split(",") == order[:4]
    assert page.evaluate("history.length") == entries  # what is gathered is no step for the back button

    strip.locator("li .plate").nth(2).click()
    arrive(page, "plate")
    assert state_of(page)["plate"] == order[2]
    page.get_by_role("button", name="✓ In the tray").click()
    expect(strip).to_have_attribute("data-count", "3")
    settle(page)
    page.go_back()
    arrive(page, "")
    expect(strip).to_have_attribute("data-count", "3")  # though the address of before said four
    expect(cards(page).nth(2).get_by_test_id("imgsim-gather")).to_have_attribute("aria-checked", "false")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(strip).to_have_attribute("data-count", "4")
    strip.locator("li").nth(3).hover()
    strip.locator("li .out").nth(3).click()
    expect(strip).to_have_attribute("data-count", "3")

    page.get_by_role("button", name="Light table", exact=True).click()
    arrive(page, "light_table")
    panes = page.get_by_test_id("imgsim-pane")
    expect(panes).to_have_count(3)
    for pane in panes.all():
        expect(pane).to_have_attribute("data-state", "ready")
    panes.nth(0).hover()
    page.mouse.wheel(0, -600)
    zooms = {pane.get_attribute("data-zoom") for pane in panes.all()}
    assert len(zooms) == 1 and float(zooms.pop() or 0) > 1.5  # all of them, and alike
    page.get_by_test_id("imgsim-linked").click()
    panes.nth(1).focus()
    before = panes.nth(0).get_attribute("data-zoom")
    page.keyboard.press("0")
    expect(panes.nth(1)).to_have_attribute("data-zoom", "1.000")
    expect(panes.nth(0)).to_have_attribute("data-zoom", str(before))

    # the browser keeps it for the next visit, whose address says nothing of it
    page.goto(f"{app.url}/about?collection=sample")
    arrive(page, "about")
    expect(strip).to_have_attribute("data-count", "3")


def test_a_box_stays_on_what_it_was_drawn_round(page: Page, app: Served) -> None:
    visit(page, app, sort="plate_id")
    plate = ids(cards(page))[0]
    visit(page, app, "plate", plate=plate, box="0.1-0.2-0.4-0.5")
    viewer = page.get_by_test_id("imgsim-viewer")
    expect(viewer).to_have_attribute("data-state", "ready")

    def left() -> float:
        """Of the box, as a share of the plate as it is seen."""
        return float(
            viewer.evaluate("""stage => {
              const found = ["img", "[data-testid=imgsim-box]"].map((one) => stage.querySelector(one));
              const [image, box] = found.map((one) => one.getBoundingClientRect());
              return (box.left - image.left) / image.width;
            }""")
        )

    assert abs(left() - 0.1) < 0.01
    page.get_by_test_id("imgsim-flip").click()
    assert abs(left() - 0.6) < 0.01
    page.get_by_test_id("imgsim-turn").click()
    assert abs(left() - 0.5) < 0.01  # what was at the foot is at the left
    expect(viewer).to_have_attribute("data-box", "0.1000,0.2000,0.4000,0.5000")
