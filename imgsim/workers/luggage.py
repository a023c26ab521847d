"""What work takes along, so that no machine of a cluster needs to see another's disk.

A file or folder that the function names travels once to each machine, by its content: weights, features. Where it is
seen at the same place (one machine, a folder that all share) it is taken from there. What a shard holds that lies on
this machine alone (an image) goes along with the shard: it says so by a method ``carried``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from imgsim.base.hashing import file_sha256
from imgsim.errors import ImgsimError
from imgsim.workers.replacing import replaced

PREFIX, PART = "imgsim-", ".part"
TRIES = 3  # to get it undamaged
# Seconds without any byte after which it is asked for again; those between two looks.
AGAIN_SECONDS, LOOK_SECONDS = 20.0, 0.05
# Seconds after which what nobody has used is removed: of a run that was killed.
OLD_SECONDS = 24 * 3600.0
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Travelling:
    """A file or folder in a packed function.

    Attributes
    ----------
    path : where it lies on the machine that gives the work: the folder, or that of the file.
    files : (name below it, bytes, time of modification in ns) of each file.
    sha256 : of all of it.
    file : the name of the file, where one was named; "" for a folder.
    """

    path: str
    files: tuple[tuple[str, int, int], ...]
    sha256: str
    file: str = ""

    def __str__(self) -> str:
        return str(Path(self.path, self.file))

    def seen(self) -> bool:
        """Whether it lies at the same place here, too."""
        try:
            return all(_look(Path(self.path, name)) == (size, mtime) for name, size, mtime in self.files)
        except OSError:
            return False

    def lies(self, place: Path) -> bool:
        """Whether all of it lies at ``place``, by its sizes."""
        sizes = {name: size for name, size, _ in self.files}
        return arrived_bytes(str(place), list(sizes)) == sizes

    def digest(self, place: Path) -> str:
        """SHA-256 of it, where it lies at ``place``."""
        summed = hashlib.sha256()
        for name, _, _ in self.files:
            summed.update(f"{name}\0{file_sha256(Path(place, name))}\0".encode())
        return summed.hexdigest()


@dataclass(frozen=True)
class _Ours:
    """A file that every imgsim has, wherever it is installed."""

    name: str


@dataclass(frozen=True)
class Asking:
    """How a worker asks for what it lacks.

    ``folder`` is where its machine keeps it; ``wanted()`` is False once nobody waits for the work any more.
    """

    folder: Path
    ask: Callable[[str, str], None]  # SHA-256, place
    wanted: Callable[[], bool]


def packed(work: Any) -> tuple[Any, dict[str, Travelling]]:
    """(a function, or some, as it is sent to workers; what travels with it, by SHA-256)."""
    travelling: dict[str, Travelling] = {}

    def change(part: Any) -> Any:
        if not isinstance(part, Path) or not part.exists():
            return part
        if part.is_relative_to(_PACKAGE):
            return _Ours(part.relative_to(_PACKAGE).as_posix())
        found = travelling_of(part)
        travelling[found.sha256] = found
        return found

    return replaced(work, change), travelling


def travelling_of(path: Path) -> Travelling:
    """A file or folder as it is now."""
    if path.is_dir():
        below = [one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file()]
        return _digested(str(path), tuple((name, *_look(path / name)) for name in sorted(below)), "")
    # A large network keeps its numbers in files that are called after it and lie beside it.
    called_after = [one.name for one in path.parent.glob("*") if path.suffix == ".onnx" and one.name != path.name]
    names = [path.name, *sorted(name for name in called_after if name.startswith(path.name))]
    return _digested(str(path.parent), tuple((name, *_look(path.parent / name)) for name in names), path.name)


@cache
def _digested(path: str, files: tuple[tuple[str, int, int], ...], file: str) -> Travelling:
    return Travelling(path, files, Travelling(path, files, "").digest(Path(path)), file)


def _look(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def carried(shard: Any) -> tuple[Any, int]:
    """(the shard as it is sent, how many bytes that lay on this machine go along)."""
    total = 0

    def change(part: Any) -> Any:
        nonlocal total
        take = getattr(part, "carried", None)
        if take is None:
            return part
        new = take()
        total += len(getattr(new, "data", b""))
        return new

    return replaced(shard, change), total


# ---- on a worker


def unpacked(work: Any, asking: Callable[[], Asking]) -> Any:
    """What :func:`packed` was given, its paths being paths here; waits for what must come first."""

    def change(part: Any) -> Any:
        if isinstance(part, _Ours):
            return _PACKAGE / part.name
        return _arrived(part, asking) if isinstance(part, Travelling) else part

    return replaced(work, change)


def whole(work: Any) -> bool:
    """Whether all that :func:`unpacked` has found is still there; what is not is fetched again the next time."""
    found = True

    def look(part: Any) -> Any:
        nonlocal found
        if isinstance(part, Travelling) and not part.lies(_places[part]):
            found = False
            place = _places.pop(part)
            if place != Path(part.path):
                _remove(place)
        return part

    replaced(work, look)
    return found


_places: dict[Travelling, Path] = {}  # known to be there, in this process


def _arrived(wanted: Travelling, asking: Callable[[], Asking]) -> Path:
    place = _places.get(wanted)
    if place is None or not place.exists():
        place = _places[wanted] = Path(wanted.path) if wanted.seen() else _fetched(wanted, asking())
    elif place != Path(wanted.path):
        os.utime(place)  # in use
    return place / wanted.file


def _fetched(wanted: Travelling, asking: Asking) -> Path:
    place = asking.folder / f"{PREFIX}{wanted.sha256}"
    part = place.with_name(place.name + PART)
    asking.folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):  # others of this machine want the same
        if not place.exists():
            _remove_old(asking.folder)
            for _ in range(TRIES):
                _wait(wanted, part, asking)
                if _kept(wanted, part, place):
                    break
            else:
                raise ImgsimError(f"{wanted} came damaged, {TRIES} times.")
    os.utime(place)
    return place


def _kept(wanted: Travelling, part: Path, place: Path) -> bool:
    """Whether it came as it was sent, and lies at its place now."""
    try:
        if wanted.digest(part) == wanted.sha256:
            part.rename(place)
            return True
    except OSError:  # who ends just now removes what he had sent, which was the same
        pass
    _removed(part)
    return False


def _wait(wanted: Travelling, part: Path, asking: Asking) -> None:
    """Ask for it, until all of it is there."""
    sizes = {name: size for name, size, _ in wanted.files}
    if not sizes:
        part.mkdir(exist_ok=True)
    before: dict[str, int] = {}
    again = 0.0
    while (here := arrived_bytes(str(part), list(sizes))) != sizes:
        if not asking.wanted():
            raise ImgsimError(f"Nobody waits for {wanted} any more.")
        if here == before and time.monotonic() > again:
            asking.ask(wanted.sha256, str(part))
        if here != before or time.monotonic() > again:
            before, again = here, time.monotonic() + AGAIN_SECONDS
        time.sleep(LOOK_SECONDS)


def arrived_bytes(part: str, names: list[str]) -> dict[str, int]:
    """How much is there of each file; those of which nothing is are left out."""
    places = {name: Path(part, name) for name in names}
    return {name: place.stat().st_size for name, place in places.items() if place.is_file()}


def receive(part: str, name: str, start: int, data: bytes) -> None:
    """Write a piece of a file, which begins at that byte."""
    place = Path(part, name)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(place, "r+b" if place.exists() else "wb") as file:
        file.seek(start)
        file.write(data)


def forget(folder: Path, keys: list[str]) -> None:
    """Remove what travelled here."""
    for key in keys:
        _remove(folder / f"{PREFIX}{key}")


def _remove(place: Path) -> None:
    for path in (place, place.with_name(place.name + PART), place.with_name(place.name + ".lock")):
        _removed(path)


def _removed(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _remove_old(folder: Path) -> None:
    for place in folder.glob(f"{PREFIX}{'?' * 64}"):
        if time.time() - place.stat().st_mtime > OLD_SECONDS:
            _remove(place)
