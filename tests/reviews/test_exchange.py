"""Reviews taken away and brought back, by table and by file."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.errors import ImgsimError
from imgsim.reviews import DECISIONS, Reviews
from imgsim.reviews.standing import standing_frame
from tests.kin import catalogue_of
from tests.reviews.people import EVIDENCE, decided, pictures

HOSTILE = [
    '=HYPERLINK("http://evil.invalid/f")', "+1", "-2+3", "@SUM(A1)", "\t=1", "'quoted", "=1\n=2\r\n=3", "１＋１",
    "<img src=x onerror=alert(1)>", "<script>fetch('//evil.invalid')</script>", "**bold** [a](http://evil.invalid)",
    "$x$ :red[y]", 'say "no"; then, go', "NA", "nan", "0904700600", "1-2", "Œuvres, été 🌿", "＝1",
]  # fmt: skip


def test_a_csv_brings_every_review_back_as_it_was(reviews: Reviews, tmp_path: Path) -> None:
    others: dict[str, tuple[str, int | None]] = {f"x{n}": ("b3", 1750) for n in range(len(HOSTILE))}
    catalogue = catalogue_of({"0904": ("b1", 1700), "1-2": ("b2", None), **others})
    for number, text in enumerate(HOSTILE):
        reviews.record(
            "0904", f"x{number}", list(DECISIONS)[number % 6], reviewer=text, note=text, evidence=EVIDENCE
        )
    reviews.record("0904", "1-2", "same plate", reviewer="A")
    reviews.undo("A")
    content = reviews.to_csv(catalogue, collection="c", date="2026-11-22")
    # No cell that a spreadsheet would run, or turn into a number or a date.
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for row in rows:
        for name, cell in row.items():
            if cell and name not in ("similarity", "coverage_a", "coverage_b"):
                assert cell.lstrip()[:1] not in "=+-@＝＋－＠", (name, cell)
    assert (rows[-1]["plate_a_id"], rows[-1]["plate_a_id_text"]) == ("0904", "[0904]")
    assert (rows[-1]["plate_b_id"], rows[-1]["plate_b_id_text"]) == ("1-2", "[1-2]")
    other = Reviews(tmp_path / "other.sqlite", pictures)
    report = other.merge_csv(content, catalogue)
    assert (report.added, report.already, report.conflicts, report.refused) == (len(HOSTILE) + 2, 0, (), ())
    assert other.all() == reviews.all()
    assert other.standing().equals(reviews.standing())
    again = other.merge_csv(content, catalogue)
    assert (again.added, again.already, again.conflicts) == (0, len(HOSTILE) + 2, ())
    assert other.to_csv(catalogue, collection="c", date="2026-11-22") == content


def test_merging_in_any_order_ends_with_the_same_decisions(tmp_path: Path) -> None:
    catalogue = catalogue_of({})
    sources = [Reviews(tmp_path / f"{n}.sqlite", pictures) for n in range(3)]
    for number, source in enumerate(sources):
        for plate in "bcd":
            source.record("a", plate, list(DECISIONS)[(number + ord(plate)) % 5], reviewer=f"R{number % 2}")
        source.undo(f"R{number % 2}")
    files = [source.to_csv(catalogue, collection="c", date="2026-11-22") for source in sources]
    ends = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        target = Reviews(tmp_path / f"into {order}.sqlite", pictures)
        for at in order:
            target.merge_csv(files[at])
        ends.append(target.standing())
    assert ends[0].equals(ends[1]) and ends[0].equals(ends[2])
    assert len(ends[0]) == 3 or len(ends[0]) == 2


def test_conflicts_are_listed_and_nothing_of_ours_is_changed(tmp_path: Path) -> None:
    plates = {"a": ("b", 1700), "b": ("c", 1701), "c": ("d", 1702)}
    catalogue = catalogue_of(plates, sha256=[pictures()[plate] for plate in plates])
    ours, theirs = Reviews(tmp_path / "ours.sqlite", pictures), Reviews(tmp_path / "theirs.sqlite", pictures)
    kept = ours.record("a", "b", "same plate", reviewer="A")
    theirs.merge_csv(ours.to_csv(catalogue, collection="c", date="2026-11-22"))
    theirs.record("a", "b", "unrelated", reviewer="B")
    theirs.record("a", "c", "unsure", reviewer="B")
    content = theirs.to_csv(catalogue, collection="c", date="2026-11-22")
    altered = content.replace(b"same plate", b"mirrored copy")
    report = ours.merge_csv(altered, catalogue)
    assert (report.added, report.already) == (2, 0)
    assert [(c.plate_a, c.plate_b, c.kind) for c in report.conflicts] == [
        ("a", "b", "altered"), ("a", "b", "disputed"),
    ]  # fmt: skip
    altered_one, disputed = report.conflicts
    assert altered_one.ours == (kept,)
    assert [(one.decision, one.reviewer) for one in altered_one.theirs] == [("mirrored copy", "A")]
    assert disputed.ours == (kept,)
    assert [(one.decision, one.reviewer) for one in disputed.theirs] == [("unrelated", "B")]
    assert kept in ours.all()
    assert decided(ours) == {"ab": "disputed?", "ac": "unsure"}


def test_a_table_by_hand_is_taken_and_its_bad_rows_are_listed(reviews: Reviews) -> None:
    table = (
        b"plate_a_id,plate_b_id,decision,reviewer,when,note\n"
        b"b,a,Same plate,A,2026-11-22,by hand\n"
        b"a,a,same plate,A,,\n"
        b"a,c,equal,A,,\n"
        b"a,c,unrelated,,,\n"
        b"a,d,unrelated,A,yesterday,\n"
        b"a,e,unrelated,A,,\n"
        b"short\n"
    )
    report = reviews.merge_csv(table)
    assert report.added == 2
    assert [line for line, _ in report.refused] == [3, 4, 5, 6, 8]
    assert decided(reviews) == {"ab": "same plate", "ae": "unrelated"}
    assert reviews.history("a", "b")[0].when == "2026-11-22T00:00:00.000000+00:00"
    again = reviews.merge_csv(table)
    assert (again.added, again.already) == (0, 2)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"plate_a_id,plate_b_id,decision\na,b,unsure"]
)
def test_what_is_no_table_of_reviews_is_refused_whole(reviews: Reviews, content: bytes) -> None:
    with pytest.raises(ImgsimError):
        reviews.merge_csv(content)
    assert not reviews.path.exists()


def test_a_copy_of_the_file_is_a_copy_of_the_reviews(reviews: Reviews, tmp_path: Path) -> None:
    reviews.record("a", "b", "unsure", reviewer="A")
    copy = shutil.copy(reviews.path, tmp_path / "copy.sqlite")
    assert Reviews(Path(copy), pictures).all() == reviews.all()
    assert standing_frame(reviews.all()).equals(reviews.standing())
    assert read_back(reviews.to_csv(catalogue_of({}), collection="c", date="d"))["decision"].tolist() == [
        "unsure"
    ]
