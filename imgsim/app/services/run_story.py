"""What a run has said so far: the JSON lines of ``imgsim prepare --json``, understood one after the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imgsim.base.translation import marked, tr
from imgsim.errors import ImgsimError, Remedy, remedy_of

_MOST_NOTES = 200
_LONGEST = 300  # letters of a line that is no JSON


@dataclass(frozen=True)
class StageSaid:
    """How far a stage has come: ``rate`` in items a second, ``left`` in seconds; None where nobody knows."""

    name: str
    done: int = 0
    total: int | None = None
    rate: float | None = None
    left: float | None = None

    @property
    def share(self) -> float:
        """The part that is done, 0 to 1; 0 while the whole is not known."""
        return min(max(self.done / self.total, 0.0), 1.0) if self.total else 0.0

    @property
    def finished(self) -> bool:
        """Whether all of it is done, as far as it says."""
        return self.total is not None and self.done >= self.total


@dataclass
class Story:
    """The lines of one run.

    Attributes
    ----------
    stages : by name, in the order in which they began. Once plates can be browsed only those after that.
    ready : whether the collection can be opened, though the run goes on.
    notes : remarks of the run.
    error : what went wrong, without what to do; "" where nothing did.
    summary : what the run did, once it is done.
    """

    stages: dict[str, StageSaid] = field(default_factory=dict)
    ready: bool = False
    notes: list[str] = field(default_factory=list)
    error: str = ""
    remedy: Remedy | None = None
    summary: Mapping[str, Any] | None = None
    other: str = ""  # the last line that was no JSON

    @property
    def stage(self) -> StageSaid | None:
        """The stage that is being worked on: the last to begin."""
        return next(reversed(self.stages.values()), None)

    def failure(self) -> ImgsimError | None:
        """The error that the run ended with; None where it told none."""
        return ImgsimError(tr(self.error), self.remedy) if self.error else None

    def take(self, line: str) -> None:
        """Understand one line of its output."""
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            self.other = line.strip()[:_LONGEST] or self.other
            return
        kind = event.get("event")
        if kind == "ready":
            self.ready, self.stages = True, {}
        elif kind == "done":
            self.summary = event
        elif kind == "error":
            self.remedy = remedy_of(event.get("remedy"))
            words = event.get("message") if self.remedy is None else event.get("what")
            self.error = str(words or marked("It stopped without a word."))
        elif kind == "note":
            if len(self.notes) < _MOST_NOTES:
                self.notes.append(str(event.get("note", "")))
        elif event.get("stage"):
            said = _stage(event)
            if said.name in self.stages and said.name != next(reversed(self.stages)):
                del self.stages[said.name]  # begun again: it is the one that is worked on
            self.stages[said.name] = said


def _stage(event: Mapping[str, Any]) -> StageSaid:
    total = _number(event.get("total"))
    return StageSaid(
        str(event["stage"]),
        int(_number(event.get("done")) or 0),
        None if total is None else int(total),
        _number(event.get("rate")),
        _number(event.get("remaining_s")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
