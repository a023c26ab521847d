"""The command that prepares, for tests in a browser: real but for its network, a toy, and as slow as one likes.

The app runs ``python -m imgsim prepare``. Started with `environ`, such a process has a toy in the network's place, and
each stage of its waits a while, so that somebody can look at it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from imgsim.cli import environment

PATIENCE = "IMGSIM_TEST_PATIENCE"  # the file that says how many seconds each stage waits
_SITE = """
import runpy, sys
sys.path.append({root!r})
runpy.run_path({offline!r})
if sys.orig_argv[1:4] == ["-m", "imgsim", "prepare"]:
    from tests.e2e import toy_runs
    toy_runs.replace()
"""


def environ(folder: Path) -> dict[str, str]:
    """What the app's environment needs besides; `wait` says how slow runs are."""
    root = environment.REPOSITORY
    offline = root / "tests" / "offline" / "sitecustomize.py"
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(
        _SITE.format(root=str(root), offline=str(offline)), encoding="utf-8"
    )
    wait(folder, 0)
    return {
        "PYTHONPATH": str(folder / "site"), PATIENCE: str(folder / "patience"),
        "IMGSIM_TEST_CALLS": str(folder / "calls.txt"),
    }  # fmt: skip


def wait(folder: Path, seconds: float) -> None:
    """How long each stage of the runs that begin from now on waits."""
    (folder / "patience").write_text(str(seconds), encoding="utf-8")


def replace() -> None:
    """Put the toy in its place, in this process."""
    from imgsim.base import progress
    from imgsim.base.progress import Report
    from imgsim.cli import prepare_command
    from imgsim.prepare import Options, Summary, prepare
    from imgsim.prepare.missing_plates import Ask
    from tests.making import ToyProcessor

    seconds = float(Path(os.environ[PATIENCE]).read_text(encoding="utf-8"))
    begin = progress.Meter.__init__

    def slow(self: progress.Meter, *given: Any) -> None:
        begin(self, *given)
        time.sleep(seconds)

    def toy(options: Options, told: Report | None = None, ask: Ask | None = None) -> Summary:
        return prepare(options, told, ask=ask, processor=ToyProcessor())

    setattr(progress.Meter, "__init__", slow)  # noqa: B010
    setattr(prepare_command, "prepare", toy)  # noqa: B010
