"""Runs whose workers die, or that are left early: no process stays behind."""

import dataclasses
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from imgsim.backbones import BACKBONES
from imgsim.errors import ImgsimError
from tests.prepare.looking import drawn, process_plates
from tests.tiny import TINY


def dying(weights: Path | None) -> Callable[[np.ndarray], np.ndarray]:
    os._exit(3)


def dying_later(weights: Path | None) -> Callable[[np.ndarray], np.ndarray]:
    return lambda batch: os._exit(3)


@pytest.mark.parametrize("runner", [dying, dying_later])
def test_a_machine_that_cannot_run_the_network_is_told_so(
    runner: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BACKBONES, "tiny", dataclasses.replace(TINY, runner=runner))
    with pytest.raises(ImgsimError, match=r"ended \(exit code 3\) over a plate that is in order"):
        list(process_plates(drawn(9), {"tiny": None}, device="cpu", workers=1, batch_size=2))
    assert multiprocessing.active_children() == []


def test_a_run_that_is_left_early_leaves_no_process(tiny: dict[str, Path | None]) -> None:
    run = process_plates(drawn(40), tiny, device="cpu", workers=2, batch_size=1)
    next(run)
    assert multiprocessing.active_children()
    run.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


RUN = """
import sys, time
from pathlib import Path
from imgsim.backbones import BACKBONES
from tests.prepare.looking import drawn, process_plates
from tests.tiny import TINY
import multiprocessing



def slow(file):
    time.sleep(0.2)
    return file.read()

if __name__ == "__main__":
    BACKBONES["tiny"] = TINY
    for number, _ in enumerate(process_plates(drawn(400), {"tiny": None}, device="cpu", workers=2, batch_size=1)):
        if number == 0:
            print(*[child.pid for child in multiprocessing.active_children()], flush=True)
        time.sleep(0.02)
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_process(tmp_path: Path, ending: signal.Signals) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    workers = [int(pid) for pid in process.stdout.readline().split()]
    assert len(workers) == 2
    process.send_signal(ending)
    process.wait(timeout=20)
    said = process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    deadline = time.monotonic() + 20
    while any(_alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in workers)
    # One traceback, the parent's: workers say nothing.
    assert said.count("Traceback") == (1 if ending == signal.SIGINT else 0)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        # A process whose parent has not asked after it yet is dead all the same.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True
