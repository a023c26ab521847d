"""A backbone that a run was asked for, and the folder that it must not lose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imgsim.base.writing import moved


@dataclass(frozen=True)
class ChosenBackbone:
    """A backbone of this run: its weights file if one was named, and its key."""

    name: str
    weights: Path | None
    key: str
    dimension: int


def guarded(folder: Path) -> Callable[[], None]:
    """A function that raises ImgsimError once this is no longer the folder that it is now."""
    place = _place(folder)

    def check() -> None:
        if _place(folder) != place:
            raise moved(folder)

    return check


def _place(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
