"""What a person chose for a collection as a whole, beside its reviews; no run touches it.

Whether its IIIF manifests and images may be read by web pages of other addresses; and what it is called on the screen,
where that is not the name of its folder, which stands in addresses and citations and stays.
A file that cannot be read counts as nothing chosen, so that what was never opened stays closed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from imgsim.base.writing import disk_errors, write_whole
from imgsim.errors import ImgsimError

FILE = "settings.json"
_IIIF_OPEN = "iiif_open_to_other_pages"
_TITLE = "title"
LONGEST_TITLE = 120
_MOST_BYTES = 64 * 1024


def iiif_open(collection: Path) -> bool:
    """Whether a person opened this collection's IIIF to web pages of other addresses."""
    return _read(collection).get(_IIIF_OPEN) is True


def open_iiif(collection: Path, chosen: bool) -> None:
    """Open it, or close it again. Raises ImgsimError where that cannot be written."""
    _write(collection, {**_read(collection), _IIIF_OPEN: bool(chosen)})


def title(collection: Path) -> str:
    """What the collection is called on the screen; the name of its folder where nobody chose another."""
    chosen = _read(collection).get(_TITLE)
    return chosen if isinstance(chosen, str) and _sound(chosen) else collection.name


def call(collection: Path, chosen: str) -> None:
    """Call it otherwise on the screen; "" calls it by its folder again.

    Raises ImgsimError for what is no line of at most `LONGEST_TITLE` letters, and where that cannot be written.
    """
    chosen = chosen.strip()
    if chosen and not _sound(chosen):
        raise ImgsimError(f"A collection cannot be called {chosen[:80]!r}: give a line of {LONGEST_TITLE} letters.")
    others = {key: value for key, value in _read(collection).items() if key != _TITLE}
    _write(collection, others | ({_TITLE: chosen} if chosen and chosen != collection.name else {}))


def _sound(chosen: str) -> bool:
    return 0 < len(chosen) <= LONGEST_TITLE and chosen.isprintable() and chosen.strip() == chosen


def _write(collection: Path, chosen: dict[str, Any]) -> None:
    with disk_errors(collection):
        write_whole(collection / FILE, f"{json.dumps(chosen, indent=1)}\n".encode())


def _read(collection: Path) -> dict[str, Any]:
    path = collection / FILE
    try:
        # A pipe or a device under that name would be waited for.
        found = json.loads(path.read_bytes()) if path.is_file() and path.stat().st_size <= _MOST_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
