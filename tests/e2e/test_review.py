"""Reviews in a browser: judged by keyboard, taken back, families that follow at once, all there after a reload."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from imgsim.collection import open_collection
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import reviews_of
from imgsim.families import decisions_of
from imgsim.reviews import TAKEN_BACK
from tests.e2e.reviewing import NAME, shown, sign
from tests.e2e.serving import Served, settle


@pytest.fixture
def page(desk_page: Page) -> Page:
    return desk_page


def press(page: Page, key: str, pair: tuple[str, str]) -> tuple[str, str]:
    """Press a key and return the pair that comes after `pair`."""
    page.keyboard.press(key)
    page.wait_for_function(
        """([a, b]) => {
          const found = [];
          const walk = (node) => {
            for (const one of node.querySelectorAll('*')) {
              if (one.matches('[data-testid="imgsim-desk"] li')) found.push(one.dataset.id);
              if (one.shadowRoot) walk(one.shadowRoot);
            }
          };
          walk(document);
          return found.length === 2 && (found[0] !== a || found[1] !== b);
        }""",
        arg=list(pair),
    )
    settle(page)
    return shown(page)


def test_pairs_are_judged_by_keyboard_and_taken_back(page: Page, desk: tuple[Served, Path]) -> None:
    served, folder = desk
    reviews = reviews_of(folder)
    page.goto(f"{served.url}/review?collection=sample")
    settle(page)
    expect(page.get_by_text(re.compile(r"^0 of \d+ pairs judged"))).to_be_visible()
    expect(page.get_by_role("button", name="Same plate")).to_be_disabled()
    sign(page)
    first = shown(page)
    second = press(page, "s", first)
    assert second != first
    third = press(page, "u", second)
    expect(page.get_by_text(re.compile(r"^2 of \d+ pairs judged"))).to_be_visible()
    assert [(r.pair, r.decision, r.reviewer) for r in reviews.all()] == [
        (first, "same plate", NAME), (second, "unrelated", NAME),
    ]  # fmt: skip
    assert reviews.all()[0].evidence["backbone"] == "plates18"
    # What was taken back is asked again at once; then what came after it.
    assert press(page, "z", third) == second
    assert reviews.all()[-1].decision == TAKEN_BACK
    assert press(page, "q", second) == third
    # A skipped pair stays unjudged.
    fourth = press(page, "x", third)
    assert fourth not in (first, second, third)
    page.reload()
    settle(page)
    # The browser knows the name, the file knows the rest; the pair that was skipped comes again.
    expect(page.get_by_role("button", name=NAME)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^2 of \d+ pairs judged"))).to_be_visible()
    assert shown(page) == third
    assert reviews_of(folder).standing()["decision"].tolist().count("unsure") == 1
    # Two strokes at once are one decision, on the pair that was seen; and with Enter one goes on from the same button.
    before = len(reviews.all())
    page.keyboard.press("u")
    assert press(page, "u", third) != third
    assert [(r.pair, r.decision) for r in reviews.all()[before:]] == [(third, "unrelated")]
    button = page.get_by_role("button", name="Unsure")
    button.focus()
    press(page, "Enter", shown(page))
    expect(button).to_be_focused()


def test_the_keys_of_the_page_rest_while_something_lies_over_it(page: Page, desk: tuple[Served, Path]) -> None:
    served, folder = desk
    reviews = reviews_of(folder)
    page.goto(f"{served.url}/review?collection=sample")
    settle(page)
    sign(page)
    first, before = shown(page), len(reviews.all())
    page.get_by_role("button", name="Note").click()
    field = page.get_by_test_id("stPopoverBody").get_by_role("textbox").first
    expect(field).to_be_visible()
    page.keyboard.type("squeeze")  # whoever has not clicked the field yet
    page.wait_for_timeout(800)
    assert (shown(page), len(reviews.all())) == (first, before)
    field.fill("squeezed")  # it has its own keys
    expect(field).to_have_value("squeezed")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    page.get_by_role("button", name="Export …").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for key in "uqsxz":
        page.keyboard.press(key)
    page.wait_for_timeout(800)
    assert len(reviews.all()) == before
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settle(page)
    assert press(page, "x", first) != first  # and are back


def test_a_note_goes_with_the_decision_and_compare_has_letters(page: Page, desk: tuple[Served, Path]) -> None:
    served, folder = desk
    collection = open_collection(folder)
    assert collection.matches is not None
    ids = collection.catalogue.plate_ids
    match = next(m for m in map(collection.matches.match, range(len(collection.matches))) if not m.verified)
    page.goto(f"{served.url}/compare?collection=sample&plate={ids[match.a]}&with={ids[match.b]}")
    settle(page)
    sign(page)
    page.get_by_role("button", name="Note").click()
    note = page.get_by_role("textbox", name="Note")
    note.fill("=1+1 **bold** <img src=x>")
    note.press("Control+Enter")
    settle(page)
    page.keyboard.press("Escape")
    page.locator("h1").click()
    stage = page.get_by_test_id("imgsim-compare")
    page.keyboard.press("5")  # a way of looking here, no decision
    expect(stage).to_have_attribute("data-mode", "side")
    page.keyboard.press("d")
    expect(page.get_by_text("Decided: shared motif")).to_be_visible()
    expect(page.get_by_text("=1+1 **bold** <img src=x>")).to_be_visible()
    made = reviews_of(folder).history(str(ids[match.a]), str(ids[match.b]))
    assert [(r.decision, r.note) for r in made] == [("shared motif", "=1+1 **bold** <img src=x>")]
    assert made[0].evidence["verdict"] == "look-alike"


def test_a_family_changes_at_once_and_a_neighbour_bears_the_decision(
    page: Page, desk: tuple[Served, Path]
) -> None:
    served, folder = desk
    collection = open_collection(folder)
    # Of a family that no other test has judged.
    decided = decisions_of(reviews_of(folder).standing(), collection.catalogue)
    families = families_of(collection)
    assert families is not None
    family = next(f for f in families.ordered() if len(f) == 2 and decided.rows.isdisjoint(f.rows))
    earliest, other = (member.plate_id for member in family.members)
    page.goto(f"{served.url}/reuse?collection=sample&family={family.id}")
    settle(page)
    strip = page.get_by_test_id("imgsim-strips")
    expect(strip.locator("li")).to_have_count(2)
    strip.get_by_test_id("imgsim-judge").click()
    settle(page)
    sign(page)
    page.get_by_role("button", name="Re-engraved copy").click()
    expect(strip.get_by_text("re-engraved copy, by review")).to_be_visible()
    page.get_by_role("button", name="Unrelated").click()
    expect(page.get_by_text(re.compile("are no family any more"))).to_be_visible()
    settle(page)
    page.reload()
    settle(page)
    # The plate's page says so, and offers no family.
    page.goto(f"{served.url}/plate?collection=sample&plate={earliest}&threshold=0")
    settle(page)
    card = page.get_by_test_id("imgsim-grid").locator(f'li[data-id="{other}"]')
    expect(card.get_by_test_id("imgsim-review")).to_have_text("✓ unrelated")
    expect(page.get_by_role("button", name=re.compile("^Family of"))).to_have_count(0)
    card.get_by_test_id("imgsim-judge").click()
    settle(page)
    expect(page.get_by_role("button", name=NAME)).to_be_visible()  # the browser has kept it
    settle(page)
    page.keyboard.press("z")  # the first decision stands again
    expect(card.get_by_test_id("imgsim-review")).to_have_text("✓ re-engraved copy")
    expect(page.get_by_role("button", name=re.compile("^Family of 2 plates"))).to_be_visible()
