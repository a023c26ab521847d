"""Why an SQLite file of ours cannot be used, as errors that say what to do about it.

Throughout, ``what`` is what the file holds, as its schema names it, and ``patience`` the seconds that were waited.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from imgsim.base.database import backups, connecting
from imgsim.base.database.connecting import code
from imgsim.errors import BusyError, CollectionError, DamagedError, ImgsimError, RestoreCopy


def damaged(path: Path, what: str, why: str) -> DamagedError:
    """The error of a file that is not what was written."""
    return DamagedError(
        f"{what} in {path} cannot be read: {why}. The file is left as it is.",
        why,
        None if path.parent.name == backups.FOLDER else RestoreCopy(str(path.parent)),
    )


def busy(path: Path, patience: float) -> BusyError:
    """The error of a file that others had all the while."""
    return BusyError(
        f"{path} was busy for {patience:.0f} seconds, so nothing was written. Try again; if it lasts, "
        "another program holds the file open."
    )


def unusable(path: Path, what: str, why: str) -> CollectionError:
    """The error of a file that cannot be opened."""
    return CollectionError(f"{what} in {path} cannot be read: {why}.")


def explained(error: sqlite3.Error | OSError, path: Path, what: str, patience: float) -> ImgsimError:
    """What an error of SQLite or the system means for whoever asked."""
    if isinstance(error, OSError):
        barred = connecting.barred(path) or f"{error.strerror}."
        return CollectionError(f"{what} cannot be written to {path}: {barred}")
    number = code(error)
    if number in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return busy(path, patience)
    if number == sqlite3.SQLITE_READONLY or (number == sqlite3.SQLITE_CANTOPEN and path.parent.is_dir()):
        return CollectionError(
            f"{what} cannot be written to {path}: the file or its folder is read-only. "
            "Allow writing there, or copy the collection to a folder of your own."
        )
    if number == sqlite3.SQLITE_FULL:
        return CollectionError(
            f"The disk of {path} is full, so nothing was written. Make room, then try again."
        )
    if number == sqlite3.SQLITE_IOERR:
        return CollectionError(f"{path} could not be read or written ({error}). Is the disk full, or gone?")
    if number == sqlite3.SQLITE_CANTOPEN:
        return unusable(path, what, f"its folder is not there ({error})")
    return damaged(path, what, str(error))
