"""What a researcher takes away: lists as CSV, networks, references, a map, and one zip of everything with its record.

Nothing here needs Streamlit. :mod:`imgsim.export.cells` says how a CSV stays what it is in every spreadsheet.
"""

from imgsim.export.cells import guarded, read_back
from imgsim.export.families import families_csv
from imgsim.export.neighbours import neighbours_csv
from imgsim.export.network import network_csv
from imgsim.export.pairs import pairs_csv
from imgsim.export.plates import selection_csv
from imgsim.export.tables import table_csv

__all__ = [
    "families_csv",
    "guarded",
    "neighbours_csv",
    "network_csv",
    "pairs_csv",
    "read_back",
    "selection_csv",
    "table_csv",
]
