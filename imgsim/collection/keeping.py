"""What nobody can make again, copied and put back: decisions, corrections of pages, the registry of ids."""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imgsim.base.database import Database, backups, restoring
from imgsim.base.database.backups import Backup
from imgsim.base.database.connecting import readable
from imgsim.base.hashing import file_sha256
from imgsim.base.writing import disk_errors, write_whole
from imgsim.collection import id_registry as ids
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import Registry
from imgsim.collection.marks import FILE as MARKS
from imgsim.collection.page_corrections import PageCorrections
from imgsim.errors import CollectionError, ImgsimError
from imgsim.generation.locking import locked
from imgsim.reviews import FILE as REVIEWS
from imgsim.reviews import Review, rows

SUMS = "SHA256SUMS"
FILES = (REVIEWS, ids.FILE, MARKS)
_SETTINGS = ("settings*.json", "settings*.toml")


@dataclass(frozen=True)
class Restored:
    """What was put back.

    Attributes
    ----------
    backup : the copy of the decisions that is in use now; None where none was given.
    aside : where the file that was in its place lies now; None if there was none.
    lacking : the decisions of that file which can be read and believed, and which the copy lacks.
    added : whether they were added to it.
    spares : of each other file that could not be read, or was not there, the copy that was put back.
    """

    backup: Backup | None
    aside: Path | None
    lacking: tuple[Review, ...]
    added: bool
    spares: dict[str, Backup]


def databases(folder: Path) -> dict[str, Database]:
    """The files of a collection that are kept safe, by their names."""
    return {
        REVIEWS: reviews_of(folder).database, ids.FILE: Registry(folder).database,
        MARKS: PageCorrections(folder).database,
    }  # fmt: skip


def keep_copies(folder: Path) -> None:
    """Copy what changed since the last copy; what hinders that is logged, and said by :func:`failures`."""
    for database in databases(folder).values():
        backups.make_if_changed(database)


def failures(folder: Path) -> list[str]:
    """Why the last copies could not be made, as sentences."""
    return [said for name in FILES if (said := backups.failure(folder / name))]


def problems(folder: Path) -> list[str]:
    """What is wrong with these files, as messages, after looking through all of each."""
    return [said for database in databases(folder).values() for said in database.problems()]


def damaged(folder: Path) -> list[str]:
    """The names of the files that cannot be used."""
    return [name for name, database in databases(folder).items() if database.problems()]


def copies(folder: Path) -> list[Backup]:
    """The copies of the decisions, the newest first, each looked through."""
    return backups.described(databases(folder)[REVIEWS])


def bundle(folder: Path, target: Path) -> dict[str, int]:
    """Write decisions, ids, corrections and settings into one zip, while people work, with the SHA-256 of each file.

    Parameters
    ----------
    target : a zip that is not there yet.

    Returns
    -------
    how much each of the files holds, by its name.

    Raises
    ------
    ImgsimError
        A file is damaged, or there is none; the zip is there already, or cannot be written.
    """
    if target.exists():
        raise ImgsimError(f"{target} is there already, and is not written over. Give another name.")
    counts: dict[str, int] = {}
    with disk_errors(target.parent), tempfile.TemporaryDirectory(prefix="imgsim-") as scratch:
        target.parent.mkdir(parents=True, exist_ok=True)
        found: dict[str, bytes] = {}
        for name, database in databases(folder).items():
            if database.path.exists() or backups.listed(database.path):
                counts[name] = database.examined()
                found[name] = backups.copy(database, Path(scratch), name).read_bytes()
        if not found:
            raise CollectionError(f"{folder} has neither decisions nor ids yet: there is nothing to keep.")
        for pattern in _SETTINGS:
            found |= {one.name: one.read_bytes() for one in sorted(folder.glob(pattern)) if one.is_file()}
        sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in found.items())
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in {**found, SUMS: sums.encode()}.items():
                archive.writestr(name, data)
        write_whole(target, packed.getvalue())
    return counts


def bundle_name(folder: Path) -> str:
    """What a zip is called that was not given a name."""
    return f"{folder.resolve().name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"


@contextlib.contextmanager
def opened(source: Path) -> Iterator[dict[str, Path]]:
    """The files in what somebody gives to be put back: a copy, a folder of copies, or a zip of :func:`bundle`.

    Yields paths by the names of :data:`FILES`; of a single file it is the first.
    Raises CollectionError for anything else, and for a zip that is not as it was written.
    """
    if source.is_dir():
        yield {name: source / name for name in FILES if (source / name).is_file()}
    elif source.suffix.lower() != ".zip":
        yield {REVIEWS: source}
    else:
        with tempfile.TemporaryDirectory(prefix="imgsim-") as scratch:
            yield _unpacked(source, Path(scratch))


def restore(folder: Path, source: Path, *, add_readable: bool = False) -> Restored:
    """Put a copy of the decisions in place, and one of each other file that cannot be read any more, or is not there.

    Whatever lies there is set aside first, and stays. No run can be under way meanwhile; the app can.

    Parameters
    ----------
    source : see :func:`opened`.
    add_readable : add to the copy what it lacks of the decisions that were there and can be believed.

    Raises
    ------
    CollectionError
        The copy is damaged or cannot be written; then nothing was changed. BusyError: a run is under way.
    """
    others = databases(folder)
    database = others.pop(REVIEWS)
    with disk_errors(folder), locked(folder), opened(source) as given:
        if not given:
            raise CollectionError(f"{source} holds none of {', '.join(FILES)}. Give a copy that imgsim made.")
        if REVIEWS not in given:  # nothing had been decided yet
            return Restored(None, None, (), False, _put_back(others, given))
        chosen = backups.describe(database, given[REVIEWS])
        if not chosen.whole:
            raise CollectionError(f"{source} cannot be put back: {chosen.problem}. Choose another copy.")
        there = believable(folder)
        aside = restoring.restore(database, chosen.path)
        known = {review.uuid for review in reviews_of(folder).all()}
        lacking = tuple(review for review in there if review.uuid not in known)
        if add_readable and lacking:
            reviews_of(folder).add(lacking)
        spares = _put_back(others, given)
        for one in (database, *others.values()):
            if one.path.exists():
                backups.make_or_say(one)
        return Restored(chosen, aside, lacking, add_readable, spares)


def believable(folder: Path) -> list[Review]:
    """The decisions that can be read and believed now, also of a damaged file."""
    reviews = reviews_of(folder)
    try:
        return reviews.all()
    except CollectionError:
        pass
    with contextlib.suppress(sqlite3.Error, OSError), readable(reviews.path, 1.0) as connection:
        return rows.believable(connection)
    return []


def restore_others(folder: Path) -> dict[str, Backup]:
    """Put the latest whole copy of each file in place that cannot be used, but for the decisions; which, by name."""
    others = databases(folder)
    del others[REVIEWS]
    with disk_errors(folder), locked(folder):
        return _put_back(others, {})


def _put_back(others: Mapping[str, Database], given: Mapping[str, Path]) -> dict[str, Backup]:
    spares = {name: spare for name, one in others.items() if (spare := _spare(one, given.get(name))) is not None}
    for name, spare in spares.items():
        restoring.restore(others[name], spare.path)
    return spares


def _spare(database: Database, given: Path | None) -> Backup | None:
    """A whole copy of a file that is damaged, or not there though one is given; None where none is needed or whole."""
    if not database.problems() and (given is None or database.path.exists()):
        return None
    if given is not None and (found := backups.describe(database, given)).whole:
        return found
    return backups.latest(database) if database.problems() else None


def _unpacked(source: Path, scratch: Path) -> dict[str, Path]:
    try:
        with zipfile.ZipFile(source) as archive:
            lines = [line.split("  ", 1) for line in archive.read(SUMS).decode().splitlines()]
            sums = {name: digest for digest, name in lines}
            found = {}
            for name in FILES:
                if name in sums:
                    found[name] = scratch / name
                    with archive.open(name) as entry, found[name].open("wb") as file:
                        shutil.copyfileobj(entry, file)
                    if file_sha256(found[name]) != sums[name]:
                        raise CollectionError(
                            f"{name} in {source} is not what was written. Choose another copy."
                        )
    except (
        OSError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise CollectionError(
            f"{source} cannot be read as a zip of imgsim ({error}). Choose another copy."
        ) from None
    return found


def told(reviews: Sequence[Review], most: int = 10) -> list[str]:
    """Decisions in lines, for whoever must know which are lacking."""
    lines = [
        f"{one.plate_a} and {one.plate_b}: {one.decision} ({one.reviewer}, {one.when[:16]})"
        for one in reviews[:most]
    ]
    return lines + ([f"and {len(reviews) - most:,} more"] if len(reviews) > most else [])


def restore_one(folder: Path, name: str, source: Path) -> Path | None:
    """Put a copy of another of :data:`FILES` in place. Returns and raises as :func:`~imgsim.base.database.restore`."""
    with disk_errors(folder), locked(folder):
        database = databases(folder)[name]
        aside = restoring.restore(database, source)
        backups.make_or_say(database)
        return aside
