"""The export dialog in a real browser: choose, prepare, download, and read everything that comes."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from imgsim.base.spreadsheets import read_back
from imgsim.collection import Collection, open_collection
from imgsim.collection.corrected import families_of
from imgsim.export import KINDS
from imgsim.export.kind import RESERVED
from tests.e2e.looking import download, visit
from tests.e2e.serving import Served, settle


def opened(page: Page, app: Served, name: str = "", **query: str) -> None:
    visit(page, app, name, **query) if name else visit(page, app, **query)
    page.get_by_role("button", name="Export …").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settle(page)


def tick(page: Page, title: str) -> None:
    page.get_by_role("dialog").locator("[data-testid=stCheckbox]").filter(has_text=title).locator(
        "label"
    ).first.click()
    settle(page)


def test_one_zip_of_everything_is_prepared_downloaded_and_whole(
    page: Page, app: Served, sample: Collection
) -> None:
    opened(page, app, collection="sample", top_k="10", threshold="-1", other_books="no")
    for title in ("Plates", "Network of books", "Map coordinates", "Interactive map"):
        tick(page, title)
    promised = page.locator("table.export tr")
    expect(promised).to_have_count(13)
    address = page.url
    page.get_by_role("button", name="Prepare").click()
    link = page.locator("a.download")
    expect(link).to_have_count(1)
    expect(page.get_by_role("button", name="Prepare")).to_have_count(0)
    settle(page)
    name, content = download(page, link)
    assert re.fullmatch(r"imgsim_sample_\d{4}-\d\d-\d\d\.zip", name)
    # The page is still there, with its dialog.
    assert page.url == address
    expect(page.get_by_role("dialog")).to_be_visible()

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        files = {entry.split("/")[1]: archive.read(entry) for entry in archive.namelist()}
    # Nobody has decided anything in the sample, its plates are no cuts of pages, and copies were not asked about.
    lacking = {"reviews", "pages", "copies"}
    expected = {file.name for kind in KINDS if kind.name not in lacking for file in kind.files}
    assert set(files) == expected | set(RESERVED)
    record = json.loads(files["manifest.json"])
    assert record["generation"] == sample.generation and record["export"]["top_k"] == 10
    readme = files["README.txt"].decode()
    for file, told in record["export"]["files"].items():
        assert hashlib.sha256(files[file]).hexdigest() == told["sha256"] and file in readme
    assert str(sample.path) not in files["manifest.json"].decode() + readme

    ids = list(sample.catalogue.plate_ids)
    neighbours = read_back(files["neighbours.csv"])
    indices, similarities = sample.neighbour_table("plates18")
    assert len(neighbours) == 10 * len(ids)
    assert neighbours["query_plate_id"].tolist() == [plate for plate in ids for _ in range(10)]
    assert neighbours["neighbour_plate_id"].tolist() == [ids[i] for row in indices[:, :10] for i in row]
    assert neighbours["similarity"].astype(float).to_numpy() == pytest.approx(
        similarities[:, :10].ravel(), abs=1e-6
    )
    wanted = families_of(sample)
    assert sample.matches is not None and wanted is not None
    matches = read_back(files["matches.csv"])
    assert len(matches) == int(sample.matches.verified.sum())
    families = read_back(files["families.csv"])
    members = [member.plate_id for family in wanted.ordered() for member in family.members]
    assert families["plate_id"].tolist() == members
    assert read_back(files["plates.csv"])["plate_id"].tolist() == ids
    assert read_back(files["map.csv"])["plate_id"].tolist() == ids
    known = set(sample.catalogue.frame["book"]) - {""}
    assert files["books.bib"].count(b"\n@book{") == len(json.loads(files["books.json"])) == len(known)

    # The map is a page of its own that draws its points.
    other = page.context.new_page()
    other.set_content(files["map.html"].decode())
    expect(other.locator(".js-plotly-plot")).to_be_visible()
    other.close()


def test_a_family_as_separate_files(page: Page, app: Served, sample: Collection) -> None:
    every = families_of(sample)
    assert every is not None
    family = every.ordered()[0]
    opened(page, app, "reuse", collection="sample", family=family.id)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(f"This family ({len(family)})")).to_be_visible()
    dialog.get_by_text("Separate files", exact=True).click()
    settle(page)
    dialog.get_by_role("button", name="Prepare").click()
    links = page.locator("a.download")
    expect(links).to_have_count(12)
    settle(page)
    name, content = download(page, links.filter(has_text="families.csv"))
    assert name == "families.csv"
    assert read_back(content)["plate_id"].tolist() == [member.plate_id for member in family.members]
    name, content = download(page, links.filter(has_text="books.bib"))
    assert name == "books.bib" and content.count(b"\n@book{") == len(family.books)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_hostile_titles_pass_through(page: Page, app: Served, hostile: Path) -> None:
    collection = open_collection(hostile)
    opened(page, app, collection="hostile")
    # Never compared, so there are no matches to offer; what is there can be had.
    boxes = page.get_by_role("dialog").locator("[data-testid=stCheckbox]")
    expect(boxes.filter(has_text="Matches").locator("input")).to_be_disabled()
    tick(page, "Plates")
    page.get_by_role("button", name="Prepare").click()
    link = page.locator("a.download")
    expect(link).to_have_count(1)
    settle(page)
    _, content = download(page, link)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        plates = read_back(
            next(archive.read(name) for name in archive.namelist() if name.endswith("plates.csv"))
        )
    assert plates["title"].tolist() == collection.catalogue.frame["title"].tolist()


def test_it_stays_open_when_the_page_is_drawn_again_and_closes_when_asked(page: Page, app: Served) -> None:
    visit(page, app)
    page.get_by_label("Search").fill("herbal")
    page.get_by_label("Search").press("Enter")
    page.get_by_role("button", name="Export …").click()
    promised = page.locator("table.export")
    expect(promised).to_be_visible()
    settle(page)
    # As at the end of a run; Streamlit's own key for it stands for all that has a page drawn again.
    page.keyboard.press("r")
    page.wait_for_timeout(500)
    settle(page)
    expect(promised).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)
    page.keyboard.press("r")
    page.wait_for_timeout(500)
    settle(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
