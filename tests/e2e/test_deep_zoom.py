"""A scan with more pixels than are shown of it whole: zoomed in, every one of them is there."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.conftest import offline
from tests.e2e.conftest import watched
from tests.e2e.serving import Served, serve, settle
from tests.making import make

WIDE, HIGH = 3000, 4200


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An app with one plate: lines one pixel wide, which no smaller picture can show, upright to the left, level to
    the right."""
    folder = tmp_path_factory.mktemp("large")
    lines = np.zeros((HIGH, WIDE), np.uint8)
    lines[:, : WIDE // 2 : 2] = lines[::2, WIDE // 2 :] = 255
    (folder / "images").mkdir()
    Image.fromarray(lines).save(folder / "images" / "lines.png")
    make(folder / "data" / "large", folder / "images")
    with serve(folder / "data", environ=offline(folder / "calls.txt")) as served:
        yield served


@pytest.fixture
def page(context: BrowserContext, large: Served) -> Iterator[Page]:
    with watched(context, large) as opened:
        yield opened


def seen(stage: Locator) -> np.ndarray:
    """The pixels of a quarter of the stage, left of its middle and above it."""
    with Image.open(io.BytesIO(stage.screenshot())) as image:
        wide, high = image.size
        part = image.convert("L").crop((wide // 6, high // 6, wide // 3, high // 3))
        return np.asarray(part, float)


def test_zoomed_in_the_lines_of_the_scan_are_sharp_and_zoomed_out_no_tile_is_left(page: Page, large: Served) -> None:
    page.goto(f"{large.url}/plate?collection=large&plate=lines")
    settle(page)
    stage = page.get_by_test_id("imgsim-viewer")
    expect(stage).to_have_attribute("data-state", "ready")
    expect(stage).to_have_attribute("data-tiles", "0")
    stage.focus()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/iiif/image/" in request.url else None)
    for _ in range(8):  # each pixel of the scan is one of the screen, and more
        page.keyboard.press("+")
    expect(stage).to_have_attribute("data-factor", "1")
    settle(page)
    count = int(str(stage.get_attribute("data-tiles")))
    assert 0 < count <= len(asked) < 40
    sharp = seen(stage)
    assert sharp.std() > 60  # black and white, where the picture below is grey
    assert sharp.std(axis=0).mean() < 0.3 * sharp.std(axis=1).mean()  # upright lines
    # Turned by a quarter and flipped, the tiles lie as the plate does.
    page.keyboard.press("r")
    for _ in range(8):
        page.keyboard.press("+")
    expect(stage).to_have_attribute("data-factor", "1")
    settle(page)
    turned = seen(stage)
    assert turned.std() > 60 and turned.std(axis=1).mean() < 0.3 * turned.std(axis=0).mean()
    page.keyboard.press("0")
    expect(stage).to_have_attribute("data-tiles", "0")
