"""Dates as catalogues write them, read as intervals of years, and everything that compares them.

    parse_date("1641 [i.e. 1642]").words                 # 1642
    parse_date("1. Hälfte 18. Jh.").edtf                 # 1700/1749
    parse_date("[1751-1760]").certainly_before(parse_date("1762"))

A standard column of the catalogue is made of each: date_text (as written), date_from and date_to (years, missing where
open), date_sure; year and decade only where the interval lies in one (see :mod:`~imgsim.catalogue.dating`).
"""

from imgsim.catalogue.dates.interval import (
    APPROXIMATE,
    CERTAIN,
    SURENESS,
    UNCERTAIN,
    UNDATED,
    DateInterval,
    Dates,
    hull,
    span_said,
    span_words,
    years_apart,
)
from imgsim.catalogue.dates.parsing import parse_date

__all__ = [
    "APPROXIMATE", "CERTAIN", "SURENESS", "UNCERTAIN", "UNDATED", "DateInterval", "Dates", "hull", "parse_date",
    "span_said", "span_words", "years_apart",
]  # fmt: skip
