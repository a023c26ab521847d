"""Every key that Help lists is pressed in the browser, and does what Help says: those of comparing and judging."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from imgsim.app.components import keyboard
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.reviews import TAKEN_BACK
from tests.e2e.looking import arrive, state_of, visit
from tests.e2e.pressing import changes, try_all, until, zooms
from tests.e2e.reviewing import shown, sign
from tests.e2e.scenes import facts
from tests.e2e.serving import Served, settle


def test_on_compare(page: Page, app: Served, sample: Collection) -> None:
    known = facts(sample)
    visit(page, app, "compare", plate=known["plate"], **{"with": known["with"]})
    stage = page.get_by_test_id("imgsim-compare")
    expect(stage).to_have_attribute("data-state", "ready")
    modes: list[str] = []

    def mode(stroke: str) -> None:
        page.keyboard.press(stroke)
        label = page.locator(f"[data-mode][aria-keyshortcuts='{stroke}']")
        expect(label).to_have_attribute("aria-pressed", "true")
        expect(stage).to_have_attribute("data-mode", str(label.get_attribute("data-mode")))
        modes.append(str(stage.get_attribute("data-mode")))
        settle(page)

    def step(stroke: str) -> None:
        # First back from the second neighbour, then on again.
        if stroke == "ArrowLeft":
            changes(page, lambda: state_of(page)["with"])("ArrowRight")
            settle(page)
        changes(page, lambda: state_of(page)["with"])(stroke)
        settle(page)
        expect(stage).to_have_attribute("data-state", "ready")

    def back(stroke: str) -> None:
        page.keyboard.press(stroke)
        arrive(page, "plate")

    def moves(stroke: str) -> None:
        if stage.get_attribute("data-zoom") == "1.000":  # what is narrower than the stage has nowhere to go
            for _ in range(6):
                page.keyboard.press("+")
            expect(stage).to_have_attribute("data-zoom", "7.530")
        changes(page, lambda: hashlib.sha256(stage.screenshot()).hexdigest())(stroke)

    try_all(
        keyboard.COMPARE,
        {
            "swap": changes(page, lambda: stage.get_attribute("data-shown")),
            "mode": mode,
            "neighbours": step,
            "zoom": zooms(page, stage),
            "move": moves,
            "let go of the plates, then back to Plate": back,
        },
    )
    assert len(set(modes)) == 6


def test_on_review(desk_page: Page, desk: tuple[Served, Path]) -> None:
    page, (served, folder) = desk_page, desk
    reviews = reviews_of(folder)
    page.goto(f"{served.url}/review?collection=sample")
    settle(page)
    sign(page)

    def decides(decision: str) -> Callable[[str], None]:
        def press(stroke: str) -> None:
            pair = shown(page)
            page.keyboard.press(stroke)
            until(page, lambda: shown(page) != pair, f"{stroke} decides nothing")
            settle(page)
            last = reviews.all()[-1]
            assert (last.pair, last.decision) == (tuple(sorted(pair)), decision)

        return press

    def takes_back(stroke: str) -> None:
        decided = reviews.all()[-1].pair
        page.keyboard.press(stroke.lower())
        until(page, lambda: reviews.all()[-1].decision == TAKEN_BACK, f"{stroke} takes nothing back")
        settle(page)
        assert tuple(sorted(shown(page))) == decided

    def skips(stroke: str) -> None:
        pair, before = shown(page), len(reviews.all())
        page.keyboard.press(stroke.lower())
        until(page, lambda: shown(page) != pair, f"{stroke} skips nothing")
        settle(page)
        assert len(reviews.all()) == before

    desk_ = page.get_by_test_id("imgsim-desk")

    def flickers(stroke: str) -> None:
        plate, over = desk_.locator("li").first.locator(".paper"), desk_.locator("img.over")
        alone = plate.screenshot()
        page.keyboard.press(stroke.lower())
        expect(over).to_be_visible()
        # it lies on A's paper, about as large as A, and is another picture
        there, here = over.bounding_box(), desk_.locator("img.own").first.bounding_box()
        assert there and here and 0.3 < there["height"] / here["height"] < 3
        assert plate.screenshot() != alone
        page.keyboard.press(stroke.lower())
        expect(over).to_be_hidden()

    def outlines(stroke: str) -> None:
        # of a pair with lines in common
        page.goto(f"{served.url}/review?collection=sample&asked=mirrored")
        settle(page)
        expect(desk_.locator("polygon").first).to_be_visible()
        page.keyboard.press(stroke.lower())
        expect(desk_.locator("polygon").first).to_be_hidden()
        page.goto(f"{served.url}/review?collection=sample")
        settle(page)

    def opens(stroke: str) -> None:
        pair = shown(page)
        page.keyboard.press(stroke.lower())
        arrive(page, "compare")
        assert {state_of(page)["plate"], state_of(page)["with"]} == set(pair)

    try_all(
        keyboard.DESK,
        {
            **{key.does: decides(key.does) for key in keyboard.DECISION_KEYS},
            "take back your last decision": takes_back,
            "leave the pair for later": skips,
            "lay B on A, and take it off": flickers,
            "outlines, or none": outlines,
            "open it in Compare": opens,
        },
    )


def test_letters_decide_on_compare(desk_page: Page, desk: tuple[Served, Path], sample: Collection) -> None:
    page, (served, folder) = desk_page, desk
    reviews, known = reviews_of(folder), facts(sample)
    page.goto(f"{served.url}/compare?collection=sample&plate={known['plate']}&with={known['with']}")
    expect(page.get_by_test_id("imgsim-compare")).to_have_attribute("data-state", "ready")
    settle(page)
    sign(page)
    pair = tuple(sorted((known["plate"], known["with"])))

    def decides(decision: str) -> Callable[[str], None]:
        def press(stroke: str) -> None:
            before = len(reviews.all())
            page.keyboard.press(stroke.lower())
            until(page, lambda: len(reviews.all()) == before + 1, f"{stroke} decides nothing")
            settle(page)
            assert (reviews.all()[-1].pair, reviews.all()[-1].decision) == (pair, decision)

        return press

    decisions = [key for key in keyboard.DECIDE if key.caps != (keyboard.UNDO,)]
    assert len(decisions) == len(keyboard.DECISION_KEYS)
    try_all(
        keyboard.DECIDE,
        {**{key.does: decides(key.does) for key in decisions}, "take back your last decision": decides(TAKEN_BACK)},
    )
