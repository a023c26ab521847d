"""Files are written whole, or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from imgsim.base.writing import disk_errors, write_whole
from imgsim.errors import ImgsimError


def test_whole_files_survive_a_failing_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "CURRENT"
    write_whole(path, b"before")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ImgsimError, match="No room left") as raised, disk_errors(tmp_path):
        write_whole(path, b"after")
    assert "disk" in str(raised.value)
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["CURRENT"]
