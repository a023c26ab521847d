"""What the stages of one run share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from imgsim.base.progress import Progress, Report, Stage
from imgsim.base.writing import moved
from imgsim.generation.generation import Generation
from imgsim.prepare.engine import Engine
from imgsim.prepare.missing_plates import Ask
from imgsim.prepare.options import Options


@dataclass(frozen=True)
class Backbone:
    """A backbone of this run: its weights file if one was named, and its key."""

    name: str
    weights: Path | None
    key: str
    dimension: int


@dataclass
class Run:
    """What the stages share."""

    options: Options
    engine: Engine
    report: Report | None
    live: Generation | None
    folder: Path
    ask: Ask | None = None
    may_go: set[str] = field(default_factory=set)  # ids of plates that somebody said may go
    notes: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    gathered: tuple[list[Path], Path] | None = None  # images and metadata, once they are fetched
    unfetched: list[tuple[str, str]] = field(default_factory=list)  # (what, why) of images that never came

    def __post_init__(self) -> None:
        self._place = _place(self.folder)

    def stage(self, name: str, total: int | None) -> Stage:
        self.check_place()
        return Stage(name, total, self.report)

    def check_place(self) -> None:
        """Raise ImgsimError if the collection's folder is no longer the one in which the run began."""
        if _place(self.folder) != self._place:
            raise moved(self.folder)

    def timed(self, stage: Stage) -> None:
        self.timings[stage.name] = round(self.timings.get(stage.name, 0.0) + stage.seconds, 3)

    def note(self, text: str) -> None:
        self.notes.append(text)
        if self.report is not None:
            self.report(Progress("note", 0, None, note=text))


def _place(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
