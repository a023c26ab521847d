"""Files of decisions as the first imgsim wrote them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

# The form of the file before decisions named their pictures.
FIRST_FORM = """
CREATE TABLE reviews (
    number INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, plate_a TEXT NOT NULL,
    plate_b TEXT NOT NULL CHECK (plate_a < plate_b), decision TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''), note TEXT NOT NULL, "when" TEXT NOT NULL, evidence TEXT NOT NULL,
    undoes TEXT NOT NULL
);
CREATE INDEX by_pair ON reviews (plate_a, plate_b);
CREATE INDEX by_reviewer ON reviews (reviewer, "when");
CREATE TRIGGER append_only_update BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never changed'); END;
CREATE TRIGGER append_only_delete BEFORE DELETE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never removed'); END;
PRAGMA application_id = 1768777587;
PRAGMA user_version = 1;
"""


def first_form(path: Path, *pairs: tuple[str, str]) -> Path:
    """A file of the first form with a decision on each pair."""
    with sqlite3.connect(path) as connection:
        connection.executescript(FIRST_FORM)
        for number, (a, b) in enumerate(pairs):
            connection.execute(
                'INSERT INTO reviews (uuid, plate_a, plate_b, decision, reviewer, note, "when", evidence, undoes) '
                "VALUES (?, ?, ?, 'same plate', 'Ada', 'worn', ?, '{}', '')",
                (f"00000000-0000-4000-8000-{number:012d}", a, b, f"2026-01-0{number + 1}T00:00:00.000000+00:00"),
            )
    connection.close()
    return path
