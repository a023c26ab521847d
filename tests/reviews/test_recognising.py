"""Two machines, one collection: decisions find their plates by the scans, whatever those are called."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imgsim.catalogue import Catalogue
from imgsim.collection import open_collection
from imgsim.collection.decided import reviews_of
from imgsim.reviews import Reviews
from tests.kin import catalogue_of
from tests.making import make, write_plates
from tests.reviews.people import EVIDENCE

SCANS = {"one": "1" * 64, "two": "2" * 64, "three": "3" * 64}


def called(names: dict[str, str]) -> Catalogue:
    """Plates by their names here: name -> which scan it shows."""
    shown = [SCANS[names[name]] for name in sorted(names)]
    return catalogue_of({name: ("b", 1700) for name in names}, sha256=shown)


def store(path: Path, catalogue: Catalogue) -> Reviews:
    return Reviews(path, lambda: catalogue.pictures)


def sent(reviews: Reviews, catalogue: Catalogue) -> bytes:
    return reviews.to_csv(catalogue, collection="c", date="2026-11-22")


def test_decisions_go_to_other_names_and_come_back_as_they_were(tmp_path: Path) -> None:
    # The order of the names is another one there, too.
    ours, theirs = called({"a": "one", "b": "two", "c": "three"}), called({"x": "two", "y": "one", "c": "three"})
    mine, other = store(tmp_path / "mine.sqlite", ours), store(tmp_path / "other.sqlite", theirs)
    first = mine.record("a", "b", "mirrored copy", reviewer="Ada", note="the stem", evidence=EVIDENCE)
    mine.record("b", "c", "unsure", reviewer="Ada")
    mine.undo("Ada")
    report = other.merge_csv(sent(mine, ours), theirs)
    assert (report.added, report.refused, report.unknown, report.unconfirmed) == (3, (), (), 0)
    assert report.renamed == (("a", "y"), ("b", "x"))
    (came, *_), stands = other.all(), other.standing()
    assert (came.uuid, came.pair, came.decision, came.note) == (first.uuid, ("x", "y"), "mirrored copy", "the stem")
    assert (came.picture_a, came.picture_b) == (first.picture_b, first.picture_a)
    assert (came.evidence["coverage_a"], came.evidence["coverage_b"]) == (
        first.evidence["coverage_b"], first.evidence["coverage_a"],
    )  # fmt: skip
    assert stands[["plate_a", "plate_b", "decision"]].values.tolist() == [["x", "y", "mirrored copy"]]
    # The same file twice, and the way back: nothing is new, and nothing is at odds.
    again = other.merge_csv(sent(mine, ours), theirs)
    assert (again.added, again.already, again.conflicts) == (0, 3, ())
    back = mine.merge_csv(sent(other, theirs), ours)
    assert (back.added, back.already, back.conflicts, back.refused) == (0, 3, (), ())
    # What they differ about is disputed under the names of here.
    other.record("x", "y", "unrelated", reviewer="Eve")
    report = mine.merge_csv(sent(other, theirs), ours)
    assert [(one.plate_a, one.plate_b, one.kind) for one in report.conflicts] == [("a", "b", "disputed")]


def test_a_name_that_is_another_picture_here_does_not_take_the_decision(tmp_path: Path) -> None:
    ours, theirs = called({"a": "one", "b": "two", "c": "three"}), called({"a": "three", "b": "one", "c": "two"})
    mine, other = store(tmp_path / "mine.sqlite", ours), store(tmp_path / "other.sqlite", theirs)
    mine.record("a", "b", "same plate", reviewer="Ada")
    report = other.merge_csv(sent(mine, ours), theirs)
    assert (report.added, report.unconfirmed, other.all()[0].pair) == (1, 0, ("b", "c"))
    assert report.renamed == (("a", "b"), ("b", "c"))


@pytest.mark.parametrize("shown", [("one", "one"), ("three", "three")])
def test_where_several_show_one_scan_or_none_does_nothing_is_guessed(shown: tuple[str, str], tmp_path: Path) -> None:
    ours = called({"a": "one", "b": "two"})
    theirs = called({"b": "two", "x": shown[0], "y": shown[1]})
    mine, other = store(tmp_path / "mine.sqlite", ours), store(tmp_path / "other.sqlite", theirs)
    mine.record("a", "b", "same plate", reviewer="Ada")
    report = other.merge_csv(sent(mine, ours), theirs)
    assert (report.added, report.unknown, report.renamed) == (0, ("a",), ())
    assert "'a' is not in this collection" in report.refused[0][1]


def test_a_record_that_is_here_already_keeps_its_plates(tmp_path: Path) -> None:
    """One about an earlier scan of a plate, which lies here under another name as well."""
    before, now = called({"a": "one", "b": "two"}), called({"a": "three", "b": "two", "old": "one"})
    mine = store(tmp_path / "mine.sqlite", before)
    mine.record("a", "b", "same plate", reviewer="Ada")
    report = store(tmp_path / "mine.sqlite", now).merge_csv(sent(mine, before), now)
    assert (report.added, report.already, report.conflicts, report.renamed) == (0, 1, (), ())


def test_two_machines_agree_on_ids_or_find_each_other_by_the_scans(tmp_path: Path) -> None:
    """Prepared for real: the same files in other places, and once more under other names."""
    images = write_plates(tmp_path / "here" / "scans", 4)
    shutil.copytree(images, tmp_path / "there" / "deep" / "copy")
    renamed = tmp_path / "elsewhere" / "scans"
    renamed.mkdir(parents=True)
    for at, path in enumerate(sorted(images.iterdir(), reverse=True)):
        shutil.copy(path, renamed / f"fig{at}{path.suffix}")
    for name, folder in (("one", images), ("two", tmp_path / "there"), ("three", renamed)):
        make(tmp_path / name, folder)
    one, two, three = (open_collection(tmp_path / name) for name in ("one", "two", "three"))
    # Where files are called alike, so are plates, and they show the same.
    assert one.catalogue.pictures == two.catalogue.pictures
    assert set(one.catalogue.pictures.values()) == set(three.catalogue.pictures.values())
    assert not set(one.catalogue.pictures) & set(three.catalogue.pictures)
    first, second = one.catalogue.plate_ids[:2]
    reviews_of(one).record(first, second, "same plate", reviewer="Ada")
    content = sent(reviews_of(one), one.catalogue)
    for other, count in ((two, 0), (three, 2)):
        report = reviews_of(other).merge_csv(content, other.catalogue)
        assert (report.added, report.unconfirmed, len(report.renamed)) == (1, 0, count)
        (came,) = reviews_of(other).all()
        assert {other.catalogue.pictures[plate] for plate in came.pair} == {
            one.catalogue.pictures[first], one.catalogue.pictures[second],
        }  # fmt: skip
