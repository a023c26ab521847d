"""The data folder as a shelf of collections: how much room each takes, and the trash that takes and gives them back."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from imgsim.base.writing import disk_errors
from imgsim.collection.keeping import databases
from imgsim.errors import CollectionError, ImgsimError
from imgsim.generation.current import is_collection
from imgsim.generation.layout import check_name
from imgsim.generation.locking import locked

TRASH, ASIDE = ".trash", ".kept-decisions"
_STAMPED = re.compile(r"(?P<name>.+)\.(?P<when>\d{8}-\d{6})")


@dataclass(frozen=True)
class Thrown:
    """A collection in the trash: what it was called, when it was thrown away (UTC), and its folder there."""

    name: str
    when: str
    path: Path


def size_of(folder: Path) -> int:
    """Bytes that a folder takes on the disk; files that several generations share count once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):  # gone meanwhile
                found = os.lstat(os.path.join(root, name))
                if (found.st_dev, found.st_ino) not in seen or not found.st_ino:
                    seen.add((found.st_dev, found.st_ino))
                    total += found.st_size
    return total


def throw_away(folder: Path) -> Thrown:
    """Move a collection to the trash, whole; its decisions and ids are copied aside as well, and outlast the trash.

    Raises
    ------
    BusyError
        A run is at work on it.
    ImgsimError
        It is no collection, or the disk does not let us.
    """
    if not is_collection(folder) and not (folder / "run").is_dir():
        raise CollectionError(f"{folder} is no collection: nothing was thrown away.")
    data, stamp = folder.parent, time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    with disk_errors(data):
        with locked(folder):
            _keep_aside(folder, data / ASIDE / f"{folder.name}.{stamp}")
        target = data / TRASH / f"{folder.name}.{stamp}"
        target.parent.mkdir(exist_ok=True)
        os.rename(folder, target)
    return Thrown(folder.name, stamp, target)


def _keep_aside(folder: Path, aside: Path) -> None:
    """Copy what nobody can make again, as it is; what lies in a database's journal comes along."""
    files = [path for name in databases(folder) for path in folder.glob(f"{name}*") if path.is_file()]
    if files:
        aside.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy2(path, aside / path.name)


def in_trash(data: Path) -> list[Thrown]:
    """What lies in the trash, the latest first."""
    place = data / TRASH
    found = []
    for path in place.iterdir() if place.is_dir() else []:
        if path.is_dir() and (stamped := _STAMPED.fullmatch(path.name)):
            found.append(Thrown(stamped["name"], stamped["when"], path))
    return sorted(found, key=lambda thrown: thrown.when, reverse=True)


def put_back(thrown: Thrown) -> Path:
    """Put a collection back in its place. Raises ImgsimError where another has its name by now."""
    target = thrown.path.parent.parent / check_name(thrown.name)
    if target.exists():
        raise ImgsimError(
            f"There is another collection “{thrown.name}” by now. Delete that first, or move {thrown.path} yourself."
        )
    with disk_errors(target.parent):
        os.rename(thrown.path, target)
    return target


def empty_trash(data: Path) -> None:
    """Delete what lies in the trash for good; decisions that were kept aside stay. Raises ImgsimError as disks do."""
    with disk_errors(data):
        for thrown in in_trash(data):
            shutil.rmtree(thrown.path)
