"""A date as an interval of years with how sure it is: every comparison of dates is one of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.base.translation import marked, tr

CERTAIN, APPROXIMATE, UNCERTAIN = "certain", "approximate", "uncertain"
SURENESS = (CERTAIN, APPROXIMATE, UNCERTAIN)  # the surest first

_FAR = 10**6
_MARKS = {CERTAIN: "", APPROXIMATE: "~", UNCERTAIN: "?", "": ""}
Say = Callable[..., str]  # says a text with its values


@dataclass(frozen=True)
class DateInterval:
    """From the first to the last year that a date statement can mean.

    Attributes
    ----------
    earliest, latest : int or None
        Both included; None where it is open. Both None: undated.
    sure : str
        "certain", "approximate" (circa) or "uncertain" (?, probably); "" for an undated one. It does not widen the
        interval: 1752 and c. 1752 are compared alike, and shown as what they are.

    Raises
    ------
    ValueError
        The last year is before the first, or ``sure`` is none of the words.
    """

    earliest: int | None = None
    latest: int | None = None
    sure: str = CERTAIN

    def __post_init__(self) -> None:
        if self.earliest is None and self.latest is None:
            object.__setattr__(self, "sure", "")
        elif self.sure not in SURENESS:
            raise ValueError(f"a date is {', '.join(SURENESS)}, not {self.sure!r}")
        if self.earliest is not None and self.latest is not None and self.latest < self.earliest:
            raise ValueError(f"a date cannot end ({self.latest}) before it begins ({self.earliest})")

    @property
    def dated(self) -> bool:
        """Whether anything is known of when."""
        return self.earliest is not None or self.latest is not None

    @property
    def year(self) -> int | None:
        """The year, where it can only be one; else None."""
        return self.earliest if self.earliest == self.latest else None

    @property
    def decade(self) -> int | None:
        """The first year of its decade, where it can only be one decade; else None."""
        if self.earliest is None or self.latest is None or self.earliest // 10 != self.latest // 10:
            return None
        return self.earliest // 10 * 10

    @property
    def words(self) -> str:
        """`1752`, `c. 1752`, `1752?`, `1750s`, `1751–1760`, `before 1752`, `1752 or later` or `undated`.

        In English, as files and citations have it; pages show :attr:`said`.
        """
        return self.in_words(in_english)

    @property
    def said(self) -> str:
        """The same in the reader's language."""
        return self.in_words(tr)

    def in_words(self, say: Say) -> str:
        """The same as ``say`` says its texts."""
        first, last = self.earliest, self.latest
        if first is None and last is None:
            return say(marked("undated"))
        if first is None:
            assert last is not None
            return say(marked("before {date}"), date=self._as_sure(str(last + 1), say))
        if last is None:
            words = say(marked("{year} or later"), year=first)
        elif first == last:
            words = str(first)
        elif first % 10 == 0 and last == first + 9 and first % 100:
            words = say(marked("{decade}s"), decade=first)
        else:
            words = f"{first}–{last}"
        return self._as_sure(words, say)

    def _as_sure(self, words: str, say: Say) -> str:
        about = say(marked("c. {date}"), date=words) if self.sure == APPROXIMATE else words
        return f"{about}?" if self.sure == UNCERTAIN else about

    @property
    def edtf(self) -> str:
        """The same in the Extended Date/Time Format (ISO 8601-2), level 1; "" for an undated one."""
        first, last = self.earliest, self.latest
        mark = _MARKS[self.sure]
        if first is None and last is None:
            return ""
        if first is not None and last is not None:
            if first == last:
                return f"{first:04}{mark}"
            for digits, masked in ((1, "X"), (2, "XX")):
                step = 10**digits
                if first >= 0 and first % step == 0 and last == first + step - 1:
                    return f"{first // step:0{4 - digits}}{masked}{mark}"
        return "/".join(".." if end is None else f"{end:04}{mark}" for end in (first, last))

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Sorts dates: by the last year that each can mean; the vaguer and the less sure last, undated ones at the end.

        So a decade comes after all its years, and "1752 or later" after what is certainly over by then: nothing is
        called the earliest on the strength of the first year of an interval.
        """
        if not self.dated:
            return (2 * _FAR, 0, 0, 0)
        last = _FAR if self.latest is None else self.latest
        first = -_FAR if self.earliest is None else self.earliest
        return (last, last - first, first, SURENESS.index(self.sure))

    @property
    def order_of_last(self) -> tuple[int, int]:
        """Sorts dates by the first year that each can mean: the greatest is the latest on no vague strength."""
        first = -_FAR if self.earliest is None else self.earliest
        last = _FAR if self.latest is None else self.latest
        return (first, first - last)

    def certainly_before(self, other: DateInterval) -> bool:
        """Whether this one is over before the other begins, whatever year of the two intervals is the right one."""
        return self.latest is not None and other.earliest is not None and self.latest < other.earliest

    def overlaps(self, first: int, last: int) -> bool:
        """Whether it may be one of the years from ``first`` to ``last``; never for an undated one."""
        begins = self.earliest is None or self.earliest <= last
        return self.dated and begins and (self.latest is None or self.latest >= first)

    @classmethod
    def of_year(cls, year: int | None, decade: int | None = None) -> DateInterval:
        """The date of a plate of which a year, or only a decade, or nothing is known."""
        if year is not None:
            return cls(year, year)
        return UNDATED if decade is None else cls(decade, decade + 9)

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> DateInterval:
        """The date that a plate's record holds in date_from, date_to and date_sure."""
        ends = (record["date_from"], record["date_to"])
        first, last = (None if end is None else int(end) for end in ends)
        return cls(first, last, str(record["date_sure"])) if (first, last) != (None, None) else UNDATED


UNDATED = DateInterval()


def hull(dates: Iterable[DateInterval]) -> DateInterval:
    """The interval that covers all dated ones, as sure as the least sure; open where one of them is."""
    known = [date for date in dates if date.dated]
    if not known:
        return UNDATED
    firsts = [date.earliest for date in known if date.earliest is not None]
    lasts = [date.latest for date in known if date.latest is not None]
    return DateInterval(
        min(firsts) if len(firsts) == len(known) else None,
        max(lasts) if len(lasts) == len(known) else None,
        max((date.sure for date in known), key=SURENESS.index),
    )


def years_apart(dates: Iterable[DateInterval]) -> int:
    """How many years certainly lie between the first and the last of some dates; 0 where that is not known."""
    known = [date for date in dates if date.dated]
    firsts = [date.earliest for date in known if date.earliest is not None]
    lasts = [date.latest for date in known if date.latest is not None]
    return max(0, max(firsts) - min(lasts)) if firsts and lasts else 0


def span_words(dates: Iterable[DateInterval]) -> str:
    """The first and the last of some dates in words: `1752–1790`, `1750s to c. 1790`, `1752`; "" if none is dated.

    In English, as files and citations have it; pages show :func:`span_said`.
    """
    return _span(dates, lambda date: date.words, in_english)


def span_said(dates: Iterable[DateInterval]) -> str:
    """The same in the reader's language."""
    return _span(dates, lambda date: date.said, tr)


def _span(dates: Iterable[DateInterval], words: Callable[[DateInterval], str], say: Say) -> str:
    known = [date for date in dates if date.dated]
    if not known:
        return ""
    first = words(min(known, key=lambda date: date.order))
    last = words(max(known, key=lambda date: date.order_of_last))
    if first == last:
        return first
    if first.isdecimal() and last.isdecimal():
        return f"{first}–{last}"
    return say(marked("{first} to {last}"), first=first, last=last)


def in_english(message: str, **values: object) -> str:
    """Say a text in English, as files and citations have it."""
    return message.format(**values)


class Dates:
    """The dates of n plates as columns, for conditions on all of them at once; the rules of :class:`DateInterval`.

    Parameters
    ----------
    first, last : int64 (n,)
        The intervals; -FAR and FAR where they are open, both for an undated plate.
    sure : sequence of str (n,)
    """

    FAR = _FAR

    def __init__(
        self, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64], sure: npt.NDArray[Any]
    ) -> None:
        self.first, self.last = first, last
        self.dated: npt.NDArray[np.bool_] = (first > -_FAR) | (last < _FAR)
        table: dict[tuple[int, int, str], int] = {}
        keys = zip(first.tolist(), last.tolist(), sure.tolist(), strict=True)
        kinds = (table.setdefault(key, len(table)) for key in keys)
        self._kind = np.fromiter(kinds, dtype=np.int64, count=len(first))
        self._kinds = [_closed(*key) for key in table]

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, row: int) -> DateInterval:
        return self._kinds[self._kind[row]]

    @property
    def codes(self) -> npt.NDArray[np.int64]:
        """int64 (n,): equal for plates of one date."""
        return self._kind

    def certainly_before(self, date: DateInterval) -> npt.NDArray[np.bool_]:
        """Which are certainly before a date, bool (n,)."""
        return self._each(lambda own: own.certainly_before(date))

    def certainly_after(self, date: DateInterval) -> npt.NDArray[np.bool_]:
        """Which are certainly after a date, bool (n,)."""
        return self._each(lambda own: date.certainly_before(own))

    def before(
        self, rows: npt.NDArray[np.integer[Any]], others: npt.NDArray[np.integer[Any]]
    ) -> npt.NDArray[np.bool_]:
        """Whether the plates in `rows` are certainly before those in `others`; both in shapes that broadcast."""
        # An open end is beyond every year, so the comparison of DateInterval.certainly_before holds for it, too.
        return self.last[rows] < self.first[others]

    def overlapping(self, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Which may be of the years from ``first`` to ``last``, bool (n,)."""
        return self._each(lambda own: own.overlaps(first, last))

    def ranks(self) -> npt.NDArray[np.int64]:
        """Each one's rank in :attr:`DateInterval.order`, int64 (n,), dense; equal dates have equal ranks."""
        orders = [kind.order for kind in self._kinds]
        place = {order: at for at, order in enumerate(sorted(set(orders)))}
        return np.array([place[order] for order in orders], dtype=np.int64)[self._kind]

    def decades(self) -> dict[int, npt.NDArray[np.bool_]]:
        """Decade -> which plates may be of it, bool (n,), from the first to the last year that is named anywhere."""
        ends = [year for kind in self._kinds for year in (kind.earliest, kind.latest) if year is not None]
        if not ends:
            return {}
        return {
            decade: self.overlapping(decade, decade + 9)
            for decade in range(min(ends) // 10 * 10, max(ends) + 1, 10)
        }

    def distinct(self) -> list[DateInterval]:
        """Every date once, undated included."""
        return list(self._kinds)

    def _each(self, rule: Callable[[DateInterval], bool]) -> npt.NDArray[np.bool_]:
        # Thousands of plates have a few hundred dates: the one rule is asked once for each of these.
        return np.array([rule(kind) for kind in self._kinds], dtype=bool)[self._kind]


def _closed(first: int, last: int, sure: str) -> DateInterval:
    ends = (None if first <= -_FAR else first, None if last >= _FAR else last)
    return DateInterval(*ends, sure) if ends != (None, None) else UNDATED
