"""Plates as the pipeline hands them over, and tables written for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from imgsim.catalogue import Joined, join, read_metadata
from imgsim.catalogue.metadata import Metadata


def plates(files: Sequence[str], ids: Sequence[str] | None = None) -> pd.DataFrame:
    """One row a file; ids are the whole paths unless given, for ids need not be the files' names."""
    folders = [re.sub(r"\.zip!", "/", file).split("/")[:-1] for file in files]
    return pd.DataFrame(
        {
            "plate_id": list(ids) if ids else [f"id-{file}" for file in files],
            "file": list(files),
            "root": "/scans",
            "folder": [parts[-1] if parts else "" for parts in folders],
            "sha256": [f"{i:064x}" for i in range(len(files))],
            "width": 1200, "height": 2000, "mode": "1", "frames": 1, "bytes": 110_000,
        }
    )  # fmt: skip


def joined(
    folder: Path, files: Sequence[str], table: str | bytes | None = None, book_by: str | None = None
) -> Joined:
    """Join files with a table, which is written to a folder first."""
    metadata = None
    if table is not None:
        path = folder / "table.csv"
        path.write_bytes(table.encode() if isinstance(table, str) else table)
        metadata = read_metadata(path)
    return join(plates(files), metadata, book_by)


def column(made: Joined, name: str) -> dict[str, object]:
    """File -> value of a column of the catalogue; None for a missing number."""
    frame = made.catalogue.frame
    return {
        file: None if pd.isna(value) else value
        for file, value in zip(frame["file"], frame[name].tolist(), strict=True)
    }


def read(folder: Path, content: str | bytes, name: str = "t.csv") -> Metadata:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_metadata(path)


def rows(metadata: Metadata) -> list[list[str]]:
    return [list(metadata.frame.columns), *metadata.frame.to_numpy().tolist()]
