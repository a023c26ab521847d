"""Temporary folders go with their process, and what a killed one left goes at the next start."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from imgsim.base.scratch import LOCK, PREFIX, YOUNG_S, scratch_folder

HOLD = """
from imgsim.base.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "large").write_bytes(b"x")
    print(folder.parent, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMPDIR", "TEMP", "TMP"):  # the processes that are started look there
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def age(folder: Path) -> None:
    """Make a folder, or a link, look as if nothing had been put into it for a while."""
    long_ago = folder.lstat().st_mtime - 2 * YOUNG_S
    os.utime(folder, (long_ago, long_ago), follow_symlinks=False)


def hold() -> tuple[subprocess.Popen[str], Path]:
    """Start a process that keeps a folder until a line comes, and return it and its folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_gone_afterwards_also_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch_folder() as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "file").write_text("x")
        assert folder.parent.parent == tmp_path
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_kept() -> None:
    killed, left = hold()
    living, kept = hold()
    try:
        killed.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        killed.wait()
        assert (left / "files" / "large").exists()
        for folder in (left, kept):
            age(folder)
        with scratch_folder():
            assert not left.exists()
            assert (kept / "files" / "large").exists()
        living.communicate("\n", timeout=30)
        assert not kept.exists()
    finally:
        for process in (killed, living):
            process.kill()
            process.communicate()


def test_what_is_young_or_not_ours_stays(tmp_path: Path) -> None:
    young, strange, elsewhere = (
        tmp_path / name for name in (f"{PREFIX}young", f"{PREFIX}strange", "elsewhere")
    )
    for folder in (young, strange, elsewhere):
        folder.mkdir()
    for folder in (young, elsewhere):
        (folder / LOCK).touch()
    age(strange)  # it has no lock: another program's
    age(elsewhere)
    link = tmp_path / f"{PREFIX}link"
    link.symlink_to(elsewhere)
    age(link)
    with scratch_folder():
        pass
    assert young.exists() and strange.exists() and (elsewhere / LOCK).exists()


def test_a_folder_made_by_one_thread_can_be_left_by_another(tmp_path: Path) -> None:
    held = ExitStack()
    maker = threading.Thread(target=lambda: held.enter_context(scratch_folder()))
    maker.start()
    maker.join()
    (folder,) = tmp_path.iterdir()
    assert (folder / LOCK).exists()
    held.close()
    assert not folder.exists()
