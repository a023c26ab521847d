"""Finding the images that a user names: folders, single files, zips, documents.

Nothing is unpacked, and nothing outside is read.
"""

from __future__ import annotations

import os
import struct
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from imgsim.errors import CheckPath, ImageError, ImgsimError, Input
from imgsim.images.completeness import check_complete
from imgsim.images.containers import as_path, stem
from imgsim.images.content import Content
from imgsim.images.files import ImageFile, find_image
from imgsim.images.signatures import identify
from imgsim.sources.inspecting import Findings, Skipped, add, is_meant


def find_images(
    inputs: Sequence[Path], note: Callable[[str], None] | None = None
) -> tuple[list[ImageFile], list[Skipped]]:
    """List the images in folders (searched through), single files, zips, PDFs and TIFFs of several pages.

    Parameters
    ----------
    note : told how many files are no images and need no line each (tables, texts).

    Returns
    -------
    images : list of ImageFile
        Sorted by plate_id, all different, also where case and Unicode forms are not told apart.
    skipped : list of Skipped
        Images of formats that are not read, documents that cannot be opened, unsafe archive entries, links that lead
        out, names met twice.

    Raises
    ------
    ImgsimError
        An input does not exist, or is neither a folder nor something that may hold images.
    """
    found = Findings()
    for given in inputs:
        path = Path(os.path.abspath(given))
        if path.is_dir():
            root = os.path.realpath(path)
            candidates = _walk(root, found)
        elif path.is_file():
            if not is_meant(str(path)):
                raise ImgsimError(
                    f"{given} is no folder, image, PDF or zip that imgsim reads. Name a folder of images."
                )
            # The file itself may be a link: the user named it, so its target is what is meant.
            real = Path(os.path.realpath(path))
            root, candidates = str(real.parent), iter([(real.name, real.stat())])
        else:
            raise ImgsimError(f"{given} does not exist.", CheckPath(Input.IMAGES))
        for file, status in candidates:
            add(root, file, status, found)
    if note is not None and found.told:
        note(found.told)
    unique = {_place(image): image for image in reversed(found.images)}
    images = [image for image in found.images if unique[_place(image)] is image]
    images = _name_apart(images, found.skipped)
    return sorted(images, key=lambda image: image.plate_id), found.skipped


def _place(image: ImageFile) -> str:
    return image.root.rstrip(os.sep) + os.sep + image.file


def _walk(root: str, found: Findings) -> Iterator[tuple[str, os.stat_result | None]]:
    """Yield the files below a folder in order, with their status; None for a link, which must be looked at closely."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            with os.scandir(os.path.join(root, prefix)) as listing:
                entries = sorted(
                    (entry for entry in listing if not found.pass_over(entry.name)), key=lambda entry: entry.name
                )
        except OSError as error:
            found.skip(prefix, f"the folder cannot be read: {error.strerror}.")
            continue
        folders = []
        for entry in entries:
            if entry.is_symlink():
                # Not entry.is_dir(), which raises for a link that leads to itself.
                if os.path.isdir(entry.path):
                    found.skip(prefix + entry.name, "a link to a folder is not followed. Name that folder as well.")
                else:
                    yield prefix + entry.name, None
            elif entry.is_dir():
                folders.append(f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry.stat()
        waiting.extend(reversed(folders))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _damage(image: ImageFile) -> str:
    """What is wrong with a file beside its name, and would be met once it is renamed; "" where it is whole."""
    try:
        content = Content(find_image(image.root, image.file))
        with content.open() as stream:
            check_complete(identify(content.head), stream)
    except ImageError as error:
        return f" Nor can it be read: {error}"
    except (ValueError, LookupError, struct.error) as error:
        return f" Nor can it be read: damaged, {error}."
    return ""


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
                skipped.append(Skipped(image.file, f"{reason}{_damage(image)}"))
        depth = 1
        while len({_fold("/".join(parts[-depth:])) for parts, _ in distinct.values()}) < len(distinct):
            depth += 1
        named.extend(replace(image, plate_id="/".join(parts[-depth:])) for parts, image in distinct.values())
    return named


def _parts(path: str) -> list[str]:
    """Return the folders, then the stem; a zip or document counts as a folder."""
    parts = as_path(unicodedata.normalize("NFC", path)).split("/")
    return [*(part for part in parts[:-1] if part), stem(parts[-1])]
