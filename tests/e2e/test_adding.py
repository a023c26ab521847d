"""A newcomer in a browser: from a folder of scans and a table to a collection, without a terminal."""

from __future__ import annotations

import io
import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from imgsim.app.services import runs
from imgsim.collection import open_collection
from tests.conftest import draw_plate
from tests.e2e import toy_runs
from tests.e2e.conftest import watched
from tests.e2e.serving import Served, serve, settle
from tests.library import open_library

ROWS = [["Signatur", "Kurztitel", "Druckjahr", "Wann"], ["a", "Herbal", 1737, "oft"], ["b", "Flora", "M.DCC.L", "1760"]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scans of two books and an xlsx of them; collections are made beside it."""
    folder = tmp_path_factory.mktemp("adding")
    for book in range(2):
        place = folder / "scans" / "ab"[book]
        place.mkdir(parents=True)
        for number in range(4):
            draw_plate(10 * book + number).save(place / f"{'ab'[book]}_{number:02}.png")
    (folder / "scans" / "raw.cr2").write_bytes(b"x")
    book_list = openpyxl.Workbook()
    for row in ROWS:
        book_list.active.append(row)
    book_list.save(folder / "books.xlsx")
    return folder


@pytest.fixture(scope="module")
def app(desk: Path) -> Iterator[Served]:
    with serve(desk / "data", environ=toy_runs.environ(desk)) as served:
        yield served
        said = served.said()
    assert "Traceback" not in said, said
    assert not (desk / "calls.txt").exists()


def type_in(page: Page, label: str, value: object) -> None:
    page.get_by_role("textbox", name=label).fill(str(value))
    page.keyboard.press("Enter")
    settle(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    settle(page)


def mean(page: Page, column: str, means: str) -> None:
    """Say by its menu what a column means."""
    page.get_by_role("combobox", name=f"What {column} means").click()
    page.keyboard.type(means)  # of many options only those in sight are there
    page.get_by_role("option", name=means, exact=True).click()
    settle(page)


def metric_of(page: Page | Locator, label: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def metric(page: Page | Locator, label: str) -> str:
    return metric_of(page, label).inner_text()


def test_from_an_empty_start_to_plates_with_years_and_books(page: Page, app: Served, desk: Path) -> None:
    page.goto(app.url)
    expect(page.get_by_role("heading", name="Which books do you want to look at?")).to_be_visible()
    press(page, "Add my own books")
    type_in(page, "Or a folder on this computer", desk / "scans")
    type_in(page, "A table on this computer", desk / "books.xlsx")
    assert [metric(page, label) for label in ("Images", "Books", "Find their row")] == ["8", "2", "8"]
    expect(page.get_by_text("M.DCC.L → 1750")).to_be_visible()
    mean(page, "Druckjahr", "kept as it is")
    mean(page, "Wann", "year")
    expect(page.get_by_text("M.DCC.L → 1750")).to_have_count(0)
    expect(page.get_by_text("such as “oft”")).to_be_visible()
    mean(page, "Wann", "kept as it is")
    mean(page, "Druckjahr", "year")
    page.reload()  # what was chosen lies on the disk
    settle(page)
    expect(page.get_by_text("M.DCC.L → 1750")).to_be_visible()
    type_in(page, "Its name", "herbals")
    toy_runs.wait(desk, 0.5)
    press(page, "Prepare 8 images")
    expect(page.get_by_test_id("stProgress").first).to_be_visible()
    page.reload()  # the run does not care
    expect(page.get_by_test_id("stProgress").first).to_be_visible()
    expect(page.get_by_test_id("imgsim-grid").locator("li")).to_have_count(8, timeout=60_000)
    # browsed already, compared only now: said small on every page, and Re-use opens by itself
    expect(page.locator("[class*=st-key-run_notice_herbals]")).to_contain_text("herbals is being prepared")
    page.get_by_role("link", name="Re-use", exact=True).click()
    expect(page.get_by_text("This page opens by itself")).to_be_visible()
    expect(page.get_by_text("This page opens by itself")).to_have_count(0, timeout=180_000)
    expect(page.locator("[class*=st-key-run_notice_herbals]")).to_have_count(0)
    made = open_collection(desk / "data" / "herbals")
    assert sorted(made.catalogue.frame["year"].dropna().unique()) == [1737, 1750] and made.matches is not None
    page.get_by_role("link", name="Add plates", exact=True).click()
    expect(page.get_by_text("“herbals” is ready")).to_be_visible()
    assert [metric(page, label) for label in ("Plates", "Books", "Left out")] == ["8", "2", "1"]
    press(page, "Put this away")
    expect(page.get_by_text("“herbals” is ready")).to_have_count(0)


def test_files_are_dropped_and_stream_to_the_disk(page: Page, app: Served, desk: Path) -> None:
    toy_runs.wait(desk, 0)
    page.goto(f"{app.url}/add?door=own")
    settle(page)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            image = io.BytesIO()
            draw_plate(50 + number).save(image, "PNG")
            archive.writestr(f"Hortus/h_{number}.png", image.getvalue())
    table = "book,title\nHortus,Hortus Eystettensis\n"
    handed: list[FilePayload] = [
        {"name": "hortus.zip", "mimeType": "application/zip", "buffer": packed.getvalue()},
        {"name": "titles.csv", "mimeType": "text/csv", "buffer": table.encode()},
        {"name": ".hidden.png", "mimeType": "image/png", "buffer": b"x"},
    ]
    page.get_by_test_id("imgsim-drop-files").set_input_files(handed)
    expect(page.get_by_test_id("imgsim-drop")).to_have_attribute("data-sent", "2")
    settle(page)
    assert [metric(page, label) for label in ("Images", "Find their row")] == ["3", "3"]
    page.get_by_test_id("imgsim-drop-folder").set_input_files(desk / "scans" / "a")
    expect(page.get_by_test_id("imgsim-drop")).to_have_attribute("data-sent", "4")
    settle(page)
    assert metric(page, "Images") == "7"
    press(page, "Remove")
    type_in(page, "Its name", "dropped")
    page.get_by_role("button", name="Prepare ").click()
    expect(page.get_by_text("“dropped” is ready")).to_be_visible(timeout=60_000)
    press(page, "Browse the plates")
    assert "collection=dropped" in page.url
    made = open_collection(desk / "data" / "dropped")
    assert all(Path(root).is_relative_to(made.path) for root in made.catalogue.frame["root"])


def test_a_run_is_cancelled_and_goes_on(page: Page, app: Served, desk: Path) -> None:
    toy_runs.wait(desk, 2)
    page.goto(f"{app.url}/manage?collection=herbals")
    settle(page)
    page.locator(".st-key-collection_herbals").get_by_role("button", name="Prepare again").click()
    page.get_by_role("textbox", name="What names a book").fill("folder")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Prepare it again").click()
    expect(page.get_by_test_id("stProgress").first).to_be_visible()
    page.goto(f"{app.url}/add")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("was cancelled")).to_be_visible(timeout=30_000)
    assert status(desk / "data" / "herbals") is runs.Status.CANCELLED
    toy_runs.wait(desk, 0)
    press(page, "Go on")
    expect(page.get_by_text("“herbals” is ready").or_(page.get_by_text("“herbals” is up to date"))).to_be_visible(
        timeout=60_000
    )


def test_a_librarys_book_is_fetched_by_its_address(page: Page, app: Served, desk: Path) -> None:
    toy_runs.wait(desk, 0)
    with open_library() as library:
        address = library.modern("one", ["v3-level2", "v2-level1", ""])
        page.goto(f"{app.url}/add")
        settle(page)
        press(page, "Give an address")
        page.get_by_role("textbox", name="Addresses").fill(address)
        page.keyboard.press("Control+Enter")
        settle(page)
        type_in(page, "Its name", "library")
        press(page, "Fetch and prepare")
        expect(page.get_by_text("“library” is ready")).to_be_visible(timeout=60_000)
        assert metric(page.locator(".st-key-run_library"), "Plates") == "3"
        made = open_collection(desk / "data" / "library")
        assert address in made.manifest["inputs"]["iiif"][0] and made.catalogue.frame["title"].iloc[0]
        second = library.modern("two", ["v3-level2", "v3-level2"])
        page.goto(f"{app.url}/add?door=library&collection=library")
        settle(page)
        page.get_by_role("textbox", name="Addresses").fill(second)
        page.keyboard.press("Control+Enter")
        settle(page)
        page.get_by_role("combobox", name="Into").click()
        page.get_by_role("option", name="library", exact=True).click()
        settle(page)
        press(page, "Fetch and prepare")
        expect(metric_of(page.locator(".st-key-run_library"), "Plates")).to_have_text("5", timeout=60_000)
    assert len(open_collection(made.path).catalogue) == 5


def test_one_goes_to_the_trash_and_comes_back(page: Page, app: Served, desk: Path) -> None:
    page.goto(f"{app.url}/manage?collection=herbals")
    settle(page)
    card = page.locator(".st-key-collection_dropped")
    card.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Move it to the trash").click()
    expect(page.get_by_text("“dropped” lies in the trash now")).to_be_visible()
    assert not (desk / "data" / "dropped").exists()
    press(page, "Put it back")
    expect(page.locator(".st-key-collection_dropped")).to_be_visible()
    assert open_collection(desk / "data" / "dropped")


@pytest.mark.skipif(os.name != "posix", reason="groups of processes are POSIX")
def test_a_run_ends_with_the_app_but_outlives_its_crash(context: BrowserContext, tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    for number in range(3):
        draw_plate(number).save(tmp_path / "scans" / f"p{number}.png")
    environ, folder = toy_runs.environ(tmp_path), tmp_path / "data" / "scans"
    toy_runs.wait(tmp_path, 2)
    with serve(tmp_path / "data", environ=environ) as served, watched(context, served) as page:
        page.goto(f"{served.url}/?door=own")
        settle(page)
        type_in(page, "Or a folder on this computer", tmp_path / "scans")
        page.get_by_role("button", name="Prepare 3 images").click()
        expect(page.get_by_text("Looking for images")).to_be_visible()
        page.close()
        os.killpg(served.process.pid, signal.SIGINT)  # Ctrl-C in its terminal
        served.process.wait(20)
    assert status(folder) is runs.Status.BROKEN_OFF
    with serve(tmp_path / "data", environ=environ) as served, watched(context, served) as page:
        page.goto(served.url)
        expect(page.get_by_text("was broken off")).to_be_visible()
        toy_runs.wait(tmp_path, 0.7)
        press(page, "Go on")
        expect(page.get_by_text("Looking for images")).to_be_visible()
        page.close()
        os.killpg(served.process.pid, signal.SIGKILL)
        assert status(folder) is runs.Status.RUNNING
    with serve(tmp_path / "data", environ=environ) as served, watched(context, served) as page:
        page.goto(served.url)
        expect(page.get_by_test_id("imgsim-grid").locator("li")).to_have_count(3, timeout=60_000)
        page.get_by_role("link", name="Add plates", exact=True).click()
        expect(page.get_by_text("“scans” is ready")).to_be_visible(timeout=60_000)


def status(folder: Path) -> runs.Status:
    run = runs.of(folder)
    assert run is not None
    return run.status
