"""The folder of a finished stage in the work folder: whole or absent, like everything there."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from imgsim.base.hashing import file_sha256
from imgsim.errors import CollectionError
from imgsim.generation import layout

_SUMS = "SHA256SUMS"  # in the folder of a finished stage


def stage_folder(stages: Path, key: str, fill: Callable[[Path], None], note: Callable[[str], None]) -> Path:
    """Return the folder of the stage of that key within ``stages``.

    Where there is none, or one that is no longer what was written (then ``note`` is told), ``fill`` makes its files.
    """
    folder = stages / key
    if folder.is_dir() and not _unchanged(folder):
        note(f"{key[:12]} of an earlier run is damaged and is done again")
        shutil.rmtree(folder)
    if not folder.is_dir():
        unfinished = stages / f".{secrets.token_hex(4)}.tmp"
        unfinished.mkdir()
        try:
            fill(unfinished)
            sums = {path.name: file_sha256(path) for path in unfinished.iterdir()}
            (unfinished / _SUMS).write_bytes(layout.sums_bytes(sums))
            os.rename(unfinished, folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return folder


def _unchanged(folder: Path) -> bool:
    """Whether the files of a finished stage are what was written."""
    try:
        sums = layout.parse_sums((folder / _SUMS).read_bytes(), _SUMS)
        return bool(sums) and all(file_sha256(folder / file) == digest for file, digest in sums.items())
    except (CollectionError, OSError):
        return False
