"""Putting a whole file in its place at once, and moving a damaged one aside: nothing is ever written over."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from imgsim.base.database.connecting import JOURNALS, beside


def put(source: Path, target: Path, *, replace: bool) -> None:
    """Give a finished file its name, whole or not at all, and make sure that it stays. ``source`` is gone afterwards.

    Without ``replace`` a file that is there already stays as it is.
    """
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    if replace:
        rename(source, target)
        return
    try:
        os.link(source, target)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        if not target.exists():
            os.rename(source, target)
    source.unlink(missing_ok=True)
    _keep_names(target.parent)


def rename(source: Path, target: Path) -> None:
    """Give a file that is finished, and may be open, the name of another."""
    os.replace(source, target)
    _keep_names(target.parent)


def aside_name(path: Path, was: str) -> Path:
    """The name under which a file stays when another takes its place: ``reviews.damaged-20261129T...Z.sqlite``."""
    return path.with_name(f"{path.stem}.{was}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}{path.suffix}")


def set_aside(path: Path) -> Path | None:
    """Give a damaged file and its journals another name beside it, under which they stay; None where there is none.

    The file itself keeps its old name as well until another one is put there, where the system allows that.
    """
    aside = aside_name(path, "damaged")
    if not path.exists() and not any(beside(path, name).exists() for name in JOURNALS):
        return None
    with contextlib.suppress(FileNotFoundError):
        try:
            os.link(path, aside)
        except FileNotFoundError:
            raise
        except OSError:
            os.rename(path, aside)
    # A journal that stayed would be played into the file that comes.
    for name in JOURNALS:
        with contextlib.suppress(FileNotFoundError):
            os.rename(beside(path, name), beside(aside, name))
    _keep_names(path.parent)
    return aside


def _keep_names(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(folder: Path, pattern: str, older_s: float = 3600.0) -> None:
    """Remove what killed processes left unfinished."""
    for left in folder.glob(pattern):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > older_s:
                left.unlink()
