"""The scripts that a page needs, named in its document, so that the browser has them by the time they are asked for.

Streamlit loads the script of each kind of element when one is drawn first, ours load others in turn, and until all of
them are there React holds the picture back, for half a second at a time. Named in the document they are fetched while
Streamlit itself starts. What a page does not name comes when it is asked for: later, and nothing is wrong.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit as st

from imgsim.app.components import mounting

EVERYWHERE = ("BidiComponent", "Button", "Html", "PageLink", "Selectbox", "browser_memory", "narrow_screen")
_STREAMLITS = Path(st.__file__).parent / "static"
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.{1,2}/[^"']+\.js)["']""")


@cache
def addresses(base: str, loads: tuple[str, ...]) -> tuple[str, ...]:
    """Where the scripts of parts are, with all that they import: each once, without what Streamlit's document names.

    Parameters
    ----------
    base : the path below which the app is served, "" or "/path".
    loads : components of ours by their names (`mounting.ENTRIES`), and Streamlit's elements by the names of their
        scripts, without what follows the dot. What Streamlit does not have is left out, too: its next version may
        call it something else.
    """
    found: list[str] = []
    for part in loads:
        entry = mounting.ENTRIES.get(part)
        if entry is not None:
            graph = imported((mounting.FOLDER / part / entry).resolve())
            found += [mounting.address(part, one.relative_to(mounting.FOLDER.resolve()).as_posix()) for one in graph]
        else:
            scripts = sorted((_STREAMLITS / "static" / "js").glob(f"{part}.*.js"))
            found += [f"/static/js/{one.name}" for one in (imported(scripts[0].resolve()) if scripts else ())]
    return tuple(base + one for one in dict.fromkeys(found))


@cache
def imported(script: Path) -> tuple[Path, ...]:
    """A script and all that it imports, directly or not: each once, without those that Streamlit's document names."""
    found = [script]
    for one in found:  # which grows meanwhile
        named = {(one.parent / name).resolve() for name in _IMPORT.findall(one.read_text(encoding="utf-8"))}
        found += sorted(named - begun() - {*found})
    return tuple(found)


@cache
def begun() -> frozenset[Path]:
    """The scripts with which Streamlit's own document begins."""
    named = re.findall(r'"\./(static/js/[^"]+\.js)"', (_STREAMLITS / "index.html").read_text(encoding="utf-8"))
    return frozenset((_STREAMLITS / name).resolve() for name in named)
