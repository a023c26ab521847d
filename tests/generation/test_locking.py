"""One process writes at a time, and a dead one holds nothing."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from imgsim.errors import BusyError
from imgsim.generation.locking import is_locked, locked


def _hold(folder: str, ready: Any, release: Any) -> None:
    with locked(Path(folder)):
        ready.set()
        release.wait(30)


def test_only_one_writes_and_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, release = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(tmp_path / "c"), ready, release))
    holder.start()
    assert ready.wait(60)
    with pytest.raises(BusyError, match=rf"process {holder.pid} on "), locked(tmp_path / "c"):
        pass
    assert is_locked(tmp_path / "c")
    assert holder.pid is not None
    holder.kill()
    holder.join()
    assert not is_locked(tmp_path / "c")
    with locked(tmp_path / "c"):
        pass
    assert not is_locked(tmp_path / "c")
