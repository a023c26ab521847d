"""What an earlier generation made that need not be made again.

Files are taken over whole. Matches are also taken over pair by pair, from the last generation that had any.

Usually that is the live one. A run with ``--no-verify`` over other plates publishes a generation without matches, and
hours of comparing must not be lost by that: the last generation that had them is then kept, and named in
``work/former``, until a run has matches again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.writing import write_whole
from imgsim.errors import CollectionError
from imgsim.generation import current, layout
from imgsim.generation.generation import Generation
from imgsim.prepare.matching_keys import UNCHECKED

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.verification.candidates import Candidates

_FORMER = "former"


def kept_generations(folder: Path) -> list[str]:
    """Names of generations that must not be removed: none or one."""
    try:
        name = (folder / "work" / _FORMER).read_text("ascii").strip()
        return [layout.check_name(name, "generation")]
    except (OSError, ValueError, CollectionError):
        return []


def former_state(folder: Path, note: Callable[[str], None]) -> Generation | None:
    """The generation to go on from; None if there is none. A damaged one is no reason to stop: each of its files is
    checked before it is taken over. One with a sound manifest and catalogue is best, even if it is not the live one.
    """
    names = current.published(folder)[::-1]
    with contextlib.suppress(CollectionError, OSError):
        named = layout.live_generation(folder)
        names.sort(key=lambda name: name != named)
    best = None
    for name in names:
        try:
            manifest = layout.read_manifest(folder / layout.GENERATIONS / name)
            found = Generation(folder.name, folder, name, manifest)
            if manifest["generation"] != name:
                raise CollectionError(f"The manifest of {name} is that of {manifest['generation']}.")
        except (CollectionError, OSError) as error:
            if name == names[0]:
                note(f"What was prepared before is not used: {error}")
            continue
        best = best or found
        try:
            found.verify(layout.CATALOGUE)
        except CollectionError as error:
            note(f"Made again: {error.what}")
            continue
        return found
    return best


def former(folder: Path, live: Generation | None) -> Generation | None:
    """The generation that has matches or local features; None if there is none.

    Also a damaged one: each of its files is checked when it is read, and what is whole need not be made again. Results
    belong to contents, which the catalogue tells: one whose catalogue is damaged is of no use.
    """
    if live is not None and live.manifest.get("matching") and _catalogued(live):
        return live
    names = kept_generations(folder)
    if live is None or not _catalogued(live):
        names += reversed(current.published(folder))
    for name in names:
        with contextlib.suppress(CollectionError, OSError):
            manifest = layout.read_manifest(folder / layout.GENERATIONS / name)
            found = Generation(folder.name, folder, name, manifest)
            if manifest.get("matching") and _catalogued(found):
                return found
    return None


def candidates_before(live: Generation | None, key: str) -> Candidates | None:
    """The candidates under this key that the live generation was made of; None if it was made of others."""
    from imgsim.verification.candidates import candidates_of

    if live is None or live.manifest.get("matching", {}).get("candidates") != key:
        return None
    if live.manifest["keys"].get(layout.MATCHES, "").endswith(UNCHECKED):
        return None  # its matches lack the pairs that could not be compared
    try:
        matches = live.matches
    except CollectionError:
        return None
    return None if matches is None else candidates_of(matches.frame)


def _catalogued(found: Generation) -> bool:
    try:
        return len(found.catalogue) > 0
    except CollectionError:
        return False


def remember(folder: Path, found: Generation | None) -> None:
    """Keep a generation for its matches from now on; None: keep none."""
    path = folder / "work" / _FORMER
    if found is None:
        path.unlink(missing_ok=True)
    elif kept_generations(folder) != [found.generation]:
        write_whole(path, f"{found.generation}\n".encode())


def kept_files(reporter: Reporter, live: Generation | None, keys: Mapping[str, str]) -> list[str]:
    """Files of the live generation that are still right, and whole to the last bit; a note tells of what is not."""
    if live is None:
        return []
    files = live.manifest["files"]
    right = [file for file, key in keys.items() if live.manifest["keys"].get(file) == key and file in files]
    megabytes = max(1, sum(files[file]["size"] for file in right) // 10**6)
    read, whole = 0, []
    with reporter.stage("checking files, MB", megabytes) as stage:

        def progress(count: int) -> None:
            nonlocal read
            read += count
            stage.update(min(read // 10**6, megabytes - 1))

        for file in right:
            before = read
            try:
                live.verify(file, whole=True, progress=progress)
            except CollectionError as error:
                reporter.note(f"Made again: {error.what}")
            else:
                whole.append(file)
            read = before + files[file]["size"]
        stage.update(megabytes)
    return whole
