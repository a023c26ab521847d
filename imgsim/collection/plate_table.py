"""Plates as a table: a pandas DataFrame that shows their pictures in a notebook."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from imgsim.base.markup import rendered
from imgsim.collection.evidence import Evidence, evidence_columns
from imgsim.collection.listing import Listing
from imgsim.errors import CollectionError
from imgsim.generation.generation import Generation

_PAGE = Path(__file__).with_name("plate_table.html")
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
        plates = []
        for plate_id, values in zip(shown["plate_id"], shown.itertuples(index=False, name=None), strict=True):
            picture, why = _picture(self.generation, str(plate_id))
            cells = ["" if pd.isna(value) else _written(value) for value in values]
            plates.append({"id": plate_id, "picture": picture, "why": why, "cells": cells})
        more = f"{len(self) - _SHOWN:,}" if len(self) > _SHOWN else ""
        return rendered(_PAGE, names=list(shown.columns), plates=plates, height=_HEIGHT, more=more)


def neighbour_table(generation: Generation, found: Listing, known: Evidence | None) -> PlateTable:
    """A list of neighbours as a table, one row a plate, nearest first.

    Columns: rank (from 1), plate_id, similarity (cosine), above_line, verdict, inliers, mirrored, negative,
    coverage_query, coverage_neighbour (these six only where lines were compared), book, title, author,
    year, date, place, page.
    """
    catalogue = generation.catalogue
    records = [catalogue.record(int(row)) for row in found.rows]
    below = found.parted + found.below
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


def _picture(generation: Generation, plate_id: str) -> tuple[str, str]:
    """A thumbnail in base64, and why there is none."""
    try:
        return base64.b64encode(generation.thumbnail(generation.catalogue.row(plate_id))).decode(), ""
    except CollectionError as error:
        return "", str(error)


def _written(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) and not value.is_integer() else str(value)
