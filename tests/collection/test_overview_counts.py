"""The collection in numbers: every number counted again by hand, and found again by the filter that it opens."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import median

import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.catalogue import UNKNOWN, Catalogue
from imgsim.collection.overview_counts import Overview, Trade, in_words
from imgsim.collection.overview_groups import SHOWN
from imgsim.export import table_csv
from imgsim.families import appearances, delays, select
from tests.collection.chance import drawn, overview_of
from tests.hostile import FORMULAS
from tests.kin import catalogue_of, pair


@pytest.fixture(scope="module", params=range(4))
def overview(request: pytest.FixtureRequest) -> Overview:
    return overview_of(*drawn(request.param))


def again(overview: Overview) -> set[str]:
    """Plates with a plate of another book in their family: here all pairs are in families."""
    assert overview.families is not None
    found = set()
    for family in overview.families.ordered():
        for member in family.members:
            if any(other.book != member.book for other in family.members):
                found.add(member.plate_id)
    return found


# ---- plates


def test_every_group_counts_the_plates_that_its_values_find(overview: Overview) -> None:
    catalogue, used = overview.catalogue, again(overview)
    assert overview.reused == len(used) and overview.plates == 120
    assert [b.column for b in overview.breakdowns] == ["place", "format"]
    for breakdown in (overview.decades, *overview.breakdowns):
        everywhere: list[int] = []
        for group in breakdown.every:
            if breakdown.column == "decade" and group is not breakdown.unknown:
                decade = int(group.label)
                rows = catalogue.search(decades=(decade, decade)).tolist()
            else:
                rows = catalogue.search(choices={breakdown.column: group.values}).tolist()
            assert group.plates == len(rows)
            assert group.reused == sum(catalogue.plate_ids[row] in used for row in rows)
            assert group.share == (group.reused / group.plates if group.plates else 0)
            everywhere += rows
        assert sorted(everywhere) == list(range(overview.plates))


def test_decades_are_in_order_without_a_gap_and_the_undated_apart(overview: Overview) -> None:
    decades = [int(group.label) for group in overview.decades.groups]
    assert decades == list(range(decades[0], decades[-1] + 10, 10))
    assert overview.decades.groups[0].plates and overview.decades.groups[-1].plates
    unknown = overview.decades.unknown
    assert unknown is not None and unknown.values == (UNKNOWN,)
    assert overview.decades.name(unknown) == "undated" and overview.decades.every[-1] is unknown
    assert unknown.plates == int(overview.catalogue.frame["year"].isna().sum()) > 0


def test_the_most_frequent_come_first_and_the_rest_together(overview: Overview) -> None:
    by_place = overview.breakdowns[0]
    counts = Counter(value for value in overview.catalogue.frame["place"] if value)
    assert len(by_place.groups) == SHOWN
    assert [g.plates for g in by_place.groups] == sorted(counts.values(), reverse=True)[:SHOWN]
    rest = by_place.rest
    assert rest is not None and set(rest.values) == set(counts) - {g.label for g in by_place.groups}
    assert by_place.name(rest) == f"{len(counts) - SHOWN} others"


def test_one_value_more_than_fits_is_shown_not_called_others() -> None:
    plates = {f"p{n:02}": ("b", 1700) for n in range(SHOWN + 1)}
    places = [f"Town {n}" for n in range(SHOWN + 1)]
    by_place = overview_of(catalogue_of(plates, place=places), []).breakdowns[0]
    assert len(by_place.groups) == SHOWN + 1 and by_place.rest is None and by_place.unknown is None


def test_what_the_metadata_does_not_say_is_named() -> None:
    plates = {f"p{n:02}": (f"b{n // 2}", 1700 + n) for n in range(12)}
    kinds, notes = ["wood", "wood", "copper", ""] * 3, [f"note {n // 2}" for n in range(12)]
    found = overview_of(catalogue_of(plates, technique=kinds, note=notes), [])
    assert found.missing == ("place", "format", "category")
    # a note of its own for every book is no kind of plate
    assert [b.column for b in found.breakdowns] == ["technique"]


# ---- images and books


def test_delays_are_the_years_between_successive_books(overview: Overview) -> None:
    assert overview.families is not None
    expected, lives = [], []
    for family in overview.families.ordered():
        years = {m.book: m.year for m in family.members if m.year is not None}
        steps = [b - a for a, b in pairwise(sorted(years.values()))]
        assert list(delays(family)) == steps
        assert [year for year, _ in appearances(family)] == sorted(years.values())
        expected += steps
        if steps:
            lives.append(max(years.values()) - min(years.values()))
    assert list(overview.delays) == sorted(expected) and expected
    assert overview.median_delay == median(expected)
    assert list(overview.lifetimes) == sorted(lives) and overview.median_lifetime == median(lives)


def test_every_delay_is_in_one_step_and_its_images_are_found_by_the_filter(overview: Overview) -> None:
    groups = overview.delay_groups
    assert groups[0][:2] == (0, 0) and groups[1][0] == 1
    assert all(after[0] == before[1] + 1 for before, after in pairwise(groups))
    for first, last, count in groups:
        assert count == sum(first <= years <= last for years in overview.delays)
        assert overview.families is not None
        found = select(overview.families.ordered(), overview.catalogue, books=2, years_between=(first, last))
        assert (len(found) > 0) == (count > 0) and len(found) <= count
    assert sum(count for *_, count in groups) == len(overview.delays)


@pytest.mark.parametrize("longest", [0, 1, 9, 10, 139, 149, 150, 430])
def test_steps_of_years_reach_the_longest_delay_and_stay_few(longest: int) -> None:
    found = overview_of(
        catalogue_of({"a": ("one", 1500), "b": ("two", 1500 + longest)}), [pair("a", "b")]
    ).delay_groups
    assert len(found) <= 16 and found[-1][0] <= max(longest, 1) <= found[-1][1]
    assert [count for first, last, count in found if first <= longest <= last] == [1]


def test_decades_alone_give_no_delay() -> None:
    catalogue = catalogue_of({"a": ("one", None), "b": ("two", 1760)})
    frame = catalogue.frame.copy()
    frame.loc[0, "decade"] = 1740
    found = overview_of(Catalogue(frame), [pair("a", "b")])
    assert found.delays == () and found.median_delay is None and found.delay_groups == ()
    assert found.borrowers(5) == (Trade("two", 1, 1, 0),)
    assert found.headline == "All plates show an image that is also in another book."


def test_books_take_from_earlier_and_pass_on_to_later_ones(overview: Overview) -> None:
    assert overview.families is not None
    taken: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for family in overview.families.ordered():
        for member in family.members:
            years = [o.year for o in family.members if o.book != member.book and o.year is not None]
            if member.year is not None:
                taken[member.book] += any(year < member.year for year in years)
                passed[member.book] += any(year > member.year for year in years)
    assert {t.book: t.taken for t in overview.trades if t.taken} == +taken
    assert {t.book: t.passed for t in overview.trades if t.passed} == +passed
    for trade in overview.trades:
        assert trade.plates == list(overview.catalogue.frame["book"]).count(trade.book)
    best = overview.borrowers(3)
    assert [t.taken for t in best] == sorted((t.taken for t in overview.trades), reverse=True)[:3]
    assert [t.passed for t in overview.lenders(99)] == sorted((+passed).values(), reverse=True)


# ---- words and tables


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (1, 4, "1 in 4 plates shows"),
        (30, 91, "About 1 in 3 plates shows"),
        (30, 101, "30 % of the plates show"),
        (1, 2, "1 in 2 plates shows"),
        (109, 240, "45 % of the plates show"),
        (99, 100, "99 % of the plates show"),
        (7, 7, "All plates show"),
        (999, 1000, "Nearly all plates show"),
        (1, 13_151, "1 in 13,151 plates shows"),
    ],
)
def test_shares_in_words(part: int, whole: int, expected: str) -> None:
    assert in_words(part, whole) == expected


def test_the_headline_says_what_is_known_and_no_more(overview: Overview) -> None:
    assert in_words(overview.reused, overview.plates) in overview.headline
    assert f"{overview.median_delay:g} year" in overview.headline
    assert "original" not in overview.headline
    assert "not compared" in Overview(overview.catalogue, None, None).headline
    nothing = overview_of(overview.catalogue, [])
    assert nothing.headline.startswith("No image of these 120 plates") and nothing.trades == ()
    alone = overview_of(catalogue_of({"a": ("Herbal", 1750)}), [])
    assert alone.headline == "One plate: there is no other that could show its image."


def test_the_numbers_as_csv(overview: Overview) -> None:
    content = table_csv(overview.groups_table(), numbers=["share_reused"], collection="x", date="2026-11-25")
    table = read_back(content)
    by_format = table[table["grouped_by"] == "format"]
    assert by_format["plates"].astype(int).sum() == 120
    assert by_format["value"].tolist()[-1] == "not known"
    books = read_back(table_csv(overview.books_table(), collection="x", date="2026-11-25"))
    assert books["book"].tolist() == list(overview.dates.books) and len(books) == overview.books
    assert books["plates"].astype(int).sum() == 120
    assert books["in_earlier_books"].astype(int).sum() == sum(t.taken for t in overview.trades)


def test_formulas_are_guarded_in_the_tables() -> None:
    plates: dict[str, tuple[str, int | None]] = {"a": ("0904700600", 1700), "b": ("=1+1", None)}
    for payload in FORMULAS:
        found = overview_of(catalogue_of(plates, title=[payload] * 2, place=[payload, "x"]), [])
        for columns in (found.groups_table(), found.books_table()):
            content = table_csv(columns, collection=payload, date="2026-11-25")
            for cell in content.decode("utf-8-sig").replace("\r\n", ",").split(","):
                assert not cell.lstrip('" \x00').startswith(("=", "+", "-", "@", "\t", "＝")), cell
            assert payload in read_back(content).to_numpy().ravel().tolist()
