"""The whole way without a pointer: Browse, a neighbour, Compare and back, the map, a box on a plate."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from imgsim.app.components import keyboard
from imgsim.collection import Collection
from tests.e2e.looking import arrive, ids, neighbours_of, on_map, state_of, visit, wait_for_map
from tests.e2e.pressing import ACTION, CARD, focused, tab_to
from tests.e2e.scenes import facts
from tests.e2e.serving import Served, settle


def test_from_browse_to_a_neighbour_to_compare_and_back(page: Page, app: Served, sample: Collection) -> None:
    query = facts(sample)["plate"]
    visit(page, app, sort="plate_id")
    shown = ids(page.locator("[data-testid=imgsim-grid][aria-label='Plates'] li"))
    tab_to(page, CARD)
    for _ in range(shown.index(query)):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    arrive(page, "plate")
    assert state_of(page)["plate"] == query

    # among the neighbours, and on from one of them
    listed = neighbours_of(page)
    tab_to(page, CARD)
    page.keyboard.press("Enter")
    settle(page)
    assert state_of(page)["plate"] == listed[0]
    expect(page.get_by_test_id("imgsim-viewer")).to_have_attribute("data-state", "ready")

    # its first neighbour beside it
    other = neighbours_of(page)[0]
    tab_to(page, ACTION)
    page.keyboard.press("Enter")
    arrive(page, "compare")
    assert (state_of(page)["plate"], state_of(page)["with"]) == (listed[0], other)
    stage = page.get_by_test_id("imgsim-compare")
    expect(stage).to_have_attribute("data-state", "ready")
    expect(stage).to_have_attribute("data-shown", "a")
    page.keyboard.press("Space")
    expect(stage).to_have_attribute("data-shown", "b")
    page.keyboard.press("4")
    expect(stage).to_have_attribute("data-mode", "swipe")
    page.keyboard.press("Escape")
    arrive(page, "plate")
    assert state_of(page)["plate"] == listed[0]


def test_the_map_goes_from_plate_to_plate(page: Page, app: Served, sample: Collection) -> None:
    visit(page, app, "map", map="pca")
    canvas = wait_for_map(page)
    tab_to(page, "[data-testid=imgsim-map]")
    expect(page.locator(".stage > .keys").first).to_be_visible()
    page.keyboard.press("ArrowRight")  # the first step begins next to the middle
    place = "(canvas) => canvas.imgsimLocate(Number(canvas.dataset.finger))"
    start = canvas.evaluate(place)
    rows = [on_map(page, "finger")]
    page.keyboard.press("ArrowRight")
    rows.append(on_map(page, "finger"))
    page.keyboard.press("ArrowUp")
    rows.append(on_map(page, "finger"))
    assert len(set(rows)) == 3
    assert canvas.evaluate(place)["x"] > start["x"] or canvas.evaluate(place)["y"] < start["y"]
    assert on_map(page, "hovered") == rows[-1]
    title = sample.catalogue.short_title(int(rows[-1]))
    expect(page.locator(".heard")).to_contain_text(title[:20])

    page.keyboard.press("Space")
    expect(canvas).to_have_attribute("data-selected", "1")
    page.keyboard.press("Enter")
    expect(canvas).to_have_attribute("data-query", rows[-1])
    settle(page)
    assert state_of(page)["plate"] == sample.catalogue.plate_ids[int(rows[-1])]

    # moved and enlarged about the plate under the finger, which stays in sight
    for key in ("+", "+", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    assert float(on_map(page, "zoom")) > 1.5
    page.keyboard.press("ArrowLeft")
    assert canvas.evaluate(place)["inside"]
    page.keyboard.press("Escape")
    expect(canvas).to_have_attribute("data-selected", "0")
    expect(canvas).to_have_attribute("data-finger", "")


def test_a_box_is_drawn_and_searched_for(page: Page, app: Served, sample: Collection) -> None:
    visit(page, app, "plate", plate=facts(sample)["plate"])
    viewer = page.get_by_test_id("imgsim-viewer")
    expect(viewer).to_have_attribute("data-state", "ready")

    def box() -> list[float]:
        return [float(edge) for edge in (viewer.get_attribute("data-box") or "").split(",")]

    tab_to(page, "[data-testid=imgsim-viewer]")
    page.keyboard.press("b")
    first = box()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowUp")
    moved = box()
    assert moved[1] == pytest.approx(first[1] + 0.02, abs=1e-3)
    assert moved[3] == pytest.approx(first[3], abs=1e-3)
    page.keyboard.press("Escape")
    expect(viewer).to_have_attribute("data-box", "")
    assert "box" not in state_of(page)

    page.keyboard.press("b")
    page.keyboard.press("Shift+ArrowDown")
    drawn = box()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Plates with this detail")).to_be_visible()
    kept = [float(edge) for edge in state_of(page)["box"].split("-")]
    assert kept == pytest.approx(drawn, abs=2e-4)
    expect(viewer).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Plates with this detail")).to_have_count(0)
    settle(page)
    assert "box" not in state_of(page)


def test_the_focus_can_be_seen(page: Page, app: Served) -> None:
    """Links, buttons and the page itself look other with the focus; Streamlit frames its own fields, a moment later."""
    visit(page, app)
    look = """() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const seen = () => {
        const { outlineStyle, boxShadow, borderColor, backgroundColor } = getComputedStyle(element);
        return [outlineStyle, boxShadow, borderColor, backgroundColor].join();
      };
      const before = seen();
      element.blur();
      const after = seen();
      element.focus({ focusVisible: true });
      return { tag: element.tagName, what: element.outerHTML.slice(0, 160), differs: before !== after };
    }"""
    met = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        found = page.evaluate(look)
        if found["tag"] != "INPUT":
            met.add(found["tag"])
            assert found["differs"], found["what"]
        if focused(page, CARD):
            break
    assert {"A", "BUTTON", "SUMMARY", "MAIN"} <= met
    assert focused(page, CARD)


@pytest.mark.parametrize("name", ["map", "plate", "compare"])
def test_the_keys_that_help_lists_are_said_on_the_page(
    page: Page, app: Served, sample: Collection, name: str
) -> None:
    known = facts(sample)
    visit(page, app, name, plate=known["plate"], **({"with": known["with"]} if name == "compare" else {}))
    held = {"map": keyboard.MAP, "plate": keyboard.VIEWER + keyboard.BOX, "compare": keyboard.COMPARE}[name]
    said = page.locator("p.keys").first
    for key in held:
        expect(said).to_contain_text(key.does)
