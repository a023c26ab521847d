"""What the components share: their files registered with Streamlit, and checks of what they are given.

Streamlit has the browser load their scripts and style sheets, each once; a rerun then carries the component's data and
nothing else. Their addresses say of which version they are, so that a browser may keep them (services/kept_scripts.py).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.runtime import Runtime

from imgsim.errors import ImgsimError

FOLDER = Path(__file__).parent
ENTRIES = {
    "bar_chart": "bars.js",
    "book_matrix": "matrix.js",
    "browser_memory": "memory.js",
    "compare_view": "compare.js",
    "family_strips": "strips.js",
    "file_drop": "drop.js",
    "light_table": "light.js",
    "narrow_screen": "narrow.js",
    "page_boxes": "boxes.js",
    "pair_desk": "desk.js",
    "pair_list": "pairs.js",
    "plate_map": "map.js",
    "plate_viewer": "viewer.js",
    "rank_lines": "ranks.js",
    "thumbnail_grid": "grid.js",
    "time_line": "timeline.js",
    "tray_strip": "tray.js",
}
SERVED = frozenset({".js", ".css"})  # the rest of the folders, this file among it, is no browser's business
# Read once, so that what is served is what the mark in its address was made of, whatever happens to the files.
FILES = {
    path.relative_to(FOLDER).as_posix(): path.read_bytes()
    for path in sorted(FOLDER.glob("*/*"))
    if path.suffix in SERVED
}
_MARK = hashlib.sha256(b"".join(f"{name} {len(file)} ".encode() + file for name, file in FILES.items())).hexdigest()
# All of them from one root, so that the scripts of each reach `shared/`.
_MANIFEST = ComponentManifest(
    name=f"imgsim-{_MARK[:16]}",
    version="1",
    components=[ComponentConfig(name=name, asset_dir=FOLDER.name) for name in ENTRIES],
)
_renderers: dict[str, Any] = {}
_lock = threading.Lock()


def address(name: str, file: str) -> str:
    """Where the browser asks for a file, given as `plate_map/map.js`, for a component; below the app's own path."""
    return f"/_stcore/bidi-components/{_MANIFEST.name}.{name}/{file}"


def file_at(path: str) -> str | None:
    """The name of the file, a key of `FILES`, that is at such an address; None where none is, or of another version."""
    component, _, file = path.rpartition(f"/_stcore/bidi-components/{_MANIFEST.name}.")[2].partition("/")
    return file if component in ENTRIES and file in FILES else None


def mount(
    name: str, *, key: str, data: Mapping[str, Any], events: Mapping[str, Callable[[], None] | None]
) -> Any:
    """Put a component on the page and return its result, or None where no app is running.

    Parameters
    ----------
    name : one of `ENTRIES`.
    key : the component keeps its state in the browser as long as its key is on the page.
    data : what the browser gets, of JSON types only.
    events : trigger or state name -> callback without arguments, run before the page, or None.
    """
    if not isinstance(key, str) or not key:
        raise ImgsimError(f"a component needs a key, not {key!r}: give it one of its own")
    if name not in ENTRIES:
        raise ImgsimError(f"there is no component {name!r}, only {', '.join(ENTRIES)}")
    if not Runtime.exists():  # imported or run without Streamlit: nothing to show
        return None
    renderer = _renderer(name)
    callbacks = {f"on_{event}_change": callback or _nothing for event, callback in events.items()}
    return renderer(key=key, data=dict(data), **callbacks)


def _nothing() -> None:
    """Streamlit reports a trigger's value only if it has a callback."""


def _renderer(name: str) -> Any:
    full_name = f"{_MANIFEST.name}.{name}"
    with _lock:
        # Registered with the runtime that is running, not once a process: tests start a new one each time.
        manager = get_bidi_component_manager()
        if manager.get_component_asset_root(full_name) is None:
            manager.register_from_manifest(_MANIFEST, FOLDER.parent)
        if full_name not in _renderers:
            _renderers[full_name] = st.components.v2.component(full_name, js=f"{name}/{ENTRIES[name]}")
        return _renderers[full_name]


def own_url(url: str, what: str) -> str:
    """Return `url` if it is an address of this app ("/..."), else raise ImgsimError."""
    if not isinstance(url, str) or not url.startswith("/") or url.startswith(("//", "/\\")):
        raise ImgsimError(f"{what} must be an address of this app, beginning with one /, not {url!r}")
    return url


def row_number(row: object, count: int, what: str) -> int:
    """Return `row` as an int in 0..count-1, else raise ImgsimError. Numpy integers are welcome, bools are not."""
    try:
        number = row.__index__()  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        number = -1
    if isinstance(row, bool) or not 0 <= number < count:
        raise ImgsimError(f"{what} is row {row!r}, but the map has the rows 0 to {count - 1:,}")
    return int(number)


def positive(value: object, what: str, most: int = 10_000) -> int:
    """Return `value` as an int in 1..most, else raise ImgsimError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ImgsimError(f"{what} must be a whole number from 1 to {most:,}, not {value!r}")
    return value
