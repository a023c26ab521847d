"""Loaded into the workers of tests (``--preload``): they do not see the folders of this machine that tests write into.

Whatever opens a file there in Python fails as on a machine that has no such folder.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from imgsim.workers import luggage

UNSEEN = os.environ["IMGSIM_TEST_UNSEEN"]


def _look(path: Path) -> tuple[int, int]:
    if str(path).startswith(UNSEEN):
        raise FileNotFoundError(path)
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("open", "os.listdir", "os.scandir", "os.mkdir") and str(arguments[0]).startswith(UNSEEN):
        raise FileNotFoundError(f"{arguments[0]} is not on this machine")


luggage._look = _look
sys.addaudithook(_hook)
