"""What the first stage hands on: plates and pages, and what of the files is neither."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.cells import csv_bytes
from imgsim.base.hashing import key_of
from imgsim.catalogue.book_pages import BookPage, BookPages
from imgsim.generation import layout
from imgsim.prepare.stage import Stage

if TYPE_CHECKING:
    from imgsim.images.files import ImageFile
    from imgsim.prepare.identity_stage import Changes
    from imgsim.prepare.known_files import SeenFile
    from imgsim.prepare.vector_lookup import VectorLookup


@dataclass
class Found:
    """What came of the input files. ``plates`` are in the order of plate_id, ``sources`` are all files looked at."""

    plates: list[PlateRow]
    skipped: list[tuple[str, str]]
    sources: list[SeenFile]
    decoded: int
    vectors: VectorLookup
    thumbnails: dict[str, Path] = field(repr=False)
    thumbnails_kept: bool = False
    files: dict[str, ImageFile] = field(default_factory=dict, repr=False)  # by the plate's id
    changes: Changes | None = None  # since the last run
    pages: Sequence[BookPage] | None = None
    pages_key: str = ""

    def stages(self) -> list[Stage]:
        """What is skipped, and the pages, as files."""
        key = key_of(skipped=self.skipped)
        stages = [Stage({layout.SKIPPED: key}, lambda: {layout.SKIPPED: self.skipped_csv()})]
        if self.pages is not None:
            stages.append(Stage({layout.PAGES: self.pages_key}, lambda: {layout.PAGES: self.pages_parquet()}))
        return stages

    def pages_parquet(self) -> bytes:
        """The table of pages, see :class:`imgsim.catalogue.book_pages.BookPages`."""
        stream = io.BytesIO()
        BookPages(self.pages or ()).to_parquet(stream)
        return stream.getvalue()

    def page_counts(self) -> dict[str, int]:
        """For the manifest: pages, and those of them without an illustration; empty where there are no pages."""
        if self.pages is None:
            return {}
        return {"pages": len(self.pages), "empty_pages": sum(not page.illustrations for page in self.pages)}

    @property
    def roots(self) -> list[str]:
        """The folders below which plates and pages lie."""
        return sorted({plate.root for plate in self.plates} | {page.root for page in self.pages or ()})

    def skipped_csv(self) -> bytes:
        """Columns file and reason, written as every other list is: see :mod:`imgsim.base.cells`."""
        # Names that are no text, as old disks have them, with what they are made of.
        files = [file.encode("utf-8", "backslashreplace").decode() for file, _ in self.skipped]
        return csv_bytes({"file": files, "reason": [reason for _, reason in self.skipped]})

    def thumbnail_paths(self, contents: Sequence[str]) -> list[Path]:
        """One path for each different content."""
        return [self.thumbnails[content] for content in dict.fromkeys(contents)]


@dataclass(frozen=True)
class PlateRow:
    """The columns that the catalogue asks of a plate."""

    plate_id: str
    file: str
    root: str
    folder: str
    sha256: str
    width: int
    height: int
    mode: str
    frames: int
    bytes: int
    page_scan: str = ""  # the file of the page that it was cut out of, the box there, and the side of an opening
    page_box: str = ""
    page_side: str = ""

    def facts(self) -> tuple[object, ...]:
        """What the catalogue is made of, for a key: of a plate that is a file itself the same as ever."""
        values = tuple(vars(self).values())
        return values if self.page_scan else values[:-3]
