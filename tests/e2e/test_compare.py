"""Compare in a real browser: two plates laid on each other, by every mode, by hand and by keys."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from imgsim.collection import Collection, open_collection
from imgsim.sources.sample.planning import plan
from tests.conftest import SAMPLE
from tests.e2e.serving import Served, settle
from tests.e2e.test_app_in_browser import state_of
from tests.placing import common_places

MODES = ("flicker", "opacity", "overlay", "swipe", "side", "difference")
PLAN = plan(SAMPLE, 18)
SPECS = dict(PLAN.plates)


def pairs(kind: str) -> list[tuple[str, str]]:
    """Pairs of the sample of one kind."""
    return [(a, b) for a, b, of in PLAN.pairs if of == kind]


@pytest.fixture(scope="module")
def sample(prepared: Path) -> Collection:
    return open_collection(prepared / "sample")


def open_pair(page: Page, app: Served, a: str, b: str, **state: str) -> Locator:
    """Open two plates in Compare and wait until they are drawn; returns the stage."""
    state = {"collection": "sample", "plate": a, "with": b, **state}
    page.goto(f"{app.url}/compare?" + "&".join(f"{name}={value}" for name, value in state.items()))
    return ready(page)


def ready(page: Page) -> Locator:
    stage = page.get_by_test_id("imgsim-compare")
    expect(stage).to_have_attribute("data-state", "ready", timeout=60_000)
    settle(page)
    drawn(page)
    return stage


def drawn(page: Page) -> None:
    """Wait until what was asked for is on the screen."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_timeout(120)


def pixels(stage: Locator) -> np.ndarray:
    """What the stage shows: float (h, w, 3)."""
    return np.asarray(Image.open(io.BytesIO(stage.screenshot())).convert("RGB"), float)


def mode(page: Page, stage: Locator, name: str) -> np.ndarray:
    """Choose a mode by its key, and return what it shows."""
    page.keyboard.press(str(MODES.index(name) + 1))
    expect(stage).to_have_attribute("data-mode", name)
    drawn(page)
    return pixels(stage)


def coloured(image: np.ndarray) -> tuple[float, float]:
    """How much of a difference map is orange, and how much is blue; the letters in the corners are left out."""
    image = image[60:]
    red, green, blue = np.moveaxis(image, 2, 0)
    return float(((red > 185) & (blue < 80) & (green < 140)).mean()), float(
        ((red < 60) & (blue > 140)).mean()
    )


@pytest.mark.parametrize(("a", "b"), pairs("mirrored"))
def test_a_mirrored_pair_is_laid_within_three_pixels(page: Page, app: Served, a: str, b: str) -> None:
    stage = open_pair(page, app, a, b)
    here, there = common_places(SPECS[a], SPECS[b])
    got = stage.evaluate("(stage, places) => places.map(([x, y]) => stage.imgsimToB(x, y))", here.tolist())
    off = np.linalg.norm(np.array(got) - there, axis=1)
    assert np.median(off) < 3, np.median(off)
    if SPECS[a].wander == SPECS[b].wander:  # a counterproof: the very same lines
        assert off.max() < 1
    expect(page.get_by_text("The same image, mirrored")).to_be_visible()
    # what the browser draws lies there too: where both have ink it is black, and little is in one colour alone
    image = mode(page, stage, "overlay")[60:]
    dark = (image.max(axis=2) < 90).mean()
    assert dark > 0.004


def test_space_swaps_and_the_other_plate_is_seen(page: Page, app: Served) -> None:
    a, b = pairs("reprint")[0]
    stage = open_pair(page, app, a, b)
    expect(stage).to_have_attribute("data-shown", "a")
    first = pixels(stage)
    page.keyboard.press("Space")
    expect(stage).to_have_attribute("data-shown", "b")
    drawn(page)
    second = pixels(stage)
    assert np.abs(first - second).mean() > 0.5
    page.keyboard.press("Space")
    drawn(page)
    assert np.abs(first - pixels(stage)).mean() < 0.05
    # a click on a button does not take the keys away
    page.get_by_test_id("imgsim-swap").click()
    expect(stage).to_have_attribute("data-shown", "b")
    page.keyboard.press("Space")
    expect(stage).to_have_attribute("data-shown", "a")


def test_the_opacity_slider_goes_from_a_to_b(page: Page, app: Served) -> None:
    a, b = pairs("mirrored")[0]
    stage = open_pair(page, app, a, b)
    alone = {}
    for which in ("a", "b"):
        alone[which] = pixels(stage)[60:]
        page.keyboard.press("Space")
        drawn(page)
    mode(page, stage, "opacity")
    slider = page.get_by_test_id("imgsim-opacity")
    shown = []
    for value in (0, 30, 60, 100):
        slider.evaluate(
            "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value
        )
        drawn(page)
        shown.append(pixels(stage)[60:])
    assert np.abs(shown[0] - alone["a"]).mean() < 0.05
    assert np.abs(shown[-1] - alone["b"]).mean() < 0.05
    away = [float(np.abs(image - shown[0]).mean()) for image in shown]
    assert away == sorted(away) and away[1] > 0.1 and away[1] < 0.6 * away[3]


def test_changing_mode_slider_and_zoom_never_asks_the_server(page: Page, app: Served) -> None:
    a, b = pairs("reprint")[0]
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    asked: list[str] = []
    stage = open_pair(page, app, a, b)
    page.wait_for_timeout(500)
    page.on("request", lambda request: asked.append(request.url))
    before = len(sent)
    assert before
    seen = [mode(page, stage, name) for name in MODES]
    for first, second in pairwise(seen):
        assert np.abs(first - second).mean() > 0.2
    page.keyboard.press("Space")
    stage.hover()
    page.mouse.wheel(0, -500)
    drawn(page)
    assert float(stage.get_attribute("data-zoom") or 0) > 1.5
    page.keyboard.press("0")
    drawn(page)
    assert stage.get_attribute("data-zoom") == "1.000"
    assert len(sent) == before and asked == []


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


def test_both_sides_zoom_and_move_together_and_points_are_joined(page: Page, app: Served) -> None:
    a, b = pairs("mirrored")[0]
    stage = open_pair(page, app, a, b, compare="side")
    assert int(stage.get_attribute("data-points") or 0) >= 12
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -600)
    drawn(page)
    image = pixels(stage)
    half = image.shape[1] // 2
    assert float(stage.get_attribute("data-zoom") or 0) > 2
    # B is laid on A: the halves look alike, and would not if only one had been zoomed
    left, right = image[70:, 4 : half - 8].mean(axis=2), image[70:, -(half - 12) : -4].mean(axis=2)
    width = min(left.shape[1], right.shape[1])
    assert np.corrcoef(left[:, :width].ravel(), right[:, -width:].ravel())[0, 1] > 0.2
    page.get_by_test_id("imgsim-printed").click()
    drawn(page)
    assert np.abs(pixels(stage) - image)[:, half + 10 :].mean() > 1
    assert np.abs(pixels(stage) - image)[70:, : half - 10].mean() < 3


def test_new_lettering_stands_out_in_the_difference(page: Page, app: Served) -> None:
    shares = {}
    for kind in ("reprint", "re-lettered"):
        a, b = max(pairs(kind), key=lambda pair: SPECS[pair[0]].wander == SPECS[pair[1]].wander == 0)
        stage = open_pair(page, app, a, b, compare="difference")
        shares[kind] = coloured(pixels(stage))
    assert min(shares["re-lettered"]) > 3e-4
    assert sum(shares["re-lettered"]) > 1.5 * sum(shares["reprint"]), shares


def test_the_picture_is_saved_with_a_caption_and_opens(page: Page, app: Served) -> None:
    a, b = pairs("mirrored")[0]
    stage = open_pair(page, app, a, b, compare="overlay")
    box = stage.bounding_box()
    assert box
    with page.expect_download() as waiting:
        page.get_by_test_id("imgsim-save").click()
    assert waiting.value.suggested_filename == f"imgsim_{a}_{b}_overlay.png"
    saved = Image.open(waiting.value.path())
    saved.load()
    assert saved.format == "PNG" and saved.width >= box["width"] - 4 and saved.height > box["height"] + 40
    inside = np.asarray(saved.convert("RGB"), float)
    assert len(np.unique(inside[::4, ::4].reshape(-1, 3), axis=0)) > 50
    strip = inside[int(box["height"]) + 4 :]
    assert (strip.max(axis=2) < 90).mean() > 0.005  # there is writing in it


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


def test_automatic_flicker_swaps_by_itself_and_keeps_still_where_motion_is_unwelcome(
    page: Page, app: Served, browser: Browser
) -> None:
    a, b = pairs("reprint")[0]
    stage = open_pair(page, app, a, b)
    page.get_by_test_id("imgsim-delay").evaluate(
        "(input) => { input.value = 200; input.dispatchEvent(new Event('input')); }"
    )
    page.get_by_test_id("imgsim-auto").click()
    for shown in ("b", "a", "b"):
        expect(stage).to_have_attribute("data-shown", shown)
    page.get_by_test_id("imgsim-auto").click()
    expect(page.get_by_test_id("imgsim-auto")).to_have_attribute("aria-pressed", "false")

    calm = browser.new_context(reduced_motion="reduce")
    quiet = calm.new_page()
    open_pair(quiet, app, a, b)
    expect(quiet.get_by_test_id("imgsim-auto")).to_be_disabled()
    calm.close()


def test_without_webgl_a_plain_canvas_shows_every_mode(app: Served, browser: Browser) -> None:
    a, b = pairs("mirrored")[0]
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    context.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        " return /webgl/.test(kind) ? null : real.call(this, kind, ...more); };"
    )
    page = context.new_page()
    stage = open_pair(page, app, a, b)
    expect(stage).to_have_attribute("data-renderer", "canvas")
    seen = [mode(page, stage, name) for name in MODES]
    for first, second in pairwise(seen):
        assert np.abs(first - second).mean() > 0.2
    assert min(coloured(seen[-1])) > 0
    context.close()


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


def test_how_exactly_the_lines_lie_is_said_and_drawn(page: Page, app: Served, sample: Collection) -> None:
    a, b = pairs("reprint")[0]
    open_pair(page, app, a, b)
    part = page.locator(".st-key-compare_lines")
    expect(part.get_by_role("heading", name="How exactly the lines lie")).to_be_visible()
    expect(part.locator("table")).to_contain_text("Residual, smoothly bent")
    arrows = part.locator("img.arrows")
    arrows.scroll_into_view_if_needed()
    expect(arrows).to_have_attribute("alt", re.compile("20 times as long"))
    # Drawn, and just as large as the plate under it.
    assert arrows.evaluate("image => image.complete && image.naturalWidth > 0")
    plate = part.get_by_alt_text("Plate B", exact=True)
    boxes = [image.bounding_box() for image in (plate, arrows)]
    assert boxes[0] is not None and boxes[1] is not None and boxes[0]["height"] > 100
    assert dict(boxes[1]) == pytest.approx(dict(boxes[0]), abs=1)
    # What the two have in common is not how the lines of two other plates lie.
    c, d = pairs("mirrored")[0]
    open_pair(page, app, c, d)
    expect(part).to_contain_text("mirror image")
