"""precompute.py from outside: a run, another one, how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from imgsim.cli import prepare_command
from imgsim.cli.prepare_command import main
from imgsim.collection import open_collection
from imgsim.errors import BusyError, ImgsimError
from imgsim.prepare import Options, Summary
from tests.making import heavy_modules, make, write_plates

ROOT = Path(__file__).parents[2]


def script(*words: str | Path, data: Path, **rest: Any) -> subprocess.CompletedProcess[str]:
    """Run precompute.py as a user does."""
    return subprocess.run(
        [sys.executable, "precompute.py", *map(str, words)],
        cwd=ROOT, env={**os.environ, "IMGSIM_DATA": str(data)}, capture_output=True, text=True, timeout=200,
        check=False, **rest,
    )  # fmt: skip


def failing(error: BaseException) -> Any:
    def prepare(options: Options, progress: Any, *, ask: Any) -> Summary:
        raise error

    return prepare


def test_errors_are_one_line_and_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare_command, "prepare", failing(BusyError("Another run is\nwriting.")))
    assert main(["scans", "--name", "mine"]) == 1
    assert capsys.readouterr().err == "precompute.py: Another run is writing.\n"
    monkeypatch.setattr(prepare_command, "prepare", failing(ImgsimError("No.")))
    assert main(["scans", "--name", "mine", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"event": "error", "message": "No."}


def test_a_bug_is_not_dressed_up_as_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare_command, "prepare", failing(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["scans", "--name", "mine"])


# -- the real thing


def test_from_a_folder_to_a_collection_and_back_in_a_second_run(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "scans", 6)
    (images / "=bad.png").write_bytes(b"no image")
    first = script(images, "--projection", "pca", "--workers", "1", "--json", data=tmp_path / "data")
    assert first.returncode == 0, first.stderr
    events = [json.loads(line) for line in first.stdout.splitlines()]
    assert {event["event"] for event in events} == {"progress", "ready", "done"}
    stages = {
        "plates",
        "neighbours plates18",
        "pca plates18",
        "features",
        "index",
        "candidates",
        "matches",
        "families",
    }
    assert stages <= {event.get("stage") for event in events}
    assert (events[-1]["plates"], events[-1]["skipped"], events[-1]["changed"]) == (6, 1, True)
    collection = open_collection(tmp_path / "data" / "scans")
    assert collection.embeddings("plates18").shape == (6, 512)
    assert sum(events[-1]["matches"].values()) == 15
    assert collection.matches is not None
    assert len(collection.matches) == 15
    listed = list(csv.reader(io.StringIO(Path(events[-1]["skipped_csv"]).read_text("utf-8-sig"))))
    assert listed[0] == ["file", "file_text", "reason"]
    assert listed[1][0] == "'=bad.png"
    second = script("--name", "scans", data=tmp_path / "data")
    assert second.returncode == 0
    assert second.stdout.startswith("Nothing has changed: scans is up to date")
    assert script("--name", "scans", "--quiet", data=tmp_path / "data").stdout == ""


def test_a_second_run_loads_nothing_heavy(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "scans", 3)
    make(tmp_path / "data" / "scans", images)
    code = (
        "from tests.making import make; from pathlib import Path; import imgsim.cli.prepare_command\n"
        f"assert not make(Path({str(tmp_path / 'data' / 'scans')!r}), None).changed\n"
    )
    assert heavy_modules(code) == "[]"


_SLOW = """
import sys, time
from pathlib import Path
from imgsim.cli import prepare_command as command
from imgsim.prepare import prepare
from tests.making import ToyProcessor


def slowly(options, progress, ask):
    def wait(done):
        if done == 3:
            print("working", flush=True)
        time.sleep(0.3 if done > 2 else 0)
    return prepare(options, progress, ask=ask, processor=ToyProcessor(after=wait))
command.prepare = slowly
sys.exit(command.main(sys.argv[1:]))
"""


def slow(words: Sequence[str | Path], data: Path) -> subprocess.Popen[str]:
    """precompute.py with a slow toy network; returns when it is at work."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, *map(str, words)],
        cwd=ROOT, env={**os.environ, "IMGSIM_DATA": str(data)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    watch = threading.Timer(60, process.kill)
    watch.start()
    for line in process.stdout:
        if "working" in line:
            break
    watch.cancel()
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_keeps_what_is_done_and_a_second_run_meanwhile_is_turned_away(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "scans", 40)
    process = slow([images, "--name", "mine", "--projection", "pca"], tmp_path)
    started = time.monotonic()
    second = script(images, "--name", "mine", data=tmp_path)
    assert second.returncode == 1
    assert f"process {process.pid} on " in second.stderr
    assert second.stderr.count("\n") == 1
    assert time.monotonic() - started < 60
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (
        said.splitlines()[-1]
        == "precompute.py: Interrupted. What is done is kept; run the same command to go on."
    )
    assert "Traceback" not in said
    assert list((tmp_path / "mine" / "work" / "shards").glob("*.npz"))


@pytest.mark.parametrize("door", ["precompute.py", "imgsim/__main__.py"])
def test_ctrl_c_while_libraries_are_read_ends_without_a_traceback(door: str, tmp_path: Path) -> None:
    words = [door, "prepare", "scans"] if door.startswith("imgsim") else [door, "scans"]
    done = subprocess.run(
        [sys.executable, "-c", _EARLY, *words], cwd=ROOT, env={**os.environ, "IMGSIM_DATA": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout) == (130, "", "")


# The command, interrupted as soon as it reads what it works with.
_EARLY = """
import runpy, sys
class Impatient:
    def find_spec(self, name, *_):
        if name == "imgsim.prepare.run":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Impatient())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_a_verifier_that_is_not_there_is_refused_even_where_nothing_is_compared(tmp_path: Path) -> None:
    done = script(tmp_path, "--name", "mine", "--verifier", "nope", "--no-verify", data=tmp_path)
    assert done.returncode == 1 and "no verifier 'nope'" in done.stderr
