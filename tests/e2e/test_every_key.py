"""Every key that Help lists is pressed in the browser, and does there what Help says it does."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from imgsim.app.components import keyboard
from imgsim.app.components.keyboard import Key
from imgsim.collection import Collection, open_collection
from imgsim.collection.decided import reviews_of
from imgsim.reviews import TAKEN_BACK
from tests.conftest import offline
from tests.e2e.conftest import Watch
from tests.e2e.scenes import facts
from tests.e2e.serving import Served, serve, settle
from tests.e2e.test_app_in_browser import arrive, ids, neighbours_of, on_map, state_of, visit, wait_for_map
from tests.e2e.test_keyboard import CARD, tab_to
from tests.e2e.test_review import shown, sign

_ARROWS = ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp")
_STROKES = {"←": "ArrowLeft", "→": "ArrowRight", "−": "-", "Esc": "Escape"}
_FOCUS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return [element?.tagName, element?.textContent.slice(0, 80), element?.closest('li')?.dataset.id ?? ''].join('|');
}"""
Acts = Mapping[str, Callable[[str], None]]  # what a key does -> presses such a stroke, and looks whether it did


def strokes(key: Key) -> list[str]:
    """What is pressed for a key of the list, each in its turn: `Shift+ArrowLeft` is one stroke."""
    caps = list(key.caps)
    held = "Shift+" if caps[0] == "Shift" else ""
    if "–" in caps:
        return [str(number) for number in range(int(caps[0]), int(caps[2]) + 1)]
    return [
        held + stroke
        for cap in (caps[1:] if held else caps)
        for stroke in (_ARROWS if cap == "arrows" else (_STROKES.get(cap, cap),))
    ]


def try_all(held: Sequence[Key], acts: Acts) -> None:
    """Press all these keys, in their order; a key that nobody tries is an error."""
    assert set(acts) == {key.does for key in held}
    for key in held:
        for stroke in strokes(key):
            acts[key.does](stroke)


def changes(page: Page, reading: Callable[[], Any]) -> Callable[[str], None]:
    """A stroke changes what is read."""

    def press(stroke: str) -> None:
        before = reading()
        page.keyboard.press(stroke)
        until(page, lambda: reading() != before, f"{stroke} changed nothing: {before}")

    return press


def until(page: Page, true: Callable[[], bool], otherwise: str) -> None:
    """Wait for what a stroke brings about; Python may have to answer first."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, otherwise
        page.wait_for_timeout(50)  # the address is told meanwhile, which a sleep would not let happen


@pytest.fixture(scope="module")
def sample(prepared: Path) -> Collection:
    return open_collection(prepared / "sample")


@pytest.fixture(scope="module")
def desk(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    """An app with a copy of the sample, for decisions are written here; and the collection's folder."""
    folder = tmp_path_factory.mktemp("keys")
    shutil.copytree(prepared / "sample", folder / "sample")
    with serve(folder, environ=offline(folder / "calls.txt")) as served:
        yield served, folder / "sample"
        said = served.said()
    assert "Traceback" not in said, said


@pytest.fixture
def judging(context: BrowserContext, desk: tuple[Served, Path]) -> Iterator[Page]:
    opened = context.new_page()
    watch = Watch(urlsplit(desk[0].url).netloc)
    watch.attach(opened)
    yield opened
    assert (watch.foreign, watch.errors, watch.failed) == ([], [], [])


def test_help_lists_the_keys_that_are_tried_here() -> None:
    tried = (
        keyboard.EVERYWHERE, keyboard.GRID, keyboard.MAP, keyboard.PLATE, keyboard.VIEWER, keyboard.BOX,
        keyboard.COMPARE, keyboard.STRIPS, keyboard.DESK, keyboard.DECIDE,
    )  # fmt: skip
    assert tuple(held for _, held in keyboard.LISTED) == tried
    assert strokes(Key(("1", "–", "6"), "")) == list("123456")
    assert strokes(Key(("Shift", "arrows"), ""))[0] == "Shift+ArrowRight"


def test_everywhere_and_on_a_wall_of_plates(page: Page, app: Served) -> None:
    visit(page, app, sort="plate_id")

    def focus() -> str:
        return str(page.evaluate(_FOCUS))

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

    def place() -> Any:
        found = canvas.evaluate("(canvas) => canvas.imgsimLocate(0)")
        return found["x"], found["y"], on_map(page, "zoom")

    try_all(
        keyboard.MAP,
        {
            "to the nearest plate that way": changes(page, lambda: on_map(page, "finger")),
            "query it": query,
            "select it, or not": select,
            "move the map": changes(page, place),
            "zoom in, out, show all": zooms(page, canvas),
            "clear the selection": clear,
        },
    )


def zooms(page: Page, stage: Locator) -> Callable[[str], None]:
    """In, out again, and all of it."""

    def zoom() -> float:
        return float(stage.get_attribute("data-zoom") or "nan")

    def press(stroke: str) -> None:
        if stroke == "0":
            page.keyboard.press("+")
        before = zoom()
        page.keyboard.press(stroke)
        reached = {"+": lambda: zoom() > before, "-": lambda: zoom() < before, "0": lambda: zoom() == 1.0}[stroke]
        until(page, reached, f"{stroke} leaves the zoom at {before}")

    return press


def test_on_a_plate(page: Page, app: Served, sample: Collection) -> None:
    row = next(row for row in range(len(sample.catalogue)) if all(sample.catalogue.previous_next(row)))
    plate = str(sample.catalogue.plate_ids[row])
    before, _ = sample.catalogue.previous_next(row)
    visit(page, app, "plate", plate=plate)

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
    try_all(keyboard.VIEWER, {"move the plate": moved, "zoom in, out, show all": zooms(page, viewer)})

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


def test_on_compare(page: Page, app: Served, sample: Collection) -> None:
    known = facts(sample)
    visit(page, app, "compare", plate=known["plate"], **{"with": known["with"]})
    stage = page.get_by_test_id("imgsim-compare")
    expect(stage).to_have_attribute("data-state", "ready")
    modes: list[str] = []

    def mode(stroke: str) -> None:
        page.keyboard.press(stroke)
        label = page.locator(f"[data-mode][aria-keyshortcuts='{stroke}']")
        expect(label).to_have_attribute("aria-pressed", "true")
        expect(stage).to_have_attribute("data-mode", str(label.get_attribute("data-mode")))
        modes.append(str(stage.get_attribute("data-mode")))
        settle(page)

    def step(stroke: str) -> None:
        # First back from the second neighbour, then on again.
        if stroke == "ArrowLeft":
            changes(page, lambda: state_of(page)["with"])("ArrowRight")
            settle(page)
        changes(page, lambda: state_of(page)["with"])(stroke)
        settle(page)
        expect(stage).to_have_attribute("data-state", "ready")

    def back(stroke: str) -> None:
        page.keyboard.press(stroke)
        arrive(page, "plate")

    def moves(stroke: str) -> None:
        if stage.get_attribute("data-zoom") == "1.000":  # what is narrower than the stage has nowhere to go
            for _ in range(6):
                page.keyboard.press("+")
            expect(stage).to_have_attribute("data-zoom", "7.530")
        changes(page, lambda: hashlib.sha256(stage.screenshot()).hexdigest())(stroke)

    try_all(
        keyboard.COMPARE,
        {
            "swap": changes(page, lambda: stage.get_attribute("data-shown")),
            "mode": mode,
            "neighbours": step,
            "zoom": zooms(page, stage),
            "move": moves,
            "back to Plate": back,
        },
    )
    assert len(set(modes)) == 6


def test_on_a_strip(page: Page, app: Served) -> None:
    visit(page, app, "reuse")
    strip = page.get_by_test_id("imgsim-strips").locator("ol").first
    order = ids(strip.locator("li"))
    assert len(order) > 1
    tab_to(page, "[data-testid=imgsim-plate]")

    def focus() -> str:
        return str(page.evaluate(_FOCUS)).rpartition("|")[2]

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


def test_on_review(judging: Page, desk: tuple[Served, Path]) -> None:
    page, (served, folder) = judging, desk
    reviews = reviews_of(folder)
    page.goto(f"{served.url}/review?collection=sample")
    settle(page)
    sign(page)

    def decides(decision: str) -> Callable[[str], None]:
        def press(stroke: str) -> None:
            pair = shown(page)
            page.keyboard.press(stroke)
            until(page, lambda: shown(page) != pair, f"{stroke} decides nothing")
            settle(page)
            last = reviews.all()[-1]
            assert (last.pair, last.decision) == (tuple(sorted(pair)), decision)

        return press

    def takes_back(stroke: str) -> None:
        decided = reviews.all()[-1].pair
        page.keyboard.press(stroke.lower())
        until(page, lambda: reviews.all()[-1].decision == TAKEN_BACK, f"{stroke} takes nothing back")
        settle(page)
        assert tuple(sorted(shown(page))) == decided

    def skips(stroke: str) -> None:
        pair, before = shown(page), len(reviews.all())
        page.keyboard.press(stroke.lower())
        until(page, lambda: shown(page) != pair, f"{stroke} skips nothing")
        settle(page)
        assert len(reviews.all()) == before

    def opens(stroke: str) -> None:
        pair = shown(page)
        page.keyboard.press(stroke.lower())
        arrive(page, "compare")
        assert {state_of(page)["plate"], state_of(page)["with"]} == set(pair)

    try_all(
        keyboard.DESK,
        {
            **{key.does: decides(key.does) for key in keyboard.REVIEW},
            "take back your last decision": takes_back,
            "leave the pair for later": skips,
            "open it in Compare": opens,
        },
    )


def test_letters_decide_on_compare(judging: Page, desk: tuple[Served, Path], sample: Collection) -> None:
    page, (served, folder) = judging, desk
    reviews, known = reviews_of(folder), facts(sample)
    page.goto(f"{served.url}/compare?collection=sample&plate={known['plate']}&with={known['with']}")
    expect(page.get_by_test_id("imgsim-compare")).to_have_attribute("data-state", "ready")
    settle(page)
    sign(page)
    pair = tuple(sorted((known["plate"], known["with"])))

    def decides(decision: str) -> Callable[[str], None]:
        def press(stroke: str) -> None:
            before = len(reviews.all())
            page.keyboard.press(stroke.lower())
            until(page, lambda: len(reviews.all()) == before + 1, f"{stroke} decides nothing")
            settle(page)
            assert (reviews.all()[-1].pair, reviews.all()[-1].decision) == (pair, decision)

        return press

    decisions = [key for key in keyboard.DECIDE if key.caps != (keyboard.UNDO,)]
    assert len(decisions) == len(keyboard.REVIEW)
    try_all(
        keyboard.DECIDE,
        {**{key.does: decides(key.does) for key in decisions}, "take back your last decision": decides(TAKEN_BACK)},
    )
