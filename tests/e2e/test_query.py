"""A query in a real browser: the line across the list, what is left out, and both searches by an image in one list."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from imgsim.base.spreadsheets import read_back
from imgsim.base.verdict_words import VERIFIED
from imgsim.collection import Collection
from imgsim.images.decoding import open_image
from tests.e2e.looking import download, ids, neighbours_of, state_of, visit
from tests.e2e.serving import Served, settle


@pytest.fixture(scope="module")
def query(sample: Collection) -> str:
    """A plate with others in its book."""
    books = sample.catalogue.frame["book"]
    return next(
        str(sample.catalogue.plate_ids[row])
        for row in range(len(books))
        if len(sample.catalogue.book_rows(str(books.iloc[row]))) > 2
    )


def scores_of(sample: Collection, plate_id: str) -> np.ndarray:
    embeddings = sample.embeddings("plates18")
    return embeddings @ embeddings[sample.catalogue.row(plate_id)]


def headings(page: Page) -> Locator:
    return page.get_by_test_id("imgsim-heading")


def test_the_line_is_drawn_between_what_reaches_it_and_what_does_not(
    page: Page, app: Served, sample: Collection, query: str
) -> None:
    scores = np.sort(np.delete(scores_of(sample, query), sample.catalogue.row(query)))[::-1]
    at = round(float(scores[2] + scores[3]) / 2, 4)
    state = {"threshold": f"{at}", "order": "similarity", "other_books": "no", "fold": "no", "top_k": "9"}
    visit(page, app, "plate", plate=query, **state)
    shown = neighbours_of(page)
    assert len(shown) == 9
    expect(headings(page)).to_have_count(2)
    expect(headings(page).first).to_contain_text(f"3 at {at:g} or more")
    line = headings(page).nth(1)
    expect(line).to_contain_text(f"Below the line at {at:g}")
    expect(line).to_have_attribute("data-line", "")
    # it lies across the whole list, under the third card and over the fourth
    grid, drawn = page.get_by_test_id("imgsim-grid").bounding_box(), line.bounding_box()
    third, fourth = (page.locator(f"li[data-id='{shown[place]}']").bounding_box() for place in (2, 3))
    assert grid and drawn and third and fourth
    assert drawn["width"] > grid["width"] - 12
    assert third["y"] + third["height"] <= drawn["y"] and drawn["y"] + drawn["height"] <= fourth["y"]

    # the arrow keys go across it
    page.locator(f"li[data-id='{shown[0]}'] [data-testid=imgsim-card]").focus()
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        below = page.locator("li[data-rank]:has(:focus)").get_attribute("data-rank")
        if int(below or 0) > 3:
            break
        page.keyboard.press("ArrowDown")
    assert below is not None and int(below) > 3
    page.keyboard.press("ArrowUp")
    above = page.locator("li[data-rank]:has(:focus)").get_attribute("data-rank")
    assert above is not None and int(above) < int(below)

    # another line moves it, and the calibrated one is one click away
    name, content = download(page, page.get_by_role("button", name="Download CSV"))
    table = read_back(content)
    assert name.endswith(".csv") and table["neighbour_plate_id"].tolist() == shown
    assert table["above_threshold"].tolist() == ["yes"] * 3 + ["no"] * 6
    page.get_by_role("button", name=re.compile(r"^9 nearest, .*; line at ")).click()
    page.get_by_role("button", name=re.compile("^↺")).click()
    settle(page)
    assert "threshold" not in state_of(page)
    assert neighbours_of(page) == shown, "the line leaves nothing out"
    calibrated = sample.calibration("plates18").threshold
    assert calibrated is not None
    expect(
        page.get_by_text(re.compile(f"The line at {calibrated:g} is measured for plates18"))
    ).to_be_visible()


def test_what_the_same_book_has_is_one_click_away(
    page: Page, app: Served, sample: Collection, query: str
) -> None:
    row = sample.catalogue.row(query)
    own = [int(other) for other in sample.catalogue.book_rows(str(sample.catalogue.record(row)["book"]))]
    visit(page, app, "plate", plate=query, threshold="-1", fold="no", top_k="50")
    which = f"{len(own) - 1} plates in the same book"
    expect(page.get_by_text(which)).to_be_visible()
    before = neighbours_of(page)
    assert not {sample.catalogue.plate_ids[other] for other in own} & set(before)
    page.get_by_role("button", name="Show them", exact=True).click()
    settle(page)
    expect(page.get_by_text(which)).to_have_count(0)
    assert state_of(page)["other_books"] == "no"
    added = set(neighbours_of(page)) - set(before)
    assert added == {str(sample.catalogue.plate_ids[other]) for other in own if other != row}
    page.go_back()
    expect(page.get_by_text(which)).to_be_visible()


@pytest.mark.parametrize("name", ["plate", "map"])
def test_no_click_is_answered_with_an_empty_list(
    page: Page, app: Served, sample: Collection, query: str, name: str
) -> None:
    visit(page, app, name, plate=query, threshold="1", when="earlier", verdict="mirrored", map="pca")
    assert neighbours_of(page)
    expect(headings(page).last).to_contain_text("Below the line at 1")


def test_the_table_and_the_scores_show_the_line_too(page: Page, app: Served, query: str) -> None:
    visit(page, app, "plate", plate=query, threshold="0.9", view="table", fold="no")
    expect(page.get_by_text(re.compile("Below the line at 0.9"))).to_be_visible()
    visit(page, app, "plate", plate=query, threshold="0.9", view="scores", fold="no")
    expect(page.locator(".js-plotly-plot").get_by_text("the line, 0.9")).to_be_visible()


def test_a_photograph_is_answered_by_likeness_and_by_lines_in_one_list(
    page: Page, app: Served, sample: Collection, tmp_path: Path
) -> None:
    matches = sample.matches
    assert matches is not None
    row = max(range(len(sample.catalogue)), key=lambda row: sum(one.verified for one in matches.of(row)))
    known = {str(sample.catalogue.plate_ids[one.b]) for one in matches.of(row) if one.verified}
    plate = open_image(sample.plate_bytes(row)).image.convert("L")
    size = (round(plate.width * 0.8), round(plate.height * 0.8))
    photograph = tmp_path / "photograph.jpg"
    plate.rotate(2, expand=True, fillcolor=245).resize(size, Image.Resampling.BILINEAR).save(
        photograph, quality=70
    )

    visit(page, app, "search", fold="no")
    page.locator("input[type=file]").set_input_files(photograph)
    ranked = page.locator("[data-testid=imgsim-grid] li[data-rank]")
    expect(ranked.first).to_have_attribute("data-verdict", "same", timeout=60_000)
    settle(page)
    found = ids(ranked)
    assert found[0] == sample.catalogue.plate_ids[row] and len(found) == 20
    kinds = ",".join(f"li[data-verdict={kind}]" for kind in VERIFIED)
    proven = page.get_by_test_id("imgsim-grid").locator(kinds)
    assert known & set(ids(proven)), "its copies are proven by their lines"
    assert found[: proven.count()] == ids(proven), "what is proven comes first"
    expect(headings(page).first).to_contain_text(f"{proven.count()} verified")
