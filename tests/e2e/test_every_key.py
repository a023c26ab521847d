"""Every key that Help lists is pressed in the browser, and does what Help says: those of looking at plates."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from imgsim.app.components import keyboard
from imgsim.app.components.keyboard import Key
from imgsim.collection import Collection
from tests.e2e.looking import arrive, ids, neighbours_of, on_map, state_of, visit, wait_for_map
from tests.e2e.pressing import CARD, FOCUS, changes, strokes, tab_to, try_all, until, zooms
from tests.e2e.serving import Served, settle


def test_help_lists_the_keys_that_are_tried_here() -> None:
    tried = (
        keyboard.EVERYWHERE, keyboard.GRID, keyboard.MAP, keyboard.PLATE, keyboard.VIEWER, keyboard.BOX,
        keyboard.COMPARE, keyboard.PAGES, keyboard.PAGE_BOXES, keyboard.STRIPS, keyboard.DESK, keyboard.DECIDE,
    )  # fmt: skip
    assert tuple(held for _, held in keyboard.LISTED) == tried
    assert strokes(Key(("1", "–", "6"), "")) == list("123456")
    assert strokes(Key(("Shift", "arrows"), ""))[0] == "Shift+ArrowRight"
    assert strokes(Key(("Ctrl", "Shift", "Z"), "")) == ["Control+Shift+Z"]


def test_everywhere_and_on_a_wall_of_plates(page: Page, app: Served) -> None:
    visit(page, app, sort="plate_id")

    def focus() -> str:
        return str(page.evaluate(FOCUS))

    def press_what_has_the_focus(stroke: str) -> None:
        page.get_by_role("button", name="Export …").focus()
        page.keyboard.press(stroke)
        expect(page.get_by_role("dialog")).to_be_visible()
        settle(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)

    try_all(
        keyboard.EVERYWHERE,
        {
            "to the next part of the page; Shift with Tab goes back": changes(page, focus),
            "press what has the frame round it": press_what_has_the_focus,
        },
    )
    order = ids(page.locator("[data-testid=imgsim-grid][aria-label='Plates'] li"))
    tab_to(page, CARD)
    assert focus().endswith(order[0])

    def ends(stroke: str) -> None:
        page.keyboard.press(stroke)
        assert focus().endswith(order[0] if stroke == "Home" else order[-1])

    def opens(stroke: str) -> None:
        page.keyboard.press(stroke)
        arrive(page, "plate")
        assert state_of(page)["plate"] == order[-1]

    try_all(
        keyboard.GRID,
        {"from plate to plate": changes(page, focus), "first, last": ends, "open the plate": opens},
    )


def test_on_the_map(page: Page, app: Served, sample: Collection) -> None:
    visit(page, app, "map", map="pca")
    canvas = wait_for_map(page)
    tab_to(page, "[data-testid=imgsim-map]")

    def query(stroke: str) -> None:
        row = on_map(page, "finger")
        page.keyboard.press(stroke)
        expect(canvas).to_have_attribute("data-query", row)
        settle(page)
        assert state_of(page)["plate"] == sample.catalogue.plate_ids[int(row)]

    def select(stroke: str) -> None:
        for number in ("1", "0", "1"):
            page.keyboard.press(stroke)
            expect(canvas).to_have_attribute("data-selected", number)

    def clear(stroke: str) -> None:
        expect(canvas).to_have_attribute("data-selected", "1")
        page.keyboard.press(stroke)
        expect(canvas).to_have_attribute("data-selected", "0")

    def back(stroke: str) -> None:
        page.keyboard.press("+")
        expect(canvas).not_to_have_attribute("data-zoom", "1.000")
        page.keyboard.press(stroke)
        expect(canvas).to_have_attribute("data-zoom", "1.000")

    def place() -> Any:
        found = canvas.evaluate("(canvas) => canvas.imgsimLocate(0)")
        return found["x"], found["y"], on_map(page, "zoom")

    try_all(
        keyboard.MAP,
        {
            "to the nearest plate that way": changes(page, lambda: on_map(page, "finger")),
            "see its neighbours": query,
            "select it, or not": select,
            "move the map": changes(page, place),
            "zoom in, out, show all": zooms(page, canvas),
            "back to all plates": back,
            "clear the selection": clear,
        },
    )


def test_on_a_plate(page: Page, app: Served, sample: Collection) -> None:
    row = next(row for row in range(len(sample.catalogue)) if all(sample.catalogue.previous_next(row)))
    plate = str(sample.catalogue.plate_ids[row])
    before, _ = sample.catalogue.previous_next(row)
    visit(page, app, "plate", plate=plate)
    # A letter counts as soon as its button is seen, and while another key is still held.
    page.keyboard.down("k")
    page.keyboard.press("n")
    page.keyboard.up("k")
    until(page, lambda: state_of(page)["plate"] != plate, "N is lost while another key is held")
    settle(page)
    page.keyboard.press("p")
    until(page, lambda: state_of(page)["plate"] == plate, "P does not lead back")
    settle(page)

    def turn(stroke: str) -> None:
        page.keyboard.press(stroke.lower())
        wanted = before if stroke == keyboard.PREVIOUS_PLATE else plate
        until(page, lambda: state_of(page)["plate"] == wanted, f"{stroke} does not lead to {wanted}")
        settle(page)

    try_all(keyboard.PLATE, {"previous and next plate of the book": turn})
    viewer = page.get_by_test_id("imgsim-viewer")
    expect(viewer).to_have_attribute("data-state", "ready")
    tab_to(page, "[data-testid=imgsim-viewer]")
    page.keyboard.press("+")  # what is shown whole has nowhere to go
    page.keyboard.press("+")
    moved = changes(page, lambda: viewer.locator("img").first.evaluate("image => image.style.transform"))
    inverted = changes(page, lambda: viewer.evaluate("stage => stage.style.getPropertyValue('--look')"))
    try_all(
        keyboard.VIEWER,
        {
            "move the plate": moved, "zoom in, out, show all": zooms(page, viewer), "turn it by a quarter": moved,
            "flip it, left for right": moved, "black for white": inverted,
        },
    )  # fmt: skip
    for stroke in "frrr":  # the plate lies as before
        page.keyboard.press(stroke)

    def box() -> list[float]:
        return [float(edge) for edge in (viewer.get_attribute("data-box") or "").split(",") if edge]

    def sizes(stroke: str) -> None:
        left, top, right, bottom = box()
        page.keyboard.press(stroke)
        until(page, lambda: box() != [left, top, right, bottom], f"{stroke} does not size the box")
        assert box()[:2] == [left, top]

    def moves(stroke: str) -> None:
        left, top, right, bottom = box()
        page.keyboard.press(stroke)
        until(page, lambda: box() != [left, top, right, bottom], f"{stroke} does not move the box")
        now = box()
        assert now[2] - now[0] == pytest.approx(right - left, abs=3e-4)
        assert now[3] - now[1] == pytest.approx(bottom - top, abs=3e-4)

    def searches(stroke: str) -> None:
        drawn = box()
        page.keyboard.press(stroke)
        expect(page.get_by_role("heading", name="Plates with this detail")).to_be_visible(timeout=30_000)
        assert [float(edge) for edge in state_of(page)["box"].split("-")] == pytest.approx(drawn, abs=2e-4)
        settle(page)

    def clears(stroke: str) -> None:
        page.keyboard.press(stroke)
        until(page, lambda: "box" not in state_of(page) and box() == [], f"{stroke} does not clear the box")
        settle(page)
        page.keyboard.press("b")
        assert box()
        page.keyboard.press(stroke)
        until(page, lambda: box() == [], f"{stroke} does not leave the box")

    # Made smaller first, so that it can go every way.
    def begins(stroke: str) -> None:
        page.keyboard.press(stroke.lower())
        assert box()
        for _ in range(4):
            page.keyboard.press("Shift+ArrowLeft")
            page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")

    try_all(
        keyboard.BOX,
        {
            "a box on the plate": begins, "move the box": moves, "make it larger or smaller": sizes,
            "search for what is in it": searches, "leave it, clear it": clears,
        },
    )  # fmt: skip


def test_on_a_strip(page: Page, app: Served) -> None:
    visit(page, app, "reuse")
    strip = page.get_by_test_id("imgsim-strips").locator("ol").first
    order = ids(strip.locator("li"))
    assert len(order) > 1
    tab_to(page, "[data-testid=imgsim-plate]")

    def focus() -> str:
        return str(page.evaluate(FOCUS)).rpartition("|")[2]

    def along(stroke: str) -> None:
        at = order.index(focus())
        if stroke == "ArrowLeft" and at == 0:
            page.keyboard.press("ArrowRight")
            at = 1
        page.keyboard.press(stroke)
        assert focus() == order[at + (1 if stroke == "ArrowRight" else -1)]

    def ends(stroke: str) -> None:
        page.keyboard.press(stroke)
        assert focus() == (order[0] if stroke == "Home" else order[-1])

    def opens(stroke: str) -> None:
        page.keyboard.press(stroke)
        arrive(page, "plate")
        assert state_of(page)["plate"] == order[-1]

    try_all(
        keyboard.STRIPS,
        {"along a strip": along, "earliest, latest": ends, "open the plate, or Compare": opens},
    )
    assert neighbours_of(page)
