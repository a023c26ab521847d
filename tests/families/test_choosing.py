"""Families that are read, chosen, and told in order of date."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED
from imgsim.catalogue import Catalogue
from imgsim.errors import CollectionError, ImgsimError
from imgsim.families import (
    COLUMNS,
    Families,
    find_families,
    journeys,
    related,
    select,
    work_keys,
)
from tests.families.lettered import plates
from tests.kin import catalogue_of, clique, matches_of, pair


@pytest.fixture
def some() -> tuple[Families, Catalogue]:
    """abc: three books, mirrored, London to Dublin; de: editions of one work; f is in none; xy: undated."""
    catalogue = catalogue_of(
        {
            "a": ("one", 1752), "b": ("two", 1760), "c": ("three", 1790), "d": ("one", 1752), "e": ("four", 1754),
            "f": ("one", 1752), "x": ("five", None), "y": ("six", None),
        },
        place=["London", "Dublin", "London", "London", "London", "London", "Paris", ""],
        title=["Flora", "Plants & trees", "Herbal", "Flora", "Flora. The second edition", "Flora", "", ""],
        author=["Ray, John", "Anon", "Hill", "Ray, John", "Ray", "Ray, John", "", ""],
    )  # fmt: skip
    pairs = [*clique("abc", MIRRORED)[:2], pair("b", "c"), pair("d", "e"), pair("x", "y")]
    return Families(find_families(catalogue.frame, matches_of(catalogue, pairs)), catalogue), catalogue


def test_families_are_listed_by_books_and_span(some: tuple[Families, Catalogue]) -> None:
    families, _ = some
    assert families.ids == ("a", "d", "x") and len(families) == 3
    first = families.ordered()[0]
    assert first.books == ("one", "two", "three") and first.span == "1752–1790" and first.years == 38
    assert first.places == ("London", "Dublin") and first.mirrored and len(first.works) == 3
    assert len(families.family("d").works) == 1
    assert families.of(5) is None
    with pytest.raises(ImgsimError, match="'<b>'"):
        families.family("<b>")


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, "adx"), ({"mirrored": True}, "a"), ({"books": 3}, "a"), ({"decades": (1760, 1780)}, "a"),
        ({"decades": (1750, 1750)}, "ad"), ({"text": "herbal"}, "a"), ({"text": "flora"}, "ad"), ({"text": "zzz"}, ""),
        ({"source": "London", "target": "Dublin"}, "a"), ({"source": "Dublin", "target": "London"}, "a"),
        ({"source": "London", "target": "London"}, "ad"), ({"target": "Dublin"}, "a"), ({"source": "Paris"}, ""),
        ({"between_works": True}, "ax"), ({"verdicts": [MIRRORED]}, "a"), ({"verdicts": [DETAIL]}, ""),
    ],
)  # fmt: skip
def test_what_the_filters_let_through(
    some: tuple[Families, Catalogue], wanted: dict[str, Any], ids: str
) -> None:
    families, catalogue = some
    assert "".join(f.id for f in select(families.ordered(), catalogue, **wanted)) == ids


def test_journeys_go_forward_in_time(some: tuple[Families, Catalogue]) -> None:
    families, _ = some
    assert journeys(families.family("a")) == {
        ("London", "Dublin"), ("London", "London"), ("Dublin", "London"),
    }  # fmt: skip
    assert journeys(families.family("x")) == set()


def test_works() -> None:
    titles = [
        "The British Herbal", "The British herbal. The second edition, corrected", "THE BRITISH HERBAL, vol. II",
        "The British Herbal", "Species plantarum", "Species plantarum. Editio secunda", "", "",
    ]  # fmt: skip
    authors = ["Hill, John", "Hill, John.", "HILL", "Ray", "Linné", "Linne, Carl", "", ""]
    names = "abcdefgh"
    plates_ = {name: ("" if name == "h" else f"b{name}", 1750) for name in names}
    keys = work_keys(catalogue_of(plates_, title=titles, author=authors))
    assert keys[0] == keys[1] == keys[2] != keys[3] and keys[4] == keys[5]
    assert len(set(keys)) == 5
    stated = work_keys(catalogue_of(plates_, title=titles, author=authors, work_id=["w1", "w2", *[""] * 6]))
    assert stated[0] != stated[1] != stated[2] and stated[2] == keys[2]


def test_what_leads_out_of_a_family() -> None:
    catalogue = plates(*"abcxyz")
    pairs = [
        *clique("abc"),
        *clique("xy"),
        pair("a", "x", DETAIL, 90),
        pair("b", "x", DETAIL, 95),
        pair("c", "z", inliers=20),
    ]
    matches = matches_of(catalogue, [*pairs, pair("c", "y", LOOK_ALIKE)])
    families = Families(find_families(catalogue.frame, matches), catalogue)
    found = related(families, "a", matches)
    assert [(r.row, r.other, r.family, r.inliers) for r in found] == [(1, 3, "x", 95), (2, 5, None, 20)]
    # What people called unrelated is not said to agree; another pair with the same plate still is.
    found = related(families, "a", matches, {(1, 3), (2, 5)})
    assert [(r.row, r.other, r.family, r.inliers) for r in found] == [(0, 3, "x", 90)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("plate_id", "nobody"), ("family_id", "b"), ("verdict", "friend"), ("cropped", "yes"), ("tied_to", "z"),
        ("plate_id", "b"), ("verdict", "earliest"),
    ],
)  # fmt: skip
def test_damaged_families_are_refused(column: str, value: str) -> None:
    catalogue = plates(*"abz")
    frame = find_families(catalogue.frame, matches_of(catalogue, [pair("a", "b")]))
    assert list(frame.columns) == list(COLUMNS)
    frame.loc[0 if column == "plate_id" else 1, column] = value
    with pytest.raises(CollectionError):
        Families(frame, catalogue)
    with pytest.raises(CollectionError, match=column):
        Families(frame.drop(columns=column), catalogue)


def test_no_families_at_all() -> None:
    catalogue = plates(*"ab")
    frame = find_families(catalogue.frame, matches_of(catalogue, []))
    assert list(frame.columns) == list(COLUMNS) and frame.empty
    families = Families(frame, catalogue)
    assert len(families) == 0 and families.ordered() == () and families.of(0) is None
    assert frame.astype(COLUMNS).dtypes.equals(pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS).dtypes)
