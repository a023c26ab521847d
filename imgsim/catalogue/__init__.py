"""Plates and their metadata: reading, joining, checking, searching."""

from imgsim.catalogue.book_dates import BookDates
from imgsim.catalogue.dates import (
    UNDATED,
    DateInterval,
    Dates,
    hull,
    parse_date,
    span_said,
    span_words,
    years_apart,
)
from imgsim.catalogue.dating import report_line, shown_date
from imgsim.catalogue.describing import described
from imgsim.catalogue.facets import UNKNOWN, Facet
from imgsim.catalogue.joining import Joined, JoinReport, build_catalogue, join
from imgsim.catalogue.metadata import Metadata, read_metadata
from imgsim.catalogue.standard_columns import STANDARD
from imgsim.catalogue.table import Catalogue

__all__ = [
    "STANDARD", "UNDATED", "UNKNOWN", "BookDates", "Catalogue", "DateInterval", "Dates", "Facet", "Joined",
    "JoinReport", "Metadata", "build_catalogue", "described", "hull", "join", "parse_date", "read_metadata",
    "report_line", "shown_date", "span_said", "span_words", "years_apart",
]  # fmt: skip
