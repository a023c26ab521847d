"""Plates and metadata as those of the DHH23 study, and tables written for them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from imgsim.catalogue import (
    Catalogue,
    JoinReport,
    build_catalogue,
    read_metadata,
)

DHH23 = (
    "ecco_id,estc_id,ecco_full_title,ecco_pages,language_primary,gatherings,publication_year,publication_decade,"
    "work_id,publication_place,publication_country,document_type,sub_category,authors\n"
    "0904700600,T1,\"A curious herbal, containing five hundred cuts. By Elizabeth Blackwell\",500,English,2fo,1737.0,"
    "1730.0,1-herbal,London,England,Book,scientific,\"Blackwell, Elizabeth, 1700-1758.\"\n"
    "1052800201,T2,NA,,Français,8vo,,,2-na,Paris,France,Book,,\n"
    "0000000001,T3,Nobody has a plate of this,,,,1799.0,1790.0,,,,,,\n"
)  # fmt: skip
ECCO = ["090470060000120_1", "090470060000120_0", "105280020101620_0", "090470060000030_0"]


def plates(files: list[str], ids: list[str] | None = None) -> pd.DataFrame:
    """A frame as the pipeline hands it over."""
    stems = [Path(file).stem for file in files]
    return pd.DataFrame(
        {
            "plate_id": ids or stems,
            "file": files,
            "root": "/scans",
            "folder": [Path(file).parent.name for file in files],
            "sha256": [f"{i:064x}" for i in range(len(files))],
            "width": 1200,
            "height": 2000,
            "mode": "1",
            "frames": 1,
            "bytes": 110_000,
        }
    )


def ecco_plates() -> pd.DataFrame:
    """Four plates of the study, before they are joined."""
    return plates([f"{plate_id}.png" for plate_id in ECCO])


def write(path: Path, content: str | bytes) -> Path:
    """Write a table, and return where it lies."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def joined(table: pd.DataFrame, path: Path, content: str | bytes) -> tuple[Catalogue, JoinReport]:
    """Plates joined with a table that is written there."""
    return build_catalogue(table, read_metadata(write(path, content)))
