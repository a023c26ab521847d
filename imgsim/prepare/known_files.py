"""What is known of the input files: which content a file held when it last looked like this.

A file is taken as unchanged if its size, its time of modification, its time of last change and its number on the disk
are all the same. The last two notice a file that was replaced by one of the same size and time; on Windows, where the
time of change is that of creation, replacing a file still changes one of them, only overwriting it in place and setting
the time back does not. Files changed less than two seconds before they were looked at are hashed again in the next run,
because a clock may be too coarse to show a second change.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from imgsim.errors import CollectionError, ImgsimError
from imgsim.images.containers import INSIDE, outermost
from imgsim.images.content import sha256

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation
    from imgsim.images.files import ImageFile

_COARSE_CLOCK_NS = 2_000_000_000


@dataclass(frozen=True)
class SeenFile:
    """One file that was looked at.

    ``reason`` is '' for a plate, else why it was skipped, and ``by`` the version of imgsim that thought so (another
    version tries again). ``sha256`` is '' if the file could not even be read. ``thumbnail`` is the SHA-256 of the one
    that was made of it in the work folder.
    """

    root: str
    file: str
    signature: str
    sha256: str
    reason: str = ""
    width: int = 0
    height: int = 0
    mode: str = ""
    frames: int = 1
    bytes: int = 0
    by: str = ""
    thumbnail: str = ""


def signatures(files: Iterable[ImageFile]) -> list[str]:
    """What each file looks like from outside, as text; '' where that cannot be relied on."""
    now = time.time_ns()
    seen: dict[str, str] = {}
    out = []
    for file in files:
        path = os.path.join(file.root, outermost(file.root, file.file)[0])
        if path not in seen:
            try:
                stat = os.stat(path)
            except OSError:
                seen[path] = ""
            else:
                fresh = max(stat.st_mtime_ns, stat.st_ctime_ns) > now - _COARSE_CLOCK_NS
                marks = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
                seen[path] = "" if fresh else ":".join(f"{mark:x}" for mark in marks)
        out.append(seen[path] and f"{seen[path]}:{file.size:x}")
    return out


class Seen(Protocol):
    """What was seen of a file: where it lay, how it looked from outside, and what it held ("" and 0: not known)."""

    @property
    def root(self) -> str: ...

    @property
    def file(self) -> str: ...

    @property
    def signature(self) -> str: ...

    @property
    def sha256(self) -> str: ...

    @property
    def bytes(self) -> int: ...


S = TypeVar("S", bound=Seen)


class Known(Generic[S]):
    """Everything known of files and contents, from the live generation and from earlier and interrupted runs."""

    def __init__(self, sources: Iterable[S]) -> None:
        self.by_path: dict[tuple[str, str], S] = {}
        self.by_content: dict[str, S] = {}
        for source in sources:
            self.by_path[source.root, source.file] = source
            if source.sha256 and source.bytes:
                self.by_content[source.sha256] = source
        self._sizes = {source.bytes for source in self.by_content.values()}

    def unchanged(self, file: ImageFile, signature: str) -> S | None:
        """What is known of a file that looks as it did."""
        source = self.by_path.get((file.root, file.file))
        return source if source is not None and signature and source.signature == signature else None

    def may_hold(self, file: ImageFile, moved: bool) -> bool:
        """Whether a file may have a content that is known, so that hashing can tell something.

        Of a page of a document no size is known before it is read: it may if it was known at this place, or if others
        have ``moved``.
        """
        if file.size:
            return file.size in self._sizes
        return moved or (file.root, file.file) in self.by_path

    def moved(self, files: Iterable[ImageFile]) -> bool:
        """Whether pages of documents are no longer where they lay: then they may lie elsewhere."""
        now = {(file.root, file.file) for file in files}
        return any(INSIDE in place[1] and place not in now for place in self.by_path)


def hash_files(
    files: Sequence[ImageFile], progress: Callable[[int, int], None], threads: int = 4
) -> dict[tuple[str, str], str]:
    """SHA-256 of each file's content by (root, file); files that cannot be read are left out."""

    def one(file: ImageFile) -> str:
        try:
            return sha256(file.content())
        except (OSError, ImgsimError):
            return ""

    found = {}
    with ThreadPoolExecutor(threads) as pool:
        for number, (file, digest) in enumerate(zip(files, pool.map(one, files), strict=True), 1):
            if digest:
                found[file.root, file.file] = digest
            progress(number, len(files))
    return found


def live_sources(live: Generation | None) -> list[SeenFile]:
    """What the live generation's catalogue says of its files; nothing where it cannot be read."""
    if live is None:
        return []
    try:
        frame = live.catalogue.frame
    except CollectionError:
        return []
    columns = [
        frame[name].tolist()
        for name in ("root", "file", "sha256", "width", "height", "mode", "frames", "bytes")
    ]
    return [
        SeenFile(root, file, "", sha256, "", width, height, mode, frames, size)
        for root, file, sha256, width, height, mode, frames, size in zip(*columns, strict=True)
    ]
