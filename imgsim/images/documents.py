"""PDFs, opened by a child process: a document that crashes or hangs its parser costs itself, and nothing else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from imgsim.errors import ImageError
from imgsim.images.children import Child, Ended
from imgsim.images.content import MAX_BYTES

BUDGET = 900 * 1024 * 1024  # bytes beyond what the process needs to start
PATIENCE = 40.0  # seconds for one page, or to open a document; less than a plate may take
IDLE = 20.0  # seconds


@dataclass(frozen=True)
class Contents:
    """How many ``pages`` a PDF has, and how many files are ``attached`` to it."""

    pages: int
    attached: int


class Documents(Child):
    """The process that opens PDFs, started when it is needed. Any number of threads may ask it."""

    def __init__(self, budget: int = BUDGET, patience: float = PATIENCE, idle: float = IDLE) -> None:
        super().__init__("imgsim.images.documents_child", budget, patience, idle, MAX_BYTES)

    def contents(self, path: str, entry: str = "") -> Contents:
        """What a PDF on the disk holds, or one in a zip there. Raises ImageError where it is not read."""
        facts, _ = self._asked(path, entry, None)
        return Contents(int(facts["pages"]), int(facts["attached"]))

    def page(self, path: str, entry: str, number: int) -> bytes:
        """Page ``number`` (from 1) as the bytes of an image. Raises ImageError where there is none."""
        return self._asked(path, entry, number)[1]

    def _asked(self, path: str, entry: str, page: int | None) -> tuple[dict[str, Any], bytes]:
        what = "the PDF" if page is None else f"page {page:,} of the PDF"
        try:
            facts, body = self.ask({"path": path, "entry": entry, "page": page})
        except Ended as ended:
            if ended.late:
                raise ImageError(
                    f"{what} takes more than {self.patience:.0f} seconds to open. Save it as images."
                ) from None
            raise ImageError(
                f"{what} could not be opened in the memory that is meant for it, or made the reader of PDFs crash. "
                "Save it again, or as images."
            ) from None
        if "error" in facts:
            raise ImageError(str(facts["error"]))
        return facts, body


DOCUMENTS = Documents()


def contents(path: str, entry: str = "") -> Contents:
    """What a PDF holds; told again without opening it while it looks the same from outside. Raises ImageError."""
    status = os.stat(path)
    return _contents(path, entry, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _contents(path: str, entry: str, mtime_ns: int, size: int) -> Contents:
    return DOCUMENTS.contents(path, entry)
