"""In a browser: what others decided is taken in with its report, and a pasted citation opens its plate."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from imgsim.collection import open_collection
from imgsim.collection.citing import family_citation, plate_citation
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import reviews_of
from imgsim.collection.family_notes import FamilyNotes
from imgsim.collection.observations import Observations
from imgsim.reviews import Reviews
from tests.e2e.comparing import MODES, drawn, mode, open_pair, pairs, pixels, ready
from tests.e2e.reviewing import sign
from tests.e2e.serving import Served, settle
from tests.e2e.test_accessibility import looked_at


@pytest.fixture
def page(desk_page: Page) -> Page:
    return desk_page


def test_an_import_reports_conflicts_with_pictures_until_it_is_closed(
    page: Page, desk: tuple[Served, Path], tmp_path: Path
) -> None:
    served, folder = desk
    collection = open_collection(folder)
    assert collection.matches is not None
    ids = collection.catalogue.plate_ids
    pairs = [(ids[m.a], ids[m.b]) for m in map(collection.matches.match, range(2))]
    theirs = Reviews(tmp_path / "theirs.sqlite", lambda: collection.catalogue.pictures)
    for pair, decision in zip(pairs, ("same plate", "unrelated"), strict=True):
        reviews_of(folder).record(*pair, decision, reviewer="Ada")
        theirs.record(*pair, "re-engraved copy", reviewer="Paul <b>", note="another **hatching**")
    theirs.record(ids[0], "lost", "unsure", reviewer="Paul <b>")
    file = tmp_path / "paul.csv"
    file.write_bytes(theirs.to_csv(collection.catalogue, collection="x", date="2026-11-22"))

    page.goto(f"{served.url}/review?collection=sample&section=all")
    settle(page)
    page.get_by_text("Import reviews").click()
    page.locator("input[type=file]").set_input_files(file)
    report = page.locator(".st-key-merge_report")
    expect(report.get_by_text("Imported: 2 new records")).to_be_visible()
    settle(page)
    shown = report.get_by_test_id("imgsim-pairs").locator("li")
    expect(shown).to_have_count(2)
    expect(report.get_by_text(re.compile("1 plate is not in this collection"))).to_be_visible()
    first = shown.first
    expect(first.get_by_text(re.compile("Here: Ada says"))).to_be_visible()
    expect(
        first.get_by_text(re.compile("In the file: Paul <b> says re-engraved copy.*“another \\*\\*hatching"))
    ).to_be_visible()
    for picture in first.locator("img").all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    # In another section, and after another page, it is still there.
    page.get_by_text("Pairs to judge").click()
    expect(page.locator(".st-key-merge_reminder")).to_contain_text("2 conflicts")
    settle(page)
    page.get_by_role("link", name="Browse").click()
    settle(page)
    page.get_by_role("link", name="Review", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Read the report").click()
    expect(shown).to_have_count(2)
    settle(page)
    shown.first.get_by_test_id("imgsim-compare").click()
    expect(page.get_by_text("Disputed:")).to_be_visible()
    settle(page)
    page.go_back()
    expect(shown).to_have_count(2)
    settle(page)
    report.get_by_role("button", name="Close").click()
    expect(report).to_have_count(0)


def search(page: Page, url: str, text: str) -> None:
    """Browse for a text, once the page is all there."""
    page.goto(f"{url}/?collection=sample")
    expect(page.get_by_test_id("imgsim-grid").locator("li").first).to_be_visible()
    settle(page)
    box = page.get_by_role("textbox", name="Search")
    box.fill(text)
    box.press("Enter")


def test_a_citation_in_the_search_box_opens_what_it_names(page: Page, desk: tuple[Served, Path]) -> None:
    served, folder = desk
    collection = open_collection(folder)
    families = families_of(collection)
    assert families is not None
    plate = collection.catalogue.plate_ids[7]
    search(page, served.url, plate_citation(collection, 7))
    found = page.locator(".st-key-found")
    expect(found.get_by_text(f"Plate {plate}")).to_be_visible()
    expect(found.locator("img")).to_have_count(1)
    found.get_by_role("button", name="Open the plate").click()
    expect(page).to_have_url(re.compile(rf"/plate\?.*plate={plate}"))
    settle(page)
    assert "text=" not in page.url
    family, other = families.ordered()[0], families.ordered()[-1]
    FamilyNotes(folder).write(other.id, "Ada", title="The strawberry, after Fuchs")
    search(page, served.url, family_citation(collection, family, "A “title”"))
    found.get_by_role("button", name="Open the family").click()
    expect(page).to_have_url(re.compile(rf"/reuse\?.*family={family.id}"))
    expect(page.get_by_test_id("imgsim-strips").locator("li")).to_have_count(len(family))
    settle(page)
    # by a decision the two become one, which bears the title; the address of the other leads to it, and says so
    reviews_of(folder).record(family.earliest.plate_id, other.earliest.plate_id, "same plate", reviewer="Ada")
    page.goto(f"{served.url}/reuse?collection=sample&family={other.id}")
    expect(page.get_by_text("It was called “The strawberry, after Fuchs”")).to_be_visible()
    expect(page.get_by_role("heading", name="The strawberry, after Fuchs · ")).to_be_visible()
    expect(page.get_by_text(f"Written of the family {other.id}, which became part of this one")).to_be_visible()
    expect(page.get_by_text("“The strawberry, after Fuchs”. One image in ")).to_be_visible()
    assert re.search(rf"family={family.id}", page.url)


def test_what_is_seen_at_a_numbered_point_is_written_shown_and_taken_back(
    page: Page, desk: tuple[Served, Path]
) -> None:
    served, folder = desk
    a, b = pairs("re-lettered")[0]
    before = reviews_of(folder).history(a, b)
    stage = open_pair(page, served, a, b)
    form, list_ = page.get_by_test_id("imgsim-observe"), page.get_by_test_id("imgsim-observations")
    expect(form.locator("input")).to_be_disabled()
    sign(page)
    expect(form.locator("input")).to_be_enabled()
    # Every mode numbers the places; a click on one chooses it. What is typed is no key of the page.
    page.get_by_test_id("imgsim-marked").click()
    drawn(page)
    assert int(stage.get_attribute("data-points") or 0) >= 12
    place = stage.evaluate("stage => stage.imgsimPoint(3)")
    box = stage.bounding_box()
    assert box
    page.mouse.click(box["x"] + place[0], box["y"] + place[1])
    expect(form.locator("select")).to_have_value("3")
    expect(form.locator("input")).to_be_focused()
    page.keyboard.type("same stem, broken: um2 (the leaf <b>bends</b>)")
    page.keyboard.press("Enter")
    expect(list_).to_contain_text("3: same stem, broken: um2 (the leaf <b>bends</b>) Ada <b>Reader</b>, 20")
    settle(page)
    expect(stage).to_have_attribute("data-mode", "flicker")
    assert reviews_of(folder).history(a, b) == before
    # Without the other numbers it stays where it is, in every mode, and a saved picture has it.
    page.get_by_test_id("imgsim-marked").click()
    for name in MODES:
        mode(page, stage, name)
        assert int(stage.get_attribute("data-points") or 0) == (1 if name != "side" else 24), name
    mode(page, stage, "opacity")
    noted = pixels(stage)
    page.get_by_test_id("imgsim-noted").click()
    drawn(page)
    assert stage.get_attribute("data-points") == "1"  # it is still the chosen one, without its words
    assert np.abs(pixels(stage) - noted).mean() > 0.05
    # From the other side it is the same number.
    [kept] = Observations(folder).standing()
    page.get_by_role("button", name="A ⇄ B").click()
    expect(page).to_have_url(re.compile(f"plate={b}&with={a}"))
    ready(page)
    expect(list_).to_contain_text("3: same stem")
    assert kept.number == 3 and kept.reviewer == "Ada <b>Reader</b>"
    form.get_by_role("button", name="Undo").click()
    expect(list_.locator("li")).to_have_count(0)
    assert Observations(folder).standing() == []


def test_a_whole_family_is_decided_at_once_but_for_the_plate_that_is_ticked(
    page: Page, desk: tuple[Served, Path]
) -> None:
    served, folder = desk
    families = families_of(open_collection(folder))
    assert families is not None
    family = max(families.ordered(), key=len)
    assert len(family) > 2
    reviews = reviews_of(folder)
    before = reviews.all()
    page.goto(f"{served.url}/reuse?collection=sample&family={family.id}")
    settle(page)
    page.get_by_role("button", name="Decide about all of them").click()
    settle(page)
    sign(page)
    page.keyboard.press("u")
    settle(page)
    plates = page.get_by_test_id("imgsim-strips").locator("li")
    expect(page.get_by_test_id("imgsim-except")).to_have_count(len(family))
    expect(page.get_by_test_id("imgsim-judge").first).to_be_hidden()
    # By the keyboard: along the strip, to the box of the second plate.
    box = plates.nth(1).get_by_test_id("imgsim-except")
    box.focus()
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("aria-checked", "true")
    settle(page)
    expect(box).to_be_focused()
    page.keyboard.press("s")  # another word than U
    settle(page)
    does = page.get_by_role("button", name=re.compile("Decide about .* same plate"))
    expect(does).to_be_enabled()
    looked_at(page, "a family to be decided at once", "light", "dark")
    assert reviews.all() == before
    does.click()
    expect(page.get_by_text(re.compile("Noted: same plate, about .* at once"))).to_be_visible()
    settle(page)
    made = reviews.all()[len(before):]
    left_out = family.members[1].plate_id
    assert made and {one.decision for one in made} == {"same plate"} and len({one.when for one in made}) == 1
    assert {plate for one in made for plate in one.pair} == {m.plate_id for m in family.members} - {left_out}
    page.keyboard.press("z")
    expect(page.get_by_text(re.compile("Taken back: same plate"))).to_be_visible()
    settle(page)
    assert [one.undoes for one in reviews.all()[len(before) + len(made):]] == [one.uuid for one in made]
