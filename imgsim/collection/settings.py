"""What a person chose for a collection as a whole, beside its reviews; no run touches it.

The one thing so far: whether its IIIF manifests and images may be read by web pages of other addresses.
A file that cannot be read counts as nothing chosen, so that what was never opened stays closed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from imgsim.base.writing import disk_errors, write_whole

FILE = "settings.json"
_IIIF_OPEN = "iiif_open_to_other_pages"
_MOST_BYTES = 64 * 1024


def iiif_open(collection: Path) -> bool:
    """Whether a person opened this collection's IIIF to web pages of other addresses."""
    return _read(collection).get(_IIIF_OPEN) is True


def open_iiif(collection: Path, chosen: bool) -> None:
    """Open it, or close it again. Raises ImgsimError where that cannot be written."""
    written = json.dumps({**_read(collection), _IIIF_OPEN: bool(chosen)}, indent=1)
    with disk_errors(collection):
        write_whole(collection / FILE, f"{written}\n".encode())


def _read(collection: Path) -> dict[str, Any]:
    path = collection / FILE
    try:
        # A pipe or a device under that name would be waited for.
        found = json.loads(path.read_bytes()) if path.is_file() and path.stat().st_size <= _MOST_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
