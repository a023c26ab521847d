"""The search for details in a real browser: draw a box, see where it is found again, go there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from imgsim.base.spreadsheets import read_back
from imgsim.base.verdict_words import MIRRORED, SAME
from imgsim.collection import Collection, open_collection
from tests.e2e.looking import arrive, card, download, ids, state_of, visit
from tests.e2e.serving import Served, settle


@pytest.fixture(scope="module")
def sample(prepared: Path) -> Collection:
    collection = open_collection(prepared / "sample")
    assert collection.feature_index is not None, "precompute.py indexes local features unless told not to"
    return collection


def strongest(sample: Collection, verdict: str) -> tuple[str, str]:
    """The two plates of a verdict of which most points agree."""
    assert sample.matches is not None
    frame = sample.matches.frame
    of_kind = frame[frame["verdict"] == verdict]
    if of_kind.empty:
        pytest.skip(f"no pair of the sample is {verdict}")
    best = of_kind.sort_values("inliers").iloc[-1]
    return str(best["plate_a"]), str(best["plate_b"])


def hits(page: Page) -> Locator:
    return page.locator("[data-testid=imgsim-grid] li[data-outlined]")


def draw(page: Page, share: float = 0.5, test_id: str = "imgsim-viewer") -> None:
    """Draw a box over the middle of the plate, so large a share of the stage's height and width."""
    stage = page.get_by_test_id(test_id)
    expect(stage).to_have_attribute("data-state", "ready")
    box = stage.bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    right, down = box["width"] * share / 2, box["height"] * share / 2
    page.mouse.move(middle[0] - right, middle[1] - down)
    page.mouse.down()
    page.mouse.move(*middle, steps=3)
    page.mouse.move(middle[0] + right, middle[1] + down, steps=3)
    page.mouse.up()


@pytest.mark.parametrize("verdict", [SAME, MIRRORED])
def test_a_detail_is_found_again_and_outlined(
    page: Page, app: Served, sample: Collection, verdict: str
) -> None:
    one, other = strongest(sample, verdict)
    visit(page, app, "plate", plate=one)
    page.get_by_role("button", name="Find a detail").click()
    draw(page)
    expect(hits(page).first).to_be_visible()
    settle(page)
    found = ids(hits(page))
    assert other in found and one not in found
    hit = page.locator(f"[data-testid=imgsim-grid] li[data-id='{other}']")
    expect(hit).to_contain_text("found, mirrored" if verdict == MIRRORED else "found")
    expect(hit).to_contain_text("points agree")
    hit.hover()
    hit.get_by_test_id("imgsim-gather").click()
    expect(page.get_by_test_id("imgsim-tray")).to_have_attribute("data-count", "1")
    settle(page)
    # the outline lies on the picture, and is about where the geometry puts the box
    assert sample.matches is not None
    image, drawn = hit.locator("img").bounding_box(), hit.locator("polygon").last.bounding_box()
    assert image and drawn
    assert drawn["x"] >= image["x"] - 4 and drawn["x"] + drawn["width"] <= image["x"] + image["width"] + 4

    hit.get_by_test_id("imgsim-action").click()
    expect(page).to_have_url(re.compile("/compare"))
    state = state_of(page)
    assert (state["plate"], state["with"]) == (one, other)


def test_a_search_for_a_detail_opens_by_its_link_and_goes_with_its_box(
    page: Page, app: Served, context: BrowserContext, sample: Collection
) -> None:
    one, _ = strongest(sample, SAME)
    visit(page, app, "plate", plate=one)
    page.get_by_role("button", name="Find a detail").click()
    draw(page)
    expect(hits(page).first).to_be_visible()
    settle(page)
    found, address = ids(hits(page)), page.url
    assert re.fullmatch(r"[\d.]+(-[\d.]+){3}", state_of(page)["box"])

    somebody = context.new_page()
    somebody.goto(address)
    arrive(somebody, "plate")
    expect(hits(somebody).first).to_be_visible()
    assert ids(hits(somebody)) == found
    expect(somebody.get_by_test_id("imgsim-box")).to_be_visible()
    # a box that came with the link is cleared like one's own
    somebody.get_by_test_id("imgsim-clear-box").click()
    expect(hits(somebody)).to_have_count(0)
    settle(somebody)
    assert "box" not in state_of(somebody)

    name, content = download(page, page.get_by_role("button", name="Download CSV"))
    assert name.endswith(".csv")
    assert read_back(content)["plate_id"].tolist() == found

    page.get_by_role("button", name="Back to its neighbours").click()
    expect(hits(page)).to_have_count(0)
    expect(page.get_by_test_id("imgsim-box")).to_be_hidden()
    page.go_back()
    expect(hits(page).first).to_be_visible()
    assert ids(hits(page)) == found
    card(page, found[0]).click()
    expect(page).to_have_url(re.compile(f"plate={re.escape(found[0])}"))
    settle(page)
    assert "box" not in state_of(page)
    expect(page.get_by_test_id("imgsim-box")).to_be_hidden()


def test_a_detail_of_ones_own_image_is_found(
    page: Page, app: Served, sample: Collection, tmp_path: Path
) -> None:
    one, _ = strongest(sample, SAME)
    scan = tmp_path / "my photograph.png"
    scan.write_bytes(sample.plate_bytes(sample.catalogue.row(one)))
    visit(page, app, "search", fold="no")
    page.locator("input[type=file]").set_input_files(scan)
    ranked = page.locator("[data-testid=imgsim-grid] li[data-rank]")
    expect(ranked.first).to_have_attribute("data-verdict", "same", timeout=60_000)
    settle(page)
    assert ids(ranked)[0] == one
    expect(hits(page)).to_have_count(0)  # the whole is the same: there is nothing to outline
    draw(page)
    expect(hits(page).first).to_be_visible(timeout=60_000)
    settle(page)
    assert ids(hits(page))[0] == ids(ranked)[0] == one
    card(page, one).click()
    arrive(page, "plate")
    assert state_of(page)["plate"] == one


def test_a_box_of_bare_paper_is_answered_with_a_sentence(page: Page, app: Served, sample: Collection) -> None:
    one, _ = strongest(sample, SAME)
    visit(page, app, "plate", plate=one, box="0.001-0.001-0.004-0.004")
    expect(page.get_by_test_id("stAlert").or_(page.get_by_text("No other plate contains"))).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
