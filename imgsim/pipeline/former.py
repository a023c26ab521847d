"""What an earlier generation made that need not be made again.

Files are taken over whole. Matches are also taken over pair by pair, from the last generation that had any.

Usually that is the live one. A run with ``--no-verify`` over other plates publishes a generation without matches, and
hours of comparing must not be lost by that: the last generation that had them is then kept, and named in
``work/former``, until a run has matches again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.collection import Collection, layout
from imgsim.collection.writing import write_whole
from imgsim.errors import CollectionError

if TYPE_CHECKING:
    from imgsim.pipeline.run import Run

_FORMER = "former"


def kept_generations(folder: Path) -> list[str]:
    """Names of generations that must not be removed: none or one."""
    try:
        name = (folder / "work" / _FORMER).read_text("ascii").strip()
        return [layout.check_name(name, "generation")]
    except (OSError, ValueError, CollectionError):
        return []


def former(folder: Path, live: Collection | None) -> Collection | None:
    """The generation that has matches or local features; None if there is none.

    Also a damaged one: each of its files is checked when it is read, and what is whole need not be made again.
    """
    if live is not None and live.manifest.get("matching"):
        return live
    names = kept_generations(folder)
    if live is None:
        with contextlib.suppress(CollectionError, OSError):
            names.insert(0, layout.live_generation(folder) or "")
    for name in filter(None, names):
        with contextlib.suppress(CollectionError, OSError):
            manifest = layout.read_manifest(folder / layout.GENERATIONS / name)
            found = Collection(folder.name, folder, name, manifest)
            if manifest.get("matching") and len(found.catalogue):
                return found
    return None


def remember(folder: Path, found: Collection | None) -> None:
    """Keep a generation for its matches from now on; None: keep none."""
    path = folder / "work" / _FORMER
    if found is None:
        path.unlink(missing_ok=True)
    elif kept_generations(folder) != [found.generation]:
        write_whole(path, f"{found.generation}\n".encode())


def kept_files(live: Collection | None, keys: Mapping[str, str]) -> list[str]:
    """Files of the live generation that are still right, and whole."""
    if live is None:
        return []
    kept = []
    for file, key in keys.items():
        if live.manifest["keys"].get(file) == key and file in live.manifest["files"]:
            try:
                live.verify(file)
            except CollectionError:
                continue
            kept.append(file)
    return kept


def whole_files(run: Run, kept: Sequence[str]) -> list[str]:
    """Those of the kept files that are to be taken over and are whole, gigabytes of features included."""
    whole = []
    for file in kept:
        assert run.live is not None
        try:
            run.live.verify(file, whole=True)
        except CollectionError as error:
            run.note(f"Made again: {error}")
            continue
        whole.append(file)
    return whole
