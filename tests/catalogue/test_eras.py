"""Dates of other eras, against tables of their own."""

from __future__ import annotations

import pytest

from imgsim.catalogue.dates import (
    DateInterval,
)
from imgsim.catalogue.dates.eras import hijri, republican


@pytest.mark.parametrize(
    ("year", "begins"),
    # First days of Islamic years in the Gregorian calendar, from printed tables (year, month, day).
    [
        (1000, (1591, 10, 19)),
        (1100, (1688, 10, 26)),
        (1165, (1751, 11, 20)),
        (1200, (1785, 11, 4)),
        (1215, (1800, 5, 25)),
        (1300, (1882, 11, 12)),
        (1, (622, 7, 19)),
    ],
)
def test_islamic_years(year: int, begins: tuple[int, int, int]) -> None:
    found = hijri(year)
    assert found is not None and found.earliest == begins[0]
    ended = hijri(year - 1)
    # The year before ends a day earlier: in the same Gregorian year, none of these begins on 1 January.
    assert ended is None or ended.latest == begins[0]


def test_republican_years_begin_in_september() -> None:
    assert [republican(year) for year in (1, 14, 15, 0)] == [
        DateInterval(1792, 1793),
        DateInterval(1805, 1806),
        None,
        None,
    ]
    assert [republican(8, month) for month in (2, 4, 12)] == [
        DateInterval(1799, 1799),
        DateInterval(1799, 1800),
        DateInterval(1800, 1800),
    ]
