"""Compare in a real browser: two plates laid on each other, by every mode."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from imgsim.collection import Collection
from tests.e2e.comparing import MODES, SPECS, coloured, drawn, mode, open_pair, pairs, pixels
from tests.e2e.serving import Served
from tests.placing import common_places


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
    for title in page.locator(".compared b").all():  # cut at a word, with an ellipsis; all of it on pointing
        said, whole = title.inner_text(), str(title.get_attribute("title"))
        assert said.endswith("…") and whole.startswith(said[:-1]) and len(said) < len(whole)
        assert not title.evaluate("title => title.scrollWidth > title.clientWidth + 1")
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
    stage.click()
    page.mouse.wheel(0, -500)
    drawn(page)
    assert float(stage.get_attribute("data-zoom") or 0) > 1.5
    page.keyboard.press("0")
    drawn(page)
    assert stage.get_attribute("data-zoom") == "1.000"
    assert len(sent) == before and asked == []


def test_both_sides_zoom_and_move_together_and_points_are_joined(page: Page, app: Served) -> None:
    a, b = pairs("mirrored")[0]
    stage = open_pair(page, app, a, b, compare="side")
    assert int(stage.get_attribute("data-points") or 0) >= 12
    box = stage.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
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


def test_automatic_flicker_swaps_by_itself_and_keeps_still_where_motion_is_unwelcome(
    page: Page, app: Served
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

    quiet = page.context.new_page()
    quiet.emulate_media(reduced_motion="reduce")
    open_pair(quiet, app, a, b)
    expect(quiet.get_by_test_id("imgsim-auto")).to_be_disabled()


def test_without_webgl_a_plain_canvas_shows_every_mode(app: Served, context: BrowserContext) -> None:
    a, b = pairs("mirrored")[0]
    page = context.new_page()
    page.set_viewport_size({"width": 1100, "height": 800})
    page.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        " return /webgl/.test(kind) ? null : real.call(this, kind, ...more); };"
    )
    stage = open_pair(page, app, a, b)
    expect(stage).to_have_attribute("data-renderer", "canvas")
    seen = [mode(page, stage, name) for name in MODES]
    for first, second in pairwise(seen):
        assert np.abs(first - second).mean() > 0.2
    assert min(coloured(seen[-1])) > 0


def test_how_exactly_the_lines_lie_is_said_and_drawn(page: Page, app: Served, sample: Collection) -> None:
    a, b = pairs("reprint")[0]
    open_pair(page, app, a, b)
    part = page.locator(".st-key-compare_lines")
    expect(part.get_by_role("heading", name="How exactly the lines lie")).to_be_visible()
    expect(part.locator("table")).to_contain_text("Lies apart, smoothly bent")
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
