"""Is an SQLite file what was written? Pages, indices, tables and content are all looked at.

SQLite itself believes most of what it reads: a flipped bit is another word, a row less, or nothing at all. So a file is
looked through when it is first used, and again whenever it is not the file that was found to be in order.
"""

from __future__ import annotations

import contextlib
import functools
import re
import sqlite3
import time
from pathlib import Path

from imgsim.base.database import schema as forms
from imgsim.base.database.connecting import JOURNALS, beside
from imgsim.base.database.schema import Schema

Identity = tuple[tuple[int, ...], ...]
# Two changes within one tick of the system's clock leave the same time. No tick is longer than this.
TICK_NS = 20_000_000
LARGE = 4_000_000  # bytes; about 5,000 decisions, which take 40 ms to look through
_sound: dict[str, Identity] = {}  # what was found to be in order, by this process


def why_damaged(connection: sqlite3.Connection, schema: Schema, version: int) -> str:
    """Why a file is not what was written, in a few words; "" for one that is.

    Parameters
    ----------
    connection : in a transaction.
    version : that of the file; of an older one only the pages and indices can be looked at.
    """
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found is None or found[0] != "ok":
            return _one_line(found[0] if found else "it cannot be looked through")
        if version != schema.version:
            return ""
        ours, theirs = _expected(schema.tables), _statements(connection)
        if ours != theirs:
            return f"{_odd(ours, theirs)} is not as imgsim makes it, or is gone"
        return schema.wrong(connection)
    except sqlite3.Error as error:
        return _one_line(error)
    except (ValueError, TypeError, OverflowError, MemoryError) as error:  # what damage can make of a value
        return f"a value cannot be read ({_one_line(error)})"


def is_known(path: Path, identity: Identity) -> bool:
    """Whether this process has found the file, as it is now, to be in order."""
    return _sound.get(str(path.absolute())) == identity


def remember(path: Path, identity: Identity) -> None:
    """Note that the file, as it was before it was looked through or after we wrote it, is in order.

    One that was written this very moment is looked through again the next time, for a second change in the same tick of
    the clock would go unnoticed; but not a large one, which takes longer than that.
    """
    if not identity[0]:
        return
    written = max(max(stat[2:]) for stat in identity if stat)
    if identity[0][1] > LARGE or abs(time.time_ns() - written) > TICK_NS:
        _sound[str(path.absolute())] = identity


def identity_of(path: Path) -> Identity:
    """What tells a file, with what SQLite keeps beside it, from another or from itself after a change."""
    found: list[tuple[int, ...]] = []
    for name in ("", *JOURNALS[:2]):
        stat = None
        with contextlib.suppress(OSError):
            stat = beside(path, name).stat()
        found.append(() if stat is None else (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return tuple(found)


@functools.lru_cache(maxsize=8)
def _expected(tables: str) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(":memory:")) as empty:
        forms.run_statements(empty, tables)
        return _statements(empty)


def _statements(connection: sqlite3.Connection) -> dict[str, str]:
    """What made each table, index and trigger, without comments and in one line."""
    rows = connection.execute(
        "SELECT type || ' ' || name || ' ' || tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
    )
    return {name: " ".join(re.sub("--[^\n]*", "", sql or "").split()) for name, sql in rows}


def _odd(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """The first that is in one only, or other: "the table reviews"."""
    name = min(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    return "the " + " ".join(name.split()[:2])


def _one_line(message: object) -> str:
    return " ".join(str(message).split())[:300]
