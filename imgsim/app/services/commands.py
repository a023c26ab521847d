"""What to type in a terminal, as it is shown to whoever reads it: on the screen, and at the end of a message."""

from __future__ import annotations

import shlex
from os import PathLike
from pathlib import Path

from imgsim.base.places import checkout, data_dir


def start(*words: str) -> str:
    """The command that prepares collections, with what follows it."""
    return " ".join(["python precompute.py" if checkout() is not None else "imgsim prepare", *words])


def prepare(folder: str | PathLike[str], *words: str, images: str = "") -> str:
    """The command that prepares a collection, by its folder ("" where it is not known), with further words."""
    return start(*[images] * bool(images), *_where(folder), *words)


def imgsim(command: str, folder: str | PathLike[str]) -> str:
    """Another command on a collection: by its name, or by its folder where it lies elsewhere."""
    return f"{'python3 -m imgsim' if checkout() is not None else 'imgsim'} {command} {_where(folder)[1]}"


def _where(folder: str | PathLike[str]) -> tuple[str, str]:
    if not str(folder):
        return "--name", "NAME"
    path = Path(folder).absolute()
    if path.parent.resolve() == data_dir().absolute().resolve():
        return "--name", shlex.quote(path.name)
    return "--out", shlex.quote(str(path))
