"""Reviews: written by many at once, undone, merged, and kept through everything that may happen to a file."""

from __future__ import annotations

import csv
import hashlib
import io
import multiprocessing
import os
import shutil
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from imgsim.base.database import Database
from imgsim.base.spreadsheets import read_back
from imgsim.collection import open_collection
from imgsim.collection.decided import reviews_of
from imgsim.errors import BusyError, CollectionError, DamagedError, ImgsimError
from imgsim.families import decisions_of
from imgsim.reviews import DECISIONS, FILE, TAKEN_BACK, Reviews
from imgsim.reviews.standing import standing_frame
from tests.kin import catalogue_of
from tests.making import make, write_plate, write_plates

EVIDENCE = {
    "verdict": "same image", "inliers": 212, "mirrored": False, "coverage_a": 0.1, "coverage_b": 0.30000001192092896,
    "similarity": 0.9481, "backbone": "plates18", "generation": "20261125-213434-6065b73", "matching": "04833a3d543f",
}  # fmt: skip
HOSTILE = [
    '=HYPERLINK("http://evil.invalid/f")', "+1", "-2+3", "@SUM(A1)", "\t=1", "'quoted", "=1\n=2\r\n=3", "１＋１",
    "<img src=x onerror=alert(1)>", "<script>fetch('//evil.invalid')</script>", "**bold** [a](http://evil.invalid)",
    "$x$ :red[y]", 'say "no"; then, go', "NA", "nan", "0904700600", "1-2", "Œuvres, été 🌿", "＝1",
]  # fmt: skip

TRIGGER = """CREATE TRIGGER append_only_update BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never changed'); END"""


def pictures() -> dict[str, str]:
    """Plates a to z and b0 to b24, each with a picture of its own."""
    plates = [*"abcdefghijklmnopqrstuvwxyz", *(f"b{number}" for number in range(25))]
    return {plate: hashlib.sha256(plate.encode()).hexdigest() for plate in plates}


@pytest.fixture
def reviews(tmp_path: Path) -> Reviews:
    return Reviews(tmp_path / FILE, pictures)


def decided(reviews: Reviews) -> dict[str, str]:
    """What stands, in short: {"ab": "same plate?"}, with a ? where it is disputed."""
    frame = reviews.standing()
    columns = (frame[name] for name in ("plate_a", "plate_b", "decision", "disputed"))
    return {a + b: decision + "?" * disputed for a, b, decision, disputed in zip(*columns, strict=True)}


# ---- one person


def test_without_a_file_there_are_no_reviews_and_reading_makes_none(reviews: Reviews, tmp_path: Path) -> None:
    assert reviews.all() == [] and reviews.history("a", "b") == [] and reviews.revision == 0
    assert reviews.undo("A") is None
    assert list(reviews.standing().columns) == [
        "plate_a", "plate_b", "decision", "disputed", "said", "reviewers", "when", "note",
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_review_is_kept_as_it_was_given_with_its_plates_in_order(reviews: Reviews) -> None:
    made = reviews.record(
        "b", "a", "same plate", reviewer=" Ada  Reader ", note=" worn\nhere ", evidence=EVIDENCE
    )
    assert (made.plate_a, made.plate_b, made.reviewer, made.note) == ("a", "b", "Ada Reader", "worn\nhere")
    assert made.evidence == EVIDENCE | {
        "coverage_a": EVIDENCE["coverage_b"],
        "coverage_b": EVIDENCE["coverage_a"],
    }
    assert made.when.endswith("+00:00") and len(made.when) == 32
    assert Reviews(reviews.path, pictures).all() == [made] == reviews.history("b", "a")
    assert reviews.history("a", "c") == []


@pytest.mark.parametrize(
    ("plates", "decision", "reviewer", "note", "said"),
    [
        ("aa", "same plate", "A", "", "with itself"),
        ("ab", "same", "A", "", "no decision"),
        ("ab", TAKEN_BACK, "A", "", "no decision"),
        ("ab", "same plate", " \n", "", "name"),
        ("ab", "same plate", "A" * 121, "", "121"),
        ("ab", "same plate", "A", "x" * 4001, "4,001"),
        (("", "b"), "same plate", "A", "", "plate id"),
        (("a\x00", "b"), "same plate", "A", "", "plate id"),
    ],
)
def test_what_is_no_review_is_refused_and_writes_nothing(
    reviews: Reviews, plates: tuple[str, str], decision: str, reviewer: str, note: str, said: str
) -> None:
    with pytest.raises(ImgsimError, match=said):
        reviews.record(*plates, decision, reviewer=reviewer, note=note)
    assert not reviews.path.exists()


@pytest.mark.parametrize("evidence", [{"verdikt": "x"}, {"inliers": "many"}, {"similarity": [1]}])
def test_evidence_of_another_kind_is_refused(reviews: Reviews, evidence: dict[str, object]) -> None:
    with pytest.raises(ImgsimError):
        reviews.record("a", "b", "unsure", reviewer="A", evidence=evidence)


def test_evidence_that_is_not_known_is_left_out(reviews: Reviews) -> None:
    made = reviews.record(
        "a", "b", "unsure", reviewer="A", evidence={"verdict": None, "similarity": float("nan")}
    )
    assert made.evidence == {}


def test_undo_takes_back_the_last_decision_and_keeps_the_history(reviews: Reviews) -> None:
    reviews.record("a", "b", "same plate", reviewer="A")
    reviews.record("a", "b", "unrelated", reviewer="A")
    reviews.record("a", "c", "unsure", reviewer="B")
    assert decided(reviews) == {"ab": "unrelated", "ac": "unsure"}
    gone = reviews.undo("A")
    assert gone is not None and gone.decision == "unrelated"
    assert decided(reviews) == {"ab": "same plate", "ac": "unsure"}
    assert reviews.undo("A") is not None
    assert decided(reviews) == {"ac": "unsure"}
    assert reviews.undo("A") is None and reviews.undo("C") is None
    assert [r.decision for r in reviews.history("a", "b")] == [
        "same plate",
        "unrelated",
        TAKEN_BACK,
        TAKEN_BACK,
    ]
    # A new decision after an undo is a decision like any other.
    reviews.record("a", "b", "shared motif", reviewer="A")
    assert decided(reviews)["ab"] == "shared motif"
    assert reviews.undo("A") is not None
    assert decided(reviews) == {"ac": "unsure"}


def test_nobody_can_take_back_what_another_decided(reviews: Reviews) -> None:
    made = reviews.record("a", "b", "same plate", reviewer="A")
    forged = replace(made, uuid=str(uuid.uuid4()), decision=TAKEN_BACK, reviewer="B", undoes=made.uuid)
    reviews.add([forged])
    assert decided(reviews) == {"ab": "same plate"}


def test_two_reviewers_who_differ_make_a_pair_disputed_and_the_unsure_do_not(reviews: Reviews) -> None:
    reviews.record("a", "b", "same plate", reviewer="A", note="see the crack")
    reviews.record("a", "b", "unsure", reviewer="B")
    assert decided(reviews) == {"ab": "same plate"}
    reviews.record("a", "b", "re-engraved copy", reviewer="C", note="no crack")
    assert decided(reviews) == {"ab": "disputed?"}  # nobody's word, and not the latest, is that of the pair
    row = reviews.standing().iloc[0]
    assert row["said"] == "re-engraved copy (C); unsure (B); same plate (A)"
    assert row["reviewers"] == "C; B; A"
    assert row["note"] == "C: no crack\nA: see the crack"
    reviews.record("b", "a", "same plate", reviewer="C")
    assert decided(reviews) == {"ab": "same plate"}


def test_a_clock_that_is_set_back_does_not_change_the_order(
    reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.record("a", "b", "same plate", reviewer="A")
    monkeypatch.setattr("imgsim.reviews.decision_record.now", lambda: "2001-01-01T00:00:00.000000+00:00")
    reviews.record("a", "b", "unrelated", reviewer="A")
    assert decided(reviews) == {"ab": "unrelated"}
    undone = reviews.undo("A")
    assert undone is not None and undone.decision == "unrelated"


def test_the_revision_changes_with_every_review_and_with_another_file(
    reviews: Reviews, tmp_path: Path
) -> None:
    seen = {reviews.revision}
    for number in range(5):
        reviews.record("a", f"b{number}", "unsure", reviewer="A")
        seen.add(reviews.revision)
    reviews.undo("A")
    seen.add(reviews.revision)
    assert len(seen) == 7
    other = Reviews(tmp_path / "other.sqlite", pictures)
    for number in range(6):
        other.record("x", f"y{number}", "unsure", reviewer="A")
    assert other.revision not in seen
    before = reviews.revision
    assert reviews.revision == before


# ---- many people


def _write(path: Path, name: str, count: int, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]
    reviews = Reviews(path, pictures)
    for number in range(count):
        reviews.record("a", f"b{number}", "same plate", reviewer=name, note=f"{name} {number}")
        if number % 5 == 4:
            reviews.undo(name)


def test_twenty_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path, each = tmp_path / FILE, 25
    context = multiprocessing.get_context("spawn")
    start = context.Event()
    people = [context.Process(target=_write, args=(path, f"reader {n}", each, start)) for n in range(20)]
    for person in people:
        person.start()
    start.set()
    while any(person.is_alive() for person in people):
        found = Reviews(path, pictures).all()  # reading waits for nobody
        assert len({review.uuid for review in found}) == len(found)
        time.sleep(0.05)
    for person in people:
        person.join()
    assert [person.exitcode for person in people] == [0] * 20
    found = Reviews(path, pictures).all()
    notes = {review.note for review in found if review.decision != TAKEN_BACK}
    assert notes == {f"reader {n} {number}" for n in range(20) for number in range(each)}
    assert len(found) == 20 * (each + each // 5)
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    # Every fifth was taken back, by each of them.
    frame = Reviews(path, pictures).standing()
    assert len(frame) == each - each // 5
    assert all(len(names.split("; ")) == 20 for names in frame["reviewers"])


def test_twenty_threads_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path, start = tmp_path / FILE, threading.Event()
    failed: list[BaseException] = []

    def write(name: str) -> None:
        try:
            _write(path, name, 10, start)
        except BaseException as error:
            failed.append(error)

    people = [threading.Thread(target=write, args=(f"reader {n}",)) for n in range(20)]
    for person in people:
        person.start()
    start.set()
    for person in people:
        person.join()
    assert failed == []
    assert len(Reviews(path, pictures).all()) == 20 * 12


def test_what_was_written_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / FILE
    context = multiprocessing.get_context("spawn")
    start = context.Event()
    start.set()
    person = context.Process(target=_write, args=(path, "reader", 100_000, start))
    person.start()
    while len(Reviews(path, pictures).all()) < 20:
        time.sleep(0.01)
    seen = {review.uuid for review in Reviews(path, pictures).all()}
    assert person.pid is not None
    os.kill(person.pid, signal.SIGKILL)
    person.join()
    assert seen <= {review.uuid for review in Reviews(path, pictures).all()}
    Reviews(path, pictures).record("x", "y", "unsure", reviewer="B")
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_that_stays_busy_gives_a_clear_error_and_can_still_be_read(reviews: Reviews) -> None:
    reviews.record("a", "b", "unsure", reviewer="A")
    holder = sqlite3.connect(reviews.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    database = Database(reviews.path, reviews.schema, patience=0.2)
    with pytest.raises(BusyError, match="busy"):
        database.write(lambda connection: None)
    assert len(reviews.all()) == 1
    holder.close()


def test_reviews_survive_every_preparation_and_follow_the_plates_by_their_ids(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 4)
    out = tmp_path / "data" / "kept"
    make(out, images)
    reviews = reviews_of(out)
    reviews.record("p001", "p003", "same plate", reviewer="A")
    reviews.record("p002", "p003", "unrelated", reviewer="A")
    before = reviews.all()
    # Plates come and go: the rows of the others are other ones, their ids the same.
    write_plate(images / "a000.png", 99)
    (images / "p002.png").unlink()
    make(out, images)
    collection = open_collection(out)
    assert len(collection.catalogue) == 4 and not collection.catalogue.has("p002")
    assert reviews_of(out).all() == before
    decided = decisions_of(reviews.standing(), collection.catalogue)
    rows = tuple(collection.catalogue.row(plate) for plate in ("p001", "p003"))
    assert (dict(decided.confirmed), decided.rejected) == ({rows: "same plate"}, frozenset())


# ---- files that are not as they should be


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 20, b"PK\x03\x04" * 600]
)
def test_another_kind_of_file_gives_a_clear_error_and_stays_as_it_is(
    reviews: Reviews, content: bytes
) -> None:
    reviews.path.write_bytes(content)
    for act in (
        reviews.all,
        lambda: reviews.revision,
        lambda: reviews.record("a", "b", "unsure", reviewer="A"),
    ):
        with pytest.raises(CollectionError, match="cannot be read"):
            act()
    assert reviews.path.read_bytes() == content


def test_a_damaged_file_gives_a_clear_error(reviews: Reviews) -> None:
    for number in range(60):
        reviews.record("a", f"b{number}", "unsure", reviewer="A", note="x" * 500)
    data = bytearray(reviews.path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    reviews.path.write_bytes(bytes(data))
    with pytest.raises(CollectionError, match="cannot be read"):
        reviews.all()
    reviews.path.write_bytes(bytes(data[:5000]))
    with pytest.raises(CollectionError):
        reviews.all()


def test_the_file_of_another_program_or_a_newer_imgsim_is_left_alone(reviews: Reviews) -> None:
    with sqlite3.connect(reviews.path) as connection:
        connection.execute("CREATE TABLE reviews (x)")
    with pytest.raises(CollectionError, match="another program"):
        reviews.record("a", "b", "unsure", reviewer="A")
    reviews.path.unlink()
    reviews.record("a", "b", "unsure", reviewer="A")
    with sqlite3.connect(reviews.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(CollectionError, match="newer imgsim"):
        reviews.all()


@pytest.mark.parametrize("content", [b"", b"S"])
def test_an_empty_file_is_damaged(reviews: Reviews, content: bytes) -> None:
    reviews.path.write_bytes(content)
    for act in (reviews.all, lambda: reviews.record("a", "b", "unsure", reviewer="A")):
        with pytest.raises(DamagedError, match="cannot be read"):
            act()
    assert reviews.path.read_bytes() == content


def test_reviews_are_never_changed_or_removed(reviews: Reviews) -> None:
    reviews.record("a", "b", "unsure", reviewer="A")
    with sqlite3.connect(reviews.path) as connection:
        for statement in ("UPDATE reviews SET decision = 'unrelated'", "DELETE FROM reviews"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(statement)


def test_a_value_that_no_review_has_is_an_error_and_no_silent_miss(reviews: Reviews) -> None:
    reviews.record("a", "b", "unsure", reviewer="A")
    with sqlite3.connect(reviews.path) as connection:
        connection.execute("DROP TRIGGER append_only_update")
        connection.execute("UPDATE reviews SET decision = 'perhaps'")
        connection.execute(TRIGGER)
    with pytest.raises(DamagedError, match="the record 1 is not what was written"):
        reviews.all()


def _as_nobody(act: object, pipe: object) -> None:
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        pipe.send(("done", act()))  # type: ignore[attr-defined, operator]
    except Exception as error:
        pipe.send((type(error).__name__, str(error)))  # type: ignore[attr-defined]


@pytest.fixture
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that others may look into and not write to, with one review; the way to it is open."""
    folder = tmp_path_factory.mktemp("locked")
    reviews_of(folder).record("a", "b", "unsure", reviewer="A")
    for extra in folder.glob("*-*"):
        extra.unlink()
    (folder / FILE).chmod(0o444)
    folder.chmod(0o555)
    for parent in folder.parents:
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    yield folder
    folder.chmod(0o755)


def test_a_read_only_folder_can_be_read_and_says_that_nothing_can_be_written(locked: Path) -> None:
    reviews = reviews_of(locked)
    # Root may write anywhere, so a process that is not root tries.
    context = multiprocessing.get_context("fork")

    def ask(act: object) -> tuple[str, object]:
        ours, theirs = context.Pipe()
        person = context.Process(target=_as_nobody, args=(act, theirs))
        person.start()
        assert ours.poll(30)
        answer = ours.recv()
        person.join()
        return answer

    assert ask(lambda: len(reviews.all())) == ("done", 1)
    kind, said = ask(lambda: reviews.record("a", "c", "unsure", reviewer="A"))
    assert kind == "CollectionError" and "read-only" in str(said)
    none = Reviews(locked / "none.sqlite", pictures)
    assert ask(lambda: none.revision) == ("done", 0)
    kind, said = ask(lambda: none.record("a", "c", "unsure", reviewer="A"))
    assert kind == "CollectionError" and "read-only" in str(said)


# ---- CSV


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
