"""The catalogue stage: plates and metadata joined, unless neither has changed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from imgsim.collection import layout
from imgsim.errors import CollectionError, MetadataError

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.pipeline.plates import Found
    from imgsim.pipeline.run import Run

# Raise it when imgsim.catalogue makes other columns or values of the same input.
CATALOGUE_VERSION = 2


class CatalogueStage:
    """The catalogue of this run.

    ``key`` stands for everything that shapes it, ``contents`` is the SHA-256 of each row's plate, in row order,
    ``report`` says how the metadata were joined.
    """

    def __init__(self, run: Run, found: Found, metadata: Path | None) -> None:
        from imgsim.catalogue import STANDARD

        stage = run.stage("catalogue", None)
        try:
            self.metadata_sha256 = layout.file_sha256(metadata) if metadata is not None else None
        except OSError as error:
            raise MetadataError(
                f"{metadata} cannot be read ({error.strerror}). Check the path after --metadata."
            ) from None
        self.key = layout.key_of(
            version=CATALOGUE_VERSION,
            columns=STANDARD,
            metadata=self.metadata_sha256,
            plates=[tuple(vars(plate).values()) for plate in found.plates],
        )
        self._catalogue: Catalogue | None = None
        self._live = live = run.live
        if live is not None and live.manifest["keys"].get(layout.CATALOGUE) == self.key and _whole(live):
            self.report: dict[str, Any] = live.manifest["join"]
            self.contents: list[str] = live.catalogue.frame["sha256"].tolist()
        else:
            from imgsim.catalogue import build_catalogue, read_metadata

            frame = pd.DataFrame([vars(plate) for plate in found.plates])
            table = read_metadata(metadata) if metadata is not None else None
            self._catalogue, report = build_catalogue(frame, table)
            self.report = {**asdict(report), "metadata": str(metadata) if metadata else ""}
            self.contents = self._catalogue.frame["sha256"].tolist()
        stage.update(len(self.contents), len(self.contents))
        run.timed(stage)

    @property
    def table(self) -> Catalogue:
        """The catalogue itself."""
        if self._catalogue is None:
            assert self._live is not None
            return self._live.catalogue
        return self._catalogue

    def parquet(self, folder: Path) -> bytes:
        """The catalogue as a file; ``folder`` is where it may be written for a moment."""
        if self._catalogue is None:
            raise RuntimeError("the catalogue was taken over, so there is nothing to write")
        path = folder / ".catalogue.tmp"
        self._catalogue.to_parquet(path)
        data = path.read_bytes()
        path.unlink()
        return data


def _whole(live: Any) -> bool:
    try:
        return len(live.catalogue) >= 0
    except CollectionError:
        return False
