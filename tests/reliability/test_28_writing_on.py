"""Row 28: decisions survive kills, and copies that are taken while people work."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

from imgsim.errors import CollectionError
from imgsim.reviews import FILE, Reviews
from tests.reliability.deciding import (
    PLATES,
    everything,
    filled,
    killed,
    must_be_found,
    people_at_work,
    pictures,
)
from tests.reliability.tally import Tally


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
    told: set[str] = set()
    with people_at_work(path) as ours:
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
