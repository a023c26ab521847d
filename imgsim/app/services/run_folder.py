"""The folder ``<collection>/run``: what a run was asked for, what it says while it goes on, and its last words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from imgsim.app.services.run_story import Story
from imgsim.base.writing import disk_errors, write_whole

FOLDER, RECORD, SAID, ERRORS = "run", "run.json", "said.jsonl", "errors.txt"


@dataclass
class _Reading:
    """How far the lines of a run were read."""

    began: float
    at: int = 0
    rest: bytes = b""
    story: Story = field(default_factory=Story)


_readings: dict[Path, _Reading] = {}


def record(folder: Path) -> dict[str, Any] | None:
    """What the run on a collection was asked for; None where there was none, or nobody can tell.

    It has ``words``, ``kind``, ``began`` (seconds since 1970) and ``pid``; and, where that is so, ``cancelled``,
    ``stopped`` or ``closed``.
    """
    try:
        found = json.loads((folder / FOLDER / RECORD).read_bytes())
        return {
            **found, "words": [str(word) for word in found["words"]], "kind": str(found["kind"]),
            "began": float(found["began"]), "pid": int(found["pid"]),
        }  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, said: dict[str, Any]) -> None:
    """Write that down. Raises ImgsimError where the disk does not take it."""
    with disk_errors(folder):
        write_whole(folder / FOLDER / RECORD, json.dumps(said, indent=1).encode())


def story(folder: Path, began: float) -> Story:
    """What the run that began then has said so far: a copy. Only what is new since the last time is read."""
    reading = _readings.get(folder)
    if reading is None or reading.began != began:
        reading = _readings[folder] = _Reading(began)
    try:
        with open(folder / FOLDER / SAID, "rb") as file:
            file.seek(reading.at)
            new = file.read()
    except OSError:
        new = b""
    reading.at += len(new)
    *lines, reading.rest = (reading.rest + new).split(b"\n")
    for line in lines:
        reading.story.take(line.decode("utf-8", "replace"))
    return replace(reading.story, stages=dict(reading.story.stages), notes=list(reading.story.notes))


def last_words(folder: Path) -> str:
    """The last line that the run wrote beside its progress; "" where it wrote none."""
    try:
        said = (folder / FOLDER / ERRORS).read_bytes()[-4096:].decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("precompute.py: ")[:300] if lines else ""
