"""Writing files whole or not at all, and what is said where a disk refuses one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from imgsim.errors import Change, ImgsimError, Setting, StartAgain

# EFBIG is what a limit on file size gives (ulimit -f), EDQUOT a quota; ENOSPC is the full disk itself.
FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


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
        if number in FULL:
            raise ImgsimError(
                f"No room left to write {error.filename or folder}: {_disk(folder)}. What was prepared before is kept. "
                "Free some space there.",
                StartAgain(),
            ) from error
        if number in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise ImgsimError(
                f"{error.filename or folder} cannot be written ({error.strerror}).",
                Change(Setting.ANOTHER_FOLDER),
            ) from error
        if not folder.is_dir():
            raise moved(folder) from error
        raise ImgsimError(
            f"{error.filename2 or error.filename or folder} cannot be used ({error.strerror or error}): it has "
            "vanished, or something else than what imgsim writes lies in its place. Put it right.",
            StartAgain(),
        ) from error


def moved(folder: Path) -> ImgsimError:
    """What to say where the collection's folder is no longer the one in which the run began."""
    return ImgsimError(
        f"The folder {folder} was moved or removed while the run was writing to it. Nothing more is written.",
        Change(Setting.MOVED_FOLDER),
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


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file so that it is whole or absent, whatever happens: temporary name, fsync, rename.

    Without ``durable`` (no fsync) that holds when the process is killed, not when the power fails.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            if durable:
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


def link_or_copy(source: Path, target: Path) -> None:
    """A hard link, or a copy where the disk has none."""
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno in (errno.ENOENT, *FULL):
            raise
        shutil.copyfile(source, target)
