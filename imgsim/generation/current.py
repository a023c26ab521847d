"""Which generation is live: the one that CURRENT names or, where CURRENT is damaged, the newest that is whole."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from imgsim.errors import CollectionError, ImgsimError, PrepareAgain
from imgsim.generation import layout
from imgsim.generation.generation import Generation
from imgsim.generation.locking import locked


@dataclass(frozen=True)
class Live:
    """The live generation's name, and what is wrong with CURRENT where it did not tell it; "" where it did."""

    generation: str
    told: str = ""


def live(folder: Path) -> Live | None:
    """The live generation of a collection; None for a folder that holds none.

    Raises CollectionError where CURRENT is damaged and no whole generation is there.
    """
    try:
        name = layout.live_generation(folder)
        if name is not None and (folder / layout.GENERATIONS / name).is_dir():
            return Live(name)
        why = "it is missing" if name is None else f"it names the generation {name}, which is not there"
    except CollectionError as error:
        why = error.what.partition(". ")[0]
    except OSError as error:
        why = f"it cannot be read ({error.strerror})"
    found = _newest(folder, whole=True)
    if found is not None:
        told = f"{folder / layout.CURRENT} is damaged ({why}). The newest whole generation, {found}, is used."
        return Live(found, told)
    if not (folder / layout.CURRENT).exists():
        return None
    raise CollectionError(
        f"{folder / layout.CURRENT} is damaged ({why}), and no whole generation is there.",
        PrepareAgain(str(folder)),
    )


def mend(folder: Path) -> str:
    """Write CURRENT anew where it is damaged, and say so; "" where it is whole. The caller holds the lock.

    Where no whole generation is left the newest of which anything can be read is named: a run takes from it what it
    can. A folder in its place is set aside.
    """
    from imgsim.base.writing import sync_folder, write_whole

    try:
        found = live(folder)
        if found is None or not found.told:
            return ""
        name, told = found.generation, found.told
    except CollectionError as error:
        name, told = _newest(folder, whole=False) or "", error.what
    path = folder / layout.CURRENT
    if path.is_dir():
        os.rename(path, path.with_name(f"{layout.CURRENT}.damaged-{secrets.token_hex(3)}"))
    if name:
        write_whole(path, f"{name}\n".encode())
        sync_folder(folder)
        told += " CURRENT is written anew."
    return told


def published(folder: Path) -> list[str]:
    """Names of the generations that were once finished, whatever has become of them; sorted."""
    place = folder / layout.GENERATIONS
    try:
        names = [path.name for path in place.iterdir() if path.is_dir()]
    except OSError:
        return []
    found = []
    for name in sorted(names):
        with contextlib.suppress(CollectionError):  # unfinished ones begin with a dot
            found.append(layout.check_name(name, "generation"))
    return found


def is_collection(folder: Path) -> bool:
    """Whether a folder is, or was, a prepared collection, however damaged."""
    return (folder / layout.CURRENT).exists() or bool(published(folder))


def _newest(folder: Path, *, whole: bool) -> str | None:
    """The newest generation with a sound manifest; ``whole``: and whose files are there, as large as they were."""
    found = []
    for name in published(folder):
        with contextlib.suppress(CollectionError, OSError):
            manifest = layout.read_manifest(folder / layout.GENERATIONS / name)
            generation = Generation(folder.name, folder, name, manifest)
            if whole:
                generation.check_sizes()
            found.append((manifest["created"], name))
    return max(found)[1] if found else None


def mend_if_free(folder: Path) -> None:
    """Write CURRENT anew where it is damaged, if nobody else is writing and the disk can be written to."""
    with contextlib.suppress(ImgsimError, OSError), locked(folder):
        mend(folder)
