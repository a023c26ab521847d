"""The map in a real browser: clicks, a box, another projection."""

from __future__ import annotations

import re
from urllib.parse import quote

from playwright.sync_api import Page, expect

from imgsim.collection import Collection
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

    # Another colour is asked for to be seen: what was not found is faint no longer, what was found stays marked.
    expect(canvas).to_have_attribute("data-faint", "true")
    page.get_by_label("Colour by").click()
    page.get_by_role("option", name="Book", exact=True).click()
    expect(canvas).to_have_attribute("data-faint", "false")
    expect(canvas).to_have_attribute("data-found", str(len(by_word[other])))
    settle(page)

    rows = by_word["London"]
    field.fill("")
    field.press_sequentially("lóndon")
    expect(said).to_have_text(f"{len(rows)} found")
    expect(canvas).to_have_attribute("data-faint", "true")
    expect(canvas).to_have_attribute("data-found", str(len(rows)))
    for row, key in ((rows[0], "Enter"), (rows[1], "Enter"), (rows[0], "Shift+Enter")):
        field.press(key)
        expect(canvas).to_have_attribute("data-finger", str(row))
        box, place = canvas.bounding_box(), point(page, row)
        assert box and abs(place[0] - box["x"] - box["width"] / 2) < 2
        assert abs(place[1] - box["y"] - box["height"] / 2) < 2
    expect(said).to_have_text(f"1 of {len(rows)}")
    # Whoever was led to a plate looks at what lies round it.
    expect(canvas).to_have_attribute("data-faint", "false")
    expect(canvas).to_have_attribute("data-found", str(len(rows)))
    settle(page)
    assert state_of(page)["sought"] == "lóndon"

    field.press("Escape")
    expect(canvas).to_have_attribute("data-found", "0")
    expect(said).to_have_text("")
    expect(page).not_to_have_url(re.compile("sought="))

    # The legend: a place alone, by keyboard, and all but it, by a click with Ctrl.
    page.get_by_label("Colour by").click()
    page.get_by_role("option", name="Place", exact=True).click()
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


# Whether anything is drawn on a canvas.
DRAWN = "node => node.getContext('2d').getImageData(0, 0, node.width, node.height).data.some(Boolean)"


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
    # A box, or a lasso, may begin beneath the corner: it is drawn, and the view stays.
    centre = on_map(page, "centre")
    for begun in ("Shift", "imgsim-mode-lasso"):
        page.keyboard.down(begun) if begun == "Shift" else page.get_by_test_id(begun).click()
        page.mouse.move(box["x"] + 8, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 8, box["y"] + 300, steps=3)
        assert page.locator(".pencil").evaluate(DRAWN)
        page.mouse.up()
        page.keyboard.up("Shift")
    assert on_map(page, "centre") == centre
    page.get_by_test_id("imgsim-mode-pan").click()
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

    # Nor is the map left empty without a word where a filter leaves no plate.
    visit(page, app, "map", map="pca", text="zzzzqqq")
    expect(page.get_by_text("No plate is left. Take back a filter")).to_be_visible()
    page.get_by_role("button", name="Show all plates").click()
    expect(page.get_by_text("No plate is left. Take back a filter")).to_be_hidden()


def test_another_projection_moves_the_points(page: Page, app: Served) -> None:
    visit(page, app, "map", map="pca")
    wait_for_map(page)
    before = [point(page, row) for row in range(6)]
    page.get_by_role("radio", name="t-SNE").or_(page.get_by_role("button", name="t-SNE")).first.click()
    settle(page)
    page.wait_for_timeout(500)
    assert state_of(page)["map"] == "tsne"
    assert [point(page, row) for row in range(6)] != before
