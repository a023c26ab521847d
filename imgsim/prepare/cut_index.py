"""Which pictures were cut out of which pages: those are not cut again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from imgsim.base.writing import write_whole
from imgsim.prepare.page_shards import Slice

# Raise it when the same boxes give other files.
CUT_VERSION = 1


class CutIndex:
    """Which pictures were cut out, of what: those are not cut again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._known: dict[str, list[object]] = dict(json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError):
            self._known = {}  # cut again: nothing else is lost

    def has(self, one: Slice, sha256: str) -> bool:
        try:
            return self._known.get(self._name(one)) == self._of(one, sha256)
        except OSError:
            return False

    def add(self, slices: Sequence[Slice], sha256: str) -> None:
        for one in slices:
            self._known[self._name(one)] = self._of(one, sha256)

    def write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, json.dumps(self._known, indent=0, sort_keys=True).encode())

    def _name(self, one: Slice) -> str:
        return one.target.relative_to(self._path.parent).as_posix()

    @staticmethod
    def _of(one: Slice, sha256: str) -> list[object]:
        status = one.target.stat()
        # A picture that somebody or something wrote over is cut anew, though it be as long as it was.
        return [CUT_VERSION, sha256, list(one.box), one.turn, status.st_size, status.st_mtime_ns]
