"""The dates of a catalogue's plates: the standard columns that hold them, how they are filled and shown.

date_text               the statement as the metadata write it, '' without one
date_from, date_to      the first and the last year that it can mean, missing where open or undated
date_sure               certain, approximate (circa), uncertain, or '' for an undated plate
year, decade            of plates whose interval is one year, or lies in one decade; missing for all others
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imgsim.base.translation import marked
from imgsim.catalogue.dates import CERTAIN, UNDATED, DateInterval, Dates, parse_date
from imgsim.catalogue.dates.interval import Say, in_english
from imgsim.catalogue.dates.tokens import folded
from imgsim.catalogue.values import whole

COLUMNS = ("year", "decade", "date_text", "date_from", "date_to", "date_sure")
_PUNCTUATION = re.compile(r"[\[\](){}\s.,;:]")


@dataclass(frozen=True)
class Dated:
    """The dates of n plates, and how well their statements were understood.

    Attributes
    ----------
    texts : the statement of each, '' without one.
    dates : what it means; undated where it could not be read.
    report : how many plates have a statement (``plates``), were ``read``, are ``intervals`` of more than one year, are
        ``undated`` by their statement; and ``unread``, statement -> plates, most plates first.
    """

    texts: list[str]
    dates: list[DateInterval]
    report: dict[str, Any]

    def column(self, name: str) -> Any:
        """One of :data:`COLUMNS`, in the type that the catalogue has it in."""
        if name == "date_text":
            return pd.array(self.texts, dtype="str")
        if name == "date_sure":
            return pd.array([date.sure for date in self.dates], dtype="str")
        kind = {"date_from": "earliest", "date_to": "latest"}.get(name, name)
        return pd.array([getattr(date, kind) for date in self.dates], dtype="Int32")


def read_dates(count: int, years: Sequence[Sequence[str]], decades: Sequence[Sequence[str]] = ()) -> Dated:
    """Read the statements of some plates.

    Parameters
    ----------
    count : how many plates, n.
    years, decades : columns of n cells, the preferred first: of dates, and of decades ("1750" is the 1750s there). The
        first that says when counts.
    """
    texts, dates = [""] * count, [UNDATED] * count
    understood = [True] * count
    for columns, parse in ((years, parse_date), (decades, parse_decade)):
        for column in columns:
            known: dict[str, DateInterval | None] = {}
            for row, cell in enumerate(column):
                text = cell.strip()
                if dates[row].dated or not text:
                    continue
                if text not in known:
                    known[text] = parse(text)
                date = known[text]
                if not texts[row] or (date is not None and date.dated):
                    texts[row], dates[row], understood[row] = text, date or UNDATED, date is not None
    stated = [row for row in range(count) if texts[row]]
    unread = Counter(texts[row] for row in stated if not understood[row])
    report = {
        "plates": len(stated),
        "read": len(stated) - unread.total(),
        "intervals": sum(dates[row].dated and dates[row].year is None for row in stated),
        "undated": sum(understood[row] and not dates[row].dated for row in stated),
        "unread": dict(sorted(unread.items(), key=lambda item: (-item[1], item[0]))),
    }
    return Dated(texts, dates, report)


def parse_decade(text: str) -> DateInterval | None:
    """The interval of a cell in a column of decades: ``1750`` is the 1750s there; None for what is not read."""
    date = parse_date(text)
    if date is None or date.year is None:
        return date
    first = date.year // 10 * 10
    return DateInterval(first, first + 9, date.sure)


def with_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a catalogue's frame with all of :data:`COLUMNS`: one of an older version has years and decades alone."""
    if not {"year", "decade"} <= set(frame.columns):
        return frame
    years, decades = (pd.array(frame[name], dtype="Int32") for name in ("year", "decade"))
    blank = pd.array([pd.NA] * len(frame), dtype="Int32")
    firsts, lasts = (
        pd.array(frame[name], dtype="Int32") if name in frame.columns else blank
        for name in ("date_from", "date_to")
    )
    sure = frame["date_sure"].tolist() if "date_sure" in frame.columns else [""] * len(frame)
    lacking = np.asarray(firsts.isna() & lasts.isna() & ~(years.isna() & decades.isna()))
    if not lacking.any() and set(COLUMNS) <= set(frame.columns):
        return frame
    firsts, lasts = firsts.copy(), lasts.copy()
    for row in np.flatnonzero(lacking).tolist():
        date = DateInterval.of_year(*(None if v is pd.NA else int(v) for v in (years[row], decades[row])))
        firsts[row], lasts[row], sure[row] = date.earliest, date.latest, CERTAIN
    texts = frame["date_text"] if "date_text" in frame.columns else [""] * len(frame)
    return frame.assign(date_text=texts, date_from=firsts, date_to=lasts, date_sure=sure)


def dates_of(frame: pd.DataFrame) -> Dates:
    """The dates of a catalogue's frame of n rows."""
    first = frame["date_from"].to_numpy(np.int64, na_value=-Dates.FAR)
    last = frame["date_to"].to_numpy(np.int64, na_value=Dates.FAR)
    return Dates(first, last, frame["date_sure"].to_numpy(object))


def shown_date(record: Mapping[str, Any], say: Say = in_english) -> str:
    """A plate's date as it was written, and what was understood where that does not go without saying.

    `1752`, `1710 [1711], read as 1711`, `Frühling, not read`; '' for a plate without a statement. In English, unless
    ``say`` says texts otherwise.
    """
    text, date = whole(str(record["date_text"])), DateInterval.of_record(record)
    if not text:
        return date.in_words(say) if date.dated else ""
    if not date.dated:
        return text if parse_date(text) is not None else say(marked("{text}, not read"), text=text)
    if _plain(text) == _plain(date.words):
        return date.in_words(say)
    return say(marked("{text}, read as {date}"), text=text, date=date.in_words(say))


def _plain(text: str) -> str:
    return _PUNCTUATION.sub("", folded(text)).removeprefix("ca").removeprefix("c").removesuffix("s")


def report_line(report: Mapping[str, Any], most: int = 5) -> str:
    """`years: 412 of 430 read, 9 as intervals; not read: `x`, `y``, counted in plates; '' if none has a date."""
    if not report.get("plates"):
        return ""
    line = f"years: {report['read']:,} of {report['plates']:,} read, {report['intervals']:,} as intervals"
    if report["undated"]:
        line += f", {report['undated']:,} said to be undated"
    unread = list(report["unread"])
    if unread:
        line += f"; not read: {', '.join(f'`{text[:60]}`' for text in unread[:most])}"
        line += f" and {len(unread) - most:,} more" if len(unread) > most else ""
    return f"{line} (plates)"
