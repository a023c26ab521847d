"""Review, and the decisions on Compare, Plate and in a family, as Streamlit runs them without a browser."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.parts import reviewing
from imgsim.app.services import caches
from imgsim.base.database import backups
from imgsim.collection import Collection, open_collection
from imgsim.collection.collection import LEFT_OUT
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import Registry
from imgsim.errors import CollectionError
from imgsim.export import Request, files_of, zip_chunks
from imgsim.reviews import DECISIONS, TAKEN_BACK, Reviews
from tests.herbals import HOSTILE, make_herbals
from tests.making import add_matches, match_values
from tests.pages import ROOT, check, param, words

PAIRS = [
    match_values("p000", "p006", inliers=200),
    match_values("p006", "p012", inliers=150),
    match_values("p000", "p012", inliers=120),
    match_values("p001", "p018", "mirrored", inliers=90),
    match_values("p003", "p007", inliers=37),
    match_values("p005", "p022", "look-alike"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_herbals(tmp_path_factory.mktemp("review"))
    shutil.copytree(folder / "herbals", folder / "unverified")
    add_matches(folder / "herbals", PAIRS)
    return folder


@pytest.fixture
def herbals(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """A collection of one's own, for reviews are written to it."""
    shutil.copytree(made / "herbals", tmp_path / "data" / "herbals")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return open_collection(tmp_path / "data" / "herbals")


def visit(name: str, who: str = "Ada", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for key, value in query.items():
        app.query_params[key.removesuffix("_")] = value
    app.session_state["_imgsim_memory_answer"] = {"reviewer": who} if who else {}  # as the browser would
    app.switch_page(f"imgsim/app/pages/{name}.py")
    return check(app.run())


def told_of(app: AppTest) -> str:
    return " ".join(str(warning.value) for warning in app.warning)


def disabled(app: AppTest) -> list[bool]:
    """Of each way to download something, whether it is barred."""
    return [bool(getattr(button, "proto").disabled) for button in app.get("download_button")]  # noqa: B009


def press(app: AppTest, label: str) -> AppTest:
    return check(next(button for button in app.button if button.label == label).click().run())


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
    assert table["Score"].tolist() == [*(f"similarity ({name})" for name in herbals.backbones), "inliers"]
    assert table["Judged"].tolist() == [3] * len(table)


@pytest.mark.parametrize("payload", HOSTILE)
def test_names_and_notes_are_shown_as_they_were_written(herbals: Collection, payload: str) -> None:
    reviews_of(herbals.path).record("p000", "p006", "same plate", reviewer=payload[:80], note=payload)
    app = visit("compare", who=payload[:80], plate="p000", with_="p006")
    shown = "".join(str(c.value) for c in app.caption)
    for sign in ("<b>", "**bold", "](http", "$\\frac", ":red["):
        assert sign not in shown.replace("**Decided", "")


ALL_PAGES = ("plate", "compare", "reuse", "books", "browse", "map", "overview", "models", "review", "about", "search")


def test_damaged_reviews_are_said_on_every_page_and_the_plates_stay_to_be_seen(herbals: Collection) -> None:
    (herbals.path / "reviews.sqlite").write_bytes(b"no database" * 400)
    for name in ALL_PAGES:
        app = visit(name, plate="p000", with_="p006")
        said = " ".join(str(error.value).replace("\\", "") for error in app.error)
        assert "decisions of this collection cannot be read: file is not a database" in said, name
        assert "without any decision" in said and "There is no whole copy" in said, name
    app = visit("compare", plate="p000", with_="p006")
    press(app, "Unsure")
    assert sum("cannot be read" in str(error.value) for error in app.error) == 2
    assert [str(error.value) for error in visit("review").error]


@pytest.mark.parametrize("content", [b"", b"S", None])
def test_a_damaged_file_is_set_aside_by_one_button_and_the_copy_counts(
    herbals: Collection, content: bytes | None
) -> None:
    reviews, path = reviews_of(herbals), herbals.path / "reviews.sqlite"
    reviews.record("p000", "p006", "unrelated", reviewer="Ada")
    number = caches.revision(herbals)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert caches.revision(herbals) == LEFT_OUT and caches.decisions(herbals) == {}
    app = visit("reuse")
    said = " ".join(str(error.value) for error in app.error)
    assert "The latest whole copy is of" in said and "with 1 decision." in said.replace("\\", "")
    known = Registry(herbals.path).database.examined()
    visit("reuse", plate="p000")
    assert Registry(herbals.path).database.examined() == known  # nothing happened to a family
    press(app, "Use this copy")
    assert any("is in use: 1 decision." in str(one.value).replace("\\", "") for one in app.success)
    assert not app.error and not app.warning and caches.revision(herbals) == number
    assert not any(disabled(app))
    aside = list(herbals.path.glob("reviews.damaged-*.sqlite"))
    assert [one.read_bytes() for one in aside] == ([] if content is None else [content])


def test_a_full_disk_is_said_and_what_was_decided_counts(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews_of(herbals).record("p000", "p006", "unrelated", reviewer="Ada")
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr("imgsim.base.database.connecting.shutil.disk_usage", lambda folder: usage(10**9, 10**9, 0))
    app = visit("reuse")
    assert "Nothing can be decided now: The disk of reviews.sqlite is full" in told_of(app).replace("\\", "")
    assert caches.decision(herbals, "p000", "p006") is not None and not app.error


def test_a_copy_that_cannot_be_made_is_said(herbals: Collection) -> None:
    shutil.rmtree(herbals.path / "backups", ignore_errors=True)
    (herbals.path / "backups").write_bytes(b"")
    reviews_of(herbals).record("p000", "p006", "unrelated", reviewer="Ada")
    assert "No copy of reviews.sqlite could be put into backups" in told_of(visit("reuse")).replace("\\", "")


def test_damaged_ids_are_said_and_put_back_too(herbals: Collection) -> None:
    registry = Registry(herbals.path)
    backups.make(registry.database)
    before = registry.plates()
    registry.path.write_bytes(registry.path.read_bytes()[:5000])
    app = visit("browse")
    assert any("ids of this collection cannot be read" in str(error.value) for error in app.error)
    press(app, "Use this copy")
    assert registry.plates() == before and not app.error


def test_nothing_is_exported_that_decisions_belong_to_while_they_cannot_be_read(herbals: Collection) -> None:
    reviews_of(herbals).record("p000", "p006", "unrelated", reviewer="Ada")
    (herbals.path / "reviews.sqlite").write_bytes(b"")
    app = visit("reuse")
    assert disabled(app) == [True]
    app.button(key="open_export").click().run()
    assert any("cannot be read" in str(error.value) for error in app.error)
    for what in ("families", "matches", "reviews", "neighbours"):
        with pytest.raises(CollectionError, match="cannot be read"):
            request = Request(herbals, "2026-11-29", herbals.backbones[0])
            b"".join(zip_chunks(request, files_of([what], request)))


def test_a_collection_that_was_never_verified_says_what_to_do(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(made))
    app = visit("review", collection="unverified")
    assert "were not compared by their lines yet" in words(app)


def test_the_csv_of_a_plate_has_the_decisions(herbals: Collection) -> None:
    reviews_of(herbals.path).record("p000", "p006", "same plate", reviewer="Ada", note="=1")
    columns: dict[str, Any] = reviewing.columns(herbals, "p000", [herbals.catalogue.row("p006"), 3])
    assert columns["review"] == ["same plate", ""] and columns["review_by"] == ["Ada", ""]
    assert columns["review_disputed"] == ["no", ""] and columns["review_note"] == ["=1", ""]
