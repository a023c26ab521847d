"""The file reviews.sqlite: opened for a moment, written in short transactions, read with every check.

Every call opens the file, does one thing, and closes it: threads and processes share nothing but the file itself, and
SQLite's write-ahead log lets everyone read while one writes. Whoever finds the file busy waits for its turn.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from imgsim.errors import BusyError, CollectionError

SCHEMA_VERSION = 1
APPLICATION = 0x696D6773  # "imgs": SQLite files of other programs bear another number, mostly 0
PATIENCE = 30.0  # seconds to wait for a turn
T = TypeVar("T")

_TABLE = """
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
    undoes TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_pair ON reviews (plate_a, plate_b);
CREATE INDEX IF NOT EXISTS by_reviewer ON reviews (reviewer, "when");
CREATE TRIGGER IF NOT EXISTS append_only_update BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never changed'); END;
CREATE TRIGGER IF NOT EXISTS append_only_delete BEFORE DELETE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never removed'); END;
"""


class Database:
    """The file and the ways to it. Raises CollectionError where it cannot be used, BusyError where no turn came."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self.path, self.patience = Path(path), patience

    def read(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """What ``ask`` answers within one transaction; ``nothing`` where there is no file, or an empty one."""
        if not self._written():
            return nothing

        def once() -> T:
            with self._open("ro") as connection:
                connection.execute("BEGIN")
                if self._version(connection) == 0:
                    return nothing
                return ask(connection)

        return self._patiently(once)

    def write(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Do ``act`` in one transaction that nobody else writes in; the file is made if there is none."""

        def once() -> T:
            with self._open("rwc") as connection:
                if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    if self._version(connection) == 0:
                        self._make(connection)
                    result = act(connection)
                    connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
                return result

        return self._patiently(once)

    # -- helpers

    def _written(self) -> bool:
        try:
            return self.path.stat().st_size > 0
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unusable(f"it cannot be opened ({error.strerror})") from None

    @contextlib.contextmanager
    def _open(self, mode: str) -> Iterator[sqlite3.Connection]:
        connection = self._connect(mode)
        try:
            yield connection
        finally:
            connection.close()

    def _connect(self, mode: str) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path.absolute()))}?mode={mode}"
        try:
            return self._connected(address)
        except sqlite3.OperationalError as error:
            # Where nothing may be written the log cannot be made either; without one the file is all there is.
            log = self.path.with_name(self.path.name + "-wal")
            barred = _code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if mode != "ro" or not barred or (log.exists() and log.stat().st_size):
                raise
            return self._connected(f"{address}&immutable=1")

    def _connected(self, address: str) -> sqlite3.Connection:
        # isolation_level None: transactions begin and end where this module says so.
        connection = sqlite3.connect(address, uri=True, timeout=self.patience, isolation_level=None)
        try:
            # The path is a person's, the content may be anybody's: no function of a schema runs by itself.
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA user_version").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _version(self, connection: sqlite3.Connection) -> int:
        """The version of the file's schema; 0 for an empty file."""
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        empty = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0
        if version == 0 and empty:
            return 0
        if owner != APPLICATION:
            raise self._unusable("another program wrote it")
        if version > SCHEMA_VERSION:
            raise CollectionError(
                f"{self.path} was written by a newer imgsim (its form is {version}, this one knows {SCHEMA_VERSION}). "
                "Update imgsim to read these reviews."
            )
        return int(version)

    def _make(self, connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        statement = ""
        for line in _TABLE.splitlines(keepends=True):  # executescript would end the transaction
            statement += line
            if sqlite3.complete_statement(statement):
                connection.execute(statement)
                statement = ""

    def _patiently(self, act: Callable[[], T]) -> T:
        """Do ``act`` again while others have the file; SQLite itself does not wait in every such case."""
        until = time.monotonic() + self.patience
        while True:
            try:
                return act()
            except sqlite3.Error as error:
                code = _code(error)
                if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    if time.monotonic() > until:
                        raise BusyError(
                            f"{self.path} was busy for {self.patience:.0f} seconds, so nothing was written. Try again; "
                            "if it lasts, another program holds the file open."
                        ) from None
                    time.sleep(random.uniform(0.002, 0.02))
                    continue
                raise self._explained(error, code) from error

    def _explained(self, error: sqlite3.Error, code: int) -> CollectionError:
        if code == sqlite3.SQLITE_READONLY or (code == sqlite3.SQLITE_CANTOPEN and self.path.parent.is_dir()):
            return CollectionError(
                f"Reviews cannot be written to {self.path}: the file or its folder is read-only. Allow writing there, "
                "or copy the collection to a folder of your own."
            )
        if code == sqlite3.SQLITE_FULL:
            return CollectionError(
                f"The disk of {self.path} is full, so nothing was written. Make room, then decide again."
            )
        if code == sqlite3.SQLITE_IOERR:
            return CollectionError(
                f"{self.path} could not be read or written ({error}). Is the disk full, or gone?"
            )
        return self._unusable(str(error))

    def _unusable(self, why: str) -> CollectionError:
        return CollectionError(
            f"The reviews in {self.path} cannot be read: {why}. Put a good copy of the file in its place, or move it "
            "away to begin anew; imgsim does not change it."
        )


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary code of an error; 0 where it has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
