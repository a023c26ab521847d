"""Families and books in a real browser: look through them, open, compare, take away."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from imgsim.app.components import matrix_width
from imgsim.base.spreadsheets import read_back
from imgsim.collection import Collection
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.corrected import families_of
from imgsim.families import Families, Family
from tests.e2e.looking import arrive, download, state_of, visit
from tests.e2e.serving import Served, settle


@pytest.fixture(scope="module")
def families(sample: Collection) -> Families:
    found = families_of(sample)
    assert found is not None, "precompute.py compares plates unless told not to"
    assert len(found) > 2
    return found


@pytest.fixture(scope="module")
def borrowing(sample: Collection, families: Families) -> BookNetwork:
    assert sample.matches is not None
    return BookNetwork.from_families(families, sample.matches, sample.catalogue)


def strips(page: Page) -> Locator:
    return page.locator("[data-testid=imgsim-strips] .family")


def shown(page: Page) -> list[str]:
    expect(strips(page).first).to_be_visible()
    return [str(section.get_attribute("data-family")) for section in strips(page).all()]


def section(page: Page, family: Family) -> Locator:
    return page.locator(f"[data-testid=imgsim-strips] .family[data-family='{family.id}']")


def plates(strip: Locator) -> list[str]:
    expect(strip.locator("li").first).to_be_visible()
    return [str(item.get_attribute("data-id")) for item in strip.locator("li").all()]


def thumbnails_are_there(found: Locator) -> None:
    for image in found.all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 50
        assert image.evaluate("image => getComputedStyle(image).objectFit") == "contain"


def test_families_stand_in_order_of_date_and_a_click_opens_a_plate(
    page: Page, app: Served, families: Families
) -> None:
    visit(page, app, "reuse")
    wanted = families.ordered()[:12]
    assert shown(page) == [family.id for family in wanted]
    for family in wanted[:3]:
        strip = section(page, family)
        assert plates(strip) == [member.plate_id for member in family.members]
        years = [item.get_attribute("data-year") for item in strip.locator("li").all()]
        dated = [int(str(year).rstrip("s")) for year in years if year]
        assert dated == sorted(dated)
        expect(strip.locator("li").first).to_contain_text("earliest here")
        thumbnails_are_there(strip.locator("img"))
    last = wanted[0].members[-1].plate_id
    section(page, wanted[0]).locator(f"li[data-id='{last}'] [data-testid=imgsim-plate]").click()
    arrive(page, "plate")
    assert state_of(page)["plate"] == last
    page.go_back()
    arrive(page, "reuse")
    assert shown(page) == [family.id for family in wanted]


def test_a_plate_is_compared_with_the_earliest_at_a_click(
    page: Page, app: Served, families: Families
) -> None:
    family = families.ordered()[0]
    visit(page, app, "reuse")
    section(page, family).get_by_test_id("imgsim-compare").first.click()
    expect(page).to_have_url(re.compile("/compare"))
    settle(page)
    state = state_of(page)
    assert (state["plate"], state["with"]) == (family.earliest.plate_id, family.members[1].plate_id)


def test_filters_stand_in_the_address_and_open_for_somebody_else(
    page: Page, app: Served, context: BrowserContext, families: Families
) -> None:
    mirrored = [family.id for family in families.ordered() if family.mirrored]
    assert mirrored, "the sample has mirrored families"
    visit(page, app, "reuse")
    page.get_by_text("Mirrored among them", exact=True).first.click()
    expect(strips(page)).to_have_count(len(mirrored[:12]))
    settle(page)
    assert shown(page) == mirrored[:12]
    assert state_of(page)["mirrored"] == "yes"
    for strip in strips(page).all():
        expect(strip).to_contain_text("mirrored")

    other = context.new_page()
    other.goto(page.url)
    arrive(other, "reuse")
    assert shown(other) == mirrored[:12]

    page.get_by_label("Search", exact=True).fill("no such word anywhere")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No family passes these filters")).to_be_visible()
    page.get_by_role("button", name="Clear all filters").click()
    expect(strips(page)).to_have_count(len(families.ordered()[:12]))


def test_a_family_has_its_evidence_its_link_and_its_downloads(
    page: Page, app: Served, context: BrowserContext, families: Families
) -> None:
    family = families.ordered()[0]
    visit(page, app, "reuse")
    section(page, family).get_by_test_id("imgsim-open").click()
    expect(page.get_by_role("button", name="← All families")).to_be_visible()
    settle(page)
    assert state_of(page)["family"] == family.id
    assert plates(strips(page)) == [member.plate_id for member in family.members]
    pairs = page.locator("[data-testid=imgsim-pairs] li")
    expect(pairs.first).to_contain_text("points agree")
    # the region that agrees is drawn on both plates, inside of them
    for pair in pairs.all():
        expect(pair.locator("svg.outline")).to_have_count(2)
        for side in pair.locator(".paper").all():
            frame, drawn = side.bounding_box(), side.locator("polygon").last.bounding_box()
            assert frame and drawn
            assert (
                frame["x"] - 4 <= drawn["x"]
                and drawn["x"] + drawn["width"] <= frame["x"] + frame["width"] + 4
            )

    name, content = download(page, page.get_by_role("button", name="Download CSV"))
    assert name.endswith(".csv")
    table = read_back(content)
    assert table["plate_id"].tolist() == [member.plate_id for member in family.members]
    assert set(table["family_id"]) == {family.id}

    name, content = download(page, page.get_by_role("button", name="Download dossier"))
    assert name.endswith(".html")
    text = content.decode("utf-8")
    for member in family.members:
        assert member.plate_id in text
    assert "<script" not in text.lower() and 'src="http' not in text

    other = context.new_page()
    other.goto(page.url)
    arrive(other, "reuse")
    assert plates(strips(other)) == [member.plate_id for member in family.members]
    page.get_by_role("button", name="← All families").click()
    expect(strips(page)).to_have_count(len(families.ordered()[:12]))
    assert "family" not in state_of(page)


def test_the_arrow_keys_lead_along_a_strip(page: Page, app: Served, families: Families) -> None:
    family = families.ordered()[0]
    visit(page, app, "reuse")
    section(page, family).get_by_test_id("imgsim-plate").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    arrive(page, "plate")
    assert state_of(page)["plate"] == family.members[1].plate_id


# How wide words are on the axis.
_WIDE = """(matrix, words) => {
  const axis = matrix.getRootNode().querySelector(".years.left");
  const span = Object.assign(document.createElement("span"), { textContent: words });
  axis.append(span);
  const { width } = span.getBoundingClientRect();
  span.remove();
  return width;
}"""


def test_a_click_on_the_matrix_shows_what_two_books_share(
    page: Page, app: Served, borrowing: BookNetwork, sample: Collection
) -> None:
    visit(page, app, "books")
    matrix = page.get_by_test_id("imgsim-matrix")
    matrix.wait_for(state="visible")
    # The longest words of a date have room on the axis.
    for words in ("c. 1752 or later?", "1751–1760", "1752"):
        wide = matrix.evaluate(_WIDE, words)
        assert 20 < wide + 6 <= matrix_width([words] * 40) - matrix_width([""] * 40) + 56 - 5
    edge = borrowing.edges[0]
    row, column = (borrowing.books.index(book) for book in (edge.source, edge.target))
    box, size = matrix.bounding_box(), len(borrowing)
    assert box
    x, y = box["x"] + box["width"] * (column + 0.5) / size, box["y"] + box["height"] * (row + 0.5) / size
    page.mouse.move(x, y)
    said = page.locator(".st-key-books_matrix .pointed")
    expect(said).to_be_visible()
    expect(said).to_contain_text(f"{len(edge.families)} shared")
    # The arrows lead to the nearest other square of the row, and back.
    matrix.focus()
    others = [at for at in range(column) if borrowing.matrix[row, at]]
    later = [at for at in range(column + 1, size) if borrowing.matrix[row, at]]
    there, back, at = ("ArrowLeft", "ArrowRight", others[-1]) if others else ("ArrowRight", "ArrowLeft", later[0])
    page.keyboard.press(there)
    expect(matrix).to_have_attribute("data-at", f"{row}:{at}")
    page.keyboard.press(back)
    expect(matrix).to_have_attribute("data-at", f"{row}:{column}")
    page.keyboard.press("Enter")
    ranks = page.get_by_test_id("imgsim-ranks")
    expect(ranks).to_be_visible()
    settle(page)
    assert {state_of(page)["book"], state_of(page)["and"]} == {edge.source, edge.target}

    first, second = sorted((edge.source, edge.target), key=borrowing.books.index)
    shared = borrowing.shared(first, second)
    ids = sample.catalogue.plate_ids
    left = [str(item.get_attribute("data-plate")) for item in ranks.locator("ol.left li").all()]
    assert left == [ids[item.row_a] for item in shared]
    right = [str(item.get_attribute("data-plate")) for item in ranks.locator("ol.right li").all()]
    assert right == [ids[item.row_b] for item in sorted(shared, key=lambda item: item.place_b)]
    expect(ranks.locator("svg.lines path")).to_have_count(len(shared))
    thumbnails_are_there(ranks.locator("img"))
    # each line joins the two cards of its pair (the width of the line counts in its box)
    for line in ranks.locator("svg.lines path").all():
        pair = line.get_attribute("data-pair")
        drawn = line.bounding_box()
        cards = [
            ranks.locator(f"ol.{side} li[data-pair='{pair}']").bounding_box() for side in ("left", "right")
        ]
        middles = sorted(card["y"] + card["height"] / 2 for card in cards if card)
        assert drawn and [drawn["y"], drawn["y"] + drawn["height"]] == pytest.approx(middles, abs=6)

    address = page.url
    page.reload()
    arrive(page, "books")
    assert page.url == address
    expect(page.get_by_test_id("imgsim-ranks")).to_be_visible()
    page.get_by_test_id("imgsim-ranks").get_by_test_id("imgsim-compare").first.click()
    expect(page).to_have_url(re.compile("/compare"))


def test_the_network_of_books_comes_as_csv_and_graphml(page: Page, app: Served, borrowing: BookNetwork) -> None:
    visit(page, app, "books", arranged="clustered")
    page.get_by_role("button", name="Download").first.click()
    name, content = download(page, page.get_by_role("button", name="As CSV"))
    assert name.endswith(".csv")
    assert len(read_back(content)) == len(borrowing.edges)
    name, content = download(page, page.get_by_role("button", name="As GraphML"))
    assert name.endswith(".graphml")
    root = ElementTree.fromstring(content)
    nodes = [element for element in root.iter() if element.tag.endswith("}node")]
    assert {element.get("id") for element in nodes} == set(borrowing.books)


def test_collections_without_re_use_say_so(page: Page, app: Served) -> None:
    for name in ("reuse", "books"):
        visit(page, app, name, collection="hostile")
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert strips(page).count() == 0 or shown(page)
