"""Temporary folders that do not outlive their process for long, even one that was killed."""

import atexit
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "imgsim-"
LOCK = "in-use.lock"
# A folder is made first and locked a moment later; a younger one than this is left alone, locked or not.
YOUNG_S = 600.0


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make an empty temporary folder, gone afterwards; first remove those that killed processes left behind."""
    _remove_abandoned(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    # Not bound to a thread: an export's folder is made by a reader's thread and removed by the main one.
    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        with lock:
            inside = folder / "files"
            inside.mkdir()
            yield inside
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lasting_folder() -> Path:
    """Make one that is there until this process ends."""
    held = ExitStack()
    atexit.register(held.close)
    return held.enter_context(scratch_folder())


def _remove_abandoned(parent: Path) -> None:
    """Remove our folders that nobody holds the lock of. The system releases a lock when its process ends."""
    for lock in parent.glob(f"{PREFIX}*/{LOCK}"):
        try:
            folder = lock.parent.lstat()
            if not _ours(folder) or time.time() - folder.st_mtime < YOUNG_S:
                continue
            with FileLock(lock, timeout=0):
                pass
        except (OSError, Timeout):  # gone meanwhile, or in use
            continue
        shutil.rmtree(lock.parent, ignore_errors=True)


def _ours(folder: os.stat_result) -> bool:
    """Whether a folder is this user's own; only he could write into it (mkdtemp sees to that), so its lock is real."""
    return stat.S_ISDIR(folder.st_mode) and (not hasattr(os, "getuid") or folder.st_uid == os.getuid())
