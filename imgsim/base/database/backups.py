"""Copies of an SQLite file of ours, made while people write, in the folder ``backups`` beside it.

One is made when a process first uses a file that changed since the last one, and with every 50 entries. The last 10
stay, and of each of the last 30 days on which any was made the last one. Each was looked through before it got its
name, and older ones go only after a new one was made: there is always a whole one.

A name says when a copy was made (UTC) and how much it holds: ``reviews.20261129T061802.123456Z.150.sqlite``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self

from imgsim.base.database import placing
from imgsim.base.database.connecting import JOURNALS, beside, readable
from imgsim.errors import CollectionError, DamagedError, ImgsimError

FOLDER = "backups"
KEEP, DAYS, EVERY = 10, 30, 50
_LOG = logging.getLogger("imgsim")
_STAMP, _OLDER_STAMP = "%Y%m%dT%H%M%S.%fZ", "%Y%m%d-%H%M%S"
_failed: dict[str, str] = {}  # path -> why its last copy could not be made


class Kept(Protocol):
    """The file of which copies are made: :class:`imgsim.base.database.Database`."""

    path: Path
    patience: float

    def beside(self, path: Path) -> Self: ...
    def examine(self, connection: sqlite3.Connection) -> int: ...
    def damaged(self, why: str) -> DamagedError: ...
    def explained(self, error: sqlite3.Error | OSError) -> ImgsimError: ...


@dataclass(frozen=True)
class Backup:
    """A copy: where it lies, when it was made (UTC), how much it holds, and why it cannot be used ("" if it can)."""

    path: Path
    made: datetime
    count: int
    problem: str

    @property
    def whole(self) -> bool:
        """Whether it can be used."""
        return not self.problem


def now() -> datetime:
    """The time that copies are called after."""
    return datetime.now(UTC)


def listed(path: Path) -> list[Path]:
    """The copies of a file, the newest first; those that were made before its form changed come last."""
    folder, name = path.parent / FOLDER, _name(path)
    with contextlib.suppress(OSError):
        if folder.is_dir():
            kept = [folder / one for one in sorted(os.listdir(folder), reverse=True) if name.fullmatch(one)]
            if kept:
                return [*kept, *_older(path)]
    return _older(path)


def described(database: Kept) -> list[Backup]:
    """The copies of a file, the newest first, each looked through."""
    return [describe(database, path) for path in listed(database.path)]


def latest(database: Kept) -> Backup | None:
    """The newest whole copy; None if there is none."""
    return next((one for path in listed(database.path) if (one := describe(database, path)).whole), None)


def describe(database: Kept, path: Path) -> Backup:
    """A copy, or any file that should be one, looked through."""
    try:
        made = _made(database.path, path) or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        return Backup(path, datetime.fromtimestamp(0, UTC), 0, f"it cannot be read ({error.strerror})")
    try:
        return Backup(path, made, _examined(database, path), "")
    except CollectionError as error:
        return Backup(path, made, 0, error.why if isinstance(error, DamagedError) else str(error))


def is_due(path: Path, count: int) -> bool:
    """Whether a file that holds so much now should be copied."""
    last = next(iter(listed(path)), None)
    found = _name(path).fullmatch(last.name) if last is not None else None
    return found is None or abs(count - int(found[2])) >= EVERY


def changed(path: Path) -> bool:
    """Whether a file is not the one of which the last copy was made."""
    last = next(iter(listed(path)), None)
    try:
        return last is None or path.stat().st_mtime_ns != last.stat().st_mtime_ns
    except OSError:
        return False


def make_if_changed(database: Kept) -> None:
    """Copy a file that is there, if it changed since the last copy; what hinders that is said by :func:`failure`."""
    if database.path.exists() and changed(database.path):
        make_or_say(database)


def make_or_say(database: Kept) -> None:
    """:func:`make`, where a failure is no reason to stop: it is logged, and :func:`failure` says it."""
    key = str(database.path.absolute())
    try:
        make(database)
    except (CollectionError, OSError) as error:
        why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        _failed[key] = f"No copy of {database.path.name} could be put into {FOLDER}: {why}"
        _LOG.warning("%s", _failed[key])
    else:
        _failed.pop(key, None)


def failure(path: Path) -> str:
    """Why this process could not make the last copy of a file, as a sentence; "" if it could."""
    return _failed.get(str(path.absolute()), "")


def make(database: Kept) -> Path:
    """Copy a file into its folder of copies, and remove what is too old.

    Raises CollectionError where the file is damaged, and no copy is made of it; OSError where none can be written.
    """
    path, folder = database.path, database.path.parent / FOLDER
    folder.mkdir(exist_ok=True)
    placing.sweep(folder, f".{path.stem}.*.tmp*")
    moment = now()
    made = copy(database, folder, f"{path.stem}.{moment:{_STAMP}}.{{count}}{path.suffix}")
    _rotate(path, made, moment)
    return made


def copy(database: Kept, folder: Path, name: str) -> Path:
    """Copy a file as it is now, by SQLite's own means, while others read and write.

    The copy is looked through before it gets its name, in which ``{count}`` is filled in. Raises as :func:`make`.
    """
    unfinished = folder / f".{database.path.stem}.{uuid.uuid4().hex}.tmp"
    try:
        changed_ns = database.path.stat().st_mtime_ns
        with (
            readable(database.path, database.patience) as source,
            contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # whole in one file, wherever it is carried
        try:
            count = _examined(database, unfinished)
        except DamagedError as error:  # as was copied: the file itself is damaged
            raise database.damaged(error.why) from None
        os.utime(
            unfinished, ns=(changed_ns, changed_ns)
        )  # tells whether the file has changed since: see `changed`
        target_path = folder / name.format(count=count)
        placing.put(unfinished, target_path, replace=True)
        return target_path
    except sqlite3.Error as error:
        raise database.explained(error) from error
    finally:
        for suffix in ("", *JOURNALS):
            beside(unfinished, suffix).unlink(missing_ok=True)


def _rotate(path: Path, made: Path, moment: datetime) -> None:
    """Remove the copies that are neither among the last ones nor the last of a day. That one was made just now."""
    found = [one for one in listed(path) if one.parent.name == FOLDER]
    keep = {made, *found[:KEEP]}
    days: dict[object, Path] = {}
    for one in found:  # the newest first
        at = _made(path, one)
        if at is not None and (moment.date() - at.date()).days < DAYS:
            days.setdefault(at.date(), one)
    for one in found:
        if one not in keep and one not in days.values():
            with contextlib.suppress(OSError):
                one.unlink()


def _examined(database: Kept, path: Path) -> int:
    """How much a copy holds, after looking through it."""
    found = database.beside(path)
    try:
        with readable(path, database.patience) as connection:
            connection.execute("BEGIN")
            return found.examine(connection)
    except sqlite3.Error as error:
        raise found.damaged(str(error)) from error


def _name(path: Path) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(path.stem)}\.(\d{{8}}T\d{{6}}\.\d{{6}}Z)\.(\d+){re.escape(path.suffix)}")


def _older(path: Path) -> list[Path]:
    found = path.parent.glob("*.form-*") if path.parent.is_dir() else []
    mine = [one for one in found if _older_name(path).fullmatch(one.name)]
    return sorted(mine, key=lambda one: one.name.split(".")[-2], reverse=True)


def _older_name(path: Path) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(path.stem)}\.form-\d+\.(\d{{8}}-\d{{6}}){re.escape(path.suffix)}")


def _made(path: Path, one: Path) -> datetime | None:
    """When a copy was made, by its name; None for another name."""
    for pattern, stamp in ((_name(path), _STAMP), (_older_name(path), _OLDER_STAMP)):
        found = pattern.fullmatch(one.name)
        if found:
            with contextlib.suppress(ValueError):
                return datetime.strptime(found[1], stamp).replace(tzinfo=UTC)
    return None
