"""The child of :mod:`imgsim.images.documents`: opens PDFs, and gives out their pages as images."""

from __future__ import annotations

import os
import sys
from typing import Any

from imgsim.errors import ImageError
from imgsim.images import strips
from imgsim.images.answering import answer_all
from imgsim.images.archives import open_archive
from imgsim.images.pdf_pages import Book

KEPT = 64 * 1024 * 1024  # bytes that an open document may keep


class Shelf:
    """The document that was opened last: pages are asked for one after the other."""

    def __init__(self) -> None:
        self._key: tuple[str, str, int, int] | None = None
        self._book: Book | None = None

    def book(self, path: str, entry: str) -> Book:
        """A PDF on the disk, or an entry of a zip there. Raises ImageError where it is not read."""
        try:
            status = os.stat(path)
        except OSError as error:
            raise ImageError(f"the document is no longer there: {error.strerror}.") from None
        key = path, entry, status.st_mtime_ns, status.st_size
        if self._key != key or self._book is None:
            if self._book is not None:
                self._book.close()
            self._key, self._book = None, None
            self._book = Book(open_archive(path).read(entry) if entry else path)
            self._key = key
        return self._book


def main(budget: int) -> None:
    """Answer until the input ends."""
    strips.load()
    shelf = Shelf()

    def answer(asked: dict[str, Any], data: bytes) -> tuple[bytes, dict[str, Any]]:
        book = shelf.book(str(asked["path"]), str(asked["entry"]))
        if asked["page"] is None:
            return b"", {"pages": book.count, "attached": book.attached}
        return book.page(int(asked["page"])), {}

    answer_all(budget, answer, KEPT)


if __name__ == "__main__":
    main(int(sys.argv[1]))
