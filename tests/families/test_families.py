"""Families: true ones whole, false links refused, and told in order of date."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME
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
from imgsim.families.family_members import Member
from imgsim.families.finding import STRONG_DETAIL, STRONG_WHOLE
from imgsim.families.framing import seen
from imgsim.families.relating import believed
from imgsim.verification.geometry import moved
from tests.kin import FLIP, box, catalogue_of, clique, matches_of, pair

WEAK = STRONG_WHOLE - 1
SAID = "probably the same plate"
# Said of pairs that agree over enough of the scan for it.
SAME_PLATE: dict[str, Any] = {
    "printing": SAID, "region_a": box(0, 0, 400, 600), "region_b": box(0, 0, 400, 600),
}  # fmt: skip


def plates(*names: str) -> Catalogue:
    """Plates of a book each, printed in the order of their names."""
    return catalogue_of({name: (f"book {name}", 1700 + at) for at, name in enumerate(sorted(names))})


def found(catalogue: Catalogue, pairs: list[dict[str, Any]]) -> list[str]:
    """The families as words of plates' letters, in alphabetical order."""
    frame = find_families(catalogue.frame, matches_of(catalogue, pairs))
    groups: dict[str, set[str]] = defaultdict(set)
    for family_id, plate_id in zip(frame["family_id"], frame["plate_id"], strict=True):
        groups[family_id].add(plate_id)
    assert set(groups) == {min(group) for group in groups.values()}
    return sorted("".join(sorted(group)) for group in groups.values())


# ---- the rule


def test_a_strong_pair_is_a_family_and_a_weak_one_is_not() -> None:
    assert found(plates(*"ab"), [pair("a", "b", inliers=STRONG_WHOLE)]) == ["ab"]
    assert found(plates(*"ab"), [pair("a", "b", inliers=WEAK)]) == []
    assert found(plates(*"ab"), [pair("a", "b", LOOK_ALIKE)]) == []
    assert found(plates(*"ab"), [pair("a", "b", MIRRORED)]) == ["ab"]
    assert found(plates(*"ab"), []) == []


def test_a_third_plate_confirms_a_weak_pair() -> None:
    assert found(plates(*"abc"), clique("abc", inliers=WEAK)) == ["abc"]
    chain = [pair("a", "b", inliers=WEAK), pair("b", "c", inliers=WEAK)]
    assert found(plates(*"abc"), chain) == []
    # One strong pair and two weak ones to the same plate.
    assert found(
        plates(*"abc"), [pair("a", "b"), pair("a", "c", inliers=WEAK), pair("b", "c", inliers=WEAK)]
    ) == ["abc"]
    assert found(plates(*"abc"), [pair("a", "b"), pair("a", "c", inliers=WEAK)]) == ["ab"]


def test_one_pair_never_joins_two_groups_however_strong() -> None:
    two = clique("abc") + clique("xyz")
    assert found(plates(*"abcxyz"), [*two, pair("a", "x", inliers=900)]) == ["abc", "xyz"]
    # Nor does one plate that resembles all of both.
    bridge = [pair("m", other, inliers=900) for other in "abcxyz"]
    assert found(plates(*"abcmxyz"), [*two, *bridge]) == ["abcm", "xyz"]
    # Most plates of the smaller group do.
    assert found(plates(*"abcxyz"), [*two, pair("a", "x"), pair("b", "y")]) == ["abcxyz"]
    assert found(plates(*"abcxyz"), [*two, pair("a", "x"), pair("a", "y")]) == ["abc", "xyz"]
    four = clique("wxyz") + clique("abcd")
    assert found(plates(*"abcdwxyz"), [*four, pair("a", "x"), pair("b", "y")]) == ["abcd", "wxyz"]


def test_pairs_that_were_compared_and_do_not_agree_count_against() -> None:
    group = clique("abcd")
    denied = [pair(name, "z", LOOK_ALIKE) for name in "bc"]
    assert found(plates(*"abcdz"), [*group, pair("a", "z"), *denied]) == ["abcdz"]
    denied.append(pair("d", "z", LOOK_ALIKE))
    assert found(plates(*"abcdz"), [*group, pair("a", "z"), *denied]) == ["abcd"]
    assert found(plates(*"abcdz"), [*group, pair("a", "z"), pair("b", "z"), *denied[1:]]) == ["abcdz"]


def test_a_refused_join_is_made_once_the_groups_have_grown() -> None:
    # The strongest pair joins two groups that have no second pair between them before their last plates are in.
    pairs = [pair("a", "b", inliers=300), pair("x", "y", inliers=299), pair("a", "x", inliers=298)]
    pairs += [pair("b", "c", inliers=100), pair("y", "z", inliers=99)]
    assert found(plates(*"abcxyz"), [*pairs, pair("c", "z", inliers=50)]) == ["abcxyz"]
    assert found(plates(*"abcxyz"), pairs) == ["abc", "xyz"]


def test_a_detail_never_joins_two_images() -> None:
    two = clique("abc") + clique("xyz")
    every = [pair(one, two, DETAIL, 500) for one in "abc" for two in "xyz"]
    assert found(plates(*"abcxyz"), [*two, *every]) == ["abc", "xyz"]
    # A plate with details of both belongs to the one with which it shares more.
    shared = [pair("m", "a", DETAIL, 130), pair("m", "x", DETAIL, 60), pair("m", "y", DETAIL, 60)]
    assert found(plates(*"abcmxyz"), [*two, *shared]) == ["abcm", "xyz"]
    assert found(plates(*"abcmxyz"), [*two, *shared, pair("m", "z", DETAIL, 60)]) == ["abc", "mxyz"]


def test_weak_details_are_no_ties_even_if_there_are_two() -> None:
    weak = [pair("m", other, DETAIL, STRONG_DETAIL - 1) for other in "ab"]
    assert found(plates(*"abm"), [*clique("ab"), *weak]) == ["ab"]
    assert found(plates(*"am"), [pair("a", "m", DETAIL, STRONG_DETAIL - 1)]) == []
    assert found(plates(*"am"), [pair("a", "m", DETAIL, STRONG_DETAIL)]) == ["am"]
    outvoted = [pair("m", "a", DETAIL), *(pair("m", other, LOOK_ALIKE) for other in "bcd")]
    assert found(plates(*"abcdm"), [*clique("abcd"), *outvoted]) == ["abcd"]


def test_two_details_of_one_plate_are_two_families() -> None:
    left, right = box(0, 0, 150, 150), box(200, 300, 390, 500)
    first = pair("a", "m", DETAIL, 90, region_b=left)
    assert found(plates(*"abm"), [first, pair("b", "m", DETAIL, 80, region_b=right)]) == ["am"]
    assert found(plates(*"abm"), [first, pair("b", "m", DETAIL, 80, region_b=left + 20)]) == ["abm"]


def test_a_crop_is_the_whole_image_of_the_smaller_plate() -> None:
    two = clique("abc") + clique("xy")
    cropped = [pair(one, two, DETAIL, coverage_a=0.5, coverage_b=0.9) for one in "abc" for two in "xy"]
    assert found(plates(*"abcxy"), [*two, *cropped]) == ["abcxy"]


@pytest.mark.parametrize("seed", range(6))
def test_names_and_the_order_of_pairs_make_no_difference(seed: int) -> None:
    rng = random.Random(seed)
    names = [f"p{n:03}" for n in range(60)]
    group = {name: at // 5 for at, name in enumerate(names)}
    pairs = []
    for at, a in enumerate(names):
        for b in names[at + 1 :]:
            inliers = rng.randrange(20, 4000)
            if group[a] == group[b] and rng.random() < 0.8:
                pairs.append((a, b, rng.choice([SAME, SAME, MIRRORED, DETAIL]), inliers))
            elif rng.random() < 0.02:
                pairs.append((a, b, rng.choice([SAME, DETAIL, LOOK_ALIKE]), inliers))
    # Equal strengths are told apart by ids; without them only the partition may depend on the pairs.
    pairs = [(*p[:3], 20 + at * 7 % 4001) for at, p in enumerate(pairs)]
    new = dict(zip(names, rng.sample(names, len(names)), strict=True))

    def partition(rename: dict[str, str]) -> set[frozenset[str]]:
        made = [pair(rename[a], rename[b], verdict, n) for a, b, verdict, n in pairs]
        rng.shuffle(made)
        back = {value: key for key, value in rename.items()}
        catalogue = plates(*names)
        frame = find_families(catalogue.frame, matches_of(catalogue, made))
        return {
            frozenset(back[p] for p in frame.loc[frame["family_id"] == i, "plate_id"])
            for i in set(frame["family_id"])
        }

    assert partition({name: name for name in names}) == partition(new)


def test_many_false_pairs_leave_true_families_whole_and_apart() -> None:
    """One false pair in five, at random: connected components would be one heap."""
    rng = random.Random(7)
    names = [f"p{n:04}" for n in range(600)]
    true = [names[at : at + 4] for at in range(0, 400, 4)]
    pairs = {
        (a, b): pair(a, b, inliers=rng.randrange(30, 400))
        for group in true
        for a in group
        for b in group
        if a < b
    }
    for _ in range(len(pairs) // 5):
        a, b = sorted(rng.sample(names[:400], 2))
        pairs.setdefault((a, b), pair(a, b, rng.choice([SAME, MIRRORED]), 12 + int(rng.expovariate(0.2))))
    got = {name: "".join(g) for g in true for name in g}
    catalogue = plates(*names)
    frame = find_families(catalogue.frame, matches_of(catalogue, pairs.values()))
    families = defaultdict(set)
    for family_id, plate_id in zip(frame["family_id"], frame["plate_id"], strict=True):
        families[family_id].add(got[plate_id])
    assert len(families) == 100 and all(len(group) == 1 for group in families.values())
    assert len(frame) == 400


# ---- how a plate relates to the earliest


def test_the_earliest_comes_first_and_the_undated_last() -> None:
    years: dict[str, int | None] = {"a": None, "b": 1790, "c": 1752, "d": 1752, "e": None}
    catalogue = catalogue_of({name: (f"book {name}", year) for name, year in years.items()})
    # Only the decade is known: it may have been any year of it.
    frame = catalogue.frame.copy()
    frame.loc[0, "decade"] = 1750
    catalogue = Catalogue(frame)
    families = Families(find_families(catalogue.frame, matches_of(catalogue, clique("abcde"))), catalogue)
    (family,) = families.ordered()
    assert family.id == "c" and [m.plate_id for m in family.members] == ["c", "d", "a", "b", "e"]
    assert [m.date for m in family.members] == ["1752", "1752", "1750s", "1790", "undated"]
    assert [m.plate_id for m in family.undated] == ["e"] and family.span == "1752–1790"
    assert family.earliest.words == ("earliest in this collection",)
    assert families.of(3) == "c" and families.family("c") is family
    nothing = catalogue_of({"a": ("x", None), "b": ("y", None)})
    (family,) = Families(
        find_families(nothing.frame, matches_of(nothing, [pair("a", "b")])), nothing
    ).ordered()
    assert family.span == "" and family.earliest.words == ("first of the undated",) and not family.dated


def relations(pairs: list[dict[str, Any]], names: str = "abcd") -> dict[str, Member]:
    catalogue = plates(*names)
    (family,) = Families(find_families(catalogue.frame, matches_of(catalogue, pairs)), catalogue).ordered()
    return {member.plate_id: member for member in family.members}


def test_the_mirror_of_a_mirror_is_not_mirrored() -> None:
    told = relations(
        [pair("a", "b", MIRRORED), pair("b", "c", MIRRORED), pair("b", "d"), pair("c", "d", MIRRORED)]
    )
    assert [told[n].verdict for n in "abcd"] == ["earliest", MIRRORED, SAME, MIRRORED]
    assert [told[n].mirrored for n in "abcd"] == [False, True, False, True]
    assert [told[n].direct for n in "abcd"] == [True, True, False, False]
    assert told["d"].tied_to == 1 and told["a"].tied_to is None
    assert told["b"].words == ("mirrored",) and told["b"].supports == 3
    # A pair with the earliest itself says more than any path.
    told = relations(
        [pair("a", "b", MIRRORED), pair("b", "c", MIRRORED), pair("a", "c", MIRRORED, 40)], "abc"
    )
    assert told["c"].mirrored and told["c"].direct


def test_the_strongest_path_without_details_is_followed() -> None:
    pairs = [*clique("abc"), pair("c", "d", inliers=60), pair("b", "d", DETAIL, 500, mirrored=True)]
    told = relations(pairs)
    assert told["d"].verdict == SAME and not told["d"].mirrored and told["d"].tied_to == 2
    told = relations([*clique("abc"), pair("b", "d", DETAIL, 500, mirrored=True)])
    assert told["d"].verdict == DETAIL and told["d"].mirrored and told["d"].words == (DETAIL, MIRRORED)


def test_what_a_pair_says_of_the_printing_is_carried_on() -> None:
    other: dict[str, Any]
    same, other = SAME_PLATE, {"printing": "probably re-engraved"}
    told = relations([pair("a", "b", **same), pair("b", "c", **other)], "abc")
    assert [told[n].printing for n in "abc"] == ["", "probably the same plate", "probably re-engraved"]
    assert relations([pair("a", "b", **other), pair("b", "c", **other)], "abc")["c"].printing == ""
    assert told["c"].words == (SAME, "probably re-engraved")


def test_no_plate_is_called_the_same_and_mirrored() -> None:
    # Two pairs of one plate in a row, with a mirrored one before, between or after them.
    turned: dict[str, Any] = {"mirrored": True, "transform": FLIP}
    for chain in (
        [pair("a", "b", MIRRORED), pair("b", "c", **SAME_PLATE)],
        [pair("a", "b", **SAME_PLATE), pair("b", "c", MIRRORED)],
        [pair("a", "b", **SAME_PLATE, **turned), pair("b", "c", **SAME_PLATE)],
    ):
        told = relations(chain, "abc")
        assert any(member.mirrored for member in told.values())
        assert not any(member.mirrored and member.printing for member in told.values())
    # Mirrored twice is not mirrored; but that it is the same plate was never said of it.
    assert relations([pair("a", "b", MIRRORED), pair("b", "c", MIRRORED)], "abc")["c"].printing == ""


def test_families_of_an_earlier_version_say_it_only_where_their_pairs_still_do() -> None:
    catalogue = plates(*"abcde")
    ab, bc, de = (pair(one, two, **SAME_PLATE) for one, two in ("ab", "bc", "de"))
    matches = matches_of(catalogue, [ab, bc, de])
    now = find_families(catalogue.frame, matches)
    assert now["printing"].tolist() == ["", SAID, SAID, "", SAID]
    pd.testing.assert_frame_equal(believed(now, catalogue, matches), now)
    small = box(0, 0, 200, 300)
    for taken_back, left in (
        ({"printing": ""}, ["", "", "", "", SAID]),
        ({"region_a": small}, ["", "", "", "", SAID]),
        ({"verdict": MIRRORED, "mirrored": True, "transform": FLIP}, ["", "", "", "", SAID]),
    ):
        less = matches_of(catalogue, [ab | taken_back, bc, de])
        assert believed(now, catalogue, less)["printing"].tolist() == left
    last = matches_of(catalogue, [ab, bc | {"region_b": small}, de | {"region_b": small}])
    assert believed(now, catalogue, last)["printing"].tolist() == ["", SAID, "", "", ""]
    assert believed(now, catalogue, None)["printing"].tolist() == [""] * 5
    mirrored = now.assign(mirrored=[False, False, False, False, True])
    assert believed(mirrored, catalogue, matches)["printing"].tolist() == ["", SAID, SAID, "", ""]
    # What else was said stays.
    assert believed(now.assign(printing="probably re-engraved"), catalogue, matches)["printing"].nunique() == 1


def test_a_crop_is_told_from_a_narrower_frame() -> None:
    # Twice as large on the later plate: a quarter of the earlier one fits in.
    closer = np.array([[2.0, 0, -100], [0, 2, -150], [0, 0, 1]])
    told = relations([pair("a", "b", transform=closer, coverage_a=0.5)], "ab")
    assert told["b"].cropped == "detail of the earliest" and told["b"].words == (
        SAME,
        "detail of the earliest",
    )
    told = relations([pair("a", "b", transform=np.linalg.inv(closer), coverage_b=0.5)], "ab")
    assert told["b"].cropped == "the earliest is a detail of it"
    # All of the picture is there: only the margins were left out.
    assert relations([pair("a", "b", transform=closer)], "ab")["b"].cropped == ""
    pairs = [
        pair("a", "b", transform=closer, coverage_a=0.5),
        pair("b", "c", transform=np.linalg.inv(closer), coverage_b=0.5),
    ]
    assert relations(pairs, "abc")["c"].cropped == ""
    told = relations([pair("a", "b", DETAIL, transform=closer, coverage_a=0.3, coverage_b=0.9)], "ab")
    assert told["b"].words == ("detail of the earliest",)
    # A motif in another composition: much of either plate has nothing to do with the other.
    told = relations([pair("a", "b", DETAIL, transform=closer, coverage_a=0.3, coverage_b=0.6)], "ab")
    assert told["b"].words == (DETAIL,)


def test_shares_of_frames() -> None:
    assert seen(np.eye(3), (10, 20), (10, 20)) == (1.0, 1.0)
    assert seen(np.eye(3), (10, 20), (20, 20)) == (1.0, 0.5)
    assert seen(FLIP, (400, 600), (400, 600)) == (1.0, 1.0)
    assert seen(np.array([[1.0, 0, 500], [0, 1, 0], [0, 0, 1]]), (400, 600), (400, 600)) == (0.0, 0.0)
    assert seen(np.full((3, 3), np.nan), (4, 6), (4, 6)) == (1.0, 1.0)
    assert seen(np.array([[1.0, 0, 0], [0, 1, 0], [-0.01, 0, 1]]), (400, 600), (400, 600)) == (1.0, 1.0)
    # A diamond in a square.
    turn = np.array([[1.0, -1, 0], [1, 1, 0], [0, 0, 1]])
    assert seen(turn, (2, 2), (4, 4)) == pytest.approx((0.5, 0.25))
    # Against counting the points of a fine grid on B that come from within A.
    rng = np.random.default_rng(4)
    for _ in range(12):
        angle, scale = rng.uniform(-3, 3), rng.uniform(0.5, 1.8)
        c, s = scale * np.cos(angle), scale * np.sin(angle)
        bent = np.array([[c, -s, rng.uniform(-200, 400)], [s, c, rng.uniform(-200, 400)], [1e-4, -5e-5, 1]])
        found = seen(bent, (400, 600), (500, 700))
        x, y = np.meshgrid(np.arange(0.5, 700, 2), np.arange(0.5, 700, 2))
        points = np.column_stack((x.ravel(), y.ravel()))
        in_b = points[(points <= (500, 700)).all(1)]
        back = moved(np.linalg.inv(bent), in_b)
        assert found[1] == pytest.approx(((back >= 0) & (back <= (400, 600))).all(1).mean(), abs=0.01)
        corners = moved(bent, np.array([[0.0, 0], [400, 0], [400, 600], [0, 600]]))
        turned = np.roll(corners, -1, axis=0)
        whole = abs((corners[:, 0] * turned[:, 1] - turned[:, 0] * corners[:, 1]).sum()) / 2
        assert found[0] == pytest.approx(min(1, found[1] * 500 * 700 / whole), abs=1e-5)


# ---- reading and choosing


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
