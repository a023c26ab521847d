"""Getting at an SQLite file, also where nothing can be written: on a full disk, or one that is read-only.

Reading a file of ours needs no writing, but for two cases: a writer was killed and left its journal, from which the
next reader restores the file; and a file of an earlier imgsim still has a write-ahead log. Where even that cannot be
done in place, it is done to a copy elsewhere: decisions that cannot be added to still count.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

JOURNALS = ("-journal", "-wal", "-shm")  # what SQLite keeps beside a file, by what is added to its name
# What it says where it can neither make nor write a file that it needs. A full disk is an I/O error in some places.
_BARRED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
_MEMORY = Path("/dev/shm")


def code(error: sqlite3.Error) -> int:
    """SQLite's primary code of an error; 0 where it has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def passes(error: sqlite3.Error | OSError) -> bool:
    """Whether an error is over when others have done what they do."""
    if isinstance(error, OSError):
        return isinstance(error, FileNotFoundError)
    moved = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_DBMOVED
    return moved or code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def beside(path: Path, suffix: str) -> Path:
    """The file that SQLite keeps beside another: see :data:`JOURNALS`."""
    return path.with_name(path.name + suffix)


def connect(path: Path, options: str, patience: float) -> sqlite3.Connection:
    """A connection to a file that is there; ``options`` as in SQLite's addresses, such as ``mode=ro``.

    Raises sqlite3.Error, also for a file that cannot be read at all.
    """
    address = f"file:{quote(str(path.absolute()))}?{options}"
    # isolation_level None: transactions begin and end where we say so.
    connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None)
    try:
        # The path is a person's, the content may be anybody's: no function of a schema runs by itself.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA user_version").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def readable(path: Path, patience: float) -> Iterator[sqlite3.Connection]:
    """A connection for reading, closed afterwards. Raises sqlite3.Error where there is none."""
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(contextlib.closing(_reader(path, patience, stack)))


def _reader(path: Path, patience: float, stack: contextlib.ExitStack) -> sqlite3.Connection:
    try:
        return connect(path, "mode=ro", patience)
    except sqlite3.OperationalError as error:
        if code(error) not in _BARRED:
            raise
        left = [name for name in JOURNALS[:2] if _size(beside(path, name))]
        if not left:
            # A file of an earlier imgsim, whose empty log cannot be made: the file is all there is.
            return connect(path, "mode=ro&immutable=1", patience)
        with contextlib.suppress(sqlite3.Error):
            return connect(path, "mode=rw", patience)
        copy = _copied(path, left, stack)
        if copy is None:
            raise
    return connect(copy, "mode=rw", patience)


def _copied(path: Path, journals: list[str], stack: contextlib.ExitStack) -> Path | None:
    """A copy of a file and its journals, in memory where the system has a place for it, until the stack is closed."""
    for parent in (_MEMORY, Path(tempfile.gettempdir())):
        try:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imgsim-", dir=parent)))
            for name in ("", *journals):
                shutil.copyfile(beside(path, name), folder / (path.name + name))
        except OSError:
            continue
        return folder / path.name
    return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def barred(path: Path) -> str:
    """Why nothing can be added to a file, or none made there, as a sentence; "" as far as can be told beforehand."""
    folder = path.parent
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return f"{path.name} or its folder is read-only."
    try:
        disk = shutil.disk_usage(folder)
    except OSError:
        return ""
    if disk.free < _NEEDED:
        return f"The disk of {path.name} is full ({disk.free // 1000:,} kB free)."
    return ""


_NEEDED = 64 * 1024  # bytes that a transaction may take: its journal, and the pages that it adds
