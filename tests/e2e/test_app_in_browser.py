"""The main job in a real browser: look, choose, compare, take away."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from imgsim.collection import Collection, open_collection
from tests.conftest import SAMPLE
from tests.e2e.serving import Served, settle
from tests.pages import PAGES


@pytest.fixture(scope="module")
def sample(prepared: Path) -> Collection:
    return open_collection(prepared / "sample")


def visit(page: Page, app: Served, name: str = "", **state: str) -> None:
    """Open a page of the app and wait until it is drawn."""
    state.setdefault("collection", "sample")
    page.goto(f"{app.url}/{name}?{urlencode(state)}")
    arrive(page, name)


def arrive(page: Page, name: str) -> None:
    """Wait until that page is the one that is drawn."""
    expect(page.locator("h1")).to_have_text(PAGES[name or "browse"])
    settle(page)


def state_of(page: Page) -> dict[str, str]:
    """The state that the address holds."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def cards(page: Page, label: str = "Plates") -> Locator:
    """The cards of a grid, by the grid's label."""
    return page.locator(f"[data-testid=imgsim-grid][aria-label='{label}'] li")


def card(page: Page, plate_id: str) -> Locator:
    return page.locator(f"[data-testid=imgsim-grid] li[data-id='{plate_id}'] [data-testid=imgsim-card]").first


def ids(found: Locator) -> list[str]:
    """The plates of cards, in their order."""
    expect(found.first).to_be_visible()
    return [str(item.get_attribute("data-id")) for item in found.all()]


def neighbours_of(page: Page) -> list[str]:
    """The ranked plates on the page, in their order."""
    return ids(page.locator("[data-testid=imgsim-grid] li[data-rank]"))


def on_map(page: Page, name: str) -> str:
    """One of the values that the map tells about itself."""
    return page.get_by_test_id("imgsim-map").get_attribute(f"data-{name}") or ""


def wait_for_map(page: Page) -> Locator:
    canvas = page.get_by_test_id("imgsim-map")
    expect(canvas).to_have_attribute("data-points", re.compile("[1-9]"))
    return canvas


def point(page: Page, row: int) -> tuple[float, float]:
    """Where a plate's point is in the window."""
    found = page.get_by_test_id("imgsim-map").evaluate("(canvas, row) => canvas.imgsimLocate(row)", row)
    assert found and found["inside"]
    return found["x"], found["y"]


def lonely_rows(page: Page, count: int, plates: int = SAMPLE) -> list[int]:
    """At least `count` rows whose points stand apart from all others, so that a click means just one plate."""
    places = page.get_by_test_id("imgsim-map").evaluate(
        "(canvas, count) => Array.from({length: count}, (_, row) => canvas.imgsimLocate(row))", plates
    )
    found = []
    for row, place in enumerate(places):
        others = [other for index, other in enumerate(places) if index != row]
        if place["inside"] and all(abs(place["x"] - o["x"]) + abs(place["y"] - o["y"]) > 24 for o in others):
            found.append(row)
    assert len(found) >= count
    return found


def hover(page: Page, row: int) -> Locator:
    """Rest the pointer on a point until it says what it is, and return what it says."""
    x, y = point(page, row)
    tooltip = page.get_by_test_id("imgsim-tooltip")
    for _ in range(40):  # the titles come after the points, and a pointer that rests does not ask again
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        page.wait_for_timeout(100)
        if tooltip.is_visible():
            break
    expect(tooltip).to_be_visible()
    return tooltip


def click_point(page: Page, row: int) -> None:
    x, y = point(page, row)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def download(page: Page, button: Locator) -> tuple[str, bytes]:
    """Press a download button; return the file's name and content."""
    with page.expect_download() as waiting:
        button.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_a_plate_in_browse_leads_to_its_page_and_back_again(page: Page, app: Served) -> None:
    visit(page, app)
    shown = ids(cards(page))
    assert len(shown) == SAMPLE
    image = cards(page).first.locator("img")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 50
    assert image.evaluate("image => getComputedStyle(image).objectFit") == "contain"

    card(page, shown[3]).click()
    arrive(page, "plate")
    assert state_of(page)["plate"] == shown[3]
    expect(page.get_by_test_id("imgsim-viewer")).to_have_attribute("data-state", "ready")

    page.go_back()
    arrive(page, "")
    assert "plate" not in state_of(page)  # one step back, not two
    assert ids(cards(page)) == shown


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


def test_a_click_on_the_map_changes_the_neighbours_and_keeps_the_zoom(
    page: Page, app: Served, sample: Collection
) -> None:
    visit(page, app, "map", threshold="-1", other_books="no", fold="no", map="pca")
    canvas = wait_for_map(page)
    assert on_map(page, "points") == str(SAMPLE)
    first, second = lonely_rows(page, 2)[:2]

    x, y = point(page, first)
    page.mouse.move(x, y)
    for _ in range(3):
        page.mouse.wheel(0, -120)
    page.wait_for_timeout(400)
    zoom = float(on_map(page, "zoom"))
    assert zoom > 1

    click_point(page, first)
    expect(canvas).to_have_attribute("data-query", str(first))
    settle(page)
    assert state_of(page)["plate"] == sample.catalogue.plate_ids[first]
    before = neighbours_of(page)
    assert [sample.catalogue.row(plate) for plate in before] == red(page)
    assert float(on_map(page, "zoom")) == zoom

    other = second if is_inside(page, second) else next(row for row in red(page) if is_inside(page, row))
    click_point(page, other)
    expect(canvas).not_to_have_attribute("data-query", str(first))
    settle(page)
    after = neighbours_of(page)
    assert after != before
    assert [sample.catalogue.row(plate) for plate in after] == red(page)
    assert float(on_map(page, "zoom")) == zoom


def red(page: Page) -> list[int]:
    """The rows that the map draws as neighbours."""
    return [int(row) for row in re.findall(r"\d+", on_map(page, "neighbours"))]


def is_inside(page: Page, row: int) -> bool:
    return bool(
        page.get_by_test_id("imgsim-map").evaluate(
            "(canvas, row) => canvas.imgsimLocate(row)?.inside ?? false", row
        )
    )


def test_a_box_on_the_map_gathers_plates_and_gives_them_as_csv(page: Page, app: Served) -> None:
    visit(page, app, "map", map="pca")
    canvas = wait_for_map(page)
    page.get_by_test_id("imgsim-mode-box").click()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=5)
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4, steps=5)
    page.mouse.up()
    expect(canvas).to_have_attribute("data-selected", str(SAMPLE))
    chosen = cards(page, "Selected plates")
    expect(chosen).to_have_count(SAMPLE)
    _, content = download(page, page.get_by_role("button", name="Download CSV"))
    from imgsim.base.spreadsheets import read_back

    table = read_back(content)
    assert sorted(plate.strip('="') for plate in table["plate_id"]) == sorted(ids(chosen))


def test_another_projection_moves_the_points(page: Page, app: Served) -> None:
    visit(page, app, "map", map="pca")
    wait_for_map(page)
    before = [point(page, row) for row in range(6)]
    page.get_by_role("radio", name="t-SNE").or_(page.get_by_role("button", name="t-SNE")).first.click()
    settle(page)
    page.wait_for_timeout(500)
    assert state_of(page)["map"] == "tsne"
    assert [point(page, row) for row in range(6)] != before


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


def test_filters_narrow_browse_and_stand_in_the_address(page: Page, app: Served, sample: Collection) -> None:
    visit(page, app)
    word = re.findall(r"\w{5,}", str(sample.catalogue.frame["title"].iat[0]))[0]
    page.get_by_label("Search", exact=True).fill(word)
    page.keyboard.press("Enter")
    wanted = [str(sample.catalogue.plate_ids[row]) for row in sample.catalogue.search(word)]
    expect(cards(page)).to_have_count(len(wanted))
    settle(page)
    assert state_of(page)["text"] == word
    assert sorted(ids(cards(page))) == sorted(wanted)
    page.reload()
    arrive(page, "")
    assert sorted(ids(cards(page))) == sorted(wanted)


def test_the_keyboard_is_enough(page: Page, app: Served) -> None:
    visit(page, app)
    wanted = ids(cards(page))[1]
    cards(page).first.locator("button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    arrive(page, "plate")
    assert state_of(page)["plate"] == wanted


@pytest.mark.parametrize("name", ["", "reuse", "books", "plate", "map", "search", "about"])
def test_every_page_opens_clean_and_says_what_it_is(page: Page, app: Served, name: str) -> None:
    visit(page, app, name)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    for image in page.locator("img").all():
        # A picture in what is hidden from screen readers as a whole, as the map's hint is, needs no words of its own.
        hidden = image.evaluate("image => image.closest('[aria-hidden=true]') !== null")
        assert (image.get_attribute("alt") or "") or hidden, image


@pytest.mark.parametrize(
    "query", ["plate=../../etc/passwd", "plate=%00", "page=-7&top_k=x", "collection=%3Cb%3E", "map=nope"]
)
def test_a_mangled_link_is_answered_with_a_page(page: Page, app: Served, query: str) -> None:
    for name in ("", "plate", "map"):
        page.goto(f"{app.url}/{name}?{query}")
        arrive(page, name)
        expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_running_app_holds_no_torch_until_an_image_is_searched(
    prepared: Path, context: BrowserContext
) -> None:
    from tests.e2e.serving import serve

    with serve(prepared) as served:
        maps = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
        if not maps.exists():
            pytest.skip("needs Linux's /proc")
        page = context.new_page()
        for name in ("", "reuse", "books", "plate", "map", "about"):
            visit(page, served, name)
        # python -m imgsim starts the server as its child
        for pid in maps.read_text().split() or [str(served.process.pid)]:
            loaded = Path(f"/proc/{pid}/maps").read_text()
            assert "streamlit" in Path(f"/proc/{pid}/cmdline").read_text()
            for library in ("libtorch", "llvmlite", "cv2", "onnxruntime", "openvino"):
                assert library not in loaded
