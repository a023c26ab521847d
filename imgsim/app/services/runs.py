"""Runs that the app starts: each a process of its own, which outlives the page, the session and even the app.

What a run was asked for and what it says lie in ``<collection>/run``: whoever looks, reads them there. So a reload, a
closed tab or a server that starts anew finds the same run, running or broken off. No Streamlit here.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from imgsim.app.services import run_folder
from imgsim.app.services.run_story import Story
from imgsim.base.translation import tr
from imgsim.base.writing import disk_errors
from imgsim.errors import BusyError, ImgsimError
from imgsim.generation.locking import is_locked

GRACE = 8.0  # seconds that a run has to end when it is told to
COMMAND = [sys.executable, "-m", "imgsim", "prepare"]  # tests put a stand-in here
_PROJECT = Path(__file__).resolve().parents[3]  # where the package imgsim lies
_BEGINNING = 60.0  # seconds within which a run takes the collection's lock
_NICE = 5


class Status(StrEnum):
    """What has become of a run."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BROKEN_OFF = "broken off"  # by the end of the app or of the computer, or by the system


@dataclass(frozen=True)
class Run:
    """A run as it stands now.

    Attributes
    ----------
    folder : of the collection.
    words : what followed ``imgsim prepare --out FOLDER --json``.
    kind : why it was started: "new", "more", "again" or "sample".
    began : when, in seconds since 1970.
    closed : whether its end was read and put away.
    """

    folder: Path
    words: tuple[str, ...]
    kind: str
    began: float
    pid: int
    status: Status
    story: Story
    stopping: bool = False
    closed: bool = False
    last_words: str = ""

    @property
    def name(self) -> str:
        """The collection's."""
        return self.folder.name

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.status is Status.RUNNING

    def failure(self) -> ImgsimError | None:
        """What went wrong; None where nothing did."""
        if self.status not in (Status.FAILED, Status.BROKEN_OFF):
            return None
        if self.status is Status.BROKEN_OFF and not self.story.error:
            return ImgsimError(tr("It was broken off: by the end of imgsim or of the computer, or by the system."))
        return self.story.failure() or ImgsimError(self.last_words or tr("It stopped without a word."))


_lock = threading.RLock()
_processes: dict[Path, subprocess.Popen[bytes]] = {}


def start(folder: Path, words: Sequence[str], kind: str) -> Run:
    """Begin a run.

    Raises
    ------
    BusyError
        Another run is at work on the collection.
    ImgsimError
        Its folder cannot be written.
    """
    folder = _absolute(folder)
    with _lock:
        check_free(folder)
        with disk_errors(folder):
            place = folder / run_folder.FOLDER
            place.mkdir(parents=True, exist_ok=True)
            with open(place / run_folder.SAID, "wb") as said, open(place / run_folder.ERRORS, "wb") as errors:
                process = subprocess.Popen(
                    [*COMMAND, "--out", str(folder), "--json", *words],
                    cwd=_PROJECT, stdin=subprocess.DEVNULL, stdout=said, stderr=errors, **_apart(),
                )  # fmt: skip
            _processes[folder] = process
            with contextlib.suppress(OSError, AttributeError):  # pages are served first
                os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
            record = {"words": list(words), "kind": kind, "began": time.time(), "pid": process.pid}
            run_folder.write(folder, record)
        run = of(folder)
        assert run is not None
        return run


def check_free(folder: Path) -> None:
    """Raise BusyError where a run is at work on a collection."""
    before = of(folder)
    if before is not None and before.running:
        raise BusyError(
            tr("“{name}” is being prepared already. Wait until that is done, or cancel it.", name=before.name)
        )
    if is_locked(Path(folder)):
        raise BusyError(
            tr(
                "“{name}” is being prepared from elsewhere, such as a terminal. Wait until that is done.",
                name=Path(folder).name,
            )
        )


def _apart() -> dict[str, Any]:
    """A group of its own: what ends the app with Ctrl-C does not reach it, and what ends it reaches its workers."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def of(folder: Path) -> Run | None:
    """The latest run on a collection that the app started; None where there was none."""
    folder = _absolute(folder)
    record = run_folder.record(folder)
    if record is None:
        return None
    with _lock:
        alive, code = _alive(folder, record)
        story = run_folder.story(folder, record["began"])
    last_words = "" if alive or story.summary is not None else run_folder.last_words(folder) or story.other
    stopping = bool(record.get("cancelled") or record.get("stopped"))
    return Run(
        folder, tuple(record["words"]), record["kind"], record["began"], record["pid"],
        _status(record, story, alive, code), story, alive and stopping, bool(record.get("closed")), last_words,
    )  # fmt: skip


def every(data: Path) -> list[Run]:
    """The latest run of each collection in the data folder, the newest first."""
    places = [path.parent.parent for path in data.glob(f"*/{run_folder.FOLDER}/{run_folder.RECORD}")]
    found = [of(place) for place in places if not place.name.startswith(".")]
    return sorted((run for run in found if run is not None), key=lambda run: -run.began)


def cancel(folder: Path) -> None:
    """Tell a run to end; it does within seconds, and what it has done is kept. Nothing where none is running."""
    _end(_absolute(folder), "cancelled")


def resume(folder: Path) -> Run:
    """Begin a run again that did not come to its end. Raises what `start` raises, and ImgsimError if there is none."""
    run = of(folder)
    if run is None:
        raise ImgsimError(tr("There is no run on “{name}” that could go on.", name=Path(folder).name))
    return start(run.folder, run.words, run.kind)


def close(folder: Path) -> None:
    """Put the news of a run's end away."""
    folder = _absolute(folder)
    with _lock:
        record = run_folder.record(folder)
        if record is not None:
            run_folder.write(folder, {**record, "closed": True})


def stop_all() -> None:
    """End the runs of this app, for it ends itself; they go on when somebody says so. Returns when they have ended."""
    with _lock:
        mine = [folder for folder, process in _processes.items() if process.poll() is None]
    for folder in mine:
        _end(folder, "stopped")
    for folder in mine:
        with contextlib.suppress(subprocess.TimeoutExpired):
            _processes[folder].wait(GRACE + 2)


def _end(folder: Path, how: str) -> None:
    with _lock:
        record = run_folder.record(folder)
        if record is None or not _alive(folder, record)[0]:
            return
        with contextlib.suppress(ImgsimError):  # a full disk hinders nobody from cancelling
            run_folder.write(folder, {**record, how: True})
        _signal(record["pid"], softly=True)
    threading.Thread(target=_make_sure, args=(folder, record), daemon=True, name="imgsim-cancelling").start()


def _make_sure(folder: Path, record: dict[str, Any]) -> None:
    until = time.monotonic() + GRACE
    while time.monotonic() < until:
        if not _alive(folder, record)[0]:
            return
        time.sleep(0.1)
    _signal(record["pid"], softly=False)


def _signal(pid: int, *, softly: bool) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.kill(pid, signal.CTRL_BREAK_EVENT if softly else signal.SIGTERM)
        else:
            os.killpg(pid, signal.SIGINT if softly else signal.SIGKILL)


# ---- how it stands


def _status(record: dict[str, Any], story: Story, alive: bool, code: int | None) -> Status:
    if alive:
        return Status.RUNNING
    if story.summary is not None:
        return Status.DONE
    if record.get("cancelled"):
        return Status.CANCELLED
    if record.get("stopped") or (not story.error and (code is None or code < 0)):
        return Status.BROKEN_OFF
    return Status.FAILED


def _alive(folder: Path, record: dict[str, Any]) -> tuple[bool, int | None]:
    """Whether it goes on, and the status that it ended with, where that is known."""
    process = _processes.get(folder)
    if process is not None and process.pid == record["pid"]:
        code = process.poll()
        return code is None, code
    # Of an app before this one: its number may be another's by now, so what counts is who holds the lock.
    try:
        holder = (folder / "lock.holder").read_text(encoding="utf-8")
    except OSError:
        holder = ""
    taken = is_locked(folder)
    if re.match(rf"process {record['pid']}\b", holder) and taken:
        return True, None
    # A run before this one may have died and left its name there.
    return time.time() - record["began"] < _BEGINNING and not taken and _is_ours(record["pid"]), None


def _is_ours(pid: int) -> bool:
    """Whether that number is a run's, for the seconds before it holds the lock; False where the system cannot say."""
    try:
        return b"imgsim" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _absolute(folder: Path) -> Path:
    return Path(os.path.abspath(folder))
