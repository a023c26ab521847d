"""Pairs of the sample laid on each other in the browser."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from imgsim.sources.sample.planning import plan
from tests.conftest import SAMPLE
from tests.e2e.serving import Served, settle

MODES = ("flicker", "opacity", "overlay", "swipe", "side", "difference")
PLAN = plan(SAMPLE, 18)
SPECS = dict(PLAN.plates)


def pairs(kind: str) -> list[tuple[str, str]]:
    """Pairs of the sample of one kind."""
    return [(a, b) for a, b, of in PLAN.pairs if of == kind]


def open_pair(page: Page, app: Served, a: str, b: str, **state: str) -> Locator:
    """Open two plates in Compare and wait until they are drawn; returns the stage."""
    state = {"collection": "sample", "plate": a, "with": b, **state}
    page.goto(f"{app.url}/compare?" + "&".join(f"{name}={value}" for name, value in state.items()))
    return ready(page)


def ready(page: Page) -> Locator:
    """Wait until both plates are drawn; returns the stage."""
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
    """What the stage shows within its frame, which says whether it has the focus: float (h, w, 3)."""
    return np.asarray(Image.open(io.BytesIO(stage.screenshot())).convert("RGB"), float)[6:-6, 6:-6]


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
