"""Row 27: the command asks before a collection shrinks, and so does the app."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from imgsim.cli import environment
from imgsim.collection import open_collection
from tests.app.runs_scene import ended
from tests.making import write_plates
from tests.pages import visit, words
from tests.reliability.tally import Tally
from tests.reliability.vanishing import TOY, decide, lose, made_herbals


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return made_herbals(tmp_path)


def command(words_: list[str], data: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", TOY, *words_],
        cwd=environment.REPOSITORY, env={**os.environ, "IMGSIM_DATA": str(data)}, text=True, timeout=100, check=False,
        capture_output=True, **more,
    )  # fmt: skip


def on_a_terminal(words_: list[str], data: Path, answer: bytes) -> tuple[int, str]:
    """The command with a terminal before it, and somebody who answers when asked."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", TOY, *words_],
        cwd=environment.REPOSITORY, env={**os.environ, "IMGSIM_DATA": str(data)}, stdin=theirs, stdout=theirs,
        stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    said, answered, until = b"", False, time.monotonic() + 90
    while time.monotonic() < until:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
        if b"[y/N]" in said and not answered:
            os.write(ours, answer)
            answered = True
    os.close(ours)
    return process.wait(timeout=60), said.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_the_command_asks_on_a_terminal_and_stops_elsewhere(data: Path, tally: Tally) -> None:
    name = ["--name", "herbals", "--no-verify"]
    lose(data.parent / "scans", 57)
    generation = open_collection(data / "herbals").generation
    with tally.attempt("no terminal"):
        done = command(name, data, stdin=subprocess.DEVNULL)
        assert done.returncode == 1 and "57 of the 60" in done.stderr.splitlines()[-1]
        assert "--accept-missing" in done.stderr and "Traceback" not in done.stderr
    with tally.attempt("for scripts"):
        done = command([*name, "--json"], data, stdin=subprocess.DEVNULL)
        last = json.loads(done.stdout.splitlines()[-1])
        assert done.returncode == 1 and last["event"] == "error" and "57 of the 60" in last["message"]
    with tally.attempt("a rehearsal"):
        done = command([*name, "--dry-run"], data)
        assert done.returncode == 0 and "57 of the 60" in done.stdout and "--accept-missing" in done.stdout
    for answer in (b"\n", b"n\n", b"what?\n", b"\x04"):
        with tally.attempt(f"a terminal, {answer!r}"):
            status, said = on_a_terminal(name, data, answer)
            assert status == 1 and "57 of the 60" in said and "[y/N]" in said
    assert open_collection(data / "herbals").generation == generation
    with tally.attempt("a terminal, yes"):
        status, said = on_a_terminal(name, data, b"y\n")
        assert status == 0 and len(open_collection(data / "herbals").catalogue) == 3
    with tally.attempt("--accept-missing"):
        write_plates(data.parent / "scans" / "a", 40)
        command(name, data, stdin=subprocess.DEVNULL)
        lose(data.parent / "scans", 30)
        assert command([*name, "--accept-missing"], data, stdin=subprocess.DEVNULL).returncode == 0


def test_the_app_shows_the_plates_and_offers_to_go_on_without_them(
    data: Path, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imgsim.app.services import runs

    monkeypatch.setenv("IMGSIM_DATA", str(data))
    collection = data / "herbals"
    decide(collection, "p058", "p003")
    lose(data.parent / "scans", 57)
    monkeypatch.setattr(runs, "COMMAND", [sys.executable, "-c", TOY, "--no-verify"])
    app = visit("about")
    with tally.attempt("the pictures and a button"):
        app.session_state["changes"] = True
        app.run()
        assert any("57 of the 60 plates" in str(one.value) for one in app.main.warning), words(app)
        assert app.button(key="accept_missing").label == "Prepare it without 57 plates"
    with tally.attempt("pressed"):
        app.button(key="accept_missing").click().run()
        assert not app.exception and not app.error
        assert ended(collection).words == ("--accept-missing",)
        assert len(open_collection(collection).catalogue) == 3
