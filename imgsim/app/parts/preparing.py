"""Runs that the app starts: the sample at the first start, and a collection that has lost scans.

One run serves everybody who looks at the page meanwhile; its JSON lines become progress bars.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import streamlit as st

from imgsim.app.services import commands, remedies, text
from imgsim.errors import ImgsimError, remedy_of

_PROJECT = Path(__file__).resolve().parents[3]  # where the package imgsim lies
_COMMAND = [sys.executable, "-m", "imgsim", "prepare"]


@dataclass
class Preparation:
    """A run and what it has said so far. Its lines are read by a thread of its own."""

    process: subprocess.Popen[str]
    stages: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # stage -> its last progress event, in order
    message: str = ""
    ready: bool = False  # the collection can be opened, though the run goes on
    finished: bool = False  # its last line has been read
    _last: str = ""

    def take(self, line: str) -> None:
        """Understand one line of its output; what is not JSON is kept for an error message."""
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            if line.strip():
                self._last = line.strip()[:300]
        elif event.get("event") == "ready":
            self.ready = True
        elif event.get("event") == "error":
            remedy = remedy_of(event.get("remedy"))
            said = ImgsimError(event.get("message", "") if remedy is None else event.get("what", ""), remedy)
            self.message = remedies.told(said)
        elif event.get("stage") and event.get("event") != "note":
            self.stages[str(event["stage"])] = event

    @property
    def running(self) -> bool:
        """Whether the run goes on."""
        return self.process.poll() is None

    def failure(self) -> str:
        """What went wrong, or '' if nothing did."""
        if self.running or self.process.returncode == 0:
            return ""
        return self.message or self._last or f"It stopped with the code {self.process.returncode}."


_lock = Lock()
_shared: list[Preparation] = []


def start(command: list[str] | None = None) -> Preparation:
    """The run that is under way, or a new one."""
    with _lock:
        if _shared and (_shared[-1].running or not _shared[-1].failure()):
            return _shared[-1]
        preparation = _started(command or [*_COMMAND, "--sample", "--json"])
        _shared[:] = [preparation]
        return preparation


def _started(command: list[str]) -> Preparation:
    process = subprocess.Popen(
        command,
        cwd=_PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    preparation = Preparation(process)
    Thread(target=_read, args=(preparation,), daemon=True, name="imgsim-preparation").start()
    return preparation


def last() -> Preparation | None:
    """The latest run, if there was one in this process."""
    return _shared[-1] if _shared else None


def _read(preparation: Preparation) -> None:
    assert preparation.process.stdout is not None
    for line in preparation.process.stdout:
        preparation.take(line)
    preparation.process.wait()
    preparation.finished = True


def prepare_sample() -> None:
    """Draw the preparation until it is done, then run the page again; say what to do if it fails."""
    with st.container(key="preparing"):
        _prepare_sample()


def _prepare_sample() -> None:
    st.markdown("### imgsim")
    st.title("Preparing the sample plates", anchor=False)
    st.caption(
        "There is no collection here yet. So that you can look around at once, imgsim draws a small herbal of its own "
        "and compares its plates. This takes about a minute, once, and needs no network."
    )
    previous = last()
    if previous and previous.failure() and not st.session_state.pop("_imgsim_again", False):
        _failed(previous)
        return
    preparation = start()
    # A collection that is ready is opened at once; the run goes on alone, and adds the map that takes longest.
    _drawn(preparation)
    if not preparation.ready and preparation.failure():
        _failed(preparation)
    else:
        _shared.clear()
        st.rerun()


def _drawn(preparation: Preparation) -> None:
    """Draw a bar for each stage until the collection is ready."""
    bars: dict[str, Any] = {}
    while True:
        # Asked first: what is drawn below is then the last word.
        finished = preparation.ready or preparation.finished
        for stage, event in list(preparation.stages.items()):
            share, label = progress(stage, event)
            if stage not in bars:
                bars[stage] = st.progress(share, label)
            else:
                bars[stage].progress(share, label)
        if finished:
            break
        time.sleep(0.25)


_updates: dict[str, Preparation] = {}  # by the collection's folder


def updating(folder: Path) -> bool:
    """Whether a run that was started here is at work on a collection, or has not been told the end of."""
    return str(folder) in _updates


def begin_update(folder: Path, options: list[str]) -> None:
    """Prepare the collection in a folder again, unless that is under way."""
    with _lock:
        if str(folder) not in _updates:
            command = [*_COMMAND, "--out", str(folder), *options, "--json"]
            _updates[str(folder)] = _started(command)


def update(folder: Path) -> None:
    """Draw the run that was begun until it is done, then run the page again; say it where it failed."""
    preparation = _updates.get(str(folder))
    if preparation is None:
        return
    _drawn(preparation)
    _updates.pop(str(folder), None)
    if preparation.failure():
        st.error(text.plain(preparation.failure()))
        st.button("Look again", key="look_again")
    else:
        st.rerun()


def progress(stage: str, event: dict[str, Any]) -> tuple[float, str]:
    """A bar for one stage: its share done (0 to 1) and its label."""
    try:
        done, total = float(event.get("done") or 0), float(event.get("total") or 0)
    except (TypeError, ValueError):
        done, total = 0.0, 0.0
    share = min(max(done / total, 0.0), 1.0) if total else 0.0
    name = text.plain(stage[:1].upper() + stage[1:])
    label = f"{name} · {done:,.0f} of {total:,.0f}" if total else name
    remaining = event.get("remaining_s")
    if share < 1 and isinstance(remaining, (int, float)) and remaining >= 1:
        label += f" · {remaining:.0f} s left"
    return share, label


def _failed(preparation: Preparation) -> None:
    st.error(text.plain(ImgsimError(f"The sample could not be prepared: {preparation.failure()}")))
    st.markdown("Try again here, or prepare a collection in a terminal. Then reload this page:")
    st.code(
        f"{commands.start('--sample')}\n"
        f"{commands.start('FOLDER_OF_SCANS', '--metadata', 'METADATA.csv', '--name', 'herbals')}",
        language=None,
    )
    if st.button("Try again"):
        st.session_state["_imgsim_again"] = True
        st.rerun()
