"""The page Review: the queue, all reviews, and what a score is worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.reviews import DECISIONS, TAKEN_BACK, Reviews
from tests.app.review_scene import press, visit
from tests.herbals import HOSTILE
from tests.pages import check, param, words


@pytest.fixture
def herbals(own: Collection) -> Collection:
    return own


def test_the_queue_asks_signs_and_comes_to_an_end(herbals: Collection) -> None:
    reviews = reviews_of(herbals.path)
    app = visit("review")
    first = words(app)
    assert "0 of " in first and "pairs judged" in first
    every = int(first.split("0 of ")[1].split(" ")[0])
    seen = set()
    for number in range(every):
        decision = list(DECISIONS)[number % 6]
        press(app, f"{decision[0].upper()}{decision[1:]}")
        last = reviews.all()[-1]
        assert (last.decision, last.reviewer) == (decision, "Ada")
        assert last.evidence["backbone"] == "toy" and last.evidence["generation"] == herbals.generation
        seen.add(last.pair)
    assert len(seen) == every
    assert "Every pair is judged" in words(app)
    # What was decided is summed up, and the last word can be taken back here.
    counts = {decision: len(range(number, every, 6)) for number, decision in enumerate(DECISIONS)}
    told = ", ".join(f"{count} {decision}" for decision, count in counts.items() if count)
    assert f"**In this sitting: {told}.**" in words(app)
    press(app, "Undo")
    assert f"{every - 1} of {every} pairs judged · In this sitting: " in words(app)
    press(app, "Unrelated")
    press(app, "All reviews")
    assert f"**{every} pairs decided** · In this sitting: " in words(app)
    app = visit("review", who="Eve")
    assert "Every pair is judged" in words(app) and "In this sitting" not in words(app)
    press(app, "What a score is worth here")
    assert param(app, "section") == "worth"


def test_without_a_name_nothing_can_be_decided(herbals: Collection) -> None:
    app = visit("review", who="")
    buttons = {button.label: button for button in app.button}
    assert all(buttons[f"{name[0].upper()}{name[1:]}"].disabled for name in DECISIONS)
    assert buttons["Undo"].disabled
    app.text_input(key="_reviewer_name_").set_value("  Ada   Reader ").run()
    check(app)
    press(app, "Unrelated")
    assert reviews_of(herbals.path).all()[0].reviewer == "Ada Reader"


def test_undo_skip_and_the_note(herbals: Collection) -> None:
    reviews = reviews_of(herbals.path)
    app = visit("review")
    app.text_area[0].set_value("a note")
    press(app, "Same plate")
    assert reviews.all()[0].note == "a note"
    assert app.text_area[0].value == ""
    press(app, "Undo")
    assert reviews.all()[-1].decision == TAKEN_BACK
    press(app, "Unrelated")
    assert reviews.all()[-1].pair == reviews.all()[0].pair  # asked again at once
    press(app, "Skip")
    press(app, "Unsure")
    press(app, "Undo")
    press(app, "Undo")
    assert len(reviews.standing()) == 0
    press(app, "Undo")
    assert "nothing of yours" in words(app)


def test_skipping_everything_offers_everything_again(herbals: Collection) -> None:
    app = visit("review", asked="mirrored")
    press(app, "Skip")
    assert "you skipped all of them" in words(app)
    press(app, "Ask for them again")
    press(app, "Mirrored copy")
    assert "Every pair under “Mirrored” is judged" in words(app)
    press(app, "See all pairs")
    assert param(app, "asked") == ""


def test_disputed_pairs_are_asked_for_once_one_asks(herbals: Collection) -> None:
    reviews = reviews_of(herbals.path)
    reviews.record("p000", "p006", "same plate", reviewer="Ada")
    reviews.record("p000", "p006", "re-engraved copy", reviewer="Paul", note="another hatching")
    app = visit("review", asked="disputed")
    shown = words(app)
    assert "1 pair on which reviewers differ" in shown
    assert "Disputed:" in shown and "another hatching" in shown
    press(app, "Re-engraved copy")
    assert "Reviewers agree on every pair" in words(app) or "you skipped all" in words(app)
    assert not reviews.standing()["disputed"].any()


def test_all_reviews_with_history_files_and_import(herbals: Collection, tmp_path: Path) -> None:
    assert "Nothing is decided yet" in words(visit("review", section="all"))
    other = Reviews(tmp_path / "other.sqlite", lambda: herbals.catalogue.pictures)
    for number, payload in enumerate(HOSTILE):
        other.record("p000", f"p{number + 1:03}", "unsure", reviewer=payload[:100], note=payload)
    other.record("p000", "elsewhere", "unrelated", reviewer="Paul")
    content = other.to_csv(herbals.catalogue, collection="other", date="2026-11-22")
    app = visit("review", section="all")
    app.file_uploader[0].upload("reviews.csv", content, "text/csv")
    check(app.run())
    count = len(HOSTILE)
    assert f"{count} new records" in words(app)
    assert f"{count} pairs decided" in words(app)
    assert reviews_of(herbals.path).all() == other.all()[:-1]
    assert "1 row was refused" in words(app)
    notes = next(frame.value for frame in app.dataframe if "Note" in frame.value.columns)
    assert set(HOSTILE) <= set(notes["Note"])
    app = visit("review", section="all")
    app.file_uploader[0].upload("reviews.csv", b"no,reviews\n1,2\n", "text/csv")
    check(app.run())
    assert any("plate_a_id" in str(error.value).replace("\\", "") for error in app.error)


def test_what_a_score_is_worth_once_there_are_judgements(herbals: Collection) -> None:
    assert "Nobody has judged enough pairs" in words(visit("review", section="worth"))
    reviews = reviews_of(herbals.path)
    for a, b, decision in (
        ("p000", "p006", "same plate"),
        ("p001", "p018", "mirrored copy"),
        ("p005", "p022", "unrelated"),
    ):
        reviews.record(a, b, decision, reviewer="Ada")
    app = visit("review", section="worth", precision="0.9")
    shown = words(app)
    assert "3 judged pairs" in shown and "Not enough judgements for 90 %" in shown.replace("\\", "")
    table = app.dataframe[0].value
    assert table["Score"].tolist() == [*(f"similarity ({name})" for name in herbals.backbones), "points that agree"]
    assert table["Judged"].tolist() == [3] * len(table)


def test_a_collection_that_was_never_verified_says_what_to_do(
    judgeable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(judgeable))
    app = visit("review", collection="unverified")
    assert "were not compared by their lines yet" in words(app)


def test_the_history_of_a_pair_says_who_what_and_when(herbals: Collection) -> None:
    app = visit("review")
    assert "What was decided about this pair" not in words(app)
    press(app, "Same plate")
    app.text_area[0].set_value("")
    press(app, "Undo")  # it is asked again, with what was decided before
    [told] = [html.proto.body for html in app.get("html") if '<ol class="trail"' in html.proto.body]
    last = reviews_of(herbals.path).all()[-1]
    assert told.index("taken back") < told.index("same plate")
    assert told.count("<li>") == 2 and f"{last.when[11:16]} UTC" in told and "Ada" in told
