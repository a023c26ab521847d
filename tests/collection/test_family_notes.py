"""What people call a family: written, changed, taken back, kept through runs, and told in what is taken away."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.collection import keeping, open_collection
from imgsim.collection.family_notes import MOST_TAGS, FamilyNotes, checked_tags, says, tag_counts
from imgsim.collection.marks import FILE
from imgsim.errors import CollectionError, ImgsimError
from imgsim.export import Request, files_of
from imgsim.export.dossier import dossier_html
from imgsim.export.iiif import family_manifest
from tests.herbals import make_herbals
from tests.making import add_matches, make, match_values, write_plates


def test_the_last_word_counts_and_each_can_be_taken_back(tmp_path: Path) -> None:
    notes = FamilyNotes(tmp_path)
    assert notes.standing() == {} and not notes.can_undo("F0001")
    notes.write("F0001", "Ada", title="  The strawberry,  after Fuchs ", tags=["Fuchs", "fuchs", "wood, cut"])
    first = notes.standing()["F0001"]
    assert (first.title, first.tags, first.reviewer) == ("The strawberry, after Fuchs", ("Fuchs", "wood cut"), "Ada")
    notes.write("F0001", "Bob", title="Strawberry", note="Two lines,\nof a note.")
    notes.write("F0001", "Bob", title="Strawberry", note="Two lines,\nof a note.")  # nothing new: nothing written
    assert notes.revision == 2
    assert says(notes.standing()["F0001"], "straw LINES") and not says(notes.standing()["F0001"], "straw Fuchs")
    notes.undo("F0001", "Bob")
    assert notes.standing()["F0001"] == first
    notes.undo("F0001", "Bob")
    assert notes.standing() == {}
    with pytest.raises(ImgsimError, match="could be taken back"):
        notes.undo("F0001", "Bob")
    notes.write("F0002", "Ada", tags=["Fuchs"])
    notes.write("F0003", "Ada", tags=["woodcut", "Fuchs"])
    assert tag_counts(notes.standing(), ["F0002", "F0003"]) == {"Fuchs": 2, "woodcut": 1}
    notes.write("F0002", "Ada")  # emptied: nothing is said of it, which can be taken back as well
    assert set(notes.standing()) == {"F0003"} and notes.can_undo("F0002")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [({"title": "x" * 161}, "at most 160"), ({"note": "x" * 4001}, "4,000"), ({"tags": ["x" * 41]}, "at most 40"),
     ({"tags": [f"t{n}" for n in range(MOST_TAGS + 1)]}, "at most 20 tags"), ({"title": "a\x07b"}, "one line")],
)  # fmt: skip
def test_what_is_too_long_is_refused_and_nothing_is_written(tmp_path: Path, given: dict, wanted: str) -> None:
    with pytest.raises(ImgsimError, match=wanted):
        FamilyNotes(tmp_path).write("F0001", "Ada", **given)
    with pytest.raises(ImgsimError, match="who you are"):
        FamilyNotes(tmp_path).write("F0001", "  ", title="A title")
    assert FamilyNotes(tmp_path).standing() == {} and checked_tags([" ", ""]) == ()


def test_a_foreign_record_is_an_error(tmp_path: Path) -> None:
    from imgsim.collection.marks import Marks

    Marks(tmp_path, "family").add("F0001", ["no note"], "Ada")
    with pytest.raises(CollectionError, match="not what was written"):
        FamilyNotes(tmp_path).standing()


def test_titles_survive_a_run_and_stand_in_what_is_taken_away(tmp_path: Path) -> None:
    data = make_herbals(tmp_path)
    pairs = [match_values("p000", "p006", inliers=200)]
    add_matches(data / "herbals", pairs)
    before = open_collection(data / "herbals")
    assert before.families is not None
    [family] = before.families.ordered()
    FamilyNotes(before.path).write(
        family.id, "Ada", title="The strawberry, after Fuchs", note="=1+1\nA <b>note</b>.", tags=["Fuchs", "herbal"]
    )
    write_plates(tmp_path / "images" / "book0", 1, first=40)  # there is one more, so that another generation is made
    make(data / "herbals", tmp_path / "images", metadata=tmp_path / "metadata.csv", backbones=["toy", "other"])
    add_matches(data / "herbals", [*pairs, match_values("p001", "p018", inliers=90)])
    after = open_collection(data / "herbals")
    assert after.generation != before.generation and after.families is not None
    assert family.id in after.families.ids

    request = Request(after, date="2026-11-22", backbone=after.backbones[0])
    lists, linked = files_of(["families"], request)
    table = read_back(b"".join(chunk.data for chunk in lists.parts(request)))
    told = {row["family_id"]: row for row in table.to_dict("records")}
    assert told[family.id]["family_title"] == "The strawberry, after Fuchs"
    assert told[family.id]["family_tags"] == "Fuchs | herbal"
    other = next(row for name, row in told.items() if name != family.id)
    assert other["family_title"] == ""
    assert "The strawberry, after Fuchs" in b"".join(chunk.data for chunk in linked.parts(request)).decode()
    dossier = dossier_html(after, family.id).decode()
    assert "<h1>The strawberry, after Fuchs</h1>" in dossier and "&lt;b&gt;note" in dossier and "Ada, 20" in dossier
    assert "The strawberry, after Fuchs" in str(family_manifest(after, family.id, "http://127.0.0.1:1")["label"])

    # another title is another export, and is in the bundle of what nobody can make again
    said = request.described()
    FamilyNotes(after.path).undo(family.id, "Ada")
    assert Request(after, date="2026-11-22", backbone=after.backbones[0]).described() != said
    assert keeping.bundle(after.path, tmp_path / "kept.zip")[FILE] == 2
    with sqlite3.connect(after.path / FILE) as connection, pytest.raises(sqlite3.DatabaseError):
        connection.execute("UPDATE marks SET reviewer = 'Eve'")
