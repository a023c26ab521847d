"""Remedies as the app tells them: what to do on the screen, or in a terminal, and the command for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imgsim.app.services import commands
from imgsim.base.translation import marked, tr
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


# Sentence, and what to type; where the change has a value, it stands in place of {value}.
SETTINGS: dict[Setting, tuple[str, str]] = {
    Setting.ACCEPT_MISSING: (
        marked("If the plates are meant to go, About has a button (“Has anything changed since?”)."), "",
    ),
    Setting.ADD_BACKBONE: (marked("Add that network, too:"), "--backbone {value}"),
    Setting.ANOTHER_FOLDER: (
        marked("Whoever runs imgsim can choose another place for collections, with the environment variable:"),
        "IMGSIM_DATA=FOLDER",
    ),
    Setting.DEVICE: (marked("Choose another device:"), "--device auto"),
    Setting.LESS_MEMORY: (marked("Prepare it in a terminal, with fewer processes:"), "--workers 1"),
    Setting.LOWER_RATE: (marked("Lower the learning rate (now {value})."), ""),
    Setting.MOVED_FOLDER: (
        marked(
            "Put it back. Whoever runs imgsim can choose another place for collections, with the environment variable:"
        ),
        "IMGSIM_DATA=FOLDER",
    ),
    Setting.NO_COMPARING: (
        marked("Try again: it goes on where it stopped. Or prepare it without verifying:"), "--no-verify",
    ),
    Setting.NO_WORKERS: (marked("Try it without further processes:"), "--workers 0"),
    Setting.PAGES: (marked("If the images are plates themselves, say so:"), "--pages never"),
    Setting.PROJECTION: (marked("Leave that map out:"), "--projection {value}"),
    Setting.RESUME: (marked("Go on with it, or delete it:"), "--resume"),
    Setting.START_ANEW: (marked("Start anew, without resuming."), ""),
}  # fmt: skip


def _prepare(remedy: PrepareAgain) -> Words:
    words = ["--backbone", remedy.backbone] if remedy.backbone else []
    words += ["--projection", *remedy.projections] if remedy.projections else []
    words += ["--top-k", str(remedy.top_k)] if remedy.top_k else []
    return Words(
        tr("Prepare the collection again with more, in a terminal:")
        if words
        else tr("Prepare the collection again, in a terminal:"),
        commands.prepare(remedy.folder, *words),
    )


def _images(remedy: PrepareImages) -> Words:
    return Words(
        tr("If the folder has moved, prepare it in a terminal:")
        if remedy.moved
        else tr("Prepare a folder of images in a terminal:"),
        commands.prepare(remedy.folder, images="FOLDER"),
    )


def _weights(remedy: NameWeights) -> Words:
    return Words(
        tr(
            "Whoever runs imgsim can name a file of weights when the collection is prepared. Or choose {network} in "
            "the sidebar, which needs no download. In a terminal:",
            network=remedy.other,
        )
        if remedy.other
        else tr("Whoever runs imgsim can name a file of weights when the collection is prepared. In a terminal:"),
        commands.prepare("", "--weights", f"{remedy.backbone}=FILE"),
    )


def _changed(sentence: str, command: str, value: str) -> Words:
    return Words(tr(sentence, value=value), command.format(value=value))


_PATHS = {
    Input.IMAGES: marked("Is a disk not mounted, or has the folder another name now?"),
    Input.TABLE: marked("Is the table elsewhere now? Then prepare the collection again and name it."),
    Input.WEIGHTS: marked("Are the weights elsewhere now? Then prepare the collection again and name them."),
}
WORDS: dict[type[Remedy], Callable[[Any], Words]] = {
    PrepareAgain: _prepare,
    PrepareImages: _images,
    NameBooks: lambda remedy: Words(
        tr(
            "Put the plates of each book in a folder of its own, or name the book of each plate in a column called "
            "book of a table. Then prepare the collection again, in a terminal:"
        ),
        commands.prepare(remedy.folder, "--metadata", "FILE.csv"),
    ),
    NameWeights: _weights,
    AddCopies: lambda remedy: Words(
        tr("Whoever runs imgsim can install the packages that the networks are made of, once. In a terminal:"),
        'pip install "imgsim[copies]"',
    ),
    CheckPath: lambda remedy: Words(tr(_PATHS[remedy.what])),
    RestoreCopy: lambda remedy: Words(
        tr("The notice above the page offers the latest whole copy. In a terminal all copies are listed:"),
        commands.imgsim("restore", remedy.folder),
    ),
    Decide: lambda remedy: Words(tr("The page Review shows the pairs that are worth deciding about.")),
    StartAgain: lambda remedy: Words(tr("Try again: it goes on where it stopped.")),
    Change: lambda remedy: _changed(*SETTINGS[remedy.setting], remedy.value),
}


def words(remedy: Remedy) -> Words:
    """Tell a remedy."""
    return WORDS[type(remedy)](remedy)


def told(error: ImgsimError) -> str:
    """What was wrong, and what to do, in a line: for a caption, a hint, or the midst of other words."""
    return error.what if error.remedy is None else f"{error.what} {words(error.remedy)}"
