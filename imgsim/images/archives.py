"""Reading images inside zip archives without unpacking them, and refusing what a hostile archive tries."""

from __future__ import annotations

import os
import re
import stat
import threading
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache

from imgsim.errors import ImageError
from imgsim.images.content import MAX_BYTES

MAX_ENTRIES = 200_000
# Deflate reaches about 1,030 to 1. Scans are compressed already; an uncompressed TIFF of a nearly blank page may
# reach some hundreds to 1, but is then a few megabytes.
MAX_RATIO = 250
FREE_BYTES = 64 * 1024 * 1024
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"^[A-Za-z]:")


def name_problem(name: str) -> str | None:
    """Return why a path below a root (posix, from a catalogue or an archive) is not safe, None if it is."""
    if not name:
        return "its name is empty"
    if _CONTROL.search(name):
        return "its name holds control characters"
    if "\\" in name:
        return "its name holds a backslash"
    if name.startswith("/") or _DRIVE.match(name):
        return "its name is an absolute path"
    if any(part in {"..", "."} for part in name.split("/")):
        return "its name climbs out of its folder ('..')"
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not valid Unicode"
    return None


@dataclass(frozen=True)
class Entry:
    """One entry of an archive, or why it is not read (``problem``)."""

    name: str
    size: int
    problem: str | None


class Archive:
    """An open zip: a vetted list of entries, and their bytes.

    Raises
    ------
    ImageError
        Not a zip, damaged, too many entries, or unpacking to far more than it weighs.
    """

    def __init__(self, path: str) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (
            OSError,
            zipfile.BadZipFile,
            ValueError,
            NotImplementedError,
            UnicodeDecodeError,
            EOFError,
        ) as error:
            raise ImageError(f"the zip archive {os.path.basename(path)} cannot be opened: {error}") from error
        self._lock = threading.Lock()
        infos = self._zip.infolist()
        if len(infos) > MAX_ENTRIES:
            self._zip.close()
            raise ImageError(
                f"the archive lists {len(infos):,} entries; imgsim reads at most {MAX_ENTRIES:,}."
            )
        total, weight = sum(info.file_size for info in infos), os.path.getsize(path)
        if total > max(FREE_BYTES, MAX_RATIO * weight):
            self._zip.close()
            raise ImageError(
                f"the archive claims to unpack to {total:,} bytes, {total // max(weight, 1):,} times its size "
                "(a zip bomb?)."
            )
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self.entries: list[Entry] = []
        for info in infos:
            if info.is_dir():
                continue
            problem = _problem(info)
            # ZipFile itself would hand out the last of two entries with one name.
            if problem is None and info.filename in self._infos:
                problem = "the archive holds this name twice: the first is used"
            if problem is None:
                self._infos[info.filename] = info
            self.entries.append(Entry(info.orig_filename, info.file_size, problem))

    def read(self, name: str) -> bytes:
        """Return one entry's bytes; its checksum and its promised size must be right."""
        info = self._infos.get(name)
        if info is None:
            raise ImageError(f"the archive holds no usable entry {name!r}.")
        try:
            with self._lock, self._zip.open(info) as stream:
                content = stream.read(info.file_size + 1)
        except (
            OSError,
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            EOFError,
        ) as error:
            raise ImageError(f"damaged in the archive: {error}. Copy the archive again.") from error
        if len(content) != info.file_size:
            raise ImageError(
                f"damaged in the archive: {len(content):,} of {info.file_size:,} promised bytes came out."
            )
        return content

    def has(self, name: str) -> bool:
        """Whether it holds an entry of that name that can be read."""
        return name in self._infos

    def head(self, name: str, length: int = 1024) -> bytes:
        """The first bytes of an entry, b"" where they cannot be had: reading it will say why."""
        try:
            with self._lock, self._zip.open(self._infos[name]) as stream:
                return stream.read(length)
        except (KeyError, OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
            return b""

    def __del__(self) -> None:
        if (archive := getattr(self, "_zip", None)) is not None:
            archive.close()


def _problem(info: zipfile.ZipInfo) -> str | None:
    # The original name: zipfile cuts a name at a NUL, and on Windows turns backslashes into slashes.
    if problem := name_problem(info.orig_filename):
        return problem
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, which is not followed"
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted. Unpack the archive with its password first"
    if info.compress_type not in _METHODS:
        return f"its compression (method {info.compress_type}) is not read. Pack the archive again"
    if info.file_size > MAX_BYTES:
        return f"it unpacks to {info.file_size:,} bytes; imgsim reads at most {MAX_BYTES:,}"
    if info.file_size > max(FREE_BYTES, MAX_RATIO * info.compress_size):
        return f"it unpacks to {info.file_size // max(info.compress_size, 1):,} times its size (a zip bomb?)"
    return None


def open_archive(path: str) -> Archive:
    """Return the archive at ``path``, kept open between calls: its list of names is long to read.

    A changed archive, or a forked process (whose parent shares the file position), gets one of its own.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise ImageError(f"the archive {path} is no longer there: {error}") from error
    return _kept(path, status.st_mtime_ns, status.st_size, os.getpid())


@lru_cache(maxsize=4)
def _kept(path: str, mtime_ns: int, size: int, process: int) -> Archive:
    return Archive(path)
