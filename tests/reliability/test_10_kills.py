"""Row 10: a run that is killed at any moment leaves one whole generation, and the next one ends as if undisturbed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from imgsim.cli import environment
from tests.reliability.tally import Tally

KILLS = 60


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork and SIGKILL are POSIX")
def test_killed_runs_leave_one_whole_generation(tally: Tally) -> None:
    """tests/benchmarks/kills.py does a thousand, and says what it looks at after each."""
    with tally.attempt("kills, each followed by a look at every byte", times=KILLS):
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.kills", "--kills", str(KILLS), "--seed", "7"],
            cwd=environment.REPOSITORY, capture_output=True, text=True, timeout=800, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-500:]
        counts = json.loads(done.stdout)
        assert counts["kills"] == KILLS
        assert counts["killed"] > KILLS / 2, counts  # most of them met a run at work
