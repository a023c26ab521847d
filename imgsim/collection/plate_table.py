"""Plates as a table: a pandas DataFrame that shows their pictures in a notebook."""

from __future__ import annotations

import base64
from html import escape
from typing import Any, ClassVar

import pandas as pd

from imgsim.collection.evidence import Evidence, evidence_columns
from imgsim.collection.listing import Listing
from imgsim.errors import CollectionError
from imgsim.generation.generation import Generation

_SHOWN = 50  # pictures in a notebook: more would make its file large
_HEIGHT = 90  # CSS pixels


class PlateTable(pd.DataFrame):
    """A DataFrame with a column ``plate_id``, whose plates are shown in Jupyter; otherwise like any other."""

    _metadata: ClassVar[list[str]] = ["generation"]
    generation: Generation | None = None

    @property
    def _constructor(self) -> type[PlateTable]:
        return PlateTable

    def _repr_html_(self) -> str:
        if self.generation is None or "plate_id" not in self.columns:
            return str(super()._repr_html_())
        shown = pd.DataFrame(self.head(_SHOWN))
        pictures = [_picture(self.generation, str(plate_id)) for plate_id in shown["plate_id"]]
        # What a table of somebody else's says must not become part of the page.
        shown = shown.map(lambda value: "" if pd.isna(value) else escape(_written(value)))
        shown.columns = pd.Index([escape(str(name)) for name in shown.columns])
        shown.insert(0, "picture", pictures)
        rest = f"<p>and {len(self) - _SHOWN:,} more</p>" if len(self) > _SHOWN else ""
        return shown.to_html(escape=False, index=False, border=0) + rest


def neighbour_table(generation: Generation, found: Listing, known: Evidence | None) -> PlateTable:
    """A list of neighbours as a table, one row a plate, nearest first.

    Columns: rank (from 1), plate_id, similarity (cosine), above_line, verdict, inliers, mirrored, coverage_query,
    coverage_neighbour (these five only where lines were compared), book, title, author, year, date, place, page.
    """
    catalogue = generation.catalogue
    records = [catalogue.record(int(row)) for row in found.rows]
    below = len(found.rows) - found.first - found.above
    columns: dict[str, Any] = {
        "rank": range(1, len(records) + 1),
        "plate_id": [str(record["plate_id"]) for record in records],
        "similarity": found.similarities,
        "above_line": [True] * (len(records) - below) + [False] * below,
    }
    if known is not None:
        columns |= evidence_columns(known, found.rows)
    columns["date"] = [catalogue.date(int(row)).words for row in found.rows]
    for name in ("book", "title", "author", "year", "place", "page"):
        columns[name] = [record[name] for record in records]
    table = PlateTable(columns)
    table.generation = generation
    return table


def _picture(generation: Generation, plate_id: str) -> str:
    try:
        data = generation.thumbnail(generation.catalogue.row(plate_id))
    except CollectionError as error:
        return escape(str(error))
    encoded = base64.b64encode(data).decode()
    return f'<img src="data:image/webp;base64,{encoded}" height="{_HEIGHT}" alt="{escape(plate_id, quote=True)}">'


def _written(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) and not value.is_integer() else str(value)
