"""Compare in a real browser: linked to, led by keys and by hand, from pair to pair."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import BrowserContext, Page, expect

from imgsim.collection import Collection
from tests.e2e.comparing import PLAN, drawn, mode, open_pair, pairs, pixels, ready
from tests.e2e.looking import state_of
from tests.e2e.pressing import until
from tests.e2e.serving import Served


def test_the_divider_is_dragged_and_moved_by_keys(page: Page, app: Served) -> None:
    a, b = pairs("reprint")[0]
    stage = open_pair(page, app, a, b, compare="swipe")
    divider = page.get_by_test_id("imgsim-divider")
    box = stage.bounding_box()
    assert box
    before = pixels(stage)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 3, steps=4)
    page.mouse.up()
    drawn(page)
    assert abs(int(divider.get_attribute("aria-valuenow") or 0) - 60) <= 1
    after = pixels(stage)
    middle = slice(int(0.51 * box["width"]), int(0.58 * box["width"]))
    assert np.abs(before[:, middle] - after[:, middle]).mean() > 0.3
    page.keyboard.press("ArrowLeft")
    drawn(page)
    assert abs(int(divider.get_attribute("aria-valuenow") or 0) - 58) <= 1


def test_a_link_reopens_the_comparison(page: Page, app: Served, context: BrowserContext) -> None:
    a, b = pairs("re-lettered")[0]
    stage = open_pair(page, app, a, b)
    mode(page, stage, "difference")
    state = state_of(page)
    assert (state["plate"], state["with"], state["compare"]) == (a, b, "difference")
    shown = pixels(stage)
    other = context.new_page()
    other.goto(page.url)
    again = ready(other)
    expect(again).to_have_attribute("data-mode", "difference")
    assert np.abs(pixels(again) - shown).mean() < 0.5
    page.reload()
    expect(ready(page)).to_have_attribute("data-mode", "difference")


def test_the_plates_have_the_window_the_wheel_is_the_pages_and_the_last_mode_comes_again(
    page: Page, app: Served
) -> None:
    (a, b), (c, d) = pairs("reprint")[:2]
    page.set_viewport_size({"width": 1280, "height": 800})
    stage = open_pair(page, app, a, b)
    box, heading = stage.bounding_box(), page.locator("h1").bounding_box()
    assert box and heading
    assert box["y"] - heading["y"] <= 160 and box["y"] + box["height"] < 800
    # The wheel turns the page, and says how it zooms; a click on the plates takes it, Esc gives it back.
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    page.mouse.wheel(0, 200)
    expect(stage.locator(".wheeled[data-shown]")).to_be_visible()
    until(page, lambda: page.evaluate(scrolled) >= 200, "the wheel does not turn the page")
    page.mouse.wheel(0, -400)
    until(page, lambda: page.evaluate(scrolled) == 0, "the wheel does not turn the page back")
    assert stage.get_attribute("data-zoom") == "1.000"
    stage.click()
    page.mouse.wheel(0, -300)
    drawn(page)
    assert float(stage.get_attribute("data-zoom") or 0) > 1.5 and page.evaluate(scrolled) == 0
    zoomed = stage.get_attribute("data-zoom")
    page.keyboard.press("Escape")
    page.mouse.wheel(0, 200)
    until(page, lambda: page.evaluate(scrolled) >= 200, "the wheel does not turn the page")
    assert stage.get_attribute("data-zoom") == zoomed
    expect(page.locator("h1")).to_have_text("Compare")
    # What was chosen last is what the next pair is shown in, unless the address says another mode.
    mode(page, stage, "swipe")
    expect(open_pair(page, app, c, d)).to_have_attribute("data-mode", "swipe")
    assert state_of(page)["compare"] == "swipe"
    expect(open_pair(page, app, c, d, compare="side")).to_have_attribute("data-mode", "side")


def test_arrows_step_through_the_neighbours_and_escape_goes_back(
    page: Page, app: Served, sample: Collection
) -> None:
    a, b = pairs("reprint")[0]
    stage = open_pair(page, app, a, b, other_books="no")
    mode(page, stage, "opacity")
    seen = [state_of(page)["with"]]
    for key, step in (("ArrowRight", 1), ("ArrowRight", 1), ("ArrowLeft", -1)):
        page.keyboard.press(key)
        expect(page).not_to_have_url(re.compile(f"with={re.escape(seen[-1])}(&|$)"))
        ready(page)
        seen.append(state_of(page)["with"])
        assert state_of(page)["compare"] == "opacity" and step
    assert seen[1] == seen[3] and len(set(seen)) == 3
    expect(stage).to_have_attribute("data-mode", "opacity")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_have_text("Plate")
    assert state_of(page)["plate"] == a
    page.go_back()
    expect(ready(page)).to_have_attribute("data-mode", "opacity")
    assert state_of(page)["with"] == seen[3]


def test_a_and_b_are_exchanged(page: Page, app: Served) -> None:
    a, b = pairs("cropped")[0]
    open_pair(page, app, a, b)
    page.get_by_role("button", name="A ⇄ B").click()
    expect(page).to_have_url(re.compile(f"plate={b}&with={a}"))
    ready(page)


def test_plates_without_common_lines_are_laid_by_hand(page: Page, app: Served) -> None:
    a, b = PLAN.plates[0][0], PLAN.plates[-1][0]
    assert (a, b) not in {(x, y) for x, y, _ in PLAN.pairs}
    stage = open_pair(page, app, a, b, compare="overlay")
    expect(page.get_by_text("No shared lines found")).to_be_visible()
    expect(page.get_by_test_id("imgsim-hand")).to_be_visible()
    before = pixels(stage)
    page.get_by_test_id("imgsim-flip").click()
    drawn(page)
    flipped = pixels(stage)
    assert np.abs(before - flipped).mean() > 0.5
    page.get_by_test_id("imgsim-flip").click()
    drawn(page)
    assert np.abs(before - pixels(stage)).mean() < 0.05
    page.get_by_role("button", name="Turn", exact=True).click()
    drawn(page)
    assert np.abs(before - pixels(stage)).mean() > 0.5


def test_the_empty_page_says_what_to_do_and_leads_on(page: Page, app: Served, sample: Collection) -> None:
    page.goto(f"{app.url}/compare?collection=sample")
    expect(page.get_by_text("No plate is chosen")).to_be_visible()
    a = pairs("reprint")[0][0]
    page.goto(f"{app.url}/compare?collection=sample&plate={a}&with=nowhere&other_books=no")
    expect(page.get_by_text("There is no plate nowhere")).to_be_visible()
    cards = page.locator("[data-testid=imgsim-grid][aria-label='Plates to compare with'] li")
    expect(cards.first).to_be_visible()
    wanted = str(cards.first.get_attribute("data-id"))
    cards.first.get_by_test_id("imgsim-card").click()
    ready(page)
    assert state_of(page)["with"] == wanted
