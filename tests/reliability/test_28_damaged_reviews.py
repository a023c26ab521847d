"""A file of decisions that is empty, cut, flipped, foreign, or copied while people work: found, or harmless."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imgsim.cli import restore
from imgsim.collection import keeping
from imgsim.collection.decided import reviews_of
from imgsim.collection.registry import Present, Registry
from imgsim.database import backups
from imgsim.errors import CollectionError, DamagedError
from imgsim.reviews import DECISIONS, FILE, Review, Reviews
from tests.reliability.tally import Tally

PLATES = [f"10528002{number:06d}_0" for number in range(60)]
EVIDENCE = {
    "verdict": "same image",
    "inliers": 212,
    "mirrored": False,
    "similarity": 0.9481,
    "backbone": "plates18",
}


def pictures() -> dict[str, str]:
    return {plate: hashlib.sha256(plate.encode()).hexdigest() for plate in PLATES}


def filled(path: Path, count: int, seed: int = 1) -> Reviews:
    """A file with many decisions by three people, some of them taken back."""
    path.parent.mkdir(exist_ok=True)
    reviews, chance = Reviews(path, pictures), random.Random(seed)
    for number in range(count):
        a, b = chance.sample(PLATES, 2)
        note = chance.choice(["", "see the crack", "Œuvres, été 🌿 " * chance.randint(1, 60)])
        reviews.record(
            a, b, chance.choice(list(DECISIONS)), reviewer=f"R{number % 3}", note=note, evidence=EVIDENCE
        )
        if number % 9 == 8:
            reviews.undo(f"R{number % 3}")
    return reviews


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Review]]:
    """A file as it lies on the disk, and what it holds."""
    reviews = filled(tmp_path_factory.mktemp("sound") / FILE, 130)
    return reviews.path.read_bytes(), reviews.all()


def everything(reviews: Reviews) -> list[Review]:
    """All reviews, read in all ways; an error if one of them tells otherwise than the others."""
    found = reviews.all()
    number = reviews.revision
    assert (number >> 32) == len(found)
    for a, b in {review.pair for review in found}:
        expected = sorted((one for one in found if one.pair == (a, b)), key=lambda one: one.order)
        assert reviews.history(a, b) == expected
    return found


def must_be_found(reviews: Reviews) -> None:
    """Nothing can be read or written, and the file stays as it is."""
    before = reviews.path.read_bytes() if reviews.path.exists() else None
    for act in (
        reviews.all,
        lambda: reviews.revision,
        lambda: reviews.history(*PLATES[:2]),
        reviews.standing,
        lambda: reviews.undo("R0"),
        lambda: reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="R0"),
    ):
        with pytest.raises(CollectionError):
            act()
    assert reviews.problems()
    assert (reviews.path.read_bytes() if reviews.path.exists() else None) == before


def found_or_harmless(reviews: Reviews, expected: list[Review]) -> None:
    try:
        assert everything(reviews) == expected
    except CollectionError:
        must_be_found(reviews)


# ---- damage


def test_a_file_that_is_cut_is_never_taken_for_no_reviews(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, _ = sound
    cuts = [
        0,
        1,
        15,
        16,
        99,
        100,
        512,
        4095,
        4096,
        4097,
        8192,
        len(data) // 2,
        len(data) - 4096,
        len(data) - 512,
    ]
    for cut in [*cuts, len(data) - 1]:
        with tally.attempt(f"cut after {cut} bytes"):
            path = tmp_path / str(cut) / FILE
            path.parent.mkdir()
            path.write_bytes(data[:cut])
            must_be_found(Reviews(path, pictures))


def test_what_is_no_file_of_reviews_is_never_taken_for_no_reviews(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, _ = sound

    def changed(*statements: str) -> Callable[[Path], object]:
        def change(path: Path) -> None:
            path.write_bytes(data)
            with contextlib.closing(sqlite3.connect(path)) as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.commit()

        return change

    unlocked = ("DROP TRIGGER append_only_delete", "DROP TRIGGER append_only_update")
    cases: dict[str, Callable[[Path], object]] = {
        "zeroed": lambda path: path.write_bytes(bytes(len(data))),
        "zeroed from the second page": lambda path: path.write_bytes(data[:4096].ljust(len(data), b"\0")),
        "noise": lambda path: path.write_bytes(random.Random(5).randbytes(len(data))),
        "a zip": lambda path: path.write_bytes(b"PK\x03\x04" * 900),
        "an SQLite file without tables": lambda path: sqlite3.connect(path).execute("VACUUM").close(),
        "its tables are gone": changed("DROP TABLE reviews"),
        "its records are gone": changed(*unlocked, "DELETE FROM reviews"),
        "the last record is gone": changed(
            *unlocked, "DELETE FROM reviews WHERE number = (SELECT MAX(number) FROM reviews)"
        ),
        "a record in the middle is gone": changed(*unlocked, "DELETE FROM reviews WHERE number = 40"),
        "a note was altered": changed(*unlocked, "UPDATE reviews SET note = 'other' WHERE number = 40"),
        "a record was slipped in": changed(
            "INSERT INTO reviews SELECT NULL, 'f0000000-0000-4000-8000-000000000000', plate_a, plate_b, decision, "
            'reviewer, note, "when", evidence, undoes, picture_a, picture_b, confirms, checksum FROM reviews LIMIT 1'
        ),
        "an index is gone": changed("DROP INDEX by_pair"),
        "the registry in its place": lambda path: shutil.copyfile(registry(path), path),
    }

    def registry(path: Path) -> Path:
        found = Registry(path.parent / "other")
        found.path.parent.mkdir()
        found.record([Present("p", "0" * 64, "r", "f")], "2026-01-01T00:00:00+00:00")
        return found.path

    for number, (what, change) in enumerate(cases.items()):
        with tally.attempt(what):
            path = tmp_path / str(number) / FILE
            path.parent.mkdir()
            change(path)
            must_be_found(Reviews(path, pictures))


def test_every_flipped_bit_is_found_or_harmless(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, expected = sound
    chance = random.Random(28)
    # Everywhere, and more often where SQLite keeps its own: the header, the schema, the heads of the pages.
    places = [chance.randrange(len(data)) for _ in range(120)]
    places += list(range(16, 100, 2)) + [chance.randrange(100, 4096) for _ in range(40)]
    places += [page * 4096 + chance.randrange(16) for page in range(1, len(data) // 4096)]
    for place in places:
        bit = chance.randrange(8)
        with tally.attempt(f"bit {bit} of byte {place}"):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            folder = tmp_path / f"{place}-{bit}"
            folder.mkdir()
            (folder / FILE).write_bytes(flipped)
            found_or_harmless(Reviews(folder / FILE, pictures), expected)
            shutil.rmtree(folder)


def test_a_bit_that_flips_while_the_app_runs_is_found_too(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    _, expected = sound
    reviews, chance = filled(tmp_path / FILE, 130), random.Random(29)
    kept = reviews.path.read_bytes()
    expected = reviews.all()
    for _ in range(40):
        place, bit = chance.randrange(len(kept)), chance.randrange(8)
        with tally.attempt(f"bit {bit} of byte {place}, in the file that is in use"):
            flipped = bytearray(kept)
            flipped[place] ^= 1 << bit
            reviews.path.write_bytes(flipped)
            found_or_harmless(reviews, expected)
            reviews.path.write_bytes(kept)
            assert reviews.all() == expected


# ---- while people work


def write_on(path: Path, name: str, said: object) -> None:
    """Decide again and again, and say each time what was kept."""
    reviews, chance = Reviews(path, pictures), random.Random(name)
    while True:
        a, b = chance.sample(PLATES, 2)
        made = reviews.record(a, b, "unsure", reviewer=name, note="x" * 300)
        said.send(made.uuid)  # type: ignore[attr-defined]


def killed(path: Path, name: str, after_s: float) -> set[str]:
    """What a person was told is kept, before the program was killed in mid-work."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    person = context.Process(target=write_on, args=(path, name, theirs))
    person.start()
    theirs.close()
    acknowledged = {ours.recv()}
    time.sleep(after_s)
    assert person.pid is not None
    os.kill(person.pid, signal.SIGKILL)
    person.join()
    with contextlib.suppress(EOFError):
        while True:
            acknowledged.add(ours.recv())
    return acknowledged


def test_what_was_said_to_be_kept_is_there_after_every_kill(tmp_path: Path, tally: Tally) -> None:
    path, chance = tmp_path / FILE, random.Random(7)
    kept: set[str] = set()
    for number in range(20):
        with tally.attempt(f"kill {number}"):
            kept |= killed(path, f"reader {number}", chance.uniform(0.0, 0.08))
            found = everything(Reviews(path, pictures))
            assert kept <= {review.uuid for review in found}
            assert Reviews(path, pictures).problems() == []


def test_a_journal_that_a_kill_left_can_be_damaged_without_a_wrong_record(
    tmp_path: Path, tally: Tally
) -> None:
    """In the middle of a write the file itself is half old and half new; its journal tells the old."""
    reviews = filled(tmp_path / FILE, 60)
    expected = reviews.all()
    main, journal = half_written(reviews.path)
    chance = random.Random(40)
    for _ in range(40):
        place, bit = chance.randrange(len(journal)), chance.randrange(8)
        with tally.attempt(f"bit {bit} of byte {place} of the journal"):
            folder = tmp_path / f"{place}-{bit}"
            folder.mkdir()
            flipped = bytearray(journal)
            flipped[place] ^= 1 << bit
            (folder / FILE).write_bytes(main)
            (folder / f"{FILE}-journal").write_bytes(flipped)
            with contextlib.suppress(CollectionError):
                assert Reviews(folder / FILE, pictures).all() == expected
    with tally.attempt("the journal as it was"):
        (tmp_path / "whole").mkdir()
        (tmp_path / "whole" / FILE).write_bytes(main)
        (tmp_path / "whole" / f"{FILE}-journal").write_bytes(journal)
        assert Reviews(tmp_path / "whole" / FILE, pictures).all() == expected
    with tally.attempt("the file without its journal"):
        (tmp_path / "alone").mkdir()
        (tmp_path / "alone" / FILE).write_bytes(main)
        must_be_found(Reviews(tmp_path / "alone" / FILE, pictures))


def half_written(path: Path) -> tuple[bytes, bytes]:
    """A file and its journal in the middle of a write that did not fit into memory."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 2")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DROP TRIGGER append_only_update")
        connection.execute("UPDATE reviews SET note = 'half' || number, plate_b = plate_b || 'z'")
        found = path.read_bytes(), path.with_name(path.name + "-journal").read_bytes()
        connection.execute("ROLLBACK")
    return found


def test_the_file_alone_has_every_decision_that_was_said_to_be_kept(tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / FILE
    reader = None
    for number in range(30):
        with tally.attempt(f"a copy after {number + 1} decisions"):
            reviews = Reviews(path, pictures)
            a, b = random.Random(number).sample(PLATES, 2)
            reviews.record(a, b, "unsure", reviewer="Ada")
            copy = tmp_path / f"{number}.sqlite"
            shutil.copyfile(path, copy)
            assert Reviews(copy, pictures).all() == reviews.all() and len(reviews.all()) == number + 1
            assert not [one for one in tmp_path.iterdir() if one.name.startswith(f"{FILE}-")]
            if reader is None:  # somebody looks on all the time, which keeps a log from being written back
                reader = sqlite3.connect(path)
                reader.execute("SELECT COUNT(*) FROM reviews").fetchone()
    assert reader is not None
    reader.close()


def test_copies_taken_while_people_write_are_whole_or_found_to_be_torn(tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / FILE
    filled(path, 20)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    people = [context.Process(target=write_on, args=(path, f"reader {n}", theirs)) for n in range(3)]
    for person in people:
        person.start()
    told: set[str] = set()
    try:
        for number in range(30):
            with tally.attempt(f"copy {number}"):
                while ours.poll():
                    told.add(ours.recv())
                copy = tmp_path / f"{number}.sqlite"
                shutil.copyfile(path, copy)
                try:
                    assert told <= {review.uuid for review in Reviews(copy, pictures).all()}
                except CollectionError:
                    assert Reviews(copy, pictures).problems()
    finally:
        for person in people:
            person.kill()
            person.join()


# ---- copies


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time that copies are called after: set the last of the list."""
    times = [datetime(2026, 1, 1, 9, 0, tzinfo=UTC)]
    monkeypatch.setattr(backups, "now", lambda: times[-1])
    return times


def test_the_last_ten_copies_and_one_a_day_for_thirty_days_stay(
    tmp_path: Path, clock: list[datetime], tally: Tally
) -> None:
    reviews = filled(tmp_path / FILE, 5)
    made = [clock[0]]  # with the first decision
    for hour in range(0, 24 * 45, 4):
        clock.append(datetime(2026, 1, 1, 9, 30, tzinfo=UTC) + timedelta(hours=hour))
        backups.make(reviews.database)
        made.append(clock[-1])
        with tally.attempt(f"{clock[-1]:%d %B %H:%M}"):
            days = {at.date(): at for at in made if (clock[-1].date() - at.date()).days < 30}
            expected = {*made[-10:], *days.values()}
            found = backups.described(reviews.database)
            assert {one.made for one in found} == expected
            assert all(one.whole and one.count == (1 if one.made == made[0] else 5) for one in found)


def test_a_copy_is_made_at_first_with_every_fifty_decisions_and_at_a_start_if_something_changed(
    tmp_path: Path, tally: Tally
) -> None:
    reviews = Reviews(tmp_path / FILE, pictures)
    counts: list[int] = []
    for number in range(1, 121):
        reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="Ada")
        counts = [one.count for one in backups.described(reviews.database)] if number % 10 == 1 else counts
    with tally.attempt("the first decision, and every fifty"):
        assert [one.count for one in backups.described(reviews.database)] == [101, 51, 1]
    with tally.attempt("a start after something changed"):
        backups.make_if_changed(reviews.database)
        assert [one.count for one in backups.described(reviews.database)] == [120, 101, 51, 1]
    with tally.attempt("a start after nothing changed"):
        backups.make_if_changed(reviews.database)
        assert len(backups.listed(reviews.path)) == 4


def test_a_damaged_file_is_never_copied_over_good_ones(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, _ = sound
    reviews = Reviews(tmp_path / FILE, pictures)
    reviews.path.write_bytes(data)
    backups.make(reviews.database)
    before = backups.listed(reviews.path)
    for cut in (0, 1, 5000, len(data) - 1):
        with tally.attempt(f"cut after {cut} bytes"):
            reviews.path.write_bytes(data[:cut])
            for _ in range(15):
                backups.make_if_changed(reviews.database)
            assert backups.listed(reviews.path) == before
            assert "reviews.sqlite" in backups.failure(reviews.path)
            latest = backups.latest(reviews.database)
            assert latest is not None and latest.path == before[0]


def test_a_copy_that_cannot_be_made_stops_no_decision_and_is_said(tmp_path: Path, tally: Tally) -> None:
    reviews = Reviews(tmp_path / FILE, pictures)
    (tmp_path / "backups").write_bytes(b"a file where the folder should be")
    for number in range(3):
        with tally.attempt(f"decision {number}"):
            reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="Ada")
            assert len(reviews.all()) == number + 1
            assert "No copy of reviews.sqlite could be put into backups" in backups.failure(reviews.path)
    (tmp_path / "backups").unlink()
    with tally.attempt("and made as soon as it can be"):
        reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="Ada")
        assert len(backups.listed(reviews.path)) == 1 and not backups.failure(reviews.path)


def test_a_file_that_is_gone_is_missed_where_there_are_copies_of_it(tmp_path: Path, tally: Tally) -> None:
    for database in (filled(tmp_path / "a" / FILE, 3).database, registry_in(tmp_path / "b").database):
        with tally.attempt(database.path.name):
            assert backups.listed(database.path)
            database.path.unlink()
            for act in (
                lambda database=database: database.read(lambda connection: 1, 0),
                lambda database=database: database.write(lambda connection: 1),
            ):
                with pytest.raises(DamagedError, match="the file is gone, and backups/"):
                    act()
            assert not database.path.exists()


def registry_in(folder: Path) -> Registry:
    folder.mkdir(exist_ok=True)
    found = Registry(folder)
    found.record(
        [Present(plate, "0" * 64, "r", f"{plate}.png") for plate in PLATES], "2026-01-01T00:00:00+00:00"
    )
    return found


# ---- putting back


def test_every_way_back_from_damage(sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally) -> None:
    """From the latest whole copy, one that is named, and a zip; the damaged file stays as it was."""
    data, expected = sound
    damaged = {"empty": b"", "one byte": b"S", "cut": data[:9000], "zeroed": bytes(len(data)), "gone": None}
    for what, content in damaged.items():
        for way in ("latest", "named", "zip"):
            with tally.attempt(f"{what}, {way}"):
                folder = tmp_path / f"{what} {way}"
                folder.mkdir()
                (folder / FILE).write_bytes(data)
                keeping.keep_copies(folder)
                zipped = tmp_path / f"{what} {way}.zip"
                assert keeping.bundle(folder, zipped) == {FILE: len(expected)}
                (folder / FILE).unlink()
                if content is not None:
                    (folder / FILE).write_bytes(content)
                one = backups.latest(keeping.databases(folder)[FILE])
                assert one is not None
                arguments = {"latest": [], "named": [one.path.name], "zip": [str(zipped)]}[way]
                assert restore.main([str(folder), *arguments]) == 1  # asks first
                must_be_found(reviews_of(folder))
                assert restore.main([str(folder), *arguments, "--yes"]) == 0
                assert everything(reviews_of(folder)) == expected
                aside = [one.read_bytes() for one in folder.glob("reviews.damaged-*.sqlite")]
                assert aside == ([] if content is None else [content])
                reviews_of(folder).record(PLATES[0], PLATES[1], "unsure", reviewer="Ada")


def test_what_can_still_be_believed_is_told_and_can_be_added(tmp_path: Path, tally: Tally) -> None:
    reviews = filled(tmp_path / FILE, 60)
    backups.make(reviews.database)
    for number in range(20):
        reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="Late", note=f"late {number}")
    expected = reviews.all()
    data = bytearray(reviews.path.read_bytes())
    data[data.index(b"late 7")] ^= 1
    reviews.path.write_bytes(data)
    with tally.attempt("those after the last copy, but for the one that was flipped"):
        must_be_found(reviews)
        latest = backups.latest(reviews.database)
        assert latest is not None
        done = keeping.restore(tmp_path, latest.path, add_readable=True)
        assert {one.note for one in done.lacking} == {f"late {n}" for n in range(20) if n != 7}
        found = reviews.all()
        assert {one.uuid for one in expected} - {one.uuid for one in found} == {
            one.uuid for one in expected if one.note == "late 7"
        }
        assert all(one in expected for one in found)


def test_a_damaged_copy_is_never_put_back(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, expected = sound
    (tmp_path / FILE).write_bytes(data)
    chance = random.Random(3)
    bundled = tmp_path / "whole.zip"
    keeping.bundle(tmp_path, bundled)
    for number in range(20):
        with tally.attempt(f"copy {number}"):
            bad = tmp_path / f"bad{number}{'.zip' if number % 2 else '.sqlite'}"
            content = bytearray(bundled.read_bytes() if number % 2 else data)
            bad.write_bytes(content[: chance.randrange(len(content))])
            with pytest.raises(CollectionError):
                keeping.restore(tmp_path, bad)
            assert reviews_of(tmp_path).all() == expected and (tmp_path / FILE).read_bytes() == data


def test_putting_back_while_people_write_loses_nothing_that_was_said_to_be_kept(
    tmp_path: Path, tally: Tally
) -> None:
    """What is said to be kept is in the file in use, or in the one that was set aside: never in neither."""
    path = tmp_path / FILE
    filled(path, 20)
    copy = Path(shutil.copy(path, tmp_path / "given.sqlite"))
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    people = [context.Process(target=write_on, args=(path, f"reader {n}", theirs)) for n in range(3)]
    for person in people:
        person.start()
    told: set[str] = set()
    try:
        for number in range(10):
            with tally.attempt(f"put back {number}"):
                time.sleep(0.03)
                keeping.restore(tmp_path, copy)
                while ours.poll():
                    told.add(ours.recv())
                kept: set[str] = set()
                for one in (path, *tmp_path.glob("reviews.before-*.sqlite")):
                    kept |= {review.uuid for review in Reviews(one, pictures).all()}
                assert told <= kept
    finally:
        for person in people:
            person.kill()
            person.join()


def test_the_registry_of_ids_is_kept_and_put_back_too(tmp_path: Path, tally: Tally) -> None:
    registry = registry_in(tmp_path)
    filled(tmp_path / FILE, 3)
    keeping.keep_copies(tmp_path)
    before, data = registry.plates(), registry.path.read_bytes()
    for cut in (0, 1, 5000, len(data) - 1):
        with tally.attempt(f"cut after {cut} bytes"):
            registry.path.write_bytes(data[:cut])
            assert registry.problems()
            with pytest.raises(CollectionError):
                registry.plates()
            assert restore.main([str(tmp_path), "--yes"]) == 0
            assert registry.plates() == before
