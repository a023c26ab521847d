"""Plates and their metadata: reading, joining, checking, searching."""

from imgsim.catalogue.book_dates import BookDates
from imgsim.catalogue.describing import described
from imgsim.catalogue.joining import JoinReport, build_catalogue
from imgsim.catalogue.metadata import Metadata, read_metadata
from imgsim.catalogue.search import UNKNOWN, Facet
from imgsim.catalogue.table import STANDARD, Catalogue

__all__ = [
    "STANDARD", "UNKNOWN", "BookDates", "Catalogue", "Facet", "JoinReport", "Metadata", "build_catalogue", "described",
    "read_metadata",
]  # fmt: skip
