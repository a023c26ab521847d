"""Image files: which there are, and reading one from a folder or a zip. Nothing outside of the folder is read."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from imgsim.errors import ImageError
from imgsim.images.archives import name_problem, open_archive
from imgsim.images.decoding import MAX_BYTES

IMAGE_SUFFIXES = frozenset(
    (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf",
     ".jpx")
)  # fmt: skip
# Images all the same, but none that imgsim opens: they are listed, so that nobody misses them without a word.
OTHER_IMAGES = frozenset(
    (".gif", ".eps", ".ps", ".pdf", ".svg", ".fits", ".fit", ".heic", ".heif", ".avif", ".jxl", ".psd", ".djvu", ".djv",
     ".raw", ".cr2", ".nef", ".dng", ".pbm", ".pgm", ".ppm", ".pnm", ".tga", ".ico", ".xcf", ".ai", ".exr", ".pcx",
     ".jxr", ".xbm", ".xpm")
)  # fmt: skip
INSIDE = "!"


@dataclass(frozen=True)
class ImageFile:
    """One image to be read.

    Attributes
    ----------
    plate_id : str
        What a new plate of this file would be called: its stem; ``folder/stem`` where several share it. The registry
        (:mod:`imgsim.collection.plate_ids`) has the last word.
    file : str
        Path below ``root``, with forward slashes; ``archive.zip!inner/name.png`` inside a zip.
    root : str
        The folder that was named, or the one in which a named file or zip lies; absolute.
    size : int
        Bytes, unpacked.
    mtime_ns : int
        Of the file, or of its zip.
    """

    plate_id: str
    file: str
    root: str
    size: int
    mtime_ns: int

    @property
    def folder(self) -> str:
        """The name of the folder, or of the zip, in which it lies; '' at the top."""
        parts = self.file.replace(f".zip{INSIDE}", "/").split("/")
        return parts[-2] if len(parts) > 1 else ""

    def read(self) -> bytes:
        """Return its bytes; ImageError when it is gone, damaged in its archive, or larger than MAX_BYTES."""
        return read_image(self.root, self.file)


def shown(file: str) -> str:
    """A name that can be written to any file: control characters and broken Unicode escaped."""
    shown = file.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)


def read_image(root: str, file: str) -> bytes:
    """Read again a plate that a catalogue names.

    Raises
    ------
    ImageError
        ``file`` is no plain path below ``root``, leads out of it through a link, is gone, is no ordinary file, is
        too large, or is damaged in its archive.
    """
    if problem := name_problem(file):
        raise ImageError(f"{shown(file)!r} is not read: {problem}.")
    if not os.path.isabs(root) or "\x00" in root:
        raise ImageError(f"{shown(root)!r} is not read: the folder of a plate must be an absolute path.")
    archive, inner = _split(root, file)
    if inner is not None:
        return open_archive(safe_path(root, archive)).read(inner)
    path = safe_path(root, file)
    try:
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImageError(f"{file} cannot be read: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise ImageError(f"{file} is larger than the {MAX_BYTES:,} bytes that imgsim reads. Save it smaller.")
    return content


def _split(root: str, file: str) -> tuple[str, str | None]:
    """Split ``archive.zip!inner`` where an archive of that name lies; a plain file may have a '!' in its name too."""
    start = 0
    while (at := file.lower().find(f".zip{INSIDE}", start)) >= 0:
        archive, inner = file[: at + 4], file[at + 5 :]
        if os.path.isfile(os.path.join(root, *archive.split("/"))):
            return archive, inner
        start = at + 5
    return file, None


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
