"""What goes wrong, and what mends it: errors say what was wrong, and carry a remedy as a value.

A message says what was wrong, names the value and what was expected; it names no command and no page. The remedy is one
of :data:`REMEDIES`, with what it needs to be told: the command line tells it as a command (:mod:`imgsim.cli.phrases`),
the app in its own words (:mod:`imgsim.app.services.remedies`), and ``str(error)`` in neutral ones, for a script or a
notebook. Anything that is not an ImgsimError is a bug in imgsim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any


class Setting(StrEnum):
    """What to choose otherwise when the same is done again; what ``Change.value`` holds, where it holds anything."""

    ACCEPT_MISSING = "accept missing"  # let plates go whose scans have vanished
    ADD_BACKBONE = "add backbone"  # value: its name
    ANOTHER_FOLDER = "another folder"  # for collections
    DEVICE = "device"  # another than the one that is not there
    LESS_MEMORY = "less memory"  # fewer processes, smaller batches
    LOWER_RATE = "lower rate"  # of learning; value: the one that was too high
    MOVED_FOLDER = "moved folder"  # the collection's own: back where it was, or another
    NO_COMPARING = "no comparing"  # of plates by their lines
    NO_WORKERS = "no workers"  # beside the process itself
    PAGES = "pages"  # whether images are pages or plates
    PROJECTION = "projection"  # value: the method that works
    RESUME = "resume"  # from the checkpoint that is there
    START_ANEW = "start anew"  # there is no checkpoint to resume from


class Input(StrEnum):
    """What a path was given for that leads nowhere."""

    IMAGES = "images"
    TABLE = "table"
    WEIGHTS = "weights"


@dataclass(frozen=True)
class Remedy:
    """What to do about an error. As text in neutral words: no command, no page."""

    def as_dict(self) -> dict[str, Any]:
        """In plain values, for programs; :func:`remedy_of` reads it."""
        return {"kind": type(self).__name__, **asdict(self)}


@dataclass(frozen=True)
class PrepareAgain(Remedy):
    """Prepare a collection again, as it was or with more.

    Attributes
    ----------
    folder : the collection's; "" where it is not known here.
    backbone, projections, top_k : what to add; nothing where they are left out.
    """

    folder: str = ""
    backbone: str = ""
    projections: tuple[str, ...] = ()
    top_k: int = 0

    def __str__(self) -> str:
        wanted = [f"with {self.top_k} neighbours a plate"] * bool(self.top_k)
        wanted += [f"with the backbone {self.backbone}"] * bool(self.backbone)
        wanted += [f"with the projection {' or '.join(self.projections)}"] * bool(self.projections)
        return " ".join([f"Prepare {_named(self.folder)} again", *[" and ".join(wanted)] * bool(wanted)]) + "."


@dataclass(frozen=True)
class PrepareImages(Remedy):
    """Prepare a collection from a folder of images: it is none yet, or the images lie elsewhere now (``moved``)."""

    folder: str = ""
    moved: bool = False

    def __str__(self) -> str:
        if self.moved:
            return f"If the images have moved, prepare {_named(self.folder)} again from where they are now."
        return f"Name a folder of images, and prepare {_named(self.folder)} from it."


@dataclass(frozen=True)
class NameBooks(Remedy):
    """Prepare a collection again and say which plates are of one book."""

    folder: str = ""

    def __str__(self) -> str:
        return f"Prepare {_named(self.folder)} again with a table, or folders, that tell which plates are of one book."


@dataclass(frozen=True)
class NameWeights(Remedy):
    """Name a file of weights for a backbone; ``other`` is a backbone that does without."""

    backbone: str
    other: str = ""

    def __str__(self) -> str:
        other = f", or use {self.other}, which needs no download" if self.other else ""
        return f"Name a file of weights for {self.backbone}{other}."


@dataclass(frozen=True)
class AddCopies(Remedy):
    """Add the packages out of which the networks are made that find copies by another hand."""

    def __str__(self) -> str:
        return "Add the packages that have the networks of copies by another hand, or bring these from another machine."


@dataclass(frozen=True)
class CheckPath(Remedy):
    """Look at a path that was given; ``backbone``: whose weights it was to be."""

    what: Input
    backbone: str = ""

    def __str__(self) -> str:
        return f"Check the path of the {self.what}{f' of {self.backbone}' if self.backbone else ''}."


@dataclass(frozen=True)
class RestoreCopy(Remedy):
    """Put a whole copy of decisions or ids in place."""

    folder: str = ""

    def __str__(self) -> str:
        return "Put a whole copy in its place."


@dataclass(frozen=True)
class Decide(Remedy):
    """Decide about pairs first."""

    def __str__(self) -> str:
        return "Decide about some first."


@dataclass(frozen=True)
class StartAgain(Remedy):
    """Do the same again: what was done is kept."""

    def __str__(self) -> str:
        return "Start it again: it goes on where it stopped."


@dataclass(frozen=True)
class Change(Remedy):
    """Do the same again with another setting."""

    setting: Setting
    value: str = ""

    def __str__(self) -> str:
        return _NEUTRAL[self.setting].format(self.value)


_NEUTRAL = {
    Setting.ACCEPT_MISSING: "If the plates are meant to go, start it again and accept that they are missing.",
    Setting.ADD_BACKBONE: "Add the backbone {}.",
    Setting.ANOTHER_FOLDER: "Choose another folder for collections.",
    Setting.DEVICE: "Choose the device cpu or auto.",
    Setting.LESS_MEMORY: "Try one worker, or smaller batches.",
    Setting.LOWER_RATE: "Lower the learning rate (now {}).",
    Setting.MOVED_FOLDER: "Put it back, or choose another folder, and start again.",
    Setting.NO_COMPARING: "Start it again: it goes on where it stopped. Or leave out comparing plates by their lines.",
    Setting.NO_WORKERS: "Try it without workers.",
    Setting.PAGES: "If the images are plates themselves, say that none is a page.",
    Setting.PROJECTION: "Leave it out, and ask for {} alone.",
    Setting.RESUME: "Resume from it, or delete it.",
    Setting.START_ANEW: "Start without resuming.",
}
REMEDIES: tuple[type[Remedy], ...] = (
    PrepareAgain, PrepareImages, NameBooks, NameWeights, AddCopies, CheckPath, RestoreCopy, Decide, StartAgain,
    Change,
)  # fmt: skip


def _named(folder: str) -> str:
    return f"the collection {Path(folder).name}" if folder else "the collection"


def remedy_of(record: object) -> Remedy | None:
    """The remedy in what :meth:`Remedy.as_dict` gave, perhaps by way of JSON; None for anything else."""
    if not isinstance(record, Mapping):
        return None
    kind = {one.__name__: one for one in REMEDIES}.get(str(record.get("kind")))
    if kind is None:
        return None
    values = {field.name: record[field.name] for field in fields(kind) if field.name in record}
    try:
        if kind is PrepareAgain:
            values["projections"] = tuple(map(str, values.get("projections", ())))
        if kind is Change:
            values["setting"] = Setting(values["setting"])
        if kind is CheckPath:
            values["what"] = Input(values["what"])
        return kind(**values)
    except (KeyError, TypeError, ValueError):
        return None


class ImgsimError(Exception):
    """The base of all errors that imgsim raises on purpose.

    Attributes
    ----------
    what : was wrong, the value, and what was expected; without the remedy.
    remedy : what mends it; None where the message says all there is to say.
    """

    def __init__(self, what: object = "", remedy: Remedy | None = None) -> None:
        super().__init__(what)
        self.what, self.remedy = str(what), remedy

    def __str__(self) -> str:
        return self.what if self.remedy is None else f"{self.what} {self.remedy}"


class ImageError(ImgsimError):
    """An image that cannot be used; its message is the reason listed in skipped.csv."""


class MetadataError(ImgsimError):
    """A metadata file that cannot be read or joined."""


class CollectionError(ImgsimError):
    """A collection that is missing, damaged, foreign or out of date."""


class DamagedError(CollectionError):
    """A file of decisions or ids that is not what was written; it is left as it is. ``why`` in a few words."""

    def __init__(self, what: object, why: str = "", remedy: Remedy | None = None) -> None:
        super().__init__(what, remedy)
        self.why = why or str(what)


class WeightsError(ImgsimError):
    """Weights that are missing, damaged or made for another network."""


class DownloadError(ImgsimError):
    """A file that could not be fetched, or is not the one that was promised."""


class BusyError(ImgsimError):
    """Another run is writing to the same collection."""


class ManifestError(ImgsimError):
    """A IIIF manifest that cannot be read, or that names nothing to fetch."""
