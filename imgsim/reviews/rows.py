"""Reviews as rows of an SQLite file: its form, older forms, and the checksum by which each row is believed.

A row's checksum is of all that it says and of the checksum of the row before it. So a bit that was flipped is found, as
is a row that is gone, was slipped in, or was moved.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from imgsim.base.database import run_statements
from imgsim.errors import CollectionError, DamagedError, ImgsimError
from imgsim.reviews.decision_record import Review, checked_evidence, evidence_text, made

Row = tuple[Any, ...]
_SAID = (
    'number, uuid, plate_a, plate_b, decision, reviewer, note, "when", evidence, undoes, '
    "picture_a, picture_b, confirms"
)
_BEFORE = "(SELECT checksum FROM reviews AS earlier WHERE earlier.number < reviews.number ORDER BY number DESC LIMIT 1)"
VERSION = 3
TABLE = """
CREATE TABLE IF NOT EXISTS reviews (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of arrival in this file
    uuid TEXT NOT NULL UNIQUE,
    plate_a TEXT NOT NULL,
    plate_b TEXT NOT NULL CHECK (plate_a < plate_b),
    decision TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    note TEXT NOT NULL,
    "when" TEXT NOT NULL,
    evidence TEXT NOT NULL,
    undoes TEXT NOT NULL,
    picture_a TEXT NOT NULL DEFAULT '',
    picture_b TEXT NOT NULL DEFAULT '',
    confirms TEXT NOT NULL DEFAULT '',
    checksum TEXT NOT NULL                     -- of the record and of the checksum before it
);
CREATE INDEX IF NOT EXISTS by_pair ON reviews (plate_a, plate_b);
CREATE INDEX IF NOT EXISTS by_reviewer ON reviews (reviewer, "when");
"""
TRIGGERS = """
CREATE TRIGGER IF NOT EXISTS append_only_update BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never changed'); END;
CREATE TRIGGER IF NOT EXISTS append_only_delete BEFORE DELETE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never removed'); END;
"""


def insert(connection: sqlite3.Connection, review: Review) -> None:
    """Add a review after the last one."""
    last = connection.execute("SELECT number, checksum FROM reviews ORDER BY number DESC LIMIT 1").fetchone()
    number, before = last or (0, "")
    row = (
        number + 1, review.uuid, review.plate_a, review.plate_b, review.decision, review.reviewer, review.note,
        review.when, evidence_text(review.evidence), review.undoes, review.picture_a, review.picture_b, review.confirms,
    )  # fmt: skip
    _write(connection, row, before)


def select(connection: sqlite3.Connection, where: str = "", values: tuple[object, ...] = ()) -> list[Review]:
    """Reviews in the order in which they came. Raises DamagedError for a row that is not what was written."""
    return [_review(row) for row in _checked(connection, where, values)]


def wrong(connection: sqlite3.Connection) -> str:
    """Why the rows are not those that were written, in a few words; "" if they are."""
    last = 0
    try:
        for row in _checked(connection):
            last = int(str(row[0]))
    except DamagedError as error:
        return error.why
    # SQLite notes the highest number that it ever gave: the last rows would not be missed by the others.
    given = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'reviews'").fetchone()
    if given != ((last,) if last else None):
        return f"the record {last} is the last one, and {given[0] if given else 'none'} was"
    return ""


def believable(connection: sqlite3.Connection) -> list[Review]:
    """What can still be read and believed of a damaged file: the rows that agree with their checksums."""
    found: dict[int, Review] = {}
    for number in _numbers(connection):
        try:
            [found[number]] = select(connection, "WHERE number = ?", (number,))
        except (sqlite3.Error, ImgsimError, ValueError, TypeError, OverflowError):
            continue
    return [found[number] for number in sorted(found)]


def with_pictures(connection: sqlite3.Connection, here: Mapping[str, str]) -> None:
    """The second form of the file from the first: which pictures each record was about, as far as is known."""
    run_statements(
        connection,
        """
        DROP TRIGGER IF EXISTS append_only_update;
        DROP TRIGGER IF EXISTS append_only_delete;
        ALTER TABLE reviews ADD COLUMN picture_a TEXT NOT NULL DEFAULT '';
        ALTER TABLE reviews ADD COLUMN picture_b TEXT NOT NULL DEFAULT '';
        ALTER TABLE reviews ADD COLUMN confirms TEXT NOT NULL DEFAULT '';
        """,
    )
    rows = connection.execute("SELECT number, plate_a, plate_b FROM reviews").fetchall()
    connection.executemany(
        "UPDATE reviews SET picture_a = ?, picture_b = ? WHERE number = ?",
        [(here.get(a, ""), here.get(b, ""), number) for number, a, b in rows],
    )
    run_statements(connection, TRIGGERS)


def with_checksums(connection: sqlite3.Connection) -> None:
    """The third form from the second: the same rows in a table as a new file has it, each with its checksum."""
    if any(column[1] == "checksum" for column in connection.execute("PRAGMA table_info(reviews)")):
        raise sqlite3.DatabaseError("its form is not the one that it names")
    run_statements(
        connection,
        """
        DROP TRIGGER IF EXISTS append_only_update;
        DROP TRIGGER IF EXISTS append_only_delete;
        DROP INDEX IF EXISTS by_pair;
        DROP INDEX IF EXISTS by_reviewer;
        ALTER TABLE reviews RENAME TO earlier_reviews;
        """,
    )
    run_statements(connection, TABLE)
    before = ""
    for row in connection.execute(f"SELECT {_SAID} FROM earlier_reviews ORDER BY number"):
        before = _write(connection, row, before)
    run_statements(connection, "DROP TABLE earlier_reviews;\n" + TRIGGERS)


def _checked(
    connection: sqlite3.Connection, where: str = "", values: tuple[object, ...] = ()
) -> Iterator[Row]:
    query = f"SELECT {_SAID}, checksum, {_BEFORE} FROM reviews {where} ORDER BY number"
    for *row, checksum, before in connection.execute(query, values):
        if checksum != _checksum(tuple(row), before or ""):
            why = f"the record {row[0]} is not what was written, or the one before it is not"
            raise DamagedError(f"Reviews cannot be read: {why}.", why)
        yield tuple(row)


def _write(connection: sqlite3.Connection, row: Row, before: str) -> str:
    checksum = _checksum(row, before)
    marks = ", ".join("?" * (len(row) + 1))
    connection.execute(f"INSERT INTO reviews ({_SAID}, checksum) VALUES ({marks})", (*row, checksum))
    return checksum


def _checksum(row: Row, before: str) -> str:
    # Bytes instead of text are damage too, and no JSON.
    try:
        return hashlib.sha256(json.dumps([before, *row]).encode()).hexdigest()
    except TypeError:
        return ""


def _numbers(connection: sqlite3.Connection) -> list[int]:
    """The numbers of the rows, from wherever they can be read."""
    found: set[int] = set()
    for way in ("NOT INDEXED", "INDEXED BY by_pair", "INDEXED BY by_reviewer"):
        try:
            for (number,) in connection.execute(f"SELECT number FROM reviews {way}"):
                found.add(int(number))
        except (sqlite3.Error, ValueError, TypeError):
            continue
    return sorted(found)


def _review(row: Row) -> Review:
    _, uuid, plate_a, plate_b, decision, reviewer, note, when, evidence, undoes, *pictures, confirms = row
    try:
        shown = checked_evidence(json.loads(evidence))
        return made(
            plate_a,
            plate_b,
            decision,
            reviewer=reviewer,
            note=note,
            when=when,
            evidence=shown,
            uuid_=uuid,
            undoes=undoes,
            pictures=(pictures[0], pictures[1]),
            confirms=confirms,
        )
    except (ImgsimError, ValueError, AttributeError, TypeError) as error:
        raise CollectionError(f"A review in the file cannot be read: {error}") from None
