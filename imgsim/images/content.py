"""The bytes of one image, in memory; those of a very large file stay on the disk."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import BinaryIO

from imgsim.errors import ImageError

MAX_BYTES = 512 * 1024 * 1024
IN_MEMORY = 64 * 1024 * 1024  # bytes of a file that are taken into memory; a larger one is read piece by piece
HEAD = 64 * 1024


class Content:
    """An image's bytes, or where they lie.

    Parameters
    ----------
    data : bytes, or the path of a file; of one of at most IN_MEMORY bytes the bytes are read at once.

    Raises
    ------
    ImageError
        The file cannot be read; or more than MAX_BYTES in memory.
    """

    def __init__(self, data: bytes | Path) -> None:
        self.path: Path | None = None
        self.bytes = b""
        if isinstance(data, bytes):
            if len(data) > MAX_BYTES:
                raise ImageError(
                    f"{len(data):,} bytes is more than the {MAX_BYTES:,} that imgsim reads. Save it smaller."
                )
            self.bytes, self.size = data, len(data)
        else:
            try:
                with open(data, "rb") as file:
                    self.size = os.fstat(file.fileno()).st_size
                    if self.size > IN_MEMORY:
                        self.path, self._head = data, file.read(HEAD)
                    else:
                        self.bytes = file.read(IN_MEMORY)
                        self.size = len(self.bytes)
            except (OSError, ValueError) as error:
                raise ImageError(f"cannot read {data}: {getattr(error, 'strerror', None) or error}") from error
        if self.path is None:
            self._head = self.bytes

    @property
    def head(self) -> bytes:
        """The first bytes, HEAD of them at least where there are so many; all of them where they are in memory."""
        return self._head

    def open(self) -> BinaryIO:
        """The bytes as a stream."""
        return io.BytesIO(self.bytes) if self.path is None else open(self.path, "rb")


def sha256(data: bytes | Path) -> str:
    """SHA-256 of an image's bytes. Raises ImageError where they cannot be read."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    try:
        with open(data, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImageError(f"cannot read {data}: {error.strerror}") from error


def length(data: bytes | Path) -> int:
    """How many bytes an image has. Raises ImageError where it is gone."""
    return Content(data).size
