"""What is read of a date, in short."""

from __future__ import annotations

from imgsim.catalogue.dates import (
    DateInterval,
    parse_date,
)


def ends(text: str) -> tuple[int | None, int | None] | None:
    """What is read: None for nothing, (None, None) for undated."""
    date = parse_date(text)
    return None if date is None else (date.earliest, date.latest)


def years(date: DateInterval) -> range:
    """All years of an interval; open ends reach far. Empty for an undated one."""
    if not date.dated:
        return range(0)
    return range(
        1500 if date.earliest is None else date.earliest, (2000 if date.latest is None else date.latest) + 1
    )
