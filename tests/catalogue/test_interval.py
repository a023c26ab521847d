"""What a date says, and how dates are compared."""

from __future__ import annotations

import functools
import itertools
import random
from typing import Any

import numpy as np
import pytest
from edtf import parse_edtf

from imgsim.catalogue.dates import (
    APPROXIMATE,
    SURENESS,
    UNCERTAIN,
    UNDATED,
    DateInterval,
    Dates,
    hull,
    parse_date,
    span_words,
    years_apart,
)
from tests import statements
from tests.catalogue.written import ends, years


@functools.cache
def bounds(text: str) -> tuple[Any, Any]:
    """The days between which another reader of EDTF sees a date; thousands of statements have few dates."""
    written = parse_edtf(text)
    return written.lower_strict(), written.upper_strict()


def test_what_is_written_in_edtf_is_valid_and_means_the_same() -> None:
    for _, text, right in statements.statements(range(1452, 1901, 61)):
        date = parse_date(text)
        assert date is not None
        for end, found in zip(right, bounds(date.edtf), strict=True):
            assert end is None or found[0] == end, (text, date.edtf)
        assert (
            ends(date.edtf) == right
            and (again := parse_date(date.edtf)) is not None
            and again.sure == date.sure
        )


def test_words() -> None:
    for date, words in (
        (DateInterval(1752, 1752), "1752"),
        (DateInterval(1752, 1752, APPROXIMATE), "c. 1752"),
        (UNDATED, "undated"),
        (DateInterval(1752, 1752, UNCERTAIN), "1752?"),
        (DateInterval(1750, 1759), "1750s"),
        (DateInterval(1700, 1709), "1700–1709"),
        (DateInterval(1751, 1760), "1751–1760"),
        (DateInterval(None, 1751), "before 1752"),
        (DateInterval(1752, None), "1752 or later"),
        (DateInterval(1700, 1799), "1700–1799"),
        (DateInterval(None, 1751, APPROXIMATE), "before c. 1752"),
    ):
        assert date.words == words
        again = parse_date(words)
        assert again is not None and (again.earliest, again.latest) == (date.earliest, date.latest), words


def test_year_and_decade_only_where_there_is_but_one() -> None:
    assert [
        (d.year, d.decade)
        for d in (DateInterval(1752, 1752), DateInterval(1750, 1759), DateInterval(1751, 1760))
    ] == [
        (1752, 1750),
        (None, 1750),
        (None, None),
    ]
    assert (DateInterval(None, 1752).year, DateInterval(1752, None).decade, UNDATED.year) == (
        None,
        None,
        None,
    )
    with pytest.raises(ValueError, match="cannot end"):
        DateInterval(1760, 1752)
    with pytest.raises(ValueError, match="perhaps"):
        DateInterval(1752, 1752, "perhaps")


def some_dates(count: int = 60) -> list[DateInterval]:
    lots = random.Random(3)
    found = [UNDATED, DateInterval(1752, 1752), DateInterval(None, 1751), DateInterval(1753, None)]
    while len(found) < count:
        first, length = lots.randrange(1700, 1800), lots.choice((0, 0, 0, 1, 9, 99))
        open_at = lots.choice(("", "", "", "first", "last"))
        found.append(
            DateInterval(
                None if open_at == "first" else first,
                None if open_at == "last" else first + length,
                lots.choice(SURENESS),
            )
        )
    return found


def test_certainly_before_is_before_in_every_year_of_both() -> None:
    dates = some_dates()
    for one, two in itertools.product(dates, dates):
        right = bool(years(one)) and bool(years(two)) and max(years(one)) < min(years(two))
        assert one.certainly_before(two) == right
        if right:
            assert one.order < two.order and not two.certainly_before(one)
    for date in dates:
        assert date.overlaps(1740, 1759) == any(1740 <= year <= 1759 for year in years(date))


def test_many_dates_follow_the_rules_of_one() -> None:
    dates = some_dates()
    columns = Dates(
        np.array([-Dates.FAR if d.earliest is None else d.earliest for d in dates]),
        np.array([Dates.FAR if d.latest is None else d.latest for d in dates]),
        np.array([d.sure for d in dates], dtype=object),
    )
    rows = np.arange(len(dates))
    assert [columns[row] for row in range(len(dates))] == dates and set(columns.distinct()) == set(dates)
    assert columns.before(rows[:, None], rows[None, :]).tolist() == [
        [a.certainly_before(b) for b in dates] for a in dates
    ]
    for date in dates[:12]:
        assert columns.certainly_before(date).tolist() == [d.certainly_before(date) for d in dates]
        assert columns.certainly_after(date).tolist() == [date.certainly_before(d) for d in dates]
    assert columns.overlapping(1740, 1749).tolist() == [d.overlaps(1740, 1749) for d in dates]
    ranks = columns.ranks()
    assert [dates[row].order for row in np.argsort(ranks, kind="stable")] == sorted(d.order for d in dates)
    assert columns.dated.tolist() == [d.dated for d in dates]
    for decade, found in columns.decades().items():
        assert found.tolist() == [d.overlaps(decade, decade + 9) for d in dates]


def test_no_vague_date_is_called_the_earliest_or_the_latest() -> None:
    vague, exact, later = DateInterval(1750, 1759), DateInterval(1755, 1755), DateInterval(1752, None)
    assert min((vague, exact, later, UNDATED), key=lambda d: d.order) == exact
    assert max((vague, exact, DateInterval(None, 1790)), key=lambda d: d.order_of_last) == exact


def test_hull_span_and_years_apart() -> None:
    one, two, vague = (
        DateInterval(1752, 1752),
        DateInterval(1790, 1790, APPROXIMATE),
        DateInterval(1751, 1760),
    )
    assert hull((one, two, UNDATED)) == DateInterval(1752, 1790, APPROXIMATE) and hull((UNDATED,)) == UNDATED
    assert hull((one, DateInterval(None, 1740))) == DateInterval(None, 1752)
    assert span_words((one, DateInterval(1790, 1790))) == "1752–1790" and span_words((one, one)) == "1752"
    assert span_words((vague, two)) == "1751–1760 to c. 1790" and span_words((UNDATED,)) == ""
    # One vague date, or two that are the same, lie no years apart.
    assert years_apart((vague, vague)) == 0 and years_apart((vague, two)) == 30 and years_apart((one,)) == 0
