"""Thumbnails that need not be made again: each is compared with its hash before a run takes it over."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from imgsim.base.hashing import file_sha256
from imgsim.errors import CollectionError
from imgsim.generation import layout
from imgsim.generation.generation import Generation

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.prepare.known_files import SeenFile
    from imgsim.prepare.work_folder import WorkStore


def sound_thumbnails(reporter: Reporter, live: Generation | None, store: WorkStore) -> dict[str, Path]:
    """Thumbnails that are there and are what was written, by content: those of the live generation and of ``work``.

    What is damaged is told in a note; in the work folder it is removed.
    """
    found = _of_work(store)
    if live is None:
        return found
    sound, lost = _of_live(reporter, live)
    if lost:
        reporter.note(f"Made again: {len(lost):,} damaged or lost thumbnails, such as {lost[0]}.")
    return found | sound


def made(store: WorkStore, sources: Iterable[SeenFile]) -> dict[str, Path]:
    """The thumbnails of plates that were decoded just now, by content."""
    places = {source.sha256: store.thumbnails / f"{source.sha256}.webp" for source in sources if not source.reason}
    return {content: path for content, path in places.items() if path.is_file() and path.stat().st_size}


def _of_work(store: WorkStore) -> dict[str, Path]:
    """What an interrupted run had made. One that it had not come to note down may be anything: it is removed."""
    noted = {source.sha256: source.thumbnail for source in store.sources if source.thumbnail}
    found = {}
    for path in sorted(store.thumbnails.glob("*.webp")):
        if noted.get(path.stem) == file_sha256(path):
            found[path.stem] = path
        else:
            path.unlink(missing_ok=True)
    return found


def _of_live(reporter: Reporter, live: Generation) -> tuple[dict[str, Path], list[str]]:
    """(whole thumbnails by content, files of those that are not)"""
    try:
        sums = live.thumbnail_sums
    except CollectionError:
        sums = {}  # which are whole cannot be told: they are made again
    facts = live.manifest["thumbnails"]
    if sums is None:
        return _of_older(reporter, live)
    found, lost = {}, []
    with reporter.stage("checking thumbnails", facts["files"]) as stage:
        for done, (file, digest) in enumerate(sums.items(), 1):
            path = live.folder / file
            if same(path, digest):
                found[path.stem] = path
            else:
                lost.append(path.name)
            stage.update(done)
    return found, lost or ([layout.THUMBNAIL_SUMS] if not sums and facts["files"] else [])


def _of_older(reporter: Reporter, live: Generation) -> tuple[dict[str, Path], list[str]]:
    """Thumbnails of a generation that noted no hashes: their sum of bytes must be what it was, and each must open."""
    facts = live.manifest["thumbnails"]
    found, lost, total = {}, [], 0
    paths = sorted(live.thumbnail_dir.glob("*.webp")) if live.thumbnail_dir.is_dir() else []
    with reporter.stage("checking thumbnails", facts["files"]) as stage:
        for done, path in enumerate(paths, 1):
            total += path.stat().st_size
            if opens(path):
                found[path.stem] = path
            else:
                lost.append(path.name)
            stage.update(done)
    if len(paths) == facts["files"] and total != facts["bytes"]:
        return {}, [path.name for path in paths]  # nothing tells which has been tampered with
    return found, lost


def same(path: Path, digest: str) -> bool:
    """Whether a file has this SHA-256."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return False


def opens(path: Path) -> bool:
    """Whether a thumbnail can be decoded to its end."""
    try:
        with Image.open(os.fspath(path), formats=["WEBP"]) as image:
            image.load()
    except Exception:  # decoders raise nearly anything on damage
        return False
    return True
