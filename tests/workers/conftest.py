"""A scheduler of Dask with three workers, each a process of its own, as they would run on other machines."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import ROOT

WORKERS = 3


@dataclass
class Dask:
    """A running scheduler, and the processes of its workers; the first process is the scheduler's."""

    address: str
    folder: Path
    unseen: Path  # which the workers do not see
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self) -> None:
        """Start one more, of one thread."""
        words = ("--nthreads", "1", "--no-dashboard", "--preload", "tests.workers.blind")
        self.processes.append(
            _started(
                self.folder, "worker", self.address, *words, "--local-directory", self.folder,
                IMGSIM_TEST_UNSEEN=str(self.unseen),
            )
        )  # fmt: skip


def _started(folder: Path, what: str, *words: str | Path, **environment: str) -> subprocess.Popen[bytes]:
    with open(folder / f"{what}-{time.monotonic_ns()}.log", "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{what}", "--host", "127.0.0.1", *map(str, words)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


@contextmanager
def dask(unseen: Path, workers: int = WORKERS) -> Iterator[Dask]:
    """Start them, and end them; the workers do not see a folder of this machine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = Dask("", folder, unseen, [_started(folder, "scheduler", "--port", "0", "--no-dashboard", "--no-show")])
        try:
            until = time.monotonic() + 60
            while not found.address:
                said = "".join(path.read_text() for path in folder.glob("scheduler-*.log"))
                if where := re.search(r"Scheduler at: *(tcp://\S+)", said):
                    found.address = where[1]
                assert time.monotonic() < until, said
                time.sleep(0.1)
            for _ in range(workers):
                found.add_worker()
            yield found
        finally:
            for process in found.processes:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with what it has started
                process.wait(30)


@pytest.fixture(scope="package")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """One for all tests of this folder; its workers see no folder of theirs, as if they were other machines."""
    with dask(tmp_path_factory.getbasetemp()) as found:
        yield found
