"""A prepared state changed on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from imgsim.base.hashing import file_sha256
from imgsim.generation import layout


def live(collection: Path) -> Path:
    return collection / "generations" / (collection / "CURRENT").read_text().strip()


def forge(collection: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    path = live(collection) / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_bytes(layout.sealed(manifest))


def replace_file(collection: Path, file: str, data: bytes) -> None:
    """Replace a file, and forge its size and SHA-256 too."""
    (live(collection) / file).write_bytes(data)
    facts = {"size": len(data), "sha256": file_sha256(live(collection) / file)}
    forge(collection, lambda manifest: manifest["files"].update({file: facts}))
