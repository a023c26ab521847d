"""The catalogue stage: plates and metadata joined, unless neither has changed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from imgsim.base.cells import csv_bytes
from imgsim.base.hashing import file_sha256, key_of
from imgsim.errors import CheckPath, CollectionError, Input, MetadataError
from imgsim.generation import layout
from imgsim.prepare.stage import Stage

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.catalogue import Catalogue, Joined
    from imgsim.generation.generation import Generation
    from imgsim.prepare.found_plates import Found

# Raise it when imgsim.catalogue makes other columns or values of the same input.
CATALOGUE_VERSION = 4


class CatalogueStage:
    """The catalogue of this run.

    ``key`` stands for everything that shapes it, ``contents`` is the SHA-256 of each row's plate, in row order,
    ``report`` says how the metadata were joined.
    """

    def __init__(
        self,
        reporter: Reporter,
        live: Generation | None,
        found: Found,
        metadata: Path | None,
        encoding: str | None = None,
        book_by: str | None = None,
    ) -> None:
        from imgsim.catalogue import STANDARD

        self._live = live
        with reporter.stage("catalogue", None) as stage:
            try:
                self.metadata_sha256 = file_sha256(metadata) if metadata is not None else None
            except OSError as error:
                raise MetadataError(
                    f"{metadata} cannot be read ({error.strerror}).", CheckPath(Input.TABLE)
                ) from None
            self.key = key_of(
                version=CATALOGUE_VERSION,
                columns=STANDARD,
                metadata=self.metadata_sha256,
                encoding=encoding,
                book_by=book_by,
                plates=[plate.facts() for plate in found.plates],
            )
            self._made: Joined | None = None
            self._make = lambda: joined_catalogue(
                [vars(plate) for plate in found.plates], metadata, encoding, book_by
            )
            if live is not None and live.manifest["keys"].get(layout.CATALOGUE) == self.key and _whole(live):
                self.report: dict[str, Any] = live.manifest["join"]
                self.contents: list[str] = live.catalogue.frame["sha256"].tolist()
            else:
                self._made = self._make()
                self.report = {**asdict(self._made.report), "metadata": str(metadata) if metadata else ""}
                self.contents = self._made.catalogue.frame["sha256"].tolist()
            stage.update(len(self.contents), len(self.contents))

    def stages(self) -> list[Stage]:
        """The catalogue, and what of the metadata fits no plate."""
        stages = [Stage({layout.CATALOGUE: self.key}, lambda: {layout.CATALOGUE: self.parquet()})]
        if self.metadata_sha256 is not None:
            stages.append(Stage({layout.UNJOINED: self.key}, lambda: {layout.UNJOINED: self.unjoined_csv()}))
        return stages

    @property
    def table(self) -> Catalogue:
        """The catalogue itself."""
        if self._made is None:
            assert self._live is not None
            return self._live.catalogue
        return self._made.catalogue

    def parquet(self) -> bytes:
        """The catalogue as a file."""
        stream = io.BytesIO()
        self.table.to_parquet(stream)
        return stream.getvalue()

    def unjoined_csv(self) -> bytes:
        """Rows without a plate and plates without a row, as a file."""
        if self._made is None:
            self._made = self._make()
        unjoined = self._made.unjoined
        return csv_bytes({str(name): unjoined[name].tolist() for name in unjoined.columns})


def joined_catalogue(
    plates: Sequence[Mapping[str, Any]], metadata: Path | None, encoding: str | None, book_by: str | None
) -> Joined:
    """Read the table, if there is one, and join it with plates (the columns of PlateRow)."""
    from imgsim.catalogue import join, read_metadata

    table = read_metadata(metadata, encoding) if metadata is not None else None
    return join(pd.DataFrame(plates), table, book_by)


def _whole(live: Any) -> bool:
    try:
        return len(live.catalogue) >= 0
    except CollectionError:
        return False
