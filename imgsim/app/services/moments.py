"""Days and moments, as pages write them."""

from __future__ import annotations

from datetime import datetime

from imgsim.base.translation import marked, tr

_MONTHS = (
    marked("Jan"), marked("Feb"), marked("Mar"), marked("Apr"), marked("May"), marked("Jun"),
    marked("Jul"), marked("Aug"), marked("Sep"), marked("Oct"), marked("Nov"), marked("Dec"),
)  # fmt: skip
_WHOLE_MONTHS = (
    marked("January"), marked("February"), marked("March"), marked("April"), marked("May"), marked("June"),
    marked("July"), marked("August"), marked("September"), marked("October"), marked("November"), marked("December"),
)  # fmt: skip


def day(moment: datetime) -> str:
    """`22 Nov 2026`."""
    return tr("{day} {month} {year}", day=moment.day, month=tr(_MONTHS[moment.month - 1]), year=moment.year)


def minute(moment: datetime) -> str:
    """`22 Nov 2026, 06:18`."""
    return f"{day(moment)}, {moment:%H:%M}"


def whole(moment: datetime) -> str:
    """`29 November 2026, 06:18`."""
    month = tr(_WHOLE_MONTHS[moment.month - 1])
    return f"{tr('{day} {month} {year}', day=moment.day, month=month, year=moment.year)}, {moment:%H:%M}"
