"""Years of other eras in the common one: the French Republic, the Hijra, the Hebrew calendar."""

from __future__ import annotations

from imgsim.catalogue.dates.interval import DateInterval

LAST_REPUBLICAN = 14
_LAST_HIJRI = 1500
_FIRST_HEBREW, _LAST_HEBREW = 4800, 5900
_JULIAN_DAY_OF_HIJRA = 1_948_440  # 16 July 622 of the Julian calendar
_JULIAN_DAY_OF_YEAR_1 = 1_721_426  # 1 January 1 of the Gregorian calendar
_DAYS_OF_400_YEARS = 146_097


def republican(year: int, month: int | None = None) -> DateInterval | None:
    """Return the years of a year of the French Republic, which began in September; None beyond year 14.

    Vendémiaire to frimaire lie in the first of the two years, nivôse in either, the rest in the second.
    """
    if not 1 <= year <= LAST_REPUBLICAN:
        return None
    first = 1791 + year
    if month is None or month == 4:
        return DateInterval(first, first + 1)
    return DateInterval(first, first) if month < 4 else DateInterval(first + 1, first + 1)


def hijri(year: int) -> DateInterval | None:
    """Return the Gregorian years of an Islamic year (tabular calendar); None beyond what was counted so."""
    if not 1 <= year <= _LAST_HIJRI:
        return None
    return DateInterval(_gregorian(_first_day(year)), _gregorian(_first_day(year + 1) - 1))


def hebrew(year: int) -> DateInterval | None:
    """Return the years of a Hebrew year, which begins in autumn; None outside the last thousand years."""
    if not _FIRST_HEBREW <= year <= _LAST_HEBREW:
        return None
    return DateInterval(year - 3761, year - 3760)


def _first_day(year: int) -> int:
    # Eleven years of every thirty have a day more than 354.
    return _JULIAN_DAY_OF_HIJRA + 354 * (year - 1) + (3 + 11 * year) // 30


def _gregorian(julian_day: int) -> int:
    days = julian_day - _JULIAN_DAY_OF_YEAR_1
    year = 400 * days // _DAYS_OF_400_YEARS + 1
    # The estimate is off by one at most, at the turn of a year.
    while days < _days_before(year):
        year -= 1
    while days >= _days_before(year + 1):
        year += 1
    return year


def _days_before(year: int) -> int:
    """Days from 1 January 1 to 1 January of a year."""
    past = year - 1
    return 365 * past + past // 4 - past // 100 + past // 400
