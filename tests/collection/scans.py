"""Scans of pictures, in short: which picture, and which scan of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from imgsim.collection.plate_ids import Scan

Version = tuple[int, int]  # picture, scan of it


def content(version: Version) -> str:
    """The hash of a scan."""
    return hashlib.sha256(repr(version).encode()).hexdigest()


def scan(file: str, version: Version, root: str = "/scans", name: str = "") -> Scan:
    """A scan that lies in a file."""
    return Scan(name or Path(file).stem, root, file, content(version))
