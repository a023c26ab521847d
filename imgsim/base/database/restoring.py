"""Putting a whole copy in the place of a file, while others may read and write; what was there is set aside."""

from __future__ import annotations

import contextlib
import sqlite3
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.database import backups, placing
from imgsim.base.database.connecting import connect

if TYPE_CHECKING:
    from imgsim.base.database.file import Database

PAUSE_S = 0.2  # longer than anyone takes from opening a file to looking for its journal


def restore(database: Database, source: Path) -> Path | None:
    """Put a copy in the place of a file, whole or not at all.

    Returns
    -------
    the name under which what was there stays; None if there was none.

    Raises
    ------
    CollectionError
        The copy is damaged, or cannot be written here; then nothing was changed. BusyError: somebody keeps writing.
    OSError
        The same for the folder.
    """
    unfinished = f".{database.path.name}.{uuid.uuid4().hex}.new"
    copied = backups.copy(type(database)(source, database.schema), database.path.parent, unfinished)
    try:
        if database.path.exists() and not database.problems():
            return _overwritten(database, copied)
        return _replaced(database, copied)
    except sqlite3.Error as error:
        raise database.explained(error) from error
    finally:
        copied.unlink(missing_ok=True)


def _overwritten(database: Database, copied: Path) -> Path:
    """The way for a file that is in order, and may be in use: SQLite writes the copy over it in one transaction.

    Giving the name to another file would not do: a journal belongs to a name, and whoever had opened the one file would
    play the journal of the other into it.
    """
    aside = placing.aside_name(database.path, "before")
    unfinished = aside.with_name(f".{aside.name}.tmp")
    try:
        with contextlib.closing(connect(database.path, "mode=rw", database.patience)) as live:
            live.execute("PRAGMA synchronous = EXTRA")
            live.execute("BEGIN EXCLUSIVE")
            # Nobody reads or writes until this is closed. Not asked for earlier: whoever waits for a turn in this mode
            # keeps others from ending theirs.
            live.execute("PRAGMA locking_mode = EXCLUSIVE")
            live.execute("COMMIT")
            with contextlib.closing(sqlite3.connect(unfinished)) as target:
                live.backup(target)
            placing.put(unfinished, aside, replace=True)
            with contextlib.closing(connect(copied, "mode=ro", database.patience)) as whole:
                whole.backup(live)
    finally:
        unfinished.unlink(missing_ok=True)
    return aside


def _replaced(database: Database, copied: Path) -> Path | None:
    """The way for a file that is damaged or gone, which nobody of ours writes to: the copy is given its name."""
    with contextlib.closing(connect(copied, "mode=rw", database.patience)) as whole:
        # Nobody writes, and so makes a journal, before everyone has given up the damaged file.
        whole.execute("BEGIN EXCLUSIVE")
        aside = placing.set_aside(database.path)
        placing.rename(copied, database.path)
        time.sleep(PAUSE_S)
    return aside
