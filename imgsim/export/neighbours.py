"""Lists of neighbours as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from imgsim.catalogue import Catalogue
from imgsim.export.cells import column, csv_bytes, same_length

_OF_BOTH = ("book", "title", "author", "year", "place", "page")


def neighbours_csv(
    catalogue: Catalogue,
    query_row: int | None,
    query_label: str,
    rows: Sequence[int] | np.ndarray,
    similarities: Sequence[float] | np.ndarray,
    *,
    backbone: str,
    collection: str,
    date: str,
    extra: Mapping[str, Sequence] | None = None,
) -> bytes:
    """Return a ranked list of neighbours as CSV.

    Parameters
    ----------
    query_row : int or None
        The query's row; None for an image that is not in the collection, which ``query_label`` then names.
    rows, similarities : sequences of equal length
        The neighbours as shown, nearest first.
    date : str
        When the list was made, e.g. ``2026-11-22``.
    extra : mapping
        More columns, one value a neighbour.

    Returns
    -------
    bytes
        Columns: query_plate_id, rank, similarity (6 decimals), neighbour_plate_id, then book, title, author, year,
        place and page of both, then ``extra``, backbone, collection and date.
    """
    rows = [int(row) for row in rows]
    scores = [float(value) for value in similarities]
    same_length(rows, {"similarity": scores, **(extra or {})})
    query = catalogue.record(query_row) if query_row is not None else {}
    of_query = {f"query_{name}": [query.get(name)] * len(rows) for name in _OF_BOTH}
    of_neighbours = {f"neighbour_{name}": column(catalogue, name, rows) for name in _OF_BOTH}
    columns: dict[str, Sequence] = {
        "query_plate_id": [query.get("plate_id", query_label)] * len(rows),
        "rank": range(1, len(rows) + 1),
        "similarity": [f"{value:.6f}" for value in scores],
        "neighbour_plate_id": [catalogue.plate_ids[row] for row in rows],
        **of_query,
        **of_neighbours,
        **(extra or {}),
        "backbone": [backbone] * len(rows),
        "collection": [collection] * len(rows),
        "date": [date] * len(rows),
    }
    return csv_bytes(
        columns,
        {"rank", "similarity", "query_year", "query_page", "neighbour_year", "neighbour_page", "date"},
    )
