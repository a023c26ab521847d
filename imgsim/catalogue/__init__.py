"""Plates and their metadata: reading, joining, checking, searching."""

from imgsim.catalogue.describing import described
from imgsim.catalogue.joining import JoinReport, build_catalogue
from imgsim.catalogue.metadata import Metadata, read_metadata
from imgsim.catalogue.search import Facet
from imgsim.catalogue.table import STANDARD, Catalogue

__all__ = [
    "STANDARD",
    "Catalogue",
    "Facet",
    "JoinReport",
    "Metadata",
    "build_catalogue",
    "described",
    "read_metadata",
]
