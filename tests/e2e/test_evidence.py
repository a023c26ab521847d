"""What is verified, in a real browser: badges, order, filter, table of the download, map, and the way to Compare."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from imgsim.app.services import verdict_labels
from imgsim.base.spreadsheets import read_back
from imgsim.collection import Collection, open_collection
from imgsim.collection.evidence import evidence_of, reused
from imgsim.collection.listing import meets
from tests.e2e.looking import (
    card,
    cards,
    download,
    neighbours_of,
    on_map,
    state_of,
    visit,
    wait_for_map,
)
from tests.e2e.serving import Served, settle


@pytest.fixture(scope="module")
def sample(prepared: Path) -> Collection:
    collection = open_collection(prepared / "sample")
    assert collection.matches is not None, "precompute.py compares plates unless told not to"
    return collection


@pytest.fixture(scope="module")
def query(sample: Collection) -> str:
    """The plate with verified matches of the most kinds in other books."""

    def kinds(row: int) -> int:
        return len({found for other, found in _verified(sample, row)})

    best = max(range(len(sample.catalogue)), key=kinds)
    assert kinds(best), "no plate of the sample was found again in another book"
    return str(sample.catalogue.plate_ids[best])


def _verified(sample: Collection, row: int) -> list[tuple[str, str]]:
    """(plate id, verdict's code) of the verified matches of a plate in other books, best first."""
    known = evidence_of(sample, row)
    assert known is not None
    mask = meets(sample.catalogue, np.array([row]), np.arange(len(sample.catalogue)), other_books=True)
    return [(sample.catalogue.plate_ids[other], known.code(other)) for other in known.verified if mask[other]]


def badges(page: Page) -> list[str]:
    return page.locator(
        "[data-testid=imgsim-grid] li[data-rank] [data-testid=imgsim-verdict]"
    ).all_inner_texts()


def choose(page: Page, label: str, option: str) -> None:
    """Choose in one of Streamlit's select boxes."""
    box = page.get_by_test_id("stSelectbox").filter(has=page.get_by_text(label, exact=True))
    box.get_by_role("combobox").click()
    page.get_by_role("option", name=option).click()
    settle(page)


def test_verified_neighbours_come_first_and_say_so_in_words(
    page: Page, app: Served, sample: Collection, query: str
) -> None:
    row = sample.catalogue.row(query)
    verified = _verified(sample, row)
    visit(page, app, "plate", plate=query, threshold="-1", fold="no")
    assert neighbours_of(page)[: len(verified)] == [plate_id for plate_id, _ in verified]
    known = evidence_of(sample, row)
    assert known is not None
    expected = [verdict_labels.badge(known, sample.catalogue.row(plate))["text"] for plate in neighbours_of(page)]
    assert badges(page) == expected
    assert re.fullmatch(r"(same image|mirrored|shared detail)[a-z, ]* · [\d,]+", expected[0])

    page.get_by_role("button", name="nearest, in other books, any time").click()
    choose(page, "Order", "Similarity")
    assert state_of(page)["order"] == "similarity"
    similar = neighbours_of(page)
    scores = page.locator("[data-testid=imgsim-grid] li[data-rank] .badge").all_inner_texts()
    assert [float(score) for score in scores] == sorted((float(score) for score in scores), reverse=True)

    page.reload()
    settle(page)
    assert neighbours_of(page) == similar


def test_a_verdict_narrows_the_list(page: Page, app: Served, sample: Collection, query: str) -> None:
    verified = _verified(sample, sample.catalogue.row(query))
    visit(page, app, "plate", plate=query, threshold="1", fold="no")
    assert neighbours_of(page)[: len(verified)] == [plate_id for plate_id, _ in verified]
    code = verified[0][1]
    page.get_by_role("button", name=verdict_labels.WORDS[code], exact=True).first.click()
    settle(page)
    assert state_of(page)["verdict"] == code
    assert neighbours_of(page) == [plate_id for plate_id, found in verified if found == code]


def test_the_download_says_what_is_verified(page: Page, app: Served, sample: Collection, query: str) -> None:
    visit(page, app, "plate", plate=query, threshold="-1", fold="no")
    shown = neighbours_of(page)
    _, content = download(page, page.get_by_role("button", name="Download CSV"))
    table = read_back(content)
    assert table["neighbour_plate_id"].tolist() == shown
    matches = sample.matches
    assert matches is not None
    found = matches.evidence(sample.catalogue.row(query), [sample.catalogue.row(plate) for plate in shown])
    assert table["verdict"].tolist() == ["not checked" if m is None else m.verdict for m in found]
    assert table["inliers"].tolist() == ["" if m is None else str(m.inliers) for m in found]
    for match, line in zip(found, table.to_dict("records"), strict=True):
        if match is not None and match.verified:
            assert line["mirrored"] == ("yes" if match.mirrored else "no")
            assert float(line["coverage_query"]) == pytest.approx(match.coverage_a, abs=1e-3)
            assert float(line["coverage_neighbour"]) == pytest.approx(match.coverage_b, abs=1e-3)


def test_a_card_leads_to_the_comparison(page: Page, app: Served, query: str) -> None:
    visit(page, app, "plate", plate=query, threshold="-1", fold="no")
    other = neighbours_of(page)[0]
    page.locator(f"li[data-id='{other}'] [data-testid=imgsim-action]").click()
    expect(page.locator("h1")).to_have_text("Compare")
    settle(page)
    assert (state_of(page)["plate"], state_of(page)["with"]) == (query, other)


def test_the_map_ties_verified_matches_to_the_query(
    page: Page, app: Served, sample: Collection, query: str
) -> None:
    visit(page, app, "map", plate=query, threshold="-1", map="pca", fold="no")
    wait_for_map(page)
    rows = [sample.catalogue.row(plate_id) for plate_id, _ in _verified(sample, sample.catalogue.row(query))]
    expect(page.get_by_test_id("imgsim-map")).to_have_attribute("data-verified", ",".join(map(str, rows)))
    assert len(on_map(page, "neighbours").split(",")) > len(rows)
    legend = page.get_by_test_id("imgsim-legend")
    expect(legend).to_contain_text("verified match")
    expect(legend).to_contain_text("neighbour, not verified")


def test_after_a_click_every_link_leads_on_with_the_new_plate(page: Page, app: Served, query: str) -> None:
    visit(page, app, "plate", plate=query, threshold="-1", fold="no")
    clicked = neighbours_of(page)[0]
    card(page, clicked).click()
    expect(page).to_have_url(re.compile(f"plate={re.escape(clicked)}"))
    settle(page)
    link = page.get_by_test_id("stSidebar").get_by_role("link", name="Map", exact=True)
    expect(link).to_have_attribute("href", re.compile(f"plate={re.escape(clicked)}"))
    assert parse_qs(urlsplit(str(link.get_attribute("href"))).query)["threshold"] == ["-1"]
    link.click()
    expect(page.locator("h1")).to_have_text("Map")
    settle(page)
    assert state_of(page)["plate"] == clicked


def test_browse_shows_only_what_was_used_again(page: Page, app: Served, sample: Collection) -> None:
    visit(page, app)
    page.get_by_text("Verified re-use", exact=True).click()
    settle(page)
    assert state_of(page)["reused"] == "yes"
    assert sample.matches is not None
    expect(cards(page)).to_have_count(int(reused(sample.matches, sample.catalogue).sum()))
