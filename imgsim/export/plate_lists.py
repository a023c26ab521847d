"""Plates as CSV: what is known of each, and where each lies on the maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from imgsim.base.cells import body, csv_bytes, header
from imgsim.catalogue import STANDARD, Catalogue
from imgsim.export.catalogued import KNOWN, column, same_length
from imgsim.export.request import STEP, Chunk, Request

_OF_A_POINT = (
    "plate_id", "book", "title", "author", "year", "decade", "date_from", "date_to", "date_sure", "place", "page",
)  # fmt: skip


def selection_csv(
    catalogue: Catalogue,
    rows: Sequence[int] | np.ndarray,
    *,
    collection: str,
    date: str,
    extra: Mapping[str, Sequence] | None = None,
) -> bytes:
    """Return plates as CSV, in the order given: what is known of each, ``extra``, collection and date."""
    return csv_bytes(_selection(catalogue, rows, collection, date, extra))


def plate_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the plates of a request in the same columns."""
    for rows in _parts(request):
        columns = _selection(request.catalogue, rows, request.collection.name, request.date, None)
        yield Chunk(body(columns), len(rows)) if len(rows) else Chunk(header(columns))


def point_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the plates with their coordinates on every map: x and y, by backbone and projection."""
    collection = request.collection
    maps = [
        (backbone, method) for backbone in collection.backbones for method in collection.projections(backbone)
    ]
    for rows in _parts(request):
        columns: dict[str, Sequence] = {name: column(request.catalogue, name, rows) for name in _OF_A_POINT}
        for backbone, method in maps:
            points = collection.projection(backbone, method)[rows]
            for at, axis in enumerate("xy"):
                columns[f"{axis}_{backbone}_{method}"] = [float(f"{value:.6g}") for value in points[:, at]]
        columns |= {"collection": [collection.name] * len(rows), "date": [request.date] * len(rows)}
        yield Chunk(body(columns), len(rows)) if len(rows) else Chunk(header(columns))


def _parts(request: Request) -> Iterator[np.ndarray]:
    """Yield no rows, for the header, and then all rows, some at a time."""
    yield request.chosen[:0]
    for start in range(0, len(request.chosen), STEP):
        yield request.chosen[start : start + STEP]


def _selection(
    catalogue: Catalogue,
    rows: Sequence[int] | np.ndarray,
    collection: str,
    date: str,
    extra: Mapping[str, Sequence] | None,
) -> dict[str, Sequence]:
    rows = [int(row) for row in rows]
    same_length(rows, extra or {})
    own = [str(name) for name in catalogue.frame.columns if name not in STANDARD]
    columns: dict[str, Sequence] = {name: column(catalogue, name, rows) for name in (*KNOWN, *own)}
    return columns | {**(extra or {}), "collection": [collection] * len(rows), "date": [date] * len(rows)}
