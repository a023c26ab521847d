"""Stand-ins for the command that prepares: small programs that say and do what a test wants."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from imgsim.app.services import runs
from imgsim.app.services.runs import Run

# What a stand-in begins with: say(event, ...) writes a line, FOLDER is the collection's.
HEAD = """
import json, os, pathlib, shutil, sys, time
FOLDER = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
def say(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)
def stage(name, done, total, **more):
    say("progress", stage=name, done=done, total=total, **more)
"""
# Goes on until it is told to stop, or until the file go_on is there.
WAITING = HEAD + """
stage("plates", 3, 12, rate=2.0, remaining_s=4.5)
while not (FOLDER / "go_on").exists():
    time.sleep(0.02)
say("done", name=FOLDER.name, path=str(FOLDER), changed=True, plates=12, skipped=0)
"""
DONE = HEAD + """
stage("plates", 12, 12)
say("done", name=FOLDER.name, path=str(FOLDER), changed=True, plates=12, skipped=0)
"""


def program(text: str) -> list[str]:
    """The command that runs a stand-in."""
    return [sys.executable, "-c", text]


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def ended(folder: Path) -> Run:
    """The run on a collection once it has come to its end."""
    until(lambda: (run := runs.of(folder)) is not None and not run.running)
    run = runs.of(folder)
    assert run is not None
    return run
