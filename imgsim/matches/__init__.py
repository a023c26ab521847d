"""What local features say of pairs of plates, as it lies in matches.parquet: read with every check, asked by plate.

Coordinates are pixels of the upright original plates; ``transform`` takes (x, y, 1) of plate a to plate b, mirroring
included. A pair is stored once, ``plate_a < plate_b``, and can be looked at from either side.
"""

from imgsim.matches.reading import Matches
from imgsim.matches.row import (
    DETAIL,
    LOOK_ALIKE,
    MIRRORED,
    MODELS,
    PRINTINGS,
    SAME,
    VERDICTS,
    MatchRow,
    inverted,
)
from imgsim.matches.table import read_table, schema, table_bytes, to_table

__all__ = [
    "DETAIL", "LOOK_ALIKE", "MIRRORED", "MODELS", "PRINTINGS", "SAME", "VERDICTS", "MatchRow", "Matches", "inverted",
    "read_table", "schema", "table_bytes", "to_table",
]  # fmt: skip
