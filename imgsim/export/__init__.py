"""What a researcher takes away: lists as CSV, networks, references, a map, and one zip of everything with its record.

    request = Request(collection, date, backbone, rows, top_k=20, threshold=0.94)
    files = files_of(["neighbours", "matches", "books"], request)      # of every_kind()
    for data in zip_chunks(request, files, report): ...                # or write_files(folder, request, files, report)

Every file is made in chunks, so that a large one needs little memory and says how far it has come. Nothing here needs
Streamlit. :mod:`imgsim.base.cells` says how a CSV stays what it is in every spreadsheet.
"""

from imgsim.base.cells import guarded
from imgsim.base.spreadsheets import read_back
from imgsim.export.book_edges import network_csv
from imgsim.export.bundle import stem, write_files, zip_chunks
from imgsim.export.estimates import Estimate, estimate
from imgsim.export.family_lists import families_csv
from imgsim.export.kind import ExportFile, ExportKind
from imgsim.export.kinds import KINDS, available, every_kind, files_of, register
from imgsim.export.map_page import map_html
from imgsim.export.neighbour_lists import neighbours_csv
from imgsim.export.pair_lists import pairs_csv
from imgsim.export.plate_lists import selection_csv
from imgsim.export.request import Chunk, Request
from imgsim.export.tables import table_csv

__all__ = [
    "KINDS", "Chunk", "Estimate", "ExportFile", "ExportKind", "Request", "available", "estimate",
    "every_kind", "families_csv", "files_of", "guarded", "map_html", "neighbours_csv", "network_csv", "pairs_csv",
    "read_back", "register", "selection_csv", "stem", "table_csv", "write_files", "zip_chunks",
]  # fmt: skip
