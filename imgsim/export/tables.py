"""Any table that a page shows, as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from imgsim.base.cells import csv_bytes
from imgsim.export.catalogued import same_length


def table_csv(
    columns: Mapping[str, Sequence], *, numbers: Iterable[str] = (), collection: str, date: str
) -> bytes:
    """Return a table as CSV, with collection and date in every row.

    Parameters
    ----------
    columns : mapping
        Name -> values, all of one length.
    numbers : iterable of str
        Columns whose texts are meant as numbers.
    """
    rows = range(max((len(values) for values in columns.values()), default=0))
    same_length(rows, columns)
    own = {"collection": [collection] * len(rows), "date": [date] * len(rows)}
    return csv_bytes({**columns, **own}, {*numbers, "date"})
