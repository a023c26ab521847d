"""An SQLite file of ours: opened for a moment, written in short transactions, read with every check.

Every call opens the file, does one thing, and closes it: threads and processes share nothing but the file itself, and
SQLite's write-ahead log lets everyone read while one writes. Whoever finds the file busy waits for its turn.

A file of an older form is brought up to date when it is first used, after a copy of it was put beside it. Where it
cannot be written it is brought up to date in memory each time, so that it can be read all the same.
"""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from imgsim.errors import BusyError, CollectionError

PATIENCE = 30.0  # seconds to wait for a turn
T = TypeVar("T")
Migration = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True)
class Schema:
    """The form of a file.

    Attributes
    ----------
    application : SQLite files of other programs bear another number, mostly 0.
    version : of the form, 1 and up.
    tables : the statements that make it.
    what : what the file holds, as a message begins: "Reviews", "Plate ids".
    migrations : by version, what makes the next one of it.
    """

    application: int
    version: int
    tables: str
    what: str
    migrations: Mapping[int, Migration] = field(default_factory=dict)


class Database:
    """The file and the ways to it. Raises CollectionError where it cannot be used, BusyError where no turn came."""

    def __init__(self, path: Path, schema: Schema, patience: float = PATIENCE) -> None:
        self.path, self.schema, self.patience = Path(path), schema, patience

    def read(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """What ``ask`` answers within one transaction; ``nothing`` where there is no file, or an empty one."""
        if not self._written():
            return nothing

        def once() -> tuple[bool, T]:
            with self._open("ro") as connection:
                connection.execute("BEGIN")
                version = self._version(connection)
                if version == 0:
                    return True, nothing
                if version < self.schema.version:
                    return False, nothing
                return True, ask(connection)

        known, answer = self._patiently(once)
        return answer if known else self._read_older(ask, nothing)

    def write(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Do ``act`` in one transaction that nobody else writes in; the file is made if there is none."""

        def once() -> T:
            with self._open("rwc") as connection:
                if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    version = self._version(connection)
                    if version == 0:
                        self._make(connection)
                    elif version < self.schema.version:
                        self._back_up(version)
                        self._migrate(connection, version)
                    result = act(connection)
                    connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
                return result

        return self._patiently(once)

    # -- older forms

    def _read_older(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        try:
            self.write(lambda connection: None)
        except CollectionError:
            return self._patiently(lambda: self._read_copy(ask, nothing))
        return self.read(ask, nothing)

    def _read_copy(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        with self._open("ro") as connection, contextlib.closing(sqlite3.connect(":memory:")) as copy:
            copy.isolation_level = None
            connection.backup(copy)
            version = self._version(copy)
            if version == 0:
                return nothing
            self._migrate(copy, version)
            return ask(copy)

    def _migrate(self, connection: sqlite3.Connection, version: int) -> None:
        for number in range(version, self.schema.version):
            self.schema.migrations[number](connection)
        connection.execute(f"PRAGMA user_version = {self.schema.version}")

    def _back_up(self, version: int) -> None:
        """Put a copy beside the file, as it is before its form changes. Nobody else can write meanwhile."""
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        target = self.path.with_name(f"{self.path.stem}.form-{version}.{stamp}.sqlite")
        unfinished = target.with_name(f".{target.name}.tmp")
        unfinished.unlink(missing_ok=True)
        try:
            with self._open("ro") as connection, contextlib.closing(sqlite3.connect(unfinished)) as copy:
                connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # whole in one file, wherever it is carried
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            os.replace(unfinished, target)
        except OSError as error:
            raise CollectionError(
                f"{self.path} must be copied before it is brought up to date, and the copy cannot be written "
                f"({error.strerror}). Make room in {self.path.parent}, or allow writing there."
            ) from None

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
        if owner != self.schema.application:
            raise self._unusable("another program wrote it")
        if version > self.schema.version:
            raise CollectionError(
                f"{self.path} was written by a newer imgsim (its form is {version}, this one knows "
                f"{self.schema.version}). Update imgsim to read it."
            )
        return int(version)

    def _make(self, connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA application_id = {self.schema.application}")
        connection.execute(f"PRAGMA user_version = {self.schema.version}")
        run_statements(connection, self.schema.tables)

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
                f"{self.schema.what} cannot be written to {self.path}: the file or its folder is read-only. "
                "Allow writing there, or copy the collection to a folder of your own."
            )
        if code == sqlite3.SQLITE_FULL:
            return CollectionError(
                f"The disk of {self.path} is full, so nothing was written. Make room, then try again."
            )
        if code == sqlite3.SQLITE_IOERR:
            return CollectionError(
                f"{self.path} could not be read or written ({error}). Is the disk full, or gone?"
            )
        return self._unusable(str(error))

    def _unusable(self, why: str) -> CollectionError:
        return CollectionError(
            f"{self.schema.what} in {self.path} cannot be read: {why}. Put a good copy of the file in its place, "
            "or move it away to begin anew; imgsim does not change it."
        )


def run_statements(connection: sqlite3.Connection, text: str) -> None:
    """Execute statements one by one: ``executescript`` would end the transaction."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary code of an error; 0 where it has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
