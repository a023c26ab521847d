"""Files in which images lie: zips, PDFs, TIFFs of several pages; how one of their images is named.

What lies in a container is written behind a "!": ``scans.zip!herbal/p1.png``, ``book.pdf!book_0012`` for page 12 of a
PDF, ``scan.tif!scan_0002`` for page 2 of a TIFF (its first page is ``scan.tif``), ``a.zip!in/book.pdf!book_0012``.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator

from imgsim.images.formats import IMAGE_SUFFIXES, PDF, ZIPS

INSIDE = "!"
_SUFFIXES = IMAGE_SUFFIXES | ZIPS | {PDF}
_CONTAINER = re.compile(rf"\.(?:zip|cbz|pdf|tiff?){INSIDE}", re.IGNORECASE)
# A document whose name tells nothing: it is known by the name of its page.
_UNNAMED = re.compile(rf"(?<![^/{INSIDE}])([^/{INSIDE}]+){INSIDE}(?=\1_\d{{4,}}$)")


def as_path(file: str) -> str:
    """The same name with every container as a folder, without its suffix: ``a.zip!p/1.png`` is ``a/p/1.png``."""
    return _UNNAMED.sub(r"\1/", _CONTAINER.sub("/", file)) if INSIDE in file else file


def stem(name: str) -> str:
    """A file's name without its suffix, where that says what it is: ``scan.png`` is ``scan``, ``scan.001`` remains."""
    front, suffix = posixpath.splitext(name)
    return front if suffix.lower() in _SUFFIXES else name


def page_name(document: str, number: int) -> str:
    """What page ``number`` (from 1) of a document is called: ``book_0012``."""
    return f"{stem(posixpath.basename(document.replace(INSIDE, '/')))}_{number:04}"


def page_number(document: str, name: str) -> int | None:
    """Which page of a document has this name; None where it is no page's name."""
    digits = name.rpartition("_")[2]
    if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 9):
        return None
    return int(digits) if page_name(document, int(digits)) == name else None


def splits(file: str) -> Iterator[tuple[str, str]]:
    """Yield (container, what lies in it) for each "!" of a name, from the left: a plain name may hold one, too."""
    at = file.find(INSIDE)
    while at >= 0:
        yield file[:at], file[at + 1 :]
        at = file.find(INSIDE, at + 1)


def outermost(root: str, file: str) -> tuple[str, str]:
    """(the file on the disk, what lies in it or ''): the first part of the name that is a file there."""
    if not os.path.isfile(os.path.join(root, *file.split("/"))):
        for container, inner in splits(file):
            if inner and os.path.isfile(os.path.join(root, *container.split("/"))):
                return container, inner
    return file, ""
