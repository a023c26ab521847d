"""Browse in a real browser: look, narrow down, open a plate."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from imgsim.collection import Collection
from tests.conftest import SAMPLE
from tests.e2e.looking import arrive, card, cards, ids, state_of, visit
from tests.e2e.serving import Served, settle


def test_a_plate_in_browse_leads_to_its_page_and_back_again(page: Page, app: Served) -> None:
    visit(page, app)
    shown = ids(cards(page))
    assert len(shown) == SAMPLE
    image = cards(page).first.locator("img")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 50
    assert image.evaluate("image => getComputedStyle(image).objectFit") == "contain"

    last = shown[-2]
    card(page, last).scroll_into_view_if_needed()
    where = "document.querySelector('[data-testid=stMain]').scrollTop"
    down = page.evaluate(where)
    assert down > 200
    card(page, last).click()
    arrive(page, "plate")
    assert state_of(page)["plate"] == last
    expect(page.get_by_test_id("imgsim-viewer")).to_have_attribute("data-state", "ready")

    page.go_back()
    arrive(page, "")
    assert "plate" not in state_of(page)  # one step back, not two
    assert ids(cards(page)) == shown
    assert abs(page.evaluate(where) - down) < 60  # the page stands where it stood
    marks = page.locator(f"li[data-id='{last}'] [data-testid=imgsim-marks]")
    expect(marks).to_contain_text("opened")
    expect(page.locator("[data-testid=imgsim-marks] [data-kind=opened]")).to_have_count(1)


def test_filters_narrow_browse_and_stand_in_the_address(page: Page, app: Served, sample: Collection) -> None:
    visit(page, app)
    word = re.findall(r"\w{5,}", str(sample.catalogue.frame["title"].iat[0]))[0]
    page.get_by_label("Search", exact=True).fill(word)
    page.keyboard.press("Enter")
    wanted = [str(sample.catalogue.plate_ids[row]) for row in sample.catalogue.search(word)]
    expect(cards(page)).to_have_count(len(wanted))
    settle(page)
    assert state_of(page)["text"] == word
    assert sorted(ids(cards(page))) == sorted(wanted)
    page.reload()
    arrive(page, "")
    assert sorted(ids(cards(page))) == sorted(wanted)


def test_the_keyboard_is_enough(page: Page, app: Served) -> None:
    visit(page, app)
    wanted = ids(cards(page))[1]
    cards(page).first.locator("button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    arrive(page, "plate")
    assert state_of(page)["plate"] == wanted


def test_every_page_of_a_short_list_is_offered(page: Page, app: Served) -> None:
    visit(page, app, per_page="30")
    assert 30 < SAMPLE <= 60
    for pager in page.locator(".stPagination").all():
        for one in (1, 2):
            expect(pager.get_by_role("button", name=f"Page {one}", exact=True)).to_be_visible()
