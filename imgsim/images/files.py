"""Image files: reading one from a folder, a zip, a PDF or a TIFF of several pages.

Nothing outside of the folder is read, and nothing is unpacked to the disk.
"""

from __future__ import annotations

import io
import os
import stat
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from imgsim.base.scratch import lasting_folder
from imgsim.errors import ImageError
from imgsim.images import tiff_pages
from imgsim.images.archives import Archive, name_problem, open_archive
from imgsim.images.containers import as_path, outermost, page_number, splits, stem
from imgsim.images.content import IN_MEMORY, MAX_BYTES
from imgsim.images.documents import DOCUMENTS
from imgsim.images.signatures import PDF, ZIP, kind_of_file


@dataclass(frozen=True)
class ImageFile:
    """One image to be read.

    Attributes
    ----------
    plate_id : str
        What a new plate of this file would be called: its stem; ``folder/stem`` where several share it. The registry
        (:mod:`imgsim.collection.plate_ids`) has the last word.
    file : str
        Path below ``root``, with forward slashes; ``archive.zip!inner/name.png`` inside a zip, ``book.pdf!book_0012``
        for a page of a document (:mod:`imgsim.images.containers`).
    root : str
        The folder that was named, or the one in which a named file or zip lies; absolute.
    size : int
        Bytes, unpacked; 0 for a page of a document, whose bytes are not known before it is read.
    mtime_ns : int
        Of the file, or of its zip or document.
    pages : int
        Of the document that it is the first page of; 1 for all else.
    """

    plate_id: str
    file: str
    root: str
    size: int
    mtime_ns: int
    pages: int = 1

    @property
    def folder(self) -> str:
        """The name of the folder, zip or document of several pages in which it lies; '' at the top."""
        parts = as_path(self.file).split("/")
        if self.pages > 1:
            return stem(parts[-1])
        return parts[-2] if len(parts) > 1 else ""

    def read(self) -> bytes:
        """Its bytes; see :func:`read_image`."""
        return read_image(self.root, self.file)

    def content(self) -> bytes | Path:
        """Its bytes, or where they lie; see :func:`find_image`."""
        return find_image(self.root, self.file)

    def carried(self) -> CarriedFile:
        """The same with its bytes, for a machine that does not see this one's disk (:mod:`imgsim.workers.luggage`)."""
        told = (self.plate_id, self.file, self.root, self.size, self.mtime_ns, self.pages)
        try:
            return CarriedFile(*told, data=self.read())
        except Exception as error:  # told where it is opened, in the words that it would have there
            return CarriedFile(*told, problem=error)


@dataclass(frozen=True)
class CarriedFile(ImageFile):
    """An image with its bytes, or with why it could not be read (``problem``)."""

    data: bytes = b""
    problem: Exception | None = None

    def read(self) -> bytes:
        if self.problem:
            raise self.problem
        return self.data

    def content(self) -> bytes | Path:
        """Its bytes; those of more than IN_MEMORY are laid down, for decoders read such an image piece by piece."""
        data = self.read()
        if len(data) <= IN_MEMORY:
            return data
        path = _laid_down() / str(threading.get_ident())
        path.write_bytes(data)
        return path


@cache
def _laid_down() -> Path:
    return lasting_folder()


def shown(file: str) -> str:
    """A name that can be written to any file: control characters and broken Unicode escaped."""
    shown = file.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)


def read_image(root: str, file: str) -> bytes:
    """Read again a plate that a catalogue names: the bytes of an image; of a page of a document one that shows it.

    Raises
    ------
    ImageError
        ``file`` is no plain path below ``root``, leads out of it through a link, is gone, is no ordinary file, is
        larger than MAX_BYTES, or is damaged in its archive or document.
    """
    found = find_image(root, file)
    if isinstance(found, bytes):
        return found
    content = head_of(str(found), MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImageError(f"{file} is larger than the {MAX_BYTES:,} bytes that are taken into memory.")
    return content


def find_image(root: str, file: str) -> bytes | Path:
    """The bytes of a plate that a catalogue names; where they lie, for a file of more than IN_MEMORY bytes in a folder.

    :func:`imgsim.images.decoding.open_image` takes either, and reads the latter piece by piece.
    Raises ImageError as :func:`read_image` does.
    """
    if problem := name_problem(file):
        raise ImageError(f"{shown(file)!r} is not read: {problem}.")
    if not os.path.isabs(root) or "\x00" in root:
        raise ImageError(f"{shown(root)!r} is not read: the folder of a plate must be an absolute path.")
    outer, inner = outermost(root, file)
    path = safe_path(root, outer)
    if not inner:
        return _whole(path, file)
    kind = kind_of_file(head_of(path))
    if kind == ZIP:
        return _entry(path, open_archive(path), inner)
    number = _number(outer, inner)
    if kind == PDF:
        return DOCUMENTS.page(path, "", number)
    try:
        with open(path, "rb") as stream:
            return tiff_pages.page(stream, number)
    except OSError as error:
        raise ImageError(f"{file} cannot be read: {error.strerror}.") from error


def _whole(path: str, file: str) -> bytes | Path:
    try:
        with open(path, "rb") as stream:
            content = stream.read(IN_MEMORY + 1)
    except OSError as error:
        raise ImageError(f"{file} cannot be read: {error.strerror}.") from error
    return content if len(content) <= IN_MEMORY else Path(path)


def _entry(path: str, archive: Archive, inner: str) -> bytes:
    """An entry of a zip, or a page of a document there."""
    if archive.has(inner):
        return archive.read(inner)
    document, page = next(((d, p) for d, p in splits(inner) if archive.has(d)), (inner, ""))
    if not page:
        return archive.read(inner)  # which says that there is none
    number = _number(document, page)
    if kind_of_file(archive.head(document)) == PDF:
        return DOCUMENTS.page(path, document, number)
    return tiff_pages.page(io.BytesIO(archive.read(document)), number)


def _number(document: str, name: str) -> int:
    number = page_number(document, name)
    if not number:
        raise ImageError(f"{shown(document)!r} has no page called {shown(name)!r}.")
    return number


def head_of(path: str, length: int = 1024) -> bytes:
    """The first bytes of a file, b"" where they cannot be read: opening it will say why."""
    try:
        with open(path, "rb") as stream:
            return stream.read(length)
    except OSError:
        return b""


def safe_path(root: str, file: str) -> str:
    """Where a file below ``root`` really lies; ImageError where that is outside, or no ordinary file."""
    real_root = os.path.realpath(root)
    path = os.path.realpath(os.path.join(real_root, *file.split("/")))
    if not path.startswith(real_root.rstrip(os.sep) + os.sep):
        raise ImageError("a link that leads out of its folder is not followed. Name the folder it leads to.")
    try:
        status = os.stat(path)
    except OSError as error:
        raise ImageError(
            f"{file} is no longer below {root}: {error.strerror}. Put it back or prepare again."
        ) from error
    if not stat.S_ISREG(status.st_mode):
        raise ImageError(f"{file} is no ordinary file.")
    return path
