"""The map in a real browser: clicks, a box, another projection."""

from __future__ import annotations

import re
from urllib.parse import quote

from playwright.sync_api import Page, Route, expect

from imgsim.collection import Collection
from imgsim.collection.map_labels import map_labels
from imgsim.collection.proven import proven
from tests.conftest import SAMPLE
from tests.e2e.looking import (
    cards,
    click_point,
    download,
    ids,
    lonely_rows,
    neighbours_of,
    on_map,
    point,
    state_of,
    visit,
    wait_for_map,
)
from tests.e2e.serving import Served, settle


def test_a_click_on_the_map_changes_the_neighbours_and_keeps_the_zoom(
    page: Page, app: Served, sample: Collection
) -> None:
    visit(page, app, "map", threshold="-1", other_books="no", fold="no", map="pca")
    canvas = wait_for_map(page)
    assert on_map(page, "points") == str(SAMPLE)
    first, second = lonely_rows(page, 2)[:2]

    x, y = point(page, first)
    page.mouse.move(x, y)
    for _ in range(3):
        page.mouse.wheel(0, -120)
    page.wait_for_timeout(400)
    zoom = float(on_map(page, "zoom"))
    assert zoom > 1

    click_point(page, first)
    expect(canvas).to_have_attribute("data-query", str(first))
    settle(page)
    assert state_of(page)["plate"] == sample.catalogue.plate_ids[first]
    before = neighbours_of(page)
    assert [sample.catalogue.row(plate) for plate in before] == red(page)
    assert float(on_map(page, "zoom")) == zoom

    other = second if is_inside(page, second) else next(row for row in red(page) if is_inside(page, row))
    click_point(page, other)
    expect(canvas).not_to_have_attribute("data-query", str(first))
    settle(page)
    after = neighbours_of(page)
    assert after != before
    assert [sample.catalogue.row(plate) for plate in after] == red(page)
    assert float(on_map(page, "zoom")) == zoom


def red(page: Page) -> list[int]:
    """The rows that the map draws as neighbours."""
    return [int(row) for row in re.findall(r"\d+", on_map(page, "neighbours"))]


def is_inside(page: Page, row: int) -> bool:
    return bool(
        page.get_by_test_id("imgsim-map").evaluate(
            "(canvas, row) => canvas.imgsimLocate(row)?.inside ?? false", row
        )
    )


def test_a_box_on_the_map_gathers_plates_and_gives_them_as_csv(page: Page, app: Served) -> None:
    visit(page, app, "map", map="pca")
    canvas = wait_for_map(page)
    page.get_by_test_id("imgsim-mode-box").click()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=5)
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4, steps=5)
    page.mouse.up()
    expect(canvas).to_have_attribute("data-selected", str(SAMPLE))
    chosen = cards(page, "Selected plates")
    expect(chosen).to_have_count(SAMPLE)
    beside = chosen.first.bounding_box()
    assert beside and beside["x"] > box["x"] + box["width"] and beside["y"] < box["y"] + box["height"]  # not below it
    settle(page)
    page.reload()  # the address has it
    expect(wait_for_map(page)).to_have_attribute("data-selected", str(SAMPLE))
    expect(chosen).to_have_count(SAMPLE)
    listed = ids(chosen)
    _, content = download(page, page.get_by_role("button", name="Download CSV"))
    from imgsim.base.spreadsheets import read_back

    table = read_back(content)
    page.get_by_test_id("imgsim-clear").click()
    expect(canvas).to_have_attribute("data-selected", "0")
    expect(page).not_to_have_url(re.compile("selection="))
    assert sorted(plate.strip('="') for plate in table["plate_id"]) == sorted(listed)


def test_words_find_plates_on_the_map_and_its_legend_chooses_among_them(
    page: Page, app: Served, sample: Collection
) -> None:
    words = {str(place) for place in sample.catalogue.frame["place"]} - {"", "London"}
    other = max(words, key=lambda word: len(sample.catalogue.search(word)))
    by_word = {word: sample.catalogue.search(word).tolist() for word in (other, "London")}
    assert 0 < len(by_word[other]) < SAMPLE and 1 < len(by_word["London"]) < SAMPLE
    visit(page, app, "map", map="pca", colour="place", sought=other.upper())  # a link that somebody sent
    canvas = wait_for_map(page)
    field, said = page.get_by_test_id("imgsim-map-search"), page.get_by_test_id("imgsim-map-found")
    expect(canvas).to_have_attribute("data-found", str(len(by_word[other])))
    assert field.input_value() == other.upper()

    rows = by_word["London"]
    field.fill("")
    field.press_sequentially("lóndon")
    expect(said).to_have_text(f"{len(rows)} found")
    expect(canvas).to_have_attribute("data-found", str(len(rows)))
    for row, key in ((rows[0], "Enter"), (rows[1], "Enter"), (rows[0], "Shift+Enter")):
        field.press(key)
        expect(canvas).to_have_attribute("data-finger", str(row))
        box, place = canvas.bounding_box(), point(page, row)
        assert box and abs(place[0] - box["x"] - box["width"] / 2) < 2
        assert abs(place[1] - box["y"] - box["height"] / 2) < 2
    expect(said).to_have_text(f"1 of {len(rows)}")
    settle(page)
    assert state_of(page)["sought"] == "lóndon"

    field.press("Escape")
    expect(canvas).to_have_attribute("data-found", "0")
    expect(said).to_have_text("")
    expect(page).not_to_have_url(re.compile("sought="))

    # The legend: a place alone, by keyboard, and all but it, by a click with Ctrl.
    settle(page)
    legend = page.get_by_test_id("imgsim-legend")
    entry = legend.locator(f"[data-entry='{other}']")
    count = int((sample.catalogue.frame["place"] == other).sum())
    entry.press("Enter")
    expect(canvas).to_have_attribute("data-shown", str(count))
    expect(entry).to_be_focused()
    settle(page)
    assert state_of(page)["legend"] == "only|" + quote(other, safe="")
    page.get_by_test_id("imgsim-legend-all").click()
    expect(canvas).to_have_attribute("data-shown", str(SAMPLE))
    entry.click(modifiers=["Control"])
    expect(canvas).to_have_attribute("data-shown", str(SAMPLE - count))
    expect(entry).to_contain_text(str(count))


def zoom_in_on(page: Page, row: int) -> None:
    """Turn the wheel over a plate until its picture has room: of all plates, seen at once, none may have any."""
    page.mouse.move(*point(page, row))
    for _ in range(16):
        page.mouse.wheel(0, -120)
    page.wait_for_timeout(300)  # the map glides


def test_the_plates_are_seen_on_the_map_and_can_be_pointed_at(page: Page, app: Served) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pictures?" in request.url else None)
    visit(page, app, "map", map="pca", threshold="-1")
    canvas = wait_for_map(page)
    middle = lonely_rows(page, 1)[0]
    zoom_in_on(page, middle)
    # Its picture alone: nearer than any other could be, and larger than a point.
    place = point(page, middle)
    expect(canvas).to_have_attribute("data-pictures", re.compile("[1-9]"))
    rows = [row for url in asked for row in url.split("=")[1].split("-")]
    assert len(asked[0].split("-")) > 8 and len(rows) == len({*rows}), "pictures come many at once, each once"
    page.mouse.move(place[0] + 5, place[1] + 30)
    expect(canvas).to_have_attribute("data-hovered", str(middle))
    page.mouse.click(place[0] + 5, place[1] + 30)
    expect(canvas).to_have_attribute("data-query", str(middle))
    settle(page)

    # The corner shows where one is: a press on it moves the view, and from all of it there is nowhere to go.
    corner = page.get_by_test_id("imgsim-overview")
    here, box = on_map(page, "centre"), corner.bounding_box()
    assert box
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    expect(canvas).not_to_have_attribute("data-centre", here)
    there, held = on_map(page, "centre"), corner.locator(".view").bounding_box()
    assert held and abs(held["x"] + held["width"] / 2 - box["x"] - 8) < 12
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + 8)
    page.mouse.up()
    expect(canvas).not_to_have_attribute("data-centre", there)
    # Nothing lies in that corner of the map, which is said; the way back is one press.
    lost = page.get_by_text("No plate lies here.")
    expect(lost).to_be_visible()
    # The wheel over the corner zooms as it does over the map that it hides.
    zoom = float(on_map(page, "zoom"))
    page.mouse.wheel(0, 120)
    expect(canvas).not_to_have_attribute("data-zoom", f"{zoom:.3f}")
    page.get_by_role("button", name="Back to all").click()
    expect(canvas).to_have_attribute("data-zoom", "1.000")
    expect(corner).to_be_hidden()
    expect(lost).to_be_hidden()

    zoom_in_on(page, middle)
    expect(canvas).to_have_attribute("data-pictures", re.compile("[1-9]"))
    switch = page.get_by_test_id("imgsim-pictured")
    switch.click()
    expect(canvas).to_have_attribute("data-pictures", "0")
    place = point(page, middle)
    page.mouse.move(place[0] + 5, place[1] + 30)
    expect(canvas).not_to_have_attribute("data-hovered", str(middle))
    settle(page)
    assert state_of(page)["pictures"] == "no"
    page.reload()
    wait_for_map(page)
    settle(page)
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(page).not_to_have_url(re.compile("pictures="))
    expect(switch).to_have_attribute("aria-pressed", "true")
    zoom_in_on(page, middle)
    expect(canvas).to_have_attribute("data-pictures", re.compile("[1-9]"))


def test_families_and_verdicts_colour_the_map_and_a_long_legend_opens(
    page: Page, app: Served, sample: Collection
) -> None:
    families = sample.families
    assert families is not None and len(families) > 1
    sizes = [len(family) for family in families.ordered()]
    refused: list[str] = []

    def changed_meanwhile(route: Route) -> None:
        # As the server answers where somebody decided between the page's legend and its colours.
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=204)

    page.route("**/tones/**", changed_meanwhile)
    visit(page, app, "map", map="pca", colour="*family")
    canvas = wait_for_map(page)
    expect(canvas).to_have_attribute("data-ties", str(sum(sizes) - len(sizes)))
    legend = page.get_by_test_id("imgsim-legend")
    expect(legend).to_contain_text("in no family")
    legend.locator(".entry").first.click()  # the largest alone, with its ties alone
    expect(canvas).to_have_attribute("data-shown", str(max(sizes)))
    expect(canvas).to_have_attribute("data-ties", str(max(sizes) - 1))
    settle(page)

    assert refused  # and the page was drawn anew: the legend comes with its colours only
    page.unroute("**/tones/**")

    # What is proven: counts of the whole sample, and one entry alone.
    values = proven(sample)
    choice = page.get_by_role("combobox", name=re.compile("Colour by"))
    choice.click()
    page.get_by_role("option", name="What is proven").click()
    entry = legend.locator("[data-entry='mirrored']")
    expect(entry).to_contain_text(str(values.count("mirrored")))
    expect(legend.locator("[data-entry='nothing proven']")).to_contain_text(str(values.count("nothing proven")))
    entry.click()
    expect(canvas).to_have_attribute("data-shown", str(values.count("mirrored")))
    settle(page)
    assert (state_of(page)["colour"], state_of(page)["legend"]) == ("*verdict", "only|mirrored")

    # A legend of 30 entries, built by the page's own script, for the sample has no so many values.
    page.evaluate(
        """async () => {
          const { Legend } = await import("/_stcore/bidi-components/imgsim.plate_map/plate_map/map_legend.js");
          const pressed = [];
          const legend = new Legend((place, but) => pressed.push([place, but]));
          legend.node.id = "long";
          const names = Array.from({ length: 30 }, (_, number) => `Herbal ${number}`);
          const data = { palette: names, names, counts: null, missing: 2, unknown: "not known", none: "#ccc" };
          const marks = { neighbours: [], verified: null, query: null };
          legend.update({ ...data, ...marks, legend: "Book", chosen: [], but: false }, names.map(() => [90, 90, 90]));
          Object.assign(window, { pressed });
          document.body.prepend(legend.node);
        }"""
    )
    long = page.locator("#long")
    more = long.get_by_test_id("imgsim-legend-more")
    expect(more).to_have_text("19 more")
    for opened in ("true", "false", "true"):
        assert more.get_attribute("aria-expanded") != opened
        more.evaluate("(button) => button.click()") if opened == "false" else more.press("Enter")
        expect(more).to_have_attribute("aria-expanded", opened)
        expect(long.locator("[data-entry='Herbal 29']")).to_be_visible(visible=opened == "true")
    expect(long.locator("[data-entry='not known']")).to_be_visible()
    long.locator("[data-entry='Herbal 29']").press("Enter")
    assert page.evaluate("window.pressed") == [[29, False]]


def test_regions_are_labelled_until_the_labels_are_switched_off(page: Page, app: Served, sample: Collection) -> None:
    labels = map_labels(sample.catalogue, sample.projection(sample.backbones[0], "pca"))
    assert labels
    visit(page, app, "map", map="pca")
    canvas = wait_for_map(page)
    over = page.get_by_test_id("imgsim-regions").locator("span")
    expect(canvas).to_have_attribute("data-regions", re.compile("[1-9]"))
    said = over.all_inner_texts()
    assert {*said} <= {", ".join(label.words) for label in labels}
    boxes = [box for box in (one.bounding_box() for one in over.all()) if box]
    for at, one in enumerate(boxes):
        for other in boxes[:at]:
            aside = abs(one["x"] + one["width"] / 2 - other["x"] - other["width"] / 2)
            above = abs(one["y"] + one["height"] / 2 - other["y"] - other["height"] / 2)
            assert aside >= (one["width"] + other["width"]) / 2 or above >= (one["height"] + other["height"]) / 2
    expect(page.get_by_text("Labels on the map:")).to_be_visible()
    page.get_by_test_id("imgsim-labelled").click()
    expect(over).to_have_count(0)
    settle(page)
    assert state_of(page)["labels"] == "no"
    expect(page.get_by_text("Labels on the map:")).to_have_count(0)
    page.get_by_test_id("imgsim-labelled").click()
    expect(over).to_have_text(said)


def test_another_projection_moves_the_points(page: Page, app: Served) -> None:
    visit(page, app, "map", map="pca")
    wait_for_map(page)
    before = [point(page, row) for row in range(6)]
    page.get_by_role("radio", name="t-SNE").or_(page.get_by_role("button", name="t-SNE")).first.click()
    settle(page)
    page.wait_for_timeout(500)
    assert state_of(page)["map"] == "tsne"
    assert [point(page, row) for row in range(6)] != before
