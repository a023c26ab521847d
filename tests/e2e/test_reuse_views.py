"""Re-use seen otherwise, in a real browser: a family on a line of time, a book against the others."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import Page, expect

from imgsim.collection import Collection
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.corrected import families_of
from imgsim.families import Families
from tests.e2e.looking import arrive, state_of, visit
from tests.e2e.serving import Served, settle
from tests.e2e.test_tray import gather


@pytest.fixture(scope="module")
def families(sample: Collection) -> Families:
    found = families_of(sample)
    assert found is not None
    return found


def test_a_family_stands_on_a_line_of_time(page: Page, app: Served, families: Families) -> None:
    family = next(one for one in families.ordered() if one.years and len({plate.town for plate in one.dated}) > 1)
    visit(page, app, "reuse", family=family.id)
    page.get_by_text("By year and place", exact=True).click()
    plates_shown = page.locator("[data-testid=imgsim-time] .track li")
    expect(plates_shown).to_have_count(len(family.dated))
    settle(page)
    assert state_of(page)["laid"] == "time"
    lefts = {
        str(node.get_attribute("data-id")): node.evaluate("node => node.getBoundingClientRect().left")
        for node in plates_shown.all()
    }
    for one, two in itertools.pairwise(family.dated):
        assert one.year is not None and two.year is not None
        assert (lefts[one.plate_id] < lefts[two.plate_id]) == (one.year < two.year)
    boxes = plates_shown.evaluate_all(
        "nodes => nodes.map((one) => one.getBoundingClientRect()).map((box) => [box.x, box.y, box.width, box.height])"
    )
    assert all(apart(one, two) for one, two in itertools.combinations(boxes, 2))
    plates_shown.locator("[tabindex='0']").focus()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    arrive(page, "plate")
    assert state_of(page)["plate"] == family.earliest.plate_id


def apart(one: list[float], two: list[float]) -> bool:
    """Whether two boxes (x, y, width, height) do not overlap."""
    return any(
        one[at] + one[at + 2] <= two[at] + 0.5 or two[at] + two[at + 2] <= one[at] + 0.5 for at in (0, 1)
    )


def test_a_book_is_set_against_the_others_on_every_page(
    page: Page, app: Served, sample: Collection, families: Families
) -> None:
    assert sample.matches is not None
    book = BookNetwork.from_families(families, sample.matches, sample.catalogue).edges[0].source
    wanted = [one.id for one in families.ordered() if book in one.books and len(one.books) > 1]
    assert len(wanted[:12]) > 0 and len(wanted) < len(families)
    label = sample.catalogue.book_label(book)
    visit(page, app, "reuse")
    page.get_by_role("combobox", name="Only matches between").click()
    page.get_by_role("option", name=label).click()
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-between_said")).to_contain_text(label)
    settle(page)
    strips = page.locator("[data-testid=imgsim-strips] .family")
    assert [strip.get_attribute("data-family") for strip in strips.all()] == wanted[:12]
    assert state_of(page)["between"] == f"book:{book}"
    page.get_by_role("link", name="Review", exact=True).click()
    arrive(page, "review")
    expect(page.locator(".st-key-between_said")).to_contain_text(label)
    page.get_by_role("button", name="Show all matches").click()
    expect(page.locator(".st-key-between_said")).to_have_count(0)
    settle(page)
    assert "between" not in state_of(page)
    expect(page.get_by_role("combobox", name="Only matches between")).to_have_value("")


def test_plates_of_a_strip_are_gathered(page: Page, app: Served, families: Families) -> None:
    family = families.ordered()[0]
    ids = [member.plate_id for member in family.members]
    assert len(ids) > 2
    visit(page, app, "reuse")
    strip = page.locator(f"[data-testid=imgsim-strips] .family[data-family='{family.id}'] li")
    gather(strip.nth(0))
    expect(page.get_by_test_id("imgsim-tray")).to_have_attribute("data-count", "1")
    gather(strip.nth(2), modifiers=["Shift"])
    expect(page.get_by_test_id("imgsim-tray")).to_have_attribute("data-count", "3")
    settle(page)
    assert state_of(page)["tray"].split(",") == ids[:3]
    page.locator(f".family[data-family='{family.id}']").get_by_test_id("imgsim-open").click()
    expect(page.get_by_text(f"Family {family.id}")).to_be_visible()
    settle(page)
    boxes = page.locator("[data-testid=imgsim-strips]").get_by_role("checkbox", checked=True)
    expect(boxes).to_have_count(3)
    boxes.first.focus()
    page.keyboard.press("Space")
    expect(boxes).to_have_count(2)
    settle(page)
    assert state_of(page)["tray"].split(",") == ids[1:3]
