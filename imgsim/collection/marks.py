"""marks.sqlite: what people drew on scans, beside the collection's reviews: boxes on pages, parts that never count.

Records are appended, each with a checksum of all that it says and of the checksum before it; none is ever changed or
removed. What a record means is for those who write its kind: :mod:`~imgsim.collection.page_corrections`,
:mod:`~imgsim.collection.excluded_parts`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imgsim.base.database import Database, Schema
from imgsim.errors import CollectionError, ImgsimError

FILE = "marks.sqlite"
_TABLES = """
CREATE TABLE marks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,                     -- what it is about, such as the SHA-256 of a scan
    body TEXT NOT NULL,                        -- JSON
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    "when" TEXT NOT NULL,                      -- UTC
    checksum TEXT NOT NULL
);
CREATE INDEX by_subject ON marks (kind, subject);
CREATE TRIGGER append_only_update BEFORE UPDATE ON marks
BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
CREATE TRIGGER append_only_delete BEFORE DELETE ON marks
BEGIN SELECT RAISE(ABORT, 'marks are never removed'); END;
"""
_SAID = 'number, kind, subject, body, reviewer, "when"'


@dataclass(frozen=True)
class Mark:
    """One record: ``number`` is its place in the file, ``body`` plain values, ``when`` UTC in ISO 8601."""

    number: int
    subject: str
    body: Any
    reviewer: str
    when: str


class Marks:
    """The marks of one kind in the folder of a collection. Every method raises as imgsim.base.database.Database."""

    def __init__(self, folder: Path | str, kind: str) -> None:
        self.database, self._kind = Database(Path(folder) / FILE, SCHEMA), kind

    @property
    def revision(self) -> int:
        """A number that changes with every mark, of whatever kind; 0 where there are none."""
        return self.database.read(lambda connection: int(connection.execute(SCHEMA.count).fetchone()[0]), 0)

    def all(self, subject: str | None = None) -> list[Mark]:
        """The records, the first first; of one subject alone where it is named."""
        where, values = ("", ()) if subject is None else (" AND subject = ?", (subject,))
        query = f"SELECT {_SAID} FROM marks WHERE kind = ?{where} ORDER BY number"
        nothing: list[Mark] = []
        return self.database.read(
            lambda connection: [_mark(row) for row in connection.execute(query, (self._kind, *values))], nothing
        )

    def add(self, subject: str, body: Any, reviewer: str, *, after: int | None = None) -> Mark:
        """Append a record.

        Parameters
        ----------
        body : plain values.
        reviewer : whose word it is.
        after : number of the last record on this subject that the reader saw, 0 for none. None: whatever there is.

        Raises
        ------
        ImgsimError
            No reviewer, or somebody else has said something on the subject meanwhile; nothing is written.
        """
        name = reviewer.strip()
        if not name:
            raise ImgsimError("Say first who you are: what is drawn bears a name.")
        text, when = json.dumps(body), datetime.now(UTC).isoformat(timespec="seconds")

        def act(connection: sqlite3.Connection) -> int:
            query = "SELECT COALESCE(MAX(number), 0) FROM marks WHERE kind = ? AND subject = ?"
            if after is not None and connection.execute(query, (self._kind, subject)).fetchone()[0] != after:
                raise ImgsimError("Somebody else has changed this meanwhile. Look at it anew, and do it again.")
            last = connection.execute("SELECT number, checksum FROM marks ORDER BY number DESC LIMIT 1").fetchone()
            number, before = last or (0, "")
            row = (number + 1, self._kind, subject, text, name, when)
            values = (*row, _checksum(row, before))
            connection.execute(f"INSERT INTO marks ({_SAID}, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            return int(number + 1)

        return Mark(self.database.write(act), subject, body, name, when)


def _mark(row: Sequence[Any]) -> Mark:
    number, _, subject, text, reviewer, when = row
    try:
        return Mark(int(number), str(subject), json.loads(text), str(reviewer), str(when))
    except ValueError as error:
        raise CollectionError(f"The mark {number} is not what was written ({error}).") from None


def _checksum(row: Sequence[object], before: str) -> str:
    return hashlib.sha256(json.dumps([*row, before]).encode()).hexdigest()


def _wrong(connection: sqlite3.Connection) -> str:
    """Why the rows are not those that were written, in a few words; "" if they are."""
    before, last = "", 0
    for *row, checksum in connection.execute(f"SELECT {_SAID}, checksum FROM marks ORDER BY number"):
        if _checksum(row, before) != checksum:
            return f"the record {row[0]} is not what was written"
        before, last = checksum, row[0]
    # SQLite notes the highest number that it ever gave: the last rows would not be missed by the others.
    given = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'marks'").fetchone()
    return "" if (given or (0,))[0] == last else f"the record {last} is the last one, and {given[0]} was"


SCHEMA = Schema(
    0x696D676D, 1, _TABLES, "Marks", count="SELECT COALESCE(MAX(number), 0) FROM marks", counted="marks", wrong=_wrong
)
