"""Plates and their metadata: reading, joining, checking, searching."""

from imgsim.catalogue.dates import BookDates
from imgsim.catalogue.describing import described
from imgsim.catalogue.joining import Joined, JoinReport, build_catalogue, join
from imgsim.catalogue.metadata import Metadata, read_metadata
from imgsim.catalogue.search import UNKNOWN, Facet
from imgsim.catalogue.table import STANDARD, Catalogue

__all__ = [
    "STANDARD", "UNKNOWN", "BookDates", "Catalogue", "Facet", "Joined", "JoinReport", "Metadata", "build_catalogue",
    "described", "join", "read_metadata",
]  # fmt: skip
