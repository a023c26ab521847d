"""What commands share: errors of one line, which collection is meant, and lines that are safe to print."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from imgsim.base.places import checkout, data_dir
from imgsim.collection import id_registry
from imgsim.errors import ImgsimError
from imgsim.generation.layout import CURRENT, check_name
from imgsim.reviews import FILE

SCRIPT = "precompute.py"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line. Its ``prog`` is "imgsim" or a script, and the command."""

    def error(self, message: str) -> NoReturn:
        command = self.prog.rpartition(" ")[2]
        start = "python3 -m " if checkout() is not None else ""
        hint = f"{'python ' if self.prog.startswith(SCRIPT) else start}{self.prog} --help tells all options"
        if Path(command).is_dir():
            hint += f"; to prepare the folder {command}, write ./{command}"
        self.exit(2, one_line(f"{self.prog}: {message} ({hint})") + "\n")


def command_name(command: str, script: str) -> str:
    """What a command is called in its help: as it was called, by a script of a checkout or by ``imgsim``."""
    called = Path(sys.argv[0]).name if sys.argv and sys.argv[0] else ""
    return f"imgsim {command}" if called in ("imgsim", "imgsim.exe") else script


def positive(text: str) -> int:
    """A whole number from 1, as the type of an option."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def whole_number(text: str) -> int:
    """A whole number from 0, as the type of an option."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 0 or more")
    return int(text)


def collection_folder(name: str) -> Path:
    """The folder of a collection that is named, or given as a path. It may be damaged; ImgsimError if it is none."""
    folder = Path(name) if "/" in name or "\\" in name else data_dir() / check_name(name)
    if not any((folder / one).exists() for one in (CURRENT, FILE, id_registry.FILE, "backups", "generations")):
        raise ImgsimError(f"There is no collection {folder}. Name another one, or give its folder.")
    return folder


def one_line(text: str) -> str:
    """A line without what a terminal would obey, or could not show."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
