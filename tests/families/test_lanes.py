"""Lanes of time: by place, in order; what years a date may be of."""

from __future__ import annotations

from dataclasses import replace

from imgsim.catalogue.dates import DateInterval
from imgsim.families import Family, Member
from imgsim.families.family_members import assembled
from imgsim.families.lanes import lanes, one_year, years


def member(row: int, town: str, earliest: int | None, latest: int | None = None) -> Member:
    when = DateInterval(earliest, latest if latest is not None else earliest)
    return Member(
        row, f"p{row}", row, when, f"book{row}", town, "earliest" if not row else "same image", False, "", "", 9, 1,
        None if not row else 0, True,
    )  # fmt: skip


def family(*members: Member) -> Family:
    return assembled("F0001", list(members), tuple(f"work{one.row}" for one in members))


def test_a_lane_a_place_in_order_and_what_has_none_last() -> None:
    made = family(
        member(0, "", 1700), member(1, "Paris", 1710), member(2, "London", 1715), member(3, "Paris", 1720),
        member(4, "London", None),
    )  # fmt: skip
    assert [(lane.place, [one.row for one in lane.members]) for lane in lanes(made)] == [
        ("Paris", [1, 3]), ("London", [2]), ("", [0]),
    ]  # fmt: skip
    assert lanes(family(member(0, "Paris", None), member(1, "", None))) == ()


def test_a_date_is_as_wide_as_it_is_uncertain() -> None:
    assert years(member(0, "", 1752)) == (1752, 1752)
    assert years(member(0, "", 1750, 1759)) == (1750, 1759)
    assert years(replace(member(0, "", 1750), when=DateInterval(None, 1760))) == (1760, 1760)


def test_one_year_is_one_only_where_all_are_sure_of_it() -> None:
    assert one_year(family(member(0, "", 1752), member(1, "", 1752), member(2, "", None))) == 1752
    assert one_year(family(member(0, "", 1752), member(1, "", 1753))) is None
    assert one_year(family(member(0, "", 1750, 1759), member(1, "", 1750, 1759))) is None
    assert one_year(family(member(0, "", None), member(1, "", None))) is None
