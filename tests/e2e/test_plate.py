"""A plate and its neighbours in a real browser: walked through, linked to, taken away; and a picture of one's own."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from imgsim.collection import Collection
from tests.e2e.looking import arrive, card, cards, download, ids, neighbours_of, visit
from tests.e2e.serving import Served, settle


def test_a_neighbour_becomes_the_query_and_back_works(page: Page, app: Served, sample: Collection) -> None:
    query = sample.catalogue.plate_ids[0]
    visit(page, app, "plate", plate=query, order="similarity", threshold="-1", other_books="no", fold="no")
    first = neighbours_of(page)
    # the list on the page is the list on the disk
    indices, _ = sample.neighbour_table("plates18")
    assert first == [str(sample.catalogue.plate_ids[row]) for row in indices[0][: len(first)]]
    assert query not in first

    card(page, first[1]).click()
    expect(page).to_have_url(re.compile(f"plate={re.escape(first[1])}"))
    settle(page)
    second = neighbours_of(page)
    assert first[1] not in second
    assert second != first

    page.go_back()
    expect(page).to_have_url(re.compile(f"plate={re.escape(query)}"))
    settle(page)
    assert neighbours_of(page) == first

    # Turned or flipped, the plate keeps what is in the middle, and how large it is.
    viewer = page.get_by_test_id("imgsim-viewer")
    expect(viewer).to_have_attribute("data-state", "ready")
    middle = viewer.bounding_box()
    assert middle
    page.mouse.move(middle["x"] + middle["width"] * 0.45, middle["y"] + 100)
    for _ in range(6):
        page.mouse.wheel(0, -240)
    zoom = str(viewer.get_attribute("data-zoom"))
    assert float(zoom) > 2
    lies = viewer.locator("img").first.get_attribute("style")
    for button, times in (("imgsim-flip", 2), ("imgsim-turn", 4)):
        for _ in range(times):
            page.get_by_test_id(button).click()
            expect(viewer).to_have_attribute("data-zoom", zoom)
        assert viewer.locator("img").first.get_attribute("style") == lies

    # At 200 % the first neighbour is at most one screen down.
    page.set_viewport_size({"width": 640, "height": 400})
    settle(page)
    place = page.locator("[data-testid=imgsim-grid] li[data-rank]").first.bounding_box()
    assert place and place["y"] < 2 * 400


def test_a_link_opens_the_same_view_for_somebody_else(
    page: Page, app: Served, context: BrowserContext
) -> None:
    visit(
        page,
        app,
        "plate",
        threshold="-1",
        top_k="7",
        other_books="no",
        fold="no",
        plate=first_plate(app, page),
    )
    shown = neighbours_of(page)
    assert len(shown) == 7
    address = page.url

    page.reload()
    arrive(page, "plate")
    assert page.url == address
    assert neighbours_of(page) == shown

    other = context.new_page()
    other.goto(address)
    arrive(other, "plate")
    assert neighbours_of(other) == shown


def first_plate(app: Served, page: Page) -> str:
    visit(page, app)
    return ids(cards(page))[0]


def test_the_list_comes_as_csv_exactly_as_it_is_shown(page: Page, app: Served, sample: Collection) -> None:
    query = str(sample.catalogue.plate_ids[5])
    conditions = {"order": "similarity", "threshold": "-1", "top_k": "9", "other_books": "no", "fold": "no"}
    visit(page, app, "plate", plate=query, **conditions)
    shown = neighbours_of(page)
    name, content = download(page, page.get_by_role("button", name="Download CSV"))
    assert name.endswith(".csv") and query in name
    assert content.startswith(b"\xef\xbb\xbf")
    from imgsim.base.spreadsheets import read_back

    table = read_back(content)
    assert [plate.strip('="') for plate in table["neighbour_plate_id"]] == shown
    assert set(table["query_plate_id"]) == {query}
    assert list(table["rank"].astype(int)) == list(range(1, 10))
    scores = table["similarity"].astype(float)
    assert scores.is_monotonic_decreasing
    _, sims = sample.neighbour_table("plates18")
    assert scores.to_numpy() == pytest.approx(sims[5][:9], abs=1e-6)
    assert set(table["backbone"]) == {"plates18"}
    # a spreadsheet's view of the same bytes: the same number of rows, nothing lost
    assert len(pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)) == 9


def test_an_image_of_ones_own_finds_its_plate_first(
    page: Page, app: Served, sample: Collection, tmp_path: Path
) -> None:
    row = 11
    scan = tmp_path / "my photograph.png"
    scan.write_bytes(sample.plate_bytes(row))
    visit(page, app, "search", threshold="-1", fold="no")
    page.locator("input[type=file]").set_input_files(scan)
    ranked = page.locator("[data-testid=imgsim-grid] li[data-rank]")
    expect(ranked.first).to_be_visible(timeout=60_000)
    settle(page)
    assert ids(ranked)[0] == sample.catalogue.plate_ids[row]
    expect(ranked.first).to_contain_text("1.000")

    # a damaged file is refused in a sentence
    broken = tmp_path / "broken.png"
    broken.write_bytes(scan.read_bytes()[:200])
    page.locator("input[type=file]").set_input_files(broken)
    settle(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("broken")
    expect(page.get_by_text("Traceback")).to_have_count(0)
