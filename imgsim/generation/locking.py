"""One writer at a time: the lock of a collection."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from imgsim.errors import BusyError, StartAgain


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the collection's lock; a process that dies lets go of it. Raises BusyError if another holds it."""
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    # Not at once, but soon: `is_locked` may have the lock for a moment.
    lock, holder = FileLock(folder / "lock", timeout=0.3), folder / "lock.holder"
    try:
        lock.acquire()
    except Timeout:
        try:
            who = holder.read_text(encoding="utf-8").strip()[:200]
        except OSError:
            who = ""
        raise BusyError(
            f"Another run is writing to {folder}: {who or 'unknown process'}. "
            "Wait until it has finished, or stop it.",
            StartAgain(),
        ) from None
    try:
        holder.write_text(
            f"process {os.getpid()} on {socket.gethostname()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}\n",
            encoding="utf-8",
        )
        yield
        holder.unlink(missing_ok=True)
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Whether a run is writing to the collection just now."""
    from filelock import FileLock, Timeout

    if not (folder / "lock.holder").exists():
        return False
    try:
        with FileLock(folder / "lock", timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a disk that cannot be written holds no run
        return False
