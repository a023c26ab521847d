"""A file of an export as it was written, and what its columns mean: for the README and every other record of it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from imgsim.base.cells import GUARD
from imgsim.export.columns import meaning
from imgsim.export.kind import ExportFile


@dataclass(frozen=True)
class Written:
    """A file as it was written: rows, bytes, SHA-256, and its beginning."""

    file: ExportFile
    rows: int
    size: int
    sha256: str
    beginning: bytes

    @property
    def columns(self) -> list[str]:
        """The columns of a CSV, [] of anything else."""
        if self.file.media_type != "text/csv":
            return []
        first = next(csv.reader(io.StringIO(self.beginning.decode("utf-8-sig"), newline="")), [])
        return [name.removeprefix(GUARD) for name in first]

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """Each column with what it means."""
        return [(name, self.file.columns.get(name) or meaning(name, self.file.name)) for name in self.columns]

    @property
    def extent(self) -> str:
        """How much it holds: `1,024 plates`."""
        return f"{self.rows:,} {self.file.unit[self.rows != 1]}"
