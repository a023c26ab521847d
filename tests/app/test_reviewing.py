"""Decisions on Compare, Plate and in a family."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from imgsim.app.parts import reviewing
from imgsim.app.services import caches
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.reviews import sitting
from tests.app.review_scene import press, told_of, visit
from tests.herbals import HOSTILE
from tests.pages import check, param, words


@pytest.fixture
def herbals(own: Collection) -> Collection:
    return own


def test_compare_and_plate_show_what_was_decided(herbals: Collection) -> None:
    app = visit("compare", plate="p005", with_="p022")
    press(app, "Shared motif")
    assert "Decided: shared motif" in words(app)
    made = reviews_of(herbals.path).all()[0]
    assert made.pair == ("p005", "p022") and made.evidence["verdict"] == "look-alike"
    assert reviewing.mark(herbals, "p022", "p005") == {
        "review": "✓ shared motif", "review_title": f"Decided by Ada, {reviewing.day(made.when)}",
    }  # fmt: skip
    visit("plate", plate="p005", threshold="-1")


def test_what_was_said_before_is_said_again_but_for_a_double_click(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews = reviews_of(herbals.path)
    reviews.record("p005", "p022", "shared motif", reviewer="Ada", pictures=("a" * 64, "b" * 64))
    app = visit("compare", plate="p005", with_="p022")
    with monkeypatch.context() as later:
        later.setattr(sitting, "TWICE", timedelta(0))
        press(app, "Shared motif")
    # The plates show other pictures now than those that were decided about.
    _, made = reviews.all()
    assert (made.picture_a, made.picture_b) == tuple(herbals.catalogue.pictures[one] for one in made.pair)
    press(app, "Shared motif")
    assert len(reviews.all()) == 2
    press(app, "Same plate")
    press(app, "Shared motif")
    assert [review.decision for review in reviews.all()[2:]] == ["same plate", "shared motif"]


def test_a_decision_changes_the_families_at_once_everywhere(herbals: Collection) -> None:
    families = caches.families(herbals)
    assert families is not None and herbals.found_families is not None
    before, prepared = len(families), herbals.found_families.frame
    app = visit("reuse", family="p003")
    assert "1700 to 1710" in words(app) or "2 books" in words(app)
    reviews_of(herbals.path).record("p003", "p007", "unrelated", reviewer="Paul")
    after = caches.families(herbals)
    assert after is not None and len(after) == before - 1
    assert herbals.found_families.frame is prepared  # what was prepared stays as it was
    # The address of the family that is no more says what became of it, by whose decision, and shows its plates.
    assert "in no family now" in told_of(visit("reuse", family="p003"))
    told = told_of(visit("reuse", family="F0003"))
    assert "None of its plates is in a family now" in told
    assert "by Paul, whose decision was “unrelated” on p003 and p007" in told
    assert "Family of" not in " ".join(b.label for b in visit("plate", plate="p003").button)
    reviews_of(herbals.path).record("p010", "p020", "same plate", reviewer="Paul")
    again = caches.families(herbals)
    assert again is not None and again.of(herbals.catalogue.row("p020")) is not None
    visit("books")
    visit("about")


def test_a_family_can_be_judged_and_says_what_became_of_it(herbals: Collection) -> None:
    app = visit("reuse", family="p003")
    row, other = (herbals.catalogue.row(plate) for plate in ("p003", "p007"))
    app.session_state["_imgsim_family_judged"] = (row, other)
    check(app.run())
    press(app, "Re-engraved copy")
    families = caches.families(herbals)
    assert families is not None
    assert families.of(row) == "F0003" == param(app, "family")
    assert families.family("F0003").members[1].words == ("same image", "re-engraved copy, by review")
    press(app, "Unrelated")
    assert param(app, "family") == ""
    assert any("are no family any more" in str(box.value) for box in app.info)
    press(app, "Undo")
    # The same plates again, so the same family.
    assert param(app, "family") == "F0003"


@pytest.mark.parametrize("payload", HOSTILE)
def test_names_and_notes_are_shown_as_they_were_written(herbals: Collection, payload: str) -> None:
    reviews_of(herbals.path).record("p000", "p006", "same plate", reviewer=payload[:80], note=payload)
    app = visit("compare", who=payload[:80], plate="p000", with_="p006")
    shown = "".join(str(c.value) for c in app.caption)
    for sign in ("<b>", "**bold", "](http", "$\\frac", ":red["):
        assert sign not in shown.replace("**Decided", "")


def test_the_csv_of_a_plate_has_the_decisions(herbals: Collection) -> None:
    reviews_of(herbals.path).record("p000", "p006", "same plate", reviewer="Ada", note="=1")
    columns: dict[str, Any] = reviewing.columns(herbals, "p000", [herbals.catalogue.row("p006"), 3])
    assert columns["review"] == ["same plate", ""] and columns["review_by"] == ["Ada", ""]
    assert columns["review_disputed"] == ["no", ""] and columns["review_note"] == ["=1", ""]
