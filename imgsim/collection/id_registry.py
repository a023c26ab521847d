"""registry.sqlite: the ids that were ever given to plates and families of a collection, beside its reviews.

A run adds to it and never takes anything away: an id of a plate that is gone keeps its last picture, so that whoever
follows an old address or citation learns what it named.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from imgsim.base.database import Database, Schema
from imgsim.collection.plate_ids import KnownPlate, folded

FILE = "registry.sqlite"
_TABLES = """
CREATE TABLE plates (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which ids were given
    plate_id TEXT NOT NULL UNIQUE,
    folded TEXT NOT NULL UNIQUE,               -- without case and Unicode form
    sha256 TEXT NOT NULL,                      -- of its last scan
    root TEXT NOT NULL,
    file TEXT NOT NULL,
    given TEXT NOT NULL,                       -- when the id was given, UTC
    gone TEXT NOT NULL DEFAULT '',             -- since when no scan shows it, UTC
    successor TEXT NOT NULL DEFAULT '',        -- the id of the other picture at its place
    thumbnail BLOB                             -- its last picture, kept when it goes
);
CREATE TABLE scans (
    plate_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (plate_id, sha256)
) WITHOUT ROWID;
CREATE INDEX by_scan ON scans (sha256);
CREATE TABLE families (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    family_id TEXT NOT NULL UNIQUE,
    plates TEXT NOT NULL,                      -- JSON list of ids: those it has, or had when it ended
    live INTEGER NOT NULL
);
CREATE TABLE family_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    family_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    other TEXT NOT NULL,
    plates TEXT NOT NULL,                      -- JSON list of ids
    moment TEXT NOT NULL,                      -- UTC
    cause TEXT NOT NULL                        -- by which run or whose decision, in words
);
CREATE INDEX by_family ON family_events (family_id);
CREATE TRIGGER ids_are_never_taken_back BEFORE DELETE ON plates
BEGIN SELECT RAISE(ABORT, 'plate ids are never removed'); END;
CREATE TRIGGER ids_are_never_changed BEFORE UPDATE OF plate_id ON plates
BEGIN SELECT RAISE(ABORT, 'plate ids are never changed'); END;
"""
# What was ever given or happened; none of it is taken away.
_COUNT = "SELECT (SELECT COALESCE(MAX(number), 0) FROM plates) + (SELECT COALESCE(MAX(number), 0) FROM family_events)"
SCHEMA = Schema(0x696D6772, 1, _TABLES, "Plate ids", count=_COUNT, counted="ids and events")


@dataclass(frozen=True)
class Present:
    """A plate that a run found: its id, the scan that shows it, and where that lies."""

    plate_id: str
    sha256: str
    root: str
    file: str


@dataclass(frozen=True)
class PlateEntry:
    """What is known of an id: ``gone`` says since when no scan shows the plate (UTC, "" while one does), ``successor``
    which other plate lies at its place now ("" for none), ``file`` where its last scan lay."""

    plate_id: str
    sha256: str
    file: str
    given: str
    gone: str
    successor: str


class Registry:
    """The plate ids of the collection in a folder.

    Raises
    ------
    CollectionError
        From every method: the file is damaged, foreign, or cannot be written to. BusyError: no turn came.
    """

    def __init__(self, folder: Path | str) -> None:
        self.path = Path(folder) / FILE
        self.database = Database(self.path, SCHEMA)

    # -- reading

    def plates(self) -> list[KnownPlate]:
        """Every plate that ever had an id, in the order in which the ids were given."""

        def ask(connection: sqlite3.Connection) -> list[KnownPlate]:
            scans: dict[str, set[str]] = defaultdict(set)
            for plate_id, content in connection.execute("SELECT plate_id, sha256 FROM scans"):
                scans[plate_id].add(content)
            rows = connection.execute("SELECT plate_id, sha256, root, file, gone FROM plates ORDER BY number")
            return [
                KnownPlate(plate_id, content, root, file, bool(gone), frozenset(scans[plate_id]))
                for plate_id, content, root, file, gone in rows
            ]

        nothing: list[KnownPlate] = []
        return self.database.read(ask, nothing)

    def moments(self) -> dict[str, str]:
        """When each id was given, UTC in ISO 8601: plates that came in with one run have one moment."""
        nothing: dict[str, str] = {}
        return self.database.read(
            lambda connection: dict(connection.execute("SELECT plate_id, given FROM plates")), nothing
        )

    def entry(self, plate_id: str) -> PlateEntry | None:
        """What is known of an id; None if no plate ever had it."""
        return next(iter(self._entries("plate_id = ?", plate_id)), None)

    def alike(self, plate_id: str) -> list[PlateEntry]:
        """The plates of an id but for case and Unicode form: at most one."""
        return self._entries("folded = ?", folded(plate_id))

    def showing(self, sha256: str) -> list[PlateEntry]:
        """The plates that a scan with this beginning of its SHA-256 shows or showed: those that are here first."""
        condition = "plate_id IN (SELECT plate_id FROM scans WHERE substr(sha256, 1, ?) = ?)"
        return sorted(
            self._entries(condition, len(sha256), sha256.lower()), key=lambda entry: (entry.gone, entry.plate_id)
        )

    def gone(self) -> list[PlateEntry]:
        """The plates that are gone, the latest first."""
        return sorted(self._entries("gone <> ''"), key=lambda entry: entry.gone, reverse=True)

    def thumbnail(self, plate_id: str) -> bytes | None:
        """The last picture of a plate that is gone, as WebP; None where none is kept."""

        def ask(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute("SELECT thumbnail FROM plates WHERE plate_id = ?", (plate_id,)).fetchone()
            return bytes(row[0]) if row and row[0] is not None else None

        return self.database.read(ask, None)

    def _entries(self, condition: str, *values: object) -> list[PlateEntry]:
        query = f"SELECT plate_id, sha256, file, given, gone, successor FROM plates WHERE {condition}"
        nothing: list[PlateEntry] = []
        return self.database.read(
            lambda connection: [PlateEntry(*row) for row in connection.execute(query, values)], nothing
        )

    def problems(self) -> list[str]:
        """What is wrong with the file, after looking through all of it, as messages; none where there is no file."""
        return self.database.problems()

    # -- writing

    def record(
        self,
        present: Sequence[Present],
        moment: str,
        *,
        earlier: Iterable[KnownPlate] = (),
        successors: Mapping[str, str] | None = None,
        thumbnails: Mapping[str, bytes] | None = None,
    ) -> None:
        """Write down what a run found, in one transaction.

        Parameters
        ----------
        present : every plate that is here; all others are gone from now on.
        moment : now, UTC in ISO 8601.
        earlier : plates that had an id before there was a registry; those that it has already are left alone.
        successors : id of a plate that is gone -> id of the other picture at its place.
        thumbnails : id of a plate that is gone -> its last picture.
        """
        if not present and not self.path.exists():
            return
        self.database.write(
            lambda connection: _record(
                connection, present, moment, list(earlier), successors or {}, thumbnails or {}
            )
        )


def _record(
    connection: sqlite3.Connection,
    present: Sequence[Present],
    moment: str,
    earlier: Sequence[KnownPlate],
    successors: Mapping[str, str],
    thumbnails: Mapping[str, bytes],
) -> None:
    here = {plate.plate_id for plate in present}
    new = "INSERT OR IGNORE INTO plates (plate_id, folded, sha256, root, file, given) VALUES (?, ?, ?, ?, ?, ?)"
    scan = "INSERT OR IGNORE INTO scans (plate_id, sha256, since) VALUES (?, ?, ?)"
    for plates in (earlier, present):
        connection.executemany(
            new, [(p.plate_id, folded(p.plate_id), p.sha256, p.root, p.file, moment) for p in plates]
        )
        connection.executemany(scan, [(p.plate_id, p.sha256, moment) for p in plates])
    connection.executemany(
        "UPDATE plates SET sha256 = ?, root = ?, file = ?, gone = '', successor = '', thumbnail = NULL "
        "WHERE plate_id = ? AND (sha256 <> ? OR root <> ? OR file <> ? OR gone <> '')",
        [(p.sha256, p.root, p.file, p.plate_id, p.sha256, p.root, p.file) for p in present],
    )
    left = [row[0] for row in connection.execute("SELECT plate_id FROM plates WHERE gone = ''")]
    connection.executemany(
        "UPDATE plates SET gone = ?, successor = ?, thumbnail = ? WHERE plate_id = ?",
        [(moment, successors.get(p, ""), thumbnails.get(p), p) for p in left if p not in here],
    )
