"""Runs that the app starts, with real processes: their progress, their ends, and what outlives the app."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.app.services import run_folder, runs
from imgsim.app.services.run_story import StageSaid
from imgsim.app.services.runs import Status
from imgsim.collection import open_collection
from imgsim.errors import BusyError, ImgsimError
from imgsim.generation.locking import locked
from tests.app.runs_scene import DONE, HEAD, WAITING, ended, program, until
from tests.reliability.vanishing import TOY, made_herbals


@pytest.fixture(autouse=True)
def none_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(runs, "GRACE", 2.0)
    yield
    runs.stop_all()


def begin(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> runs.Run:
    monkeypatch.setattr(runs, "COMMAND", program(text))
    return runs.start(folder, words, "new")


def forget(folder: Path) -> subprocess.Popen[bytes]:
    """What a new app knows: nothing but what lies on the disk."""
    run_folder._readings.clear()
    return runs._processes.pop(folder)


def test_its_lines_are_its_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    run = begin(folder, WAITING, monkeypatch, "--no-verify", "--", "/scans")
    assert run.running and run.words == ("--no-verify", "--", "/scans") and run.name == "mine"
    until(lambda: bool(runs.of(folder).story.stages))  # type: ignore[union-attr]
    now = runs.of(folder)
    assert now is not None and now.story.stage is not None
    assert now.story.stage == StageSaid("plates", 3, 12, 2.0, 4.5)
    (folder / "go_on").touch()
    done = ended(folder)
    assert done.status is Status.DONE and done.failure() is None
    assert done.story.summary is not None and done.story.summary["plates"] == 12


def test_two_at_once_on_a_collection_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(tmp_path / "mine", WAITING, monkeypatch)
    with pytest.raises(BusyError, match="being prepared already"):
        runs.start(tmp_path / "mine", [], "again")
    begin(tmp_path / "other", WAITING, monkeypatch)  # on another there may be one
    assert [run.name for run in runs.every(tmp_path) if run.running] == ["other", "mine"]


def test_one_from_a_terminal_is_not_run_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with locked(tmp_path / "mine"), pytest.raises(BusyError, match="from elsewhere"):
        begin(tmp_path / "mine", DONE, monkeypatch)


def test_it_is_cancelled_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    begin(folder, WAITING, monkeypatch, "--", "/scans")
    until(lambda: bool(runs.of(folder).story.stages))  # type: ignore[union-attr]
    runs.cancel(folder)
    run = ended(folder)
    assert run.status is Status.CANCELLED and run.failure() is None
    monkeypatch.setattr(runs, "COMMAND", program(DONE))
    again = runs.resume(folder)
    assert again.words == ("--", "/scans") and ended(folder).status is Status.DONE


def test_one_that_does_not_heed_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = (
        "import signal, subprocess\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + HEAD
        + "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "stage(str(child.pid), 1, 2)\ntime.sleep(60)\n"
    )  # fmt: skip
    folder = tmp_path / "mine"
    begin(folder, deaf, monkeypatch)
    until(lambda: bool(runs.of(folder).story.stages))  # type: ignore[union-attr]
    child = int(next(iter(runs.of(folder).story.stages)))  # type: ignore[union-attr]
    runs.cancel(folder)
    assert runs.of(folder).stopping  # type: ignore[union-attr]
    assert ended(folder).status is Status.CANCELLED
    until(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEAD + "say('error', message='Run: it', what='The disk is full.', remedy={'kind': 'StartAgain'}); sys.exit(1)",
         "The disk is full."),
        ("import nothing_like_this", "ModuleNotFoundError: No module named 'nothing_like_this'"),
        ("raise SystemExit(3)", "It stopped without a word."),
    ],
)  # fmt: skip
def test_what_went_wrong_is_said(text: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(tmp_path / "mine", text, monkeypatch)
    run = ended(tmp_path / "mine")
    failure = run.failure()
    assert run.status is Status.FAILED and failure is not None and failure.what == what


def test_one_that_the_system_kills_was_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin(tmp_path / "mine", WAITING, monkeypatch)
    os.kill(run.pid, signal.SIGKILL)
    assert ended(tmp_path / "mine").status is Status.BROKEN_OFF


def test_the_end_of_the_app_ends_it_and_it_can_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    begin(folder, WAITING, monkeypatch)
    runs.stop_all()
    forget(folder)
    run = runs.of(folder)
    assert run is not None and run.status is Status.BROKEN_OFF and "broken off" in str(run.failure())
    monkeypatch.setattr(runs, "COMMAND", program(DONE))
    runs.resume(folder)
    assert ended(folder).status is Status.DONE


def test_one_that_outlives_a_crash_of_the_app_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real work this time: the collection's lock tells that it goes on, and whose it is."""
    data = made_herbals(tmp_path)
    folder = data / "herbals"
    slow = TOY.replace("import", "import time; time.sleep(0.5); import", 1)
    monkeypatch.setenv("IMGSIM_DATA", str(data))
    monkeypatch.setattr(runs, "COMMAND", program(slow))
    began = runs.start(folder, ["--no-verify", "--top-k", "7"], "again")
    process = forget(folder)
    seen = []
    while process.poll() is None:
        run = runs.of(folder)
        assert run is not None and run.pid == began.pid
        seen.append(run.status)
        time.sleep(0.05)
    assert set(seen) <= {Status.RUNNING, Status.DONE} and Status.RUNNING in seen, seen
    assert runs.of(folder).status is Status.DONE  # type: ignore[union-attr]
    assert open_collection(folder).manifest["parameters"]["top_k"] == 7


def test_one_that_begins_is_found_beside_the_name_of_one_that_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    begin(folder, "# imgsim" + WAITING, monkeypatch)
    (folder / "lock.holder").write_text("process 1 on elsewhere, since 2026-11-29 12:00:00\n", encoding="utf-8")
    process = forget(folder)
    try:
        run = runs.of(folder)
        assert run is not None and run.running
    finally:
        process.kill()
        process.wait()
    assert not ended(folder).running


def test_a_number_that_is_another_process_by_now_is_no_run(tmp_path: Path) -> None:
    place = tmp_path / "mine" / run_folder.FOLDER
    place.mkdir(parents=True)
    record = {"words": ["--", "/scans"], "kind": "new", "began": time.time() - 3600, "pid": os.getpid()}
    (place / run_folder.RECORD).write_text(json.dumps(record), encoding="utf-8")
    run = runs.of(tmp_path / "mine")
    assert run is not None and run.status is Status.BROKEN_OFF


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"words": 3}', b"\xff\xfe", b'{"words": [], "kind": "new"}'])
def test_a_damaged_record_is_no_run(content: bytes, tmp_path: Path) -> None:
    place = tmp_path / "mine" / run_folder.FOLDER
    place.mkdir(parents=True)
    (place / run_folder.RECORD).write_bytes(content)
    assert runs.of(tmp_path / "mine") is None and runs.every(tmp_path) == []
    runs.cancel(tmp_path / "mine")
    with pytest.raises(ImgsimError, match="no run"):
        runs.resume(tmp_path / "mine")


def test_its_end_is_put_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(tmp_path / "mine", DONE, monkeypatch)
    ended(tmp_path / "mine")
    runs.close(tmp_path / "mine")
    assert runs.of(tmp_path / "mine").closed  # type: ignore[union-attr]


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_text("a file in its place", encoding="utf-8")
    with pytest.raises(ImgsimError, match="mine"):
        begin(tmp_path / "mine", DONE, monkeypatch)


def test_ctrl_c_at_the_app_does_not_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin(tmp_path / "mine", WAITING, monkeypatch)
    if sys.platform != "win32":
        assert os.getpgid(run.pid) != os.getpgid(os.getpid())
