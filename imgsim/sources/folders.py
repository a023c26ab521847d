"""Finding the images that a user names: folders, single files, zips. Nothing is unpacked, nothing outside is read."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from imgsim.errors import CheckPath, ImageError, ImgsimError, Input
from imgsim.images.archives import name_problem, open_archive
from imgsim.images.files import IMAGE_SUFFIXES, INSIDE, OTHER_IMAGES, ImageFile, safe_path, shown

OTHER_ARCHIVES = frozenset((".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".tbz", ".txz"))
_IGNORED = frozenset({"__macosx", "thumbs.db", "@eadir", "$recycle.bin", "system volume information"})


@dataclass(frozen=True)
class Skipped:
    """An image that is not read, and why."""

    file: str
    reason: str


def find_images(inputs: Sequence[Path]) -> tuple[list[ImageFile], list[Skipped]]:
    """List the images in folders (searched through), single files and zips.

    Returns
    -------
    images : list of ImageFile
        Sorted by plate_id, all different, also where case and Unicode forms are not told apart.
    skipped : list of Skipped
        Images of formats that are not read, unsafe archive entries, links that lead out, names met twice.

    Raises
    ------
    ImgsimError
        An input does not exist, or is neither a folder, an image nor a zip.
    """
    found: list[ImageFile] = []
    skipped: list[Skipped] = []
    for given in inputs:
        path = Path(os.path.abspath(given))
        if path.is_dir():
            root = os.path.realpath(path)
            candidates = _walk(root, skipped)
        elif path.is_file():
            if _suffix(path.name) not in IMAGE_SUFFIXES | OTHER_IMAGES | OTHER_ARCHIVES | {".zip"}:
                raise ImgsimError(
                    f"{given} is no folder, image or zip that imgsim reads. Name a folder of images."
                )
            # The file itself may be a link: the user named it, so its target is what is meant.
            real = Path(os.path.realpath(path))
            root, candidates = str(real.parent), iter([(real.name, real.stat())])
        else:
            raise ImgsimError(f"{given} does not exist.", CheckPath(Input.IMAGES))
        for file, status in candidates:
            _add(root, file, status, found, skipped)
    unique = {(image.root.rstrip(os.sep) + os.sep + image.file): image for image in reversed(found)}
    images = [image for image in found if unique[image.root.rstrip(os.sep) + os.sep + image.file] is image]
    images = _name_apart(images, skipped)
    return sorted(images, key=lambda image: image.plate_id), skipped


def _walk(root: str, skipped: list[Skipped]) -> Iterator[tuple[str, os.stat_result | None]]:
    """Yield the files below a folder in order, with their status; None for a link, which must be looked at closely."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            with os.scandir(os.path.join(root, prefix)) as listing:
                entries = sorted(
                    (entry for entry in listing if not _hidden(entry.name)), key=lambda entry: entry.name
                )
        except OSError as error:
            skipped.append(Skipped(shown(prefix), f"the folder cannot be read: {error.strerror}."))
            continue
        folders = []
        for entry in entries:
            if entry.is_symlink():
                # Not entry.is_dir(), which raises for a link that leads to itself.
                if os.path.isdir(entry.path):
                    reason = "a link to a folder is not followed. Name that folder as well."
                    skipped.append(Skipped(shown(prefix + entry.name), reason))
                else:
                    yield prefix + entry.name, None
            elif entry.is_dir():
                folders.append(f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry.stat()
        waiting.extend(reversed(folders))


def _hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _IGNORED


def _suffix(file: str) -> str:
    return os.path.splitext(file)[1].lower()


def _add(
    root: str, file: str, status: os.stat_result | None, found: list[ImageFile], skipped: list[Skipped]
) -> None:
    suffix = _suffix(file)
    if (reason := _unread(suffix)) is not None:
        skipped.append(Skipped(shown(file), reason))
        return
    if suffix not in IMAGE_SUFFIXES and suffix != ".zip":
        return
    if problem := name_problem(file):
        skipped.append(Skipped(shown(file), problem + "."))
        return
    try:
        if status is None or not stat.S_ISREG(status.st_mode):
            status = os.stat(safe_path(root, file))
    except ImageError as error:
        skipped.append(Skipped(file, str(error)))
        return
    if suffix == ".zip":
        _add_archive(root, file, status.st_mtime_ns, found, skipped)
    else:
        found.append(ImageFile("", file, root, status.st_size, status.st_mtime_ns))


def _unread(suffix: str) -> str | None:
    if suffix in OTHER_IMAGES:
        return f"{suffix[1:].upper()} is not a format that imgsim reads. Convert it to PNG or TIFF."
    if suffix in OTHER_ARCHIVES:
        return f"of archives only zip is read, not {suffix[1:]}. Unpack it first."
    return None


def _add_archive(root: str, file: str, mtime_ns: int, found: list[ImageFile], skipped: list[Skipped]) -> None:
    try:
        entries = open_archive(os.path.join(root, *file.split("/"))).entries
    except ImageError as error:
        skipped.append(Skipped(file, str(error)))
        return
    for entry in entries:
        inner = f"{file}{INSIDE}{entry.name}"
        suffix = _suffix(entry.name)
        # An unsafe name is reported whatever it is called: what it tries is the news.
        unsafe = name_problem(entry.name)
        if unsafe is None and any(_hidden(part) for part in entry.name.split("/")):
            continue
        if unsafe or (entry.problem and suffix in IMAGE_SUFFIXES):
            skipped.append(Skipped(shown(inner), f"{unsafe or entry.problem}."))
        elif suffix == ".zip":
            skipped.append(Skipped(inner, "an archive inside an archive is not opened. Unpack it first."))
        elif (reason := _unread(suffix)) is not None:
            skipped.append(Skipped(inner, reason))
        elif suffix in IMAGE_SUFFIXES:
            found.append(ImageFile("", inner, root, entry.size, mtime_ns))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _name_apart(images: list[ImageFile], skipped: list[Skipped]) -> list[ImageFile]:
    """Give every image its plate_id: the stem, or as many folders before it as tell all its namesakes apart."""
    namesakes: dict[str, list[tuple[list[str], ImageFile]]] = defaultdict(list)
    for image in images:
        parts = _parts(image.file)
        namesakes[_fold(parts[-1])].append((parts, image))
    named: list[ImageFile] = []
    for group in namesakes.values():
        if len({_fold("/".join(parts)) for parts, _ in group}) < len(group) > 1:
            # Two inputs hold the same names: only what lies above the inputs differs.
            group = [(_parts(f"{image.root.replace(os.sep, '/')}/{image.file}"), image) for _, image in group]
        distinct: dict[str, tuple[list[str], ImageFile]] = {}
        for parts, image in group:
            _, first = distinct.setdefault(_fold("/".join(parts)), (parts, image))
            if first is not image:
                reason = (
                    f"its name cannot be told from {first.file} (case, Unicode form or suffix). Rename one."
                )
                skipped.append(Skipped(image.file, reason))
        depth = 1
        while len({_fold("/".join(parts[-depth:])) for parts, _ in distinct.values()}) < len(distinct):
            depth += 1
        named.extend(replace(image, plate_id="/".join(parts[-depth:])) for parts, image in distinct.values())
    return named


def _parts(path: str) -> list[str]:
    """Return the folders, then the stem; a zip counts as a folder."""
    parts = unicodedata.normalize("NFC", path).replace(f".zip{INSIDE}", "/").split("/")
    return [*(part for part in parts[:-1] if part), os.path.splitext(parts[-1])[0]]
