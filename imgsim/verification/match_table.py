"""The columns of matches.parquet: written, and read without believing them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.errors import CollectionError, PrepareAgain

if TYPE_CHECKING:
    import pyarrow as pa

# Columns that tables of former versions do not have, and what stands for them there: nothing was found, or counted.
LATER: dict[str, bool | int] = {"negative": False, "possible": 0}
MOST_LETTERS = 200  # of the sources of a pair: what has more was not written by imgsim


def schema() -> pa.Schema:
    """The columns of matches.parquet."""
    import pyarrow as pa

    return pa.schema(
        {
            "plate_a": pa.string(),
            "plate_b": pa.string(),
            "verdict": pa.string(),
            "inliers": pa.int32(),
            "mirrored": pa.bool_(),
            "negative": pa.bool_(),
            "coverage_a": pa.float32(),
            "coverage_b": pa.float32(),
            "residual": pa.float32(),
            "model": pa.string(),
            "printing": pa.string(),
            "transform": pa.list_(pa.float64()),
            "region_a": pa.list_(pa.float32()),
            "region_b": pa.list_(pa.float32()),
            "sources": pa.string(),
            "possible": pa.int32(),
        }
    )


def to_table(frame: pd.DataFrame) -> pa.Table:
    """A frame with the columns of matches.parquet as an Arrow table. Raises CollectionError if it is none."""
    import pyarrow as pa

    frame = frame.assign(**{name: value for name, value in LATER.items() if name not in frame.columns})
    columns = {}
    for field in schema():
        if field.name not in frame.columns:
            raise CollectionError(f"Matches need the column {field.name}.", PrepareAgain())
        values = frame[field.name].tolist()
        if pa.types.is_list(field.type):
            values = [np.asarray(value).ravel() for value in values]
        try:
            columns[field.name] = pa.array(values, type=field.type, from_pandas=False)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise damaged(f"its column {field.name} holds other values ({error})") from None
    return pa.table(columns, schema=schema())


def read_table(data: bytes) -> pa.Table:
    """The table in the bytes of a Parquet file, of exactly the columns of :func:`schema`. Raises CollectionError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        wanted = [field for field in schema() if field.name not in LATER or field.name in file.schema_arrow.names]
        if file.schema_arrow.remove_metadata() != pa.schema(wanted):
            raise CollectionError(f"its columns are {', '.join(file.schema_arrow.names[:20])}")
        table = file.read()
        for name, value in LATER.items():
            if name not in table.column_names:
                kind = schema().field(name).type
                table = table.append_column(name, pa.nulls(len(table), kind).fill_null(pa.scalar(value, kind)))
        return table.select(schema().names)
    except (
        Exception
    ) as error:  # pyarrow raises its own kinds for damaged files, besides OSError and ValueError
        raise damaged(" ".join(str(error).split())[:200]) from None


def table_bytes(table: pa.Table) -> bytes:
    """The bytes of matches.parquet."""
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(table.cast(schema()), stream, compression="zstd", version="2.6")
    return stream.getvalue()


def damaged(what: str) -> CollectionError:
    """The error of a table that no run of imgsim wrote."""
    return CollectionError(f"matches.parquet is damaged: {what}.", PrepareAgain())
