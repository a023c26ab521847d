"""Writing a collection: the lock, files that are whole or absent, and generations that appear at once."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from imgsim.base.hashing import file_sha256
from imgsim.base.writing import link_or_copy, sync_folder, write_whole
from imgsim.errors import CollectionError
from imgsim.generation import layout

_UNFINISHED = ".unfinished-"


class GenerationWriter:
    """A new generation in the making. Nothing of it is seen before :meth:`publish`."""

    def __init__(self, collection: Path) -> None:
        self.collection = collection
        now = time.time()
        stamp = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}-{int(now * 1000) % 1000:03d}"
        self.name = stamp + secrets.token_hex(2)
        self.folder = collection / layout.GENERATIONS / f"{_UNFINISHED}{self.name}"
        # Not with its parents: a collection that has been moved away meanwhile must not begin anew by half.
        self.folder.parent.mkdir(exist_ok=True)
        self.folder.mkdir()
        (self.folder / layout.THUMBNAILS).mkdir()
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, file: str, data: bytes) -> None:
        """Write a file of the generation and note its size and SHA-256."""
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        self.files[file] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    def take(self, file: str, source: Path) -> None:
        """Take over a finished file of any size, by hard link where the disk can; notes its size and SHA-256."""
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        link_or_copy(source, path)
        self.files[file] = {"size": path.stat().st_size, "sha256": file_sha256(path)}

    def keep(self, file: str, source: Path, facts: dict[str, Any]) -> None:
        """Take over an unchanged file, already verified, from the generation before."""
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        link_or_copy(source, path)
        self.files[file] = {"size": facts["size"], "sha256": facts["sha256"]}

    def add_thumbnails(self, sources: Sequence[Path], progress: Callable[[int], None]) -> tuple[int, int]:
        """Take over thumbnails, by hard link where the disk can, and note their SHA-256 in a file of the generation.

        Returns their number and their bytes.
        """
        size, sums = 0, {}
        for done, source in enumerate(sources, 1):
            file = f"{layout.THUMBNAILS}/{source.name}"
            link_or_copy(source, self.folder / file)
            size += source.stat().st_size
            sums[file] = file_sha256(self.folder / file)
            progress(done)
        self.add(layout.THUMBNAIL_SUMS, layout.sums_bytes(sums))
        return len(sources), size

    def publish(self, manifest: dict[str, Any]) -> Path:
        """Write the manifest, then make this generation the live one. Returns its folder."""
        manifest = {**manifest, "schema": layout.SCHEMA, "generation": self.name, "files": self.files}
        with (self.folder / layout.MANIFEST).open("xb") as stream:
            stream.write(layout.sealed(manifest))
            stream.flush()
            os.fsync(stream.fileno())
        # Thousands of thumbnails: one call for all of them, and it costs nothing for those already on disk.
        if hasattr(os, "sync"):
            os.sync()
        for folder in (*(p for p in self.folder.iterdir() if p.is_dir()), self.folder):
            sync_folder(folder)
        generations = self.folder.parent
        final = generations / self.name
        os.rename(self.folder, final)
        sync_folder(generations)
        write_whole(self.collection / layout.CURRENT, f"{self.name}\n".encode())
        sync_folder(self.collection)
        return final


def remove_old(collection: Path, before: str | None = None, keep: Collection[str] = ()) -> None:
    """Remove unfinished generations and all but the live one and the one before, which a reader may still hold open.

    ``before`` is the generation that was live until now; without it the newest of the others is kept. ``keep`` names
    further ones that are still needed.
    Failing to remove something (a file held open on Windows) is no error: the next run tries again.
    """
    folder = collection / layout.GENERATIONS
    if not folder.is_dir():
        return
    try:
        live = layout.live_generation(collection)
    except (CollectionError, OSError):
        return  # nothing says which of them is needed
    others = sorted(p.name for p in folder.iterdir() if not p.name.startswith(".") and p.name != live)
    needed = {live, before if before is not None else (others[-1] if others else None), *keep}
    for path in folder.iterdir():
        if path.name not in needed:
            shutil.rmtree(path, ignore_errors=True)
