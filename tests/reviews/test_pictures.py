"""Decisions are about pictures: of an older file, of plates that are gone or show another scan, and confirmed anew."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from imgsim.collection import open_collection
from imgsim.collection.decided import reviews_of
from imgsim.errors import CollectionError, ImgsimError
from imgsim.reviews import FILE, Reviews
from tests.kin import catalogue_of
from tests.making import make, write_plate, write_plates
from tests.reviews.first_form import first_form


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_of_the_first_form_is_given_the_pictures_that_are_here_and_is_copied_before(
    tmp_path: Path,
) -> None:
    out = tmp_path / "mine"
    write_plates(tmp_path / "scans", 3)
    make(out, tmp_path / "scans")
    first_form(out / FILE, ("p000", "p001"), ("p001", "x9"))
    before = (out / FILE).read_bytes()
    reviews = reviews_of(out)
    pictures = open_collection(out).catalogue.pictures
    assert [(r.picture_a, r.picture_b) for r in reviews.all()] == [
        (pictures["p000"], pictures["p001"]), (pictures["p001"], ""),
    ]  # fmt: skip
    copies = list(out.glob("reviews.form-1.*.sqlite"))
    assert len(copies) == 1
    with sqlite3.connect(copies[0]) as old:
        assert old.execute("PRAGMA user_version").fetchone() == (1,)
        assert old.execute("SELECT COUNT(*) FROM reviews").fetchone() == (2,)
    assert before[:16] == copies[0].read_bytes()[:16]
    assert reviews.standing()["plate_b"].tolist() == ["p001"]
    assert [(one.state_a, one.state_b) for one in reviews.unconfirmed()] == [("", "gone")]
    # Once is enough, and the file is still one that is only ever added to.
    reviews.record("p000", "p002", "unsure", reviewer="Ada")
    assert len(list(out.glob("reviews.form-*"))) == 1
    with sqlite3.connect(out / FILE) as connection, pytest.raises(sqlite3.DatabaseError, match="never changed"):
        connection.execute("UPDATE reviews SET note = 'other'")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX file modes")
def test_a_file_of_the_first_form_that_cannot_be_written_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_form(tmp_path / FILE, ("a", "b"))
    reviews = Reviews(tmp_path / FILE, lambda: {"a": sha("a"), "b": sha("b")})

    def barred(*given: object) -> None:
        raise CollectionError("nothing can be written here")

    monkeypatch.setattr(reviews.database, "write", barred)
    assert [(r.picture_a, r.picture_b) for r in reviews.all()] == [(sha("a"), sha("b"))]
    assert reviews.standing()["decision"].tolist() == ["same plate"]
    assert sqlite3.connect(tmp_path / FILE).execute("PRAGMA user_version").fetchone() == (1,)


def test_a_decision_about_another_scan_counts_for_nothing_until_it_is_confirmed(tmp_path: Path) -> None:
    here = {plate: sha(plate) for plate in "abc"}
    reviews = Reviews(tmp_path / FILE, lambda: here)
    made = reviews.record("b", "a", "same plate", reviewer="Ada")
    assert (made.picture_a, made.picture_b) == (sha("a"), sha("b"))
    reviews.record("b", "c", "unrelated", reviewer="Ada")
    here["a"] = sha("a better scan")
    assert reviews.standing()["plate_b"].tolist() == ["c"]
    waiting = reviews.unconfirmed()
    assert [(one.review.uuid, one.state_a, one.state_b) for one in waiting] == [(made.uuid, "another scan", "")]
    reviews.record("a", "b", "same plate", reviewer="Paul", confirms=made.uuid)
    assert reviews.unconfirmed() == []
    standing = reviews.standing()
    assert standing["reviewers"].tolist() == ["Paul", "Ada"] and not standing["disputed"].any()
    reviews.undo("Paul")
    assert [one.review.uuid for one in reviews.unconfirmed()] == [made.uuid]
    # The scan decided about is back: the decision stands as it did.
    here["a"] = sha("a")
    assert reviews.unconfirmed() == [] and len(reviews.standing()) == 2


def test_what_was_taken_back_or_said_anew_waits_for_nobody(tmp_path: Path) -> None:
    here = {plate: sha(plate) for plate in "ab"}
    reviews = Reviews(tmp_path / FILE, lambda: here)
    reviews.record("a", "b", "same plate", reviewer="Ada")
    reviews.record("a", "b", "unrelated", reviewer="Ada")
    reviews.record("a", "b", "unsure", reviewer="Paul")
    reviews.undo("Paul")
    here.pop("b")
    assert [(one.review.decision, one.state_b, one.gone) for one in reviews.unconfirmed()] == [
        ("unrelated", "gone", True)
    ]


def test_a_decision_that_does_not_say_what_it_was_about_must_be_confirmed(tmp_path: Path) -> None:
    here: dict[str, str] = {}
    reviews = Reviews(tmp_path / FILE, lambda: here)
    reviews.record("a", "b", "same plate", reviewer="Ada")
    here |= {"a": sha("a"), "b": sha("b")}
    assert not len(reviews.standing())
    assert [(one.state_a, one.state_b) for one in reviews.unconfirmed()] == [("not known", "not known")]


def test_reviews_travel_with_their_pictures_and_unknown_plates_are_refused(tmp_path: Path) -> None:
    catalogue = catalogue_of({"a": ("b1", 1700), "b": ("b2", 1710), "c": ("b3", 1720)})
    ours = Reviews(tmp_path / "ours.sqlite", lambda: catalogue.pictures)
    ours.record("a", "b", "same plate", reviewer="Ada")
    ours.record("a", "c", "same plate", reviewer="Ada", pictures=(sha("another a"), catalogue.pictures["c"]))
    content = ours.to_csv(catalogue, collection="c", date="2026-11-29")
    smaller = catalogue_of({"a": ("b1", 1700), "c": ("b3", 1720)})
    theirs = Reviews(tmp_path / "theirs.sqlite", lambda: smaller.pictures)
    report = theirs.merge_csv(content, smaller)
    assert (report.added, report.unknown, report.unconfirmed) == (1, ("b",), 1)
    assert [line for line, _ in report.refused] == [2] and "'b'" in report.refused[0][1]
    assert not len(theirs.standing()) and theirs.unconfirmed()[0].state_a == "another scan"


def test_a_list_from_before_pictures_were_named_is_the_same_list(tmp_path: Path) -> None:
    catalogue = catalogue_of({"a": ("b1", 1700), "b": ("b2", 1710)})
    ours = Reviews(tmp_path / FILE, lambda: catalogue.pictures)
    ours.record("a", "b", "same plate", reviewer="Ada")
    content = ours.to_csv(catalogue, collection="c", date="2026-11-29").replace(b"0" * 64, b"")
    report = ours.merge_csv(content, catalogue)
    assert (report.added, report.already, report.conflicts) == (0, 1, ())


@pytest.mark.parametrize("picture", ["abc", "g" * 64, "0" * 63, "../x"])
def test_a_picture_that_is_no_hash_is_refused(tmp_path: Path, picture: str) -> None:
    reviews = Reviews(tmp_path / FILE)
    with pytest.raises(ImgsimError, match="SHA-256"):
        reviews.record("a", "b", "unsure", reviewer="A", pictures=(picture, ""))


def test_a_scan_that_was_replaced_takes_no_decision_with_it(tmp_path: Path) -> None:
    out, scans = tmp_path / "mine", tmp_path / "scans"
    write_plates(scans, 3)
    make(out, scans)
    reviews_of(out).record("p000", "p001", "same plate", reviewer="Ada")
    write_plate(scans / "p001.png", 77)
    make(out, scans)
    assert not len(reviews_of(out).standing())
    assert len(reviews_of(out).unconfirmed()) == 1
