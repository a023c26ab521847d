"""Pairs of plates as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from imgsim.base.cells import csv_bytes
from imgsim.catalogue import Catalogue
from imgsim.export.catalogued import OF_BOTH, column, same_length


def pairs_csv(
    catalogue: Catalogue,
    left: Sequence[int] | np.ndarray,
    right: Sequence[int] | np.ndarray,
    *,
    collection: str,
    date: str,
    extra: Mapping[str, Sequence] | None = None,
) -> bytes:
    """Return pairs of plates as CSV, in the order given.

    Columns: a_plate_id and b_plate_id, ``extra``, then book, title, author, year, date_from, date_to,
    date_sure, place and page of both, collection and date.
    """
    sides = {"a": [int(row) for row in left], "b": [int(row) for row in right]}
    same_length(sides["a"], {"b_plate_id": sides["b"], **(extra or {})})
    columns: dict[str, Sequence] = {
        **{f"{side}_plate_id": column(catalogue, "plate_id", rows) for side, rows in sides.items()},
        **(extra or {}),
        **{
            f"{side}_{name}": column(catalogue, name, rows)
            for side, rows in sides.items()
            for name in OF_BOTH
        },
        "collection": [collection] * len(sides["a"]),
        "date": [date] * len(sides["a"]),
    }
    numbers = {f"{side}_{name}" for side in sides for name in ("year", "date_from", "date_to", "page")}
    return csv_bytes(columns, numbers | {"date"})
