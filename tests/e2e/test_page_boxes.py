"""Correcting the boxes of pages in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from imgsim.collection import open_collection
from imgsim.collection.marks import FILE
from imgsim.collection.page_corrections import PageCorrections
from tests.book_scans import BELOW, LEFT, NAME, RIGHT, again
from tests.e2e.paging import (
    SCALE,
    Desk,
    at,
    boxes,
    click,
    cut,
    desk_on,
    desk_page,
    drag,
    near,
    open_page,
    save,
)
from tests.e2e.pressing import until
from tests.e2e.serving import settle
from tests.e2e.test_accessibility import DESK, UPRIGHT, looked_at, resize


def scaled(box: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(edge * SCALE for edge in box)


FIRST, SECOND, THIRD = scaled(LEFT), scaled(RIGHT), scaled(BELOW)


def middle(box: tuple[int, ...]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_on(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.fixture
def page(context: BrowserContext, desk: Desk) -> Iterator[Page]:
    with desk_page(context, desk) as opened:
        yield opened


@pytest.fixture
def pages(desk: Desk) -> Iterator[Path]:
    """The collection's folder; what was said of its pages is forgotten when the test ends."""
    folder = desk.data / NAME
    yield folder
    name = Path(FILE).stem
    for path in [*folder.glob(f"{name}*.sqlite"), *folder.glob(f"backups/{name}*")]:
        path.unlink()


def test_boxes_are_drawn_moved_split_joined_named_removed_and_kept(page: Page, desk: Desk, pages: Path) -> None:
    stage = open_page(page, desk, "q001")
    by_place = {number: box for number, (box, _) in boxes(page).items()}
    assert sorted(by_place.values()) == sorted([FIRST, SECOND, THIRD])
    left = next(number for number, box in by_place.items() if box == FIRST)
    right = next(number for number, box in by_place.items() if box == SECOND)
    below = next(number for number, box in by_place.items() if box == THIRD)

    # A click chooses, a drag moves, a handle pulls.
    click(page, middle(FIRST))
    expect(stage).to_have_attribute("data-current", str(left))
    drag(page, middle(FIRST), (middle(FIRST)[0] - 24, middle(FIRST)[1] + 40))
    moved = (FIRST[0] - 24, FIRST[1] + 40, FIRST[2] - 24, FIRST[3] + 40)
    assert near(boxes(page)[left][0], moved)
    drag(page, (moved[2], moved[3]), (moved[2] + 20, moved[3] + 60))
    pulled = (moved[0], moved[1], moved[2] + 20, moved[3] + 60)
    assert near(boxes(page)[left][0], pulled)

    # Named, and two steps back and on again.
    page.get_by_test_id("imgsim-kind-ornament").click()
    assert boxes(page)[left][1] == "ornament"
    page.get_by_test_id("imgsim-undo").click()
    page.get_by_test_id("imgsim-undo").click()
    assert near(boxes(page)[left][0], moved) and boxes(page)[left][1] == "illustration"
    page.get_by_test_id("imgsim-redo").click()
    assert near(boxes(page)[left][0], pulled)

    # Split across, and joined again under the smaller number.
    click(page, middle(THIRD))
    page.get_by_test_id("imgsim-split-box").click()
    expect(page.get_by_test_id("imgsim-split")).to_be_visible()
    third = THIRD[0] + (THIRD[2] - THIRD[0]) / 3
    click(page, (third, middle(THIRD)[1]))
    assert near(boxes(page)[below][0], (round(third), *THIRD[1:]))
    assert near(boxes(page)[3][0], (*THIRD[:2], round(third), THIRD[3]))
    click(page, ((THIRD[0] + third) / 2, middle(THIRD)[1]))
    click(page, ((THIRD[2] + third) / 2, middle(THIRD)[1]), "Shift")
    page.get_by_test_id("imgsim-join").click()
    assert boxes(page)[below][0] == THIRD and 3 not in boxes(page)

    # Removed; and drawn on empty paper.
    click(page, middle(SECOND))
    page.get_by_test_id("imgsim-remove").click()
    assert right not in boxes(page)
    page.get_by_test_id("imgsim-draw").click()
    drawn = (600, 40, 760, 300)
    drag(page, drawn[:2], drawn[2:])
    (new,) = set(boxes(page)) - {left, below}
    assert near(boxes(page)[new][0], drawn) and new == 3  # the number of what was removed is never given again
    drag(page, (20, 1090), (22, 1092))  # a slip of the hand
    assert len(boxes(page)) == 3

    expect(page.get_by_test_id("imgsim-said")).to_contain_text("not saved yet")
    corrected = boxes(page)
    save(page)
    (kept,) = desk.said("q001")
    assert kept.reviewer == "Anna" and kept.cuts is not None
    assert {one.number: (one.box, one.kind) for one in kept.cuts} == corrected
    expect(page.get_by_text("1 page was corrected since the last run.")).to_be_visible()
    page.reload()
    expect(stage).to_have_attribute("data-state", "ready")
    assert boxes(page) == corrected

    # Prepared again the plates are those boxes.
    again(desk.data)
    collection = open_collection(desk.data / NAME)
    of_page = {name for name in collection.catalogue.plate_ids if name.startswith("q001")}
    assert of_page == {f"q001_{number}" for number in corrected}
    for number, (box, _) in corrected.items():
        record = collection.catalogue.record(collection.catalogue.row(f"q001_{number}"))
        assert (record["width"], record["height"]) == (box[2] - box[0], box[3] - box[1])
    page.reload()
    expect(stage).to_have_attribute("data-state", "ready")
    expect(page.get_by_text("was corrected since the last run.")).to_have_count(0)
    PageCorrections(pages).add(kept.sha256, (kept.width, kept.height), None, "Anna")
    again(desk.data)


def test_what_is_not_saved_stays_while_other_pages_are_looked_at_and_whoever_leaves_is_asked(
    page: Page, desk: Desk, pages: Path
) -> None:
    stage = open_page(page, desk, "p001")
    click(page, middle(SECOND))
    page.keyboard.press("Delete")
    expect(stage).to_have_attribute("data-boxes", "1")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("p002, flora")).to_be_visible()
    expect(stage).to_have_attribute("data-boxes", "0")
    expect(page.get_by_test_id("imgsim-said")).to_contain_text("Unsaved on other pages: p001")
    page.get_by_role("button", name="← Previous").click()
    expect(stage).to_have_attribute("data-boxes", "1")
    expect(page.get_by_test_id("imgsim-said")).to_contain_text("not saved yet")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("() => { setTimeout(() => location.reload(), 0); }")
    until(page, lambda: asked == ["beforeunload"], "nobody asks")
    page.remove_listener("dialog", stay)
    expect(stage).to_have_attribute("data-boxes", "1")
    page.get_by_test_id("imgsim-discard").click()
    expect(stage).to_have_attribute("data-boxes", "2")
    assert desk.said("p001") == []
    page.reload()  # nothing is left to be asked about
    expect(stage).to_have_attribute("data-boxes", "2")


def test_somebody_elses_correction_is_never_written_over_unknowingly(page: Page, desk: Desk, pages: Path) -> None:
    stage = open_page(page, desk, "p001")
    known = open_collection(pages).pages
    assert known is not None
    scan = known.page("p001")
    click(page, middle(SECOND))
    page.keyboard.press("Delete")
    PageCorrections(pages).add(scan.sha256, (scan.width, scan.height), [], "Ben")
    page.get_by_test_id("imgsim-save").click()
    said = page.get_by_test_id("imgsim-said")
    expect(said).to_contain_text("This page has other boxes by now")
    settle(page)
    assert [one.reviewer for one in desk.said("p001")] == ["Ben"]
    page.get_by_test_id("imgsim-insist").click()
    save(page)
    assert [one.reviewer for one in desk.said("p001")] == ["Ben", "Anna"] and len(desk.said("p001")[-1].cuts or ()) == 1
    expect(said).to_contain_text("Saved.")
    click(page, middle(FIRST))
    page.keyboard.press("Delete")
    PageCorrections(pages).add(scan.sha256, (scan.width, scan.height), known.page("p001").cuts, "Ben")
    page.get_by_test_id("imgsim-save").click()
    expect(said).to_contain_text("This page has other boxes by now")
    page.get_by_test_id("imgsim-discard").click()
    expect(stage).to_have_attribute("data-boxes", "2")
    assert len(desk.said("p001")) == 3


def test_history_goes_back_on_the_screen(page: Page, desk: Desk, pages: Path) -> None:
    stage = open_page(page, desk, "p003")
    click(page, middle(THIRD))
    page.keyboard.press("Delete")
    save(page)
    expect(page.get_by_text("no illustration").first).to_be_visible()
    page.get_by_role("button", name="As the network finds it").click()
    expect(stage).to_have_attribute("data-boxes", "1")
    settle(page)
    assert [one.cuts for one in desk.said("p003")] == [(), None]


def test_a_zoomed_page_is_moved_by_dragging_and_boxes_stay_on_it(page: Page, desk: Desk, pages: Path) -> None:
    stage = open_page(page, desk, "q001")
    page.mouse.move(*at(page, *middle(THIRD)))
    page.mouse.wheel(0, -700)
    until(page, lambda: float(stage.get_attribute("data-zoom") or 1) > 2, "the wheel does not zoom")
    where = cut(page, 0).bounding_box()
    before = boxes(page)
    middle_of = stage.bounding_box()
    assert middle_of is not None
    start = (middle_of["x"] + middle_of["width"] / 2, middle_of["y"] + middle_of["height"] / 2)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 60, start[1] + 50, steps=4)
    page.mouse.up()
    assert boxes(page) == before  # what is not chosen is not moved
    assert cut(page, 0).bounding_box() != where
    assert near(boxes(page)[0][0], FIRST) and stage.get_attribute("data-current") is None


def test_the_list_leads_to_a_page_and_back(page: Page, desk: Desk, pages: Path) -> None:
    page.goto(desk.address())
    cards = page.locator("[data-testid=imgsim-grid][aria-label='Pages'] li[data-id]")
    expect(cards).to_have_count(5)
    expect(cards.first.locator("polygon.line")).to_have_count(2)
    expect(cards.nth(3).locator("img")).to_have_attribute("data-loaded", "")
    cards.nth(3).get_by_test_id("imgsim-card").click()
    expect(page.get_by_test_id("imgsim-page")).to_have_attribute("data-boxes", "3")
    page.get_by_role("button", name="All pages").click()
    expect(cards).to_have_count(5)


def test_axe_finds_nothing(page: Page, desk: Desk, pages: Path) -> None:
    page.goto(desk.address())
    expect(page.locator("[data-testid=imgsim-grid][aria-label='Pages'] li[data-id]")).to_have_count(5)
    settle(page)
    looked_at(page, "pages", "light", "dark")
    open_page(page, desk, "q001")
    click(page, middle(FIRST))
    page.keyboard.press("3")
    click(page, middle(THIRD))
    page.keyboard.press("2")
    looked_at(page, "a page", "light", "dark")
    resize(page, UPRIGHT)
    looked_at(page, "a page, 820", "light")
    resize(page, DESK)
    page.get_by_test_id("imgsim-discard").click()
