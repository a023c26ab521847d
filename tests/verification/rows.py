"""Rows of matches."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from imgsim.verification.match_table import schema
from tests.making import match_values

# Every plate of the fixtures is 40 x 56 pixels.
AFFINE = [1.1, 0.1, -2.0, -0.05, 0.9, 3.0, 0.0, 0.0, 1.0]


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    """A table of matches."""
    return pd.DataFrame([*rows] or None, columns=schema().names)


def some() -> pd.DataFrame:
    """Five matches, of every verdict, in no order."""
    return frame(
        match_values("p001", "p002", inliers=40),
        match_values("p001", "p003", "look-alike", inliers=90),
        match_values(
            "p004", "p001", "mirrored", inliers=70, transform=AFFINE, coverage_a=0.5, coverage_b=0.7
        ),
        match_values("p000", "p001", "shared detail", inliers=40),
        match_values("p005", "p006", sources="cosine, local features", printing="probably re-engraved"),
    )


def parquet(table: pa.Table) -> bytes:
    """A table as the bytes of its file."""
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()
