"""Looking at one file that was found: an image, a document of several pages, an archive, or no image at all.

What the name says decides where it can; a name that tells nothing is followed by a look at the first bytes.
"""

from __future__ import annotations

import io
import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from imgsim.errors import ImageError
from imgsim.images import documents, tiff_pages
from imgsim.images.archives import Archive, name_problem, open_archive
from imgsim.images.containers import INSIDE, page_name
from imgsim.images.files import ImageFile, head_of, safe_path, shown
from imgsim.images.formats import IMAGE_SUFFIXES, NO_IMAGES, OTHER_ARCHIVES, READ, ZIPS, unread
from imgsim.images.formats import PDF as PDF_SUFFIX
from imgsim.images.signatures import PDF, ZIP, image_kind, kind_of_file, name_of

IGNORED = frozenset({"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information"})
_TIFF, _FRONT = "TIFF", 64 * 1024
_ARCHIVES = ("a zip archive", "a gzip archive", "a 7z archive", "a rar archive")


@dataclass(frozen=True)
class Skipped:
    """An image that is not read, and why."""

    file: str
    reason: str


@dataclass
class Findings:
    """What was found: images, what is not read and why, and how many files are no images, by their suffix."""

    images: list[ImageFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    dotted: int = 0  # images whose names begin with a dot, which says that they are not to be seen

    def pass_over(self, name: str) -> bool:
        """Whether a name is hidden; an image of such a name is counted."""
        if not hidden(name):
            return False
        # "._scan.jpg" is what macOS lays beside scan.jpg.
        self.dotted += not name.startswith("._") and suffix_of(name) in IMAGE_SUFFIXES
        return True

    def skip(self, file: str, reason: str) -> None:
        self.skipped.append(Skipped(shown(file), reason))

    @property
    def told(self) -> str:
        """The files that are no images, and the hidden ones, in sentences; '' if there are none."""
        dotted = ""
        if self.dotted:
            images = "1 image is" if self.dotted == 1 else f"{self.dotted:,} images are"
            dotted = f"{images} left aside as hidden: a name that begins with a dot says so."
        return " ".join(filter(None, (self._others_told, dotted)))

    @property
    def _others_told(self) -> str:
        if not (count := self.others.total()):
            return ""
        kinds = ", ".join(suffix or "without suffix" for suffix, _ in self.others.most_common(8))
        more = ", ..." if len(self.others) > 8 else ""
        if count == 1:
            return f"1 other file ({kinds}) is no image."
        return f"{count:,} other files ({kinds}{more}) are no images."


def hidden(name: str) -> bool:
    """Whether a name is that of a system's own file, which nobody handed in."""
    return name.startswith(".") or name.lower() in IGNORED


def suffix_of(file: str) -> str:
    return os.path.splitext(file)[1].lower()


@dataclass(frozen=True)
class _Place:
    """A file that was found, on the disk or in a zip: ``path`` is the file on the disk, ``entry`` the zip's ("")."""

    root: str
    file: str
    path: str
    entry: str
    size: int
    mtime_ns: int

    def image(self, file: str, size: int, pages: int = 1) -> ImageFile:
        return ImageFile("", file, self.root, size, self.mtime_ns, pages)


def add(root: str, file: str, status: os.stat_result | None, found: Findings) -> None:
    """Look at a file below a root; ``status`` is None for a link, which must be looked at closely."""
    if problem := name_problem(file):
        if suffix_of(file) not in NO_IMAGES:
            found.skip(file, problem + ".")
        return
    try:
        path = os.path.join(root, *file.split("/"))
        if status is None or not stat.S_ISREG(status.st_mode):
            path = safe_path(root, file)
            status = os.stat(path)
    except ImageError as error:
        found.skip(file, str(error))
        return
    place = _Place(root, file, path, "", status.st_size, status.st_mtime_ns)
    _look(place, found, None)


def _look(place: _Place, found: Findings, archive: Archive | None) -> None:
    suffix = suffix_of(place.entry or place.file)
    if suffix in NO_IMAGES:
        found.others[suffix] += 1
        return
    if (reason := unread(suffix)) is not None:
        found.skip(place.file, reason)
        return
    if suffix in ZIPS:
        kind: str | None = ZIP
    elif suffix in IMAGE_SUFFIXES:
        kind = _TIFF if suffix in (".tif", ".tiff") else "an image"
    else:
        start = head_of(place.path) if archive is None else archive.head(place.entry)
        kind = PDF if suffix == PDF_SUFFIX else kind_of_file(start)
        if kind is None or (kind == ZIP and not place.entry):
            _no_image(place, suffix, start, found)
            return
    if kind == ZIP:
        _add_archive(place, found)
    elif kind == PDF:
        _add_pdf(place, found)
    elif kind == _TIFF:
        _add_tiff(place, found, archive)
    else:
        found.images.append(place.image(place.file, place.size))


def _no_image(place: _Place, suffix: str, start: bytes, found: Findings) -> None:
    """A file whose name tells nothing, and whose bytes are those of no image that is read."""
    what = name_of(start)
    if not start or (what.startswith("no known") and b"\x00" not in start) or what == "an XML file":
        found.others[suffix] += 1  # a text
    elif kind_of_file(start) == ZIP:
        found.skip(place.file, "it is a zip archive, or packed as one. If it holds images, give it the suffix .zip.")
    elif what in _ARCHIVES:
        found.skip(place.file, f"it is {what}; of archives only zip is read. Unpack it first.")
    elif what.startswith("no known"):
        found.skip(place.file, f"it is {what}; imgsim reads {READ}, and PDF.")
    else:
        found.skip(place.file, f"it is {what}, which imgsim does not read. Convert it to PNG, TIFF or PDF.")


def _add_pdf(place: _Place, found: Findings) -> None:
    try:
        contents = documents.contents(place.path, place.entry)
    except (ImageError, OSError) as error:
        found.skip(place.file, str(error))
        return
    for number in range(1, contents.pages + 1):
        found.images.append(place.image(f"{place.file}{INSIDE}{page_name(place.file, number)}", 0))
    if contents.attached:
        count = "1 file is" if contents.attached == 1 else f"{contents.attached:,} files are"
        found.skip(place.file, f"{count} attached to the PDF and not read. Save what you need beside it.")


def _add_tiff(place: _Place, found: Findings, archive: Archive | None) -> None:
    try:
        if archive is None:
            pages = _pages(place.path, place.mtime_ns, place.size)
        else:
            pages = _pages_within(archive, place.entry)
    except (ImageError, OSError):
        pages = tiff_pages.Pages((1,))  # opening it says what is wrong
    found.images.append(place.image(place.file, place.size, len(pages.numbers)))
    for number in pages.numbers[1:]:
        found.images.append(place.image(f"{place.file}{INSIDE}{page_name(place.file, number)}", 0))
    if pages.problem:
        found.skip(place.file, pages.problem)


@lru_cache(maxsize=100_000)
def _pages(path: str, mtime_ns: int, size: int) -> tiff_pages.Pages:
    with open(path, "rb") as stream:
        return tiff_pages.pages(stream)


def _pages_within(archive: Archive, entry: str) -> tiff_pages.Pages:
    # Where the directories stand in front, the rest of it need not be unpacked now.
    try:
        pages = tiff_pages.pages(io.BytesIO(archive.head(entry, _FRONT)))
        if not pages.problem:
            return pages
    except ImageError:
        pass
    return tiff_pages.pages(io.BytesIO(archive.read(entry)))


def _add_archive(place: _Place, found: Findings) -> None:
    if place.entry:
        found.skip(place.file, "an archive inside an archive is not opened. Unpack it first.")
        return
    try:
        archive = open_archive(place.path)
    except ImageError as error:
        found.skip(place.file, str(error))
        return
    for entry in archive.entries:
        inner = f"{place.file}{INSIDE}{entry.name}"
        # An unsafe name is reported whatever it is called: what it tries is the news.
        if unsafe := name_problem(entry.name):
            found.skip(inner, f"{unsafe}.")
        elif any(map(found.pass_over, entry.name.split("/"))):
            continue
        elif entry.problem:
            if suffix_of(entry.name) not in NO_IMAGES | OTHER_ARCHIVES:
                found.skip(inner, f"{entry.problem}.")
        else:
            _look(_Place(place.root, inner, place.path, entry.name, entry.size, place.mtime_ns), found, archive)


def is_meant(path: str) -> bool:
    """Whether a file that a user names may hold images: by its name, or else by its first bytes."""
    suffix = suffix_of(path)
    if suffix in IMAGE_SUFFIXES | ZIPS | {PDF_SUFFIX} or unread(suffix) is not None:
        return True
    return suffix not in NO_IMAGES and (kind_of_file(start := head_of(path)) or image_kind(start)) is not None
