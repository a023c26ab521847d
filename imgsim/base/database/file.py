"""An SQLite file of ours: opened for a moment, written in short transactions, read with every check.

Every call opens the file, does one thing, and closes it: threads and processes share nothing but the file itself.
Whoever finds the file busy waits for its turn.

What is written is in the file itself when the call returns. Other journals of SQLite would be a little quicker, but
leave it beside the file for a while: whoever copied the file alone lost what was decided last, and a log with a flipped
bit ends there in silence.

A file of an older form is brought up to date when it is first used, after a copy of it was put beside it. Where it
cannot be written it is brought up to date in memory, so that it can be read all the same.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

from imgsim.base.database import backups, connecting, failures, placing, schema, soundness
from imgsim.base.database.connecting import connect, passes, readable
from imgsim.base.database.schema import Schema
from imgsim.errors import CollectionError, DamagedError, ImgsimError

PATIENCE = 30.0  # seconds to wait for a turn
# Seconds to wait for it in SQLite, which looks ever more seldom, so that who came late is served before who came early.
MOMENT = 0.02
T = TypeVar("T")
_images: dict[
    str, tuple[soundness.Identity, bytes]
] = {}  # older forms that were brought up to date in memory


class _Replaced(Exception):
    """Another file was put in this one's place meanwhile."""


class Database:
    """The file and the ways to it.

    Raises
    ------
    CollectionError
        It cannot be used; DamagedError where it is not what was written, or is gone although there are copies of it.
        BusyError: no turn came.
    """

    def __init__(self, path: Path, schema: Schema, patience: float = PATIENCE) -> None:
        self.path, self.schema, self.patience = Path(path), schema, patience

    def beside(self, path: Path) -> Self:
        """The same of another file of this form."""
        return type(self)(path, self.schema, self.patience)

    def read(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """What ``ask`` answers within one transaction; ``nothing`` where there is no file, and never was one."""
        if not self._there():
            return nothing

        def once() -> tuple[T] | None:
            with readable(self.path, self.patience) as connection:
                connection.execute("BEGIN")
                if self._version(connection) < self.schema.version:
                    return None
                self._assure(connection, self.schema.version)
                return (ask(connection),)

        answer = self._patiently(once)
        return answer[0] if answer is not None else self._read_older(ask, nothing)

    def write(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Do ``act`` in one transaction that nobody else writes in; the file is made if there is none.

        A copy is put with the others where it is time for one; if that fails, it is said elsewhere.
        """

        def once() -> tuple[T, int]:
            if not self._there():
                self._make()
            inode = self.path.stat().st_ino
            with contextlib.closing(connect(self.path, "mode=rw", MOMENT)) as connection:
                if connection.execute("PRAGMA journal_mode").fetchone()[0] != "delete":
                    connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute(
                    "PRAGMA synchronous = EXTRA"
                )  # what was said to be kept outlives a power cut
                connection.execute("BEGIN IMMEDIATE")
                try:
                    if self.path.stat().st_ino != inode:
                        raise _Replaced
                    version = self._version(connection)
                    self._assure(connection, version)
                    if version < self.schema.version:
                        self._back_up(version)
                        self._migrate(connection, version)
                    result = act(connection)
                    # Whoever reads now is waited for; nobody begins to read meanwhile.
                    connection.execute(f"PRAGMA busy_timeout = {int(self.patience * 1000)}")
                    count = connection.execute(self.schema.count).fetchone()[0]
                    connection.execute("COMMIT")
                    # It was in order before, and this is all that was done to it.
                    soundness.remember(self.path, soundness.identity_of(self.path))
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
                return result, count

        result, count = self._patiently(once)
        if backups.is_due(self.path, count):
            backups.make_or_say(self)
        return result

    def examined(self) -> int:
        """How much the file holds (see :attr:`Schema.count`), after looking through all of it; 0 if there is none."""

        def once() -> int:
            with readable(self.path, self.patience) as connection:
                connection.execute("BEGIN")
                return self.examine(connection)

        return self._patiently(once) if self._there() else 0

    def examine(self, connection: sqlite3.Connection) -> int:
        """The same of an open file of this form or an older one. Raises DamagedError, or sqlite3.Error."""
        version = self._version(connection)
        self._assure(connection, version, again=True)
        return int(connection.execute(self.schema.count).fetchone()[0])

    def problems(self) -> list[str]:
        """What is wrong with the file, as messages; none where there is no file, and never was one."""
        try:
            self.examined()
        except CollectionError as error:
            return [error.what]
        return []

    def damaged(self, why: str) -> DamagedError:
        """The error that says so."""
        return failures.damaged(self.path, self.schema.what, why)

    # -- older forms

    def _read_older(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        try:
            self.write(lambda connection: None)
        except DamagedError:
            raise
        except CollectionError:
            return self._patiently(lambda: self._read_copy(ask))
        return self.read(ask, nothing)

    def _read_copy(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            key, identity = str(self.path.absolute()), soundness.identity_of(self.path)
            known, image = _images.get(key, ((), b""))
            if known == identity:
                copy.deserialize(image)
                return ask(copy)
            with readable(self.path, self.patience) as connection:
                connection.execute("BEGIN")
                version = self._version(connection)
                self._assure(connection, version)
                connection.backup(copy)
            copy.execute("BEGIN")
            self._migrate(copy, version)
            copy.execute("COMMIT")
            image = copy.serialize()
            # Bytes 18 and 19 say that there is a write-ahead log, which memory has none of.
            _images[key] = (identity, image[:18] + b"\x01\x01" + image[20:])
            return ask(copy)

    def _migrate(self, connection: sqlite3.Connection, version: int) -> None:
        for number in range(version, self.schema.version):
            self.schema.migrations[number](connection)
        connection.execute(f"PRAGMA user_version = {self.schema.version}")

    def _back_up(self, version: int) -> None:
        """Put a copy beside the file, as it is before its form changes. Nobody else can write meanwhile."""
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        try:
            backups.copy(self, self.path.parent, f"{self.path.stem}.form-{version}.{stamp}.sqlite")
        except OSError as error:
            raise CollectionError(
                f"{self.path} must be copied before it is brought up to date, and the copy cannot be written "
                f"({error.strerror}). Make room in {self.path.parent}, or allow writing there."
            ) from None

    # -- helpers

    def _there(self) -> bool:
        """Whether there is a file. Raises DamagedError where there is none, or an empty one, but there was."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            last = next(iter(backups.listed(self.path)), None)
            if last is not None:
                raise self.damaged(
                    f"the file is gone, and {last.parent.name}/{last.name} is a copy of it"
                ) from None
            return False
        except OSError as error:
            why = f"it cannot be opened ({error.strerror})"
            raise failures.unusable(self.path, self.schema.what, why) from None
        if size == 0:  # SQLite takes it for a new one; ours are made whole
            raise self.damaged("it is empty (0 bytes)")
        return True

    def _make(self) -> None:
        """Make the file at once with all its tables: an empty one would be a damaged one."""
        unfinished = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex}.tmp")
        try:
            with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
                connection.execute("BEGIN")
                schema.make(connection, self.schema)
                connection.execute("COMMIT")
            placing.put(unfinished, self.path, replace=False)
        finally:
            for suffix in ("", *connecting.JOURNALS):
                connecting.beside(unfinished, suffix).unlink(missing_ok=True)

    def _assure(self, connection: sqlite3.Connection, version: int, *, again: bool = False) -> None:
        """Raise DamagedError unless the file that is open is in order; quick where that is known already."""
        identity = soundness.identity_of(self.path)
        if not again and soundness.is_known(self.path, identity):
            return
        why = soundness.why_damaged(connection, self.schema, version)
        if why:
            raise self.damaged(why)
        soundness.remember(self.path, identity)

    def _version(self, connection: sqlite3.Connection) -> int:
        """The version of the file's schema."""
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        if connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0:
            raise self.damaged("it has no tables")
        if owner != self.schema.application:
            raise self.damaged("another program wrote it")
        if version > self.schema.version:
            raise CollectionError(
                f"{self.path} was written by a newer imgsim (its form is {version}, this one knows "
                f"{self.schema.version}). Update imgsim to read it."
            )
        if version < 1:
            raise self.damaged(f"its form is {version}, which there never was")
        return int(version)

    def _patiently(self, act: Callable[[], T]) -> T:
        """Do ``act`` again while others have the file; SQLite itself does not wait in every such case."""
        until = time.monotonic() + self.patience
        while True:
            try:
                return act()
            except (sqlite3.Error, OSError, _Replaced) as error:
                if isinstance(error, (sqlite3.Error, OSError)) and not passes(error):
                    raise self.explained(error) from error
                if time.monotonic() > until:
                    raise failures.busy(self.path, self.patience) from None
                time.sleep(random.uniform(0.002, 0.02))

    def explained(self, error: sqlite3.Error | OSError) -> ImgsimError:
        """What an error of SQLite or the system means for whoever asked."""
        return failures.explained(error, self.path, self.schema.what, self.patience)
