"""Remedies as the app tells them: what to do on the screen, or in a terminal, and the command for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Words:
    """A remedy in words: a sentence, and what to type, if anything; the sentence then ends with a colon."""

    sentence: str
    command: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.command}".strip()


_ANOTHER_PLACE = "Whoever runs imgsim can choose another place for collections, with the environment variable:"
SETTINGS: dict[Setting, tuple[str, str]] = {
    Setting.ACCEPT_MISSING: ("If the plates are meant to go, About has a button (“Has anything changed since?”).", ""),
    Setting.ADD_BACKBONE: ("Add that network, too:", "--backbone {}"),
    Setting.ANOTHER_FOLDER: (_ANOTHER_PLACE, "IMGSIM_DATA=FOLDER"),
    Setting.DEVICE: ("Choose another device:", "--device auto"),
    Setting.LESS_MEMORY: ("Prepare it in a terminal, with fewer processes:", "--workers 1"),
    Setting.LOWER_RATE: ("Lower the learning rate (now {}).", ""),
    Setting.MOVED_FOLDER: ("Put it back. " + _ANOTHER_PLACE, "IMGSIM_DATA=FOLDER"),
    Setting.NO_COMPARING: ("Try again: it goes on where it stopped. Or prepare it without verifying:", "--no-verify"),
    Setting.NO_WORKERS: ("Try it without further processes:", "--workers 0"),
    Setting.PAGES: ("If the images are plates themselves, say so:", "--pages never"),
    Setting.PROJECTION: ("Leave that map out:", "--projection {}"),
    Setting.RESUME: ("Go on with it, or delete it:", "--resume"),
    Setting.START_ANEW: ("Start anew, without resuming.", ""),
}


def _prepare(remedy: PrepareAgain) -> Words:
    words = ["--backbone", remedy.backbone] if remedy.backbone else []
    words += ["--projection", *remedy.projections] if remedy.projections else []
    words += ["--top-k", str(remedy.top_k)] if remedy.top_k else []
    more = " with more" if words else ""
    return Words(f"Prepare the collection again{more}, in a terminal:", commands.prepare(remedy.folder, *words))


def _images(remedy: PrepareImages) -> Words:
    start = "If the folder has moved, prepare it" if remedy.moved else "Prepare a folder of images"
    return Words(f"{start} in a terminal:", commands.prepare(remedy.folder, images="FOLDER"))


def _weights(remedy: NameWeights) -> Words:
    other = f" Or choose {remedy.other} in the sidebar, which needs no download." if remedy.other else ""
    return Words(
        f"Whoever runs imgsim can name a file of weights when the collection is prepared.{other} In a terminal:",
        commands.prepare("", "--weights", f"{remedy.backbone}=FILE"),
    )


_PATHS = {
    Input.IMAGES: "Is a disk not mounted, or has the folder another name now?",
    Input.TABLE: "Is the table elsewhere now? Then prepare the collection again and name it.",
    Input.WEIGHTS: "Are the weights elsewhere now? Then prepare the collection again and name them.",
}
WORDS: dict[type[Remedy], Callable[[Any], Words]] = {
    PrepareAgain: _prepare,
    PrepareImages: _images,
    NameBooks: lambda remedy: Words(
        "Put the plates of each book in a folder of its own, or name the book of each plate in a column called book of "
        "a table. Then prepare the collection again, in a terminal:",
        commands.prepare(remedy.folder, "--metadata", "FILE.csv"),
    ),
    NameWeights: _weights,
    AddCopies: lambda remedy: Words(
        "Whoever runs imgsim can install the packages that the networks are made of, once. In a terminal:",
        'pip install "imgsim[copies]"',
    ),
    CheckPath: lambda remedy: Words(_PATHS[remedy.what]),
    RestoreCopy: lambda remedy: Words(
        "The notice above the page offers the latest whole copy. In a terminal all copies are listed:",
        commands.imgsim("restore", remedy.folder),
    ),
    Decide: lambda remedy: Words("The page Review shows the pairs that are worth deciding about."),
    StartAgain: lambda remedy: Words("Try again: it goes on where it stopped."),
    Change: lambda remedy: Words(*(part.format(remedy.value) for part in SETTINGS[remedy.setting])),
}


def words(remedy: Remedy) -> Words:
    """Tell a remedy."""
    return WORDS[type(remedy)](remedy)


def told(error: ImgsimError) -> str:
    """What was wrong, and what to do, in a line: for a caption, a hint, or the midst of other words."""
    return error.what if error.remedy is None else f"{error.what} {words(error.remedy)}"
