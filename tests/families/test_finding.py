"""The rule: true families whole, false links refused."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME
from imgsim.families import (
    find_families,
)
from imgsim.families.finding import STRONG_DETAIL, STRONG_WHOLE
from tests.families.lettered import WEAK, found, plates
from tests.kin import box, clique, matches_of, pair


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
