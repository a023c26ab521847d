"""Plates as CSV: what is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from imgsim.catalogue import STANDARD, Catalogue
from imgsim.export.cells import KNOWN, column, csv_bytes, same_length


def selection_csv(
    catalogue: Catalogue,
    rows: Sequence[int] | np.ndarray,
    *,
    collection: str,
    date: str,
    extra: Mapping[str, Sequence] | None = None,
) -> bytes:
    """Return plates as CSV, in the order given: what is known of each, ``extra``, collection and date."""
    rows = [int(row) for row in rows]
    same_length(rows, extra or {})
    own = [str(name) for name in catalogue.frame.columns if name not in STANDARD]
    columns: dict[str, Sequence] = {name: column(catalogue, name, rows) for name in (*KNOWN, *own)}
    columns |= {**(extra or {}), "collection": [collection] * len(rows), "date": [date] * len(rows)}
    return csv_bytes(columns, {"page", "number", "year", "decade", "width", "height", "date"})
