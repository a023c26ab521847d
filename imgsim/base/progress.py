"""Progress with rate and time left, the same for every stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from imgsim.base.translation import tr

Report = Callable[["Progress"], None]


@dataclass(frozen=True)
class Progress:
    """How far a stage has come.

    ``total`` is None while it is unknown; ``rate`` is in items a second, ``remaining_s`` in seconds, both None
    before there is anything to measure. ``note`` is a remark to print on a line of its own.
    """

    stage: str
    done: int
    total: int | None
    rate: float | None = None
    remaining_s: float | None = None
    note: str = ""

    @property
    def finished(self) -> bool:
        return self.total is not None and self.done >= self.total


class Meter:
    """How far one stage has come; tells the reporter at most ten times a second, and always at its end."""

    def __init__(self, name: str, total: int | None, report: Report | None) -> None:
        self.name, self.total, self._report = name, total, report
        self.started = time.monotonic()
        self._last = 0.0
        self._first: tuple[int, float] | None = None
        self.update(0)

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        if total is not None:
            self.total = total
        now = time.monotonic()
        if self._first is None and done:
            # From the first result on: what came before (loading, compiling) would spoil the estimate.
            self._first = done, now
        if self._report is None or (
            now - self._last < 0.1 and not note and not (self.total and done >= self.total)
        ):
            return
        self._last = now
        first, since = self._first or (done, now)
        rate = (done - first) / (now - since) if done > first and now - since > 0.05 else None
        left = (self.total - done) / rate if rate and self.total is not None else None
        self._report(Progress(self.name, done, self.total, rate, left, note))

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


class Reporter:
    """What a run says: how far its stages have come, how long each took, and notes.

    Parameters
    ----------
    report : told of everything; None: nobody listens.
    guard : called before each stage; raises where going on would do harm.

    Attributes
    ----------
    notes : all of them so far.
    warned : what decoders said of the files that were opened, by file.
    timings : seconds by stage; of those that came to their end.
    """

    def __init__(self, report: Report | None = None, guard: Callable[[], None] = lambda: None) -> None:
        self._report, self.guard = report, guard
        self.notes: list[str] = []
        self.warned: dict[str, tuple[str, ...]] = {}
        self.timings: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Meter]:
        """A stage of ``total`` items (None: not known), for as long as it is worked on."""
        meter = self.meter(name, total)
        yield meter
        self.timings[name] = round(self.timings.get(name, 0.0) + meter.seconds, 3)

    def meter(self, name: str, total: int | None) -> Meter:
        """For a stage within another, whose time is not counted."""
        self.guard()
        return Meter(name, total, self._report)

    def note(self, text: str) -> None:
        """Say something on a line of its own."""
        self.notes.append(text)
        self.say(Progress("note", 0, None, note=text))

    def warn(self, file: str, said: Sequence[str]) -> None:
        """Remember what a decoder said of a file, to be told when the run has ended."""
        if said:
            self.warned[file] = tuple(dict.fromkeys([*self.warned.get(file, ()), *said]))

    def say(self, progress: Progress) -> None:
        """Tell whoever listens."""
        if self._report is not None:
            self._report(progress)


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``4 min 50 s``, ``2 h 5 min``"""
    if seconds < 10:
        return tr("{seconds:.1f} s", seconds=seconds)
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    if whole < 3600:
        return tr("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    return tr("{hours} h {minutes} min", hours=whole // 3600, minutes=whole % 3600 // 60)
