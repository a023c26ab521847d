"""SHA-256 of files, and keys of results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

_PIECE = 2**20


def file_sha256(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file's content, read in pieces; ``progress`` is told the bytes of each."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            if progress is not None:
                progress(len(piece))
    return digest.hexdigest()


def key_of(**parts: object) -> str:
    """A key for everything that shapes a result: the SHA-256 of its parts as canonical JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
