"""Remedies as the command line tells them: what to type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imgsim.app.services import commands
from imgsim.errors import (
    AddCopies,
    Change,
    CheckPath,
    Decide,
    ImgsimError,
    Input,
    NameBooks,
    NameWeights,
    PrepareAgain,
    PrepareImages,
    Remedy,
    RestoreCopy,
    Setting,
    StartAgain,
)

_SAME = "run the same command again"
SETTINGS: dict[Setting, str] = {
    Setting.ACCEPT_MISSING: f"If the plates are meant to go, {_SAME.replace('again', 'with')} --accept-missing.",
    Setting.ADD_BACKBONE: "Add --backbone {}.",
    Setting.ANOTHER_FOLDER: "Choose another place with --out DIR, or IMGSIM_DATA=DIR for all collections.",
    Setting.DEVICE: "Choose --device cpu or auto.",
    Setting.LESS_MEMORY: "Try --workers 1 or a smaller --batch-size.",
    Setting.LOWER_RATE: "Lower --learning-rate (now {}).",
    Setting.MOVED_FOLDER: f"Put it back, or name another one with --out, and {_SAME}.",
    Setting.NO_COMPARING: (
        f"{_SAME.capitalize()}: it goes on where it stopped. With --no-verify no plates are compared."
    ),
    Setting.NO_WORKERS: "Try --workers 0.",
    Setting.PAGES: "If the images are plates themselves, add --pages never.",
    Setting.PROJECTION: "Leave it out with --projection {}.",
    Setting.RESUME: "Add --resume to go on with it, or delete it.",
    Setting.START_ANEW: "Leave --resume out.",
}
_OPTIONS = {Input.TABLE: "--metadata", Input.WEIGHTS: "--weights"}


def _prepare(remedy: PrepareAgain) -> str:
    words = ["--backbone", remedy.backbone] if remedy.backbone else []
    words += ["--projection", *remedy.projections] if remedy.projections else []
    words += ["--top-k", str(remedy.top_k)] if remedy.top_k else []
    return f"Run: {commands.prepare(remedy.folder, *words)}"


def _images(remedy: PrepareImages) -> str:
    command = commands.prepare(remedy.folder, images="FOLDER")
    return f"If the folder has moved, run: {command}" if remedy.moved else f"Run: {command}"


def _weights(remedy: NameWeights) -> str:
    other = f", or use --backbone {remedy.other}, which needs no download" if remedy.other else ""
    return f"Name a file: --weights {remedy.backbone}=FILE{other}."


def _path(remedy: CheckPath) -> str:
    if remedy.what == Input.IMAGES:
        return "Check the path, or run with --sample for generated plates."
    return f"Check the path after {_OPTIONS[remedy.what]}{f' {remedy.backbone}=' if remedy.backbone else ''}."


PHRASES: dict[type[Remedy], Callable[[Any], str]] = {
    PrepareAgain: _prepare,
    PrepareImages: _images,
    NameBooks: lambda remedy: (
        "Prepare the collection again and say what names a book: with --metadata, a table that names the books, or "
        "with --book-by."
    ),
    NameWeights: _weights,
    AddCopies: lambda remedy: (
        'Install what they are made of: pip install "imgsim[copies]"; or put the folder of networks that another '
        "machine has made where the environment variable IMGSIM_COPIES says."
    ),
    CheckPath: _path,
    RestoreCopy: lambda remedy: (
        f"See which copies there are, and put one in its place: {commands.imgsim('restore', remedy.folder)}"
    ),
    Decide: lambda remedy: "Decide about some in the app, on the page Review.",
    StartAgain: lambda remedy: f"{_SAME.capitalize()}; it goes on where it stopped.",
    Change: lambda remedy: SETTINGS[remedy.setting].format(remedy.value),
}


def phrase(remedy: Remedy) -> str:
    """Tell a remedy as a command."""
    return PHRASES[type(remedy)](remedy)


def told(error: ImgsimError) -> str:
    """What was wrong, and what to type."""
    return error.what if error.remedy is None else f"{error.what} {phrase(error.remedy)}"
