"""What comes of manifests, without any waiting."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from imgsim.sources.iiif.fetching import Fetcher
from imgsim.sources.iiif.gathering import Gathered, gather


class Patience:
    """Stands for time.sleep: notes how long it should have been."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)


def take(
    sources: list[str], folder: Path, fetcher: Fetcher | None = None, notes: list[str] | None = None
) -> Gathered:
    """Gather what manifests name, without any waiting."""
    note = notes.append if notes is not None else None
    return gather(sources, folder, note=note, fetcher=fetcher or Fetcher(sleep=Patience()))


def rows(gathered: Gathered) -> list[dict[str, str]]:
    """The rows of the table that was made."""
    return list(csv.DictReader(io.StringIO(gathered.metadata.read_text("utf-8-sig"))))


def fetched(gathered: Gathered) -> list[Path]:
    """The images that were fetched."""
    return sorted(path for folder in gathered.folders for path in folder.iterdir())
