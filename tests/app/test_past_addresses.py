"""Addresses and decisions of the past in the app: plates that are gone, families that became others, other scans."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from imgsim.collection import Collection, open_collection
from imgsim.collection.addresses import family_address
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import reviews_of
from tests.app.review_scene import told_of, visit
from tests.pages import param, words
from tests.prepare.verifying import draw, rescan, verified


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two books that share four pictures: families F0001 to F0004."""
    base = tmp_path_factory.mktemp("identity")
    for book, first in (("a", 0), ("b", 0)):
        (base / "scans" / book).mkdir(parents=True)
        for number in range(first, first + 4):
            image = draw(number) if book == "a" else rescan(draw(number))
            image.save(base / "scans" / book / f"{book}{number}.png")
    verified(base / "data" / "old", base / "scans")
    families = families_of(open_collection(base / "data" / "old"))
    assert families is not None and families.ids == ("F0001", "F0002", "F0003", "F0004")
    reviews = reviews_of(base / "data" / "old")
    for number in range(4):
        reviews.record(f"a{number}", f"b{number}", "same plate", reviewer="Paul", note=f"note {number}")
    return base


@pytest.fixture
def changed(before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """One plate is gone, one was scanned again, and another picture lies where a third one was."""
    shutil.copytree(before, tmp_path / "all")
    scans, out = tmp_path / "all" / "scans", tmp_path / "all" / "data" / "old"
    (scans / "b" / "b0.png").unlink()
    with Image.open(scans / "b" / "b1.png") as image:
        rescan(image, 0.97).resize(image.size).save(scans / "b" / "b1.png")
    draw(70).save(scans / "b" / "b2.png")
    verified(out, scans)
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "all" / "data"))
    return open_collection(out)


def test_the_address_of_a_plate_that_is_gone_shows_its_last_picture_and_who_names_it(changed: Collection) -> None:
    app = visit("plate", plate="b0")
    assert param(app, "plate") == ""
    assert "b0 is gone since" in words(app) and "Decisions that name it: 1" in words(app)
    app = visit("plate", plate="b2")
    assert param(press_key(app, "gone_successor"), "plate") == "b/b2"
    assert "there never was" in told_of(visit("plate", plate="../../etc/passwd"))


def test_addresses_of_families_lead_to_what_became_of_them(changed: Collection) -> None:
    # Named after a plate, as addresses were; and by a family that has lost its second plate.
    app = visit("reuse", family="a3")
    assert param(app, "family") == "F0004"
    assert "a3 is in the family F0004" in " ".join(str(info.value) for info in app.info)
    told = told_of(visit("reuse", family="F0001")).replace("\\", "")
    assert "F0001 ended on" in told and "Gone from the collection: b0" in told
    assert "It was last in the family F0001" in told_of(visit("reuse", family="b0"))
    assert "there never was" in told_of(visit("reuse", family="F9999"))
    history = words(visit("reuse", family="F0004"))
    assert "F0004 was found with 2 plates" in history


def test_decisions_about_what_is_not_here_count_for_nothing_until_confirmed(changed: Collection) -> None:
    app = visit("review", section="all")
    assert "3 decisions count for nothing just now" in words(app)
    assert "1 pairs decided" in words(app) or "1 pair decided" in words(app)
    assert "None" not in words(app)
    waiting = {one.review.plate_b: one.review for one in reviews_of(changed).unconfirmed()}
    assert set(waiting) == {"b0", "b1", "b2"}
    # Another scan of the same picture: confirmed by whoever looked.
    app = press_key(app, f"confirm_{waiting['b1'].uuid}")
    assert "2 decisions count for nothing just now" in words(app)
    made = reviews_of(changed).all()[-1]
    assert (made.reviewer, made.decision, made.confirms) == ("Ada", "same plate", waiting["b1"].uuid)
    assert made.picture_b == changed.catalogue.pictures["b1"] != waiting["b1"].picture_b
    assert made.note == "Confirms Paul, " + waiting["b1"].when[:10] + ": note 1"
    # Tied to another plate: no id that is not here, no plate with itself.
    box = next(one for one in app.text_input if one.key == f"tie_{waiting['b0'].uuid}_b")
    check(box.set_value("nobody").run())
    assert button(app, f"confirm_{waiting['b0'].uuid}").disabled and "no plate nobody" in words(app)
    box = next(one for one in app.text_input if one.key == f"tie_{waiting['b0'].uuid}_b")
    check(box.set_value("b3").run())
    app = press_key(app, f"confirm_{waiting['b0'].uuid}")
    tied = reviews_of(changed).all()[-1]
    assert (tied.pair, tied.confirms) == (("a0", "b3"), waiting["b0"].uuid)
    # Taken back, it waits again.
    reviews_of(changed).undo("Ada")
    assert "2 decisions count for nothing just now" in words(visit("review", section="all"))


def test_nobody_confirms_without_a_name(changed: Collection) -> None:
    app = visit("review", who="", section="all")
    assert all(one.disabled for one in app.button if one.key and one.key.startswith("confirm"))
    assert "Write your name first" in words(app)


def test_about_says_what_changed_and_who_names_what_is_gone(changed: Collection) -> None:
    seen = words(visit("about"))
    labels = " ".join(one.label for one in visit("about").expander)
    assert "New: 1" in labels and "Gone: their ids stay reserved: 2" in labels and "better scan" in labels
    assert "2 decisions name plates that are gone; 1 decision about another scan" in seen


def check(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def button(app: AppTest, key: str) -> Any:
    return next(one for one in app.button if one.key == key)


def press_key(app: AppTest, key: str) -> AppTest:
    return check(next(one for one in app.button if one.key == key).click().run())


def test_each_family_names_the_decision_that_changed_it(before: Path, tmp_path: Path) -> None:
    """Several decisions between two looks at the families: none takes the blame for another."""
    shutil.copytree(before / "data" / "old", tmp_path / "old")
    collection = open_collection(tmp_path / "old")
    reviews_of(collection).record("a1", "b1", "unrelated", reviewer="Paul")
    reviews_of(collection).record("a2", "b2", "unrelated", reviewer="Paul")
    reviews_of(collection).record("a3", "b0", "unsure", reviewer="Ada")
    families = families_of(collection)
    assert families is not None and families.ids == ("F0001", "F0004")
    for family_id, pair in (("F0002", "a1 and b1"), ("F0003", "a2 and b2")):
        told = family_address(collection, families, family_id).told
        assert f"{family_id} ended on" in told and f"Paul, whose decision was “unrelated” on {pair}" in told
