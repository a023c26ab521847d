"""Writing a collection: the lock, files that are whole or absent, and generations that appear at once."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.collection import layout
from imgsim.errors import BusyError, CollectionError, ImgsimError

# EFBIG is what a limit on file size gives (ulimit -f), EDQUOT a quota; ENOSPC is the full disk itself.
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_UNFINISHED = ".unfinished-"


@contextlib.contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what a disk refuses into an ImgsimError that names it: full, read-only, moved away, something in the way."""
    try:
        yield
    except (BrokenPipeError, ConnectionError):
        raise  # nothing of a disk
    except ImgsimError as error:
        if not folder.is_dir():
            raise moved(folder) from error
        raise
    except OSError as error:
        # pyarrow writes the number of the error into its text only.
        named = re.search(r"\[errno (\d+)\]", str(error), re.IGNORECASE)
        number = error.errno if error.errno is not None else int(named[1]) if named else None
        if number in _FULL:
            raise ImgsimError(
                f"No room left to write {error.filename or folder}: {_disk(folder)}. What was prepared before is kept. "
                "Free some space there and run the same command again; it goes on where it stopped."
            ) from error
        if number in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise ImgsimError(
                f"{error.filename or folder} cannot be written ({error.strerror}). "
                "Choose another place with --out DIR, or IMGSIM_DATA=DIR for all collections."
            ) from error
        if not folder.is_dir():
            raise moved(folder) from error
        raise ImgsimError(
            f"{error.filename2 or error.filename or folder} cannot be used ({error.strerror or error}): it has "
            "vanished, or something else than what imgsim writes lies in its place. Put it right, and run the same "
            "command again."
        ) from error


def moved(folder: Path) -> ImgsimError:
    """What to say where the collection's folder is no longer the one in which the run began."""
    return ImgsimError(
        f"The folder {folder} was moved or removed while the run was writing to it. Nothing more is written. "
        "Put it back, or name another one with --out, and run the same command again."
    )


def _disk(folder: Path) -> str:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    mount = folder.resolve()
    while not mount.is_mount() and mount != mount.parent:
        mount = mount.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return f"the disk {mount} is full"
    if free < 64 * 2**20:
        return f"the disk {mount} is full ({free / 2**20:,.0f} MB free)"
    return (
        f"the disk {mount} has {free / 2**20:,.0f} MB free, but a limit on file sizes or a quota is reached"
    )


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the collection's lock; a process that dies lets go of it. Raises BusyError if another holds it."""
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    # Not at once, but soon: `is_locked` may have the lock for a moment.
    lock, holder = FileLock(folder / "lock", timeout=0.3), folder / "lock.holder"
    try:
        lock.acquire()
    except Timeout:
        try:
            who = holder.read_text(encoding="utf-8").strip()[:200]
        except OSError:
            who = ""
        raise BusyError(
            f"Another run is writing to {folder}: {who or 'unknown process'}. "
            "Wait until it has finished or stop it, then run the same command again."
        ) from None
    try:
        holder.write_text(
            f"process {os.getpid()} on {socket.gethostname()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}\n",
            encoding="utf-8",
        )
        yield
        holder.unlink(missing_ok=True)
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Whether a run is writing to the collection just now."""
    from filelock import FileLock, Timeout

    if not (folder / "lock.holder").exists():
        return False
    try:
        with FileLock(folder / "lock", timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a disk that cannot be written holds no run
        return False


def mend_if_free(folder: Path) -> None:
    """Write CURRENT anew where it is damaged, if nobody else is writing and the disk can be written to."""
    from imgsim.collection.current import mend

    with contextlib.suppress(ImgsimError, OSError), locked(folder):
        mend(folder)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is whole or absent, whatever happens: temporary name, fsync, rename."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def sync_folder(path: Path) -> None:
    """Make renames inside a folder durable, where the system can."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def npy_bytes(array: npt.NDArray[Any]) -> bytes:
    """An array as the bytes of a .npy file."""
    array = np.ascontiguousarray(array)
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, np.lib.format.header_data_from_array_1_0(array))
    return b"".join((stream.getvalue(), array.tobytes()))


def npz_bytes(**arrays: npt.NDArray[Any]) -> bytes:
    """Arrays as the bytes of an uncompressed .npz file."""
    stream = io.BytesIO()
    np.savez(
        stream, allow_pickle=False, **{name: np.ascontiguousarray(array) for name, array in arrays.items()}
    )
    return stream.getvalue()


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
        self.files[file] = {"size": path.stat().st_size, "sha256": layout.file_sha256(path)}

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
            sums[file] = layout.file_sha256(self.folder / file)
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


def link_or_copy(source: Path, target: Path) -> None:
    """A hard link, or a copy where the disk has none."""
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno in (errno.ENOENT, *_FULL):
            raise
        shutil.copyfile(source, target)


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
