"""The collection in numbers and the page of a book, in a real browser: click a bar, open a book, turn to the next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from imgsim.base.spreadsheets import read_back
from imgsim.charts.overview_bars import PART, WHOLE
from imgsim.collection import Collection
from imgsim.collection.book_exchange import EARLIER, LATER, exchange
from imgsim.collection.corrected import families_of
from imgsim.collection.evidence import reused
from imgsim.collection.overview_counts import Overview
from tests.e2e.looking import arrive, download, state_of, visit
from tests.e2e.serving import Served, settle


@pytest.fixture(scope="module")
def overview(sample: Collection) -> Overview:
    families = families_of(sample)
    assert sample.matches is not None and families is not None
    return Overview(sample.catalogue, reused(sample.matches, sample.catalogue), families)


def bar(page: Page, key: str, kind: str, place: int) -> Locator:
    return page.locator(f".st-key-{key} li[data-bar='{place}'] [data-kind='{kind}']")


def click_bar(page: Page, key: str, kind: str, place: int) -> None:
    """Click into a bar, as a reader does who reads first what it counts."""
    found = bar(page, key, kind, place)
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box is not None
    # near the top, or the right end: below it the part stands in front of the whole
    x, y = box["x"] + box["width"] - 2, box["y"] + min(4, box["height"] / 2)
    page.mouse.move(x, y)
    said = page.locator(f".st-key-{key} .pointed")
    expect(said).to_be_visible()
    expect(said).to_have_text(str(found.get_attribute("aria-label")))
    page.mouse.click(x, y)


def test_a_click_on_a_decade_opens_its_plates(page: Page, app: Served, overview: Overview) -> None:
    visit(page, app, "overview")
    expect(page.get_by_role("heading", name=overview.headline)).to_be_visible()
    groups = overview.decades.every
    place = max(range(len(groups)), key=lambda at: groups[at].plates - groups[at].reused)
    group = groups[place]
    assert group.reused < group.plates and group.label
    click_bar(page, "decades", WHOLE, place)
    arrive(page, "")
    assert state_of(page)["decades"] == f"{group.label}-{group.label}"
    expect(page.get_by_text(f"{group.plates} plates that pass the filters")).to_be_visible()
    # Back again nothing is clicked any more, and the blue bar opens the plates that it counts.
    page.go_back()
    arrive(page, "overview")
    page.wait_for_timeout(1000)
    assert "/overview" in page.url
    place = max(range(len(groups)), key=lambda at: groups[at].reused)
    group = groups[place]
    click_bar(page, "decades", PART, place)
    arrive(page, "")
    assert (state_of(page)["decades"], state_of(page)["reused"]) == (f"{group.label}-{group.label}", "yes")
    expect(page.get_by_text(f"{group.reused} plates that pass the filters")).to_be_visible()


def test_numbers_and_bars_of_books_open_what_they_count(page: Page, app: Served, overview: Overview) -> None:
    visit(page, app, "overview")
    page.get_by_role("button", name=f"{overview.reused} also in another book").click()
    arrive(page, "")
    expect(page.get_by_text(f"{overview.reused} plates that pass the filters")).to_be_visible()
    page.go_back()
    arrive(page, "overview")
    best = overview.borrowers(2)[1]
    # The keyboard alone: Tab comes to a chart once, the arrows lead from bar to bar and to the part of each.
    stops = page.locator(".st-key-borrowers button[tabindex='0']")
    expect(stops).to_have_count(1)
    stops.focus()
    first = overview.borrowers(1)[0]
    # the part of the first bar, what is left of it if anything is, then the second bar
    for _ in range(1 + (first.taken < first.plates)):
        page.keyboard.press("ArrowDown")
    expect(bar(page, "borrowers", PART, 1)).to_be_focused()
    expect(page.locator(".st-key-borrowers .pointed")).to_contain_text("Opens the book")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    for _ in range(1 + (first.taken < first.plates)):
        page.keyboard.press("ArrowRight")
    expect(bar(page, "borrowers", PART, 1)).to_be_focused()
    page.keyboard.press("Enter")
    arrive(page, "book")
    assert state_of(page)["book"] == best.book


def test_the_numbers_can_be_taken_away(page: Page, app: Served, overview: Overview) -> None:
    visit(page, app, "overview")
    page.get_by_role("button", name="Download").click()
    name, content = download(page, page.get_by_role("button", name="Numbers as CSV"))
    assert name == "imgsim_overview_sample.csv"
    table = read_back(content)
    assert table["plates"].tolist() == [str(n) for n in overview.groups_table()["plates"]]


def test_a_book_is_opened_from_a_plate_and_shows_where_its_images_are(
    page: Page, app: Served, overview: Overview, sample: Collection
) -> None:
    families = families_of(sample)
    assert families is not None
    trade = max(overview.trades, key=lambda trade: min(trade.taken, trade.passed))
    rows = [int(row) for row in sample.catalogue.book_rows(trade.book)]
    ids = [sample.catalogue.plate_ids[row] for row in rows]
    visit(page, app, "plate", plate=ids[0])
    page.get_by_role("button", name="The whole book").click()
    arrive(page, "book")
    assert state_of(page)["book"] == trade.book
    cards = page.locator("[data-testid=imgsim-grid] li")
    expect(cards).to_have_count(len(ids))
    assert [card.get_attribute("data-id") for card in cards.all()] == ids
    found = exchange(families, overview.dates, trade.book)
    expected = {
        sample.catalogue.plate_ids[row]: "both"
        if {EARLIER, LATER} <= when
        else EARLIER
        if EARLIER in when
        else LATER
        for row, when in found.plates.items()
        if when & {EARLIER, LATER}
    }
    marks = {str(c.get_attribute("data-id")): c.get_attribute("data-verdict") for c in cards.all()}
    assert {plate: mark for plate, mark in marks.items() if mark in (EARLIER, LATER, "both")} == expected

    partner = found.of(EARLIER)[0]
    page.locator(".st-key-pair_earlier_0 button").first.click()
    arrive(page, "books")
    assert (state_of(page)["book"], state_of(page)["and"]) == (trade.book, partner.book)
    expect(page.get_by_test_id("imgsim-ranks")).to_be_visible()
    page.get_by_test_id("imgsim-title-left").click()
    arrive(page, "book")
    assert state_of(page)["book"] == partner.book
    expect(cards).to_have_count(len(sample.catalogue.book_rows(partner.book)))

    at = overview.dates.books.index(partner.book)
    page.keyboard.press("n")
    expect(cards).to_have_count(len(sample.catalogue.book_rows(overview.dates.books[at + 1])))
    settle(page)
    assert state_of(page)["book"] == overview.dates.books[at + 1]
