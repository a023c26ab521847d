"""The command ``imgsim``: without a word it starts the app, with one it is one of the commands."""

from __future__ import annotations

import importlib
import os
import sys

from imgsim.cli import environment

# command -> the module whose main(arguments) answers it
COMMANDS = {
    "backup": "imgsim.cli.backup",
    "check": "imgsim.cli.check",
    "export": "imgsim.cli.export_command",
    "find": "imgsim.cli.find",
    "prepare": "imgsim.cli.prepare_command",
    "restore": "imgsim.cli.restore",
    "train": "imgsim.training.__main__",
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command, or the app. Returns the exit status.

    ``--data DIR`` before all else says where collections lie; see :func:`imgsim.base.places.data_dir`.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    words = _with_data(words)
    try:
        if words and words[0] in COMMANDS:
            if environment.IS_CHECKOUT:
                environment.enter(environment.APP)
            return int(importlib.import_module(COMMANDS[words[0]]).main(words[1:]))
        from imgsim.cli.start import main as start

        return start(words)
    except KeyboardInterrupt:  # before anything was begun: libraries were being read
        return 130


def _with_data(words: list[str]) -> list[str]:
    """Heed ``--data DIR`` (or ``--data=DIR``) at the beginning, and return the rest."""
    if words and words[0].startswith("--data="):
        folder, rest = words[0].partition("=")[2], words[1:]
    elif words[:1] == ["--data"]:
        folder, rest = "".join(words[1:2]), words[2:]
    else:
        return words
    if not folder:
        sys.exit("imgsim: --data wants the folder in which collections lie, for example: --data /disk/collections")
    os.environ["IMGSIM_DATA"] = os.path.abspath(folder)
    return rest
