"""What people decided corrects the families: what a historian may expect when she has judged a pair."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import pandas as pd
import pytest

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME, VERDICTS
from imgsim.catalogue import Catalogue
from imgsim.families import COLUMNS, Decisions, Families, decisions_of, find_families
from imgsim.families.finding import STRONG_WHOLE
from imgsim.reviews import CONFIRMED, UNRELATED
from tests.kin import box, catalogue_of, clique, matches_of, pair

WEAK = STRONG_WHOLE - 1
Said = dict[str, str]  # "ab" -> the decision about the plates a and b


def plates(*names: str) -> Catalogue:
    """Plates of a book each, printed in the order of their names."""
    return catalogue_of({name: (f"book {name}", 1700 + at) for at, name in enumerate(sorted(names))})


def decided(catalogue: Catalogue, said: Said) -> Decisions:
    frame = pd.DataFrame(
        [(min(two), max(two), decision, False) for two, decision in said.items()],
        columns=pd.Index(["plate_a", "plate_b", "decision", "disputed"]),
    )
    return decisions_of(frame, catalogue)


def corrected(names: str, pairs: list[dict[str, Any]], said: Said) -> Families:
    """The families after the decisions. Looking at a part of the plates gives the same as looking at all."""
    catalogue = plates(*names)
    matches = matches_of(catalogue, pairs)
    decisions = decided(catalogue, said)
    whole = find_families(catalogue.frame, matches, decisions)
    part = Families(find_families(catalogue.frame, matches), catalogue).corrected(matches, decisions)
    pd.testing.assert_frame_equal(part.frame, whole)
    assert part.ordered() == Families(whole, catalogue).ordered()
    return part


def letters(families: Families) -> list[str]:
    """The families as words of plates' letters, in alphabetical order."""
    return sorted("".join(sorted(m.plate_id for m in family.members)) for family in families.ordered())


def found(names: str, pairs: list[dict[str, Any]], said: Said) -> list[str]:
    return letters(corrected(names, pairs, said))


# ---- nothing that counts


def test_without_decisions_the_families_are_those_that_were_prepared() -> None:
    catalogue = plates(*"abcx")
    matches = matches_of(catalogue, [*clique("abc"), pair("a", "x", LOOK_ALIKE)])
    frame = find_families(catalogue.frame, matches)
    assert list(frame.columns) == list(COLUMNS)
    pd.testing.assert_frame_equal(find_families(catalogue.frame, matches, Decisions())[list(COLUMNS)], frame)
    families = Families(frame, catalogue)
    assert families.corrected(matches, Decisions()) is families


def test_unsure_and_disputed_pairs_and_unknown_plates_change_nothing() -> None:
    catalogue = plates(*"ab")
    frame = pd.DataFrame(
        {
            "plate_a": ["a", "a", "a"], "plate_b": ["b", "b", "z"],
            "decision": ["unsure", "unrelated", "same plate"], "disputed": [False, True, False],
        }
    )  # fmt: skip
    assert not decisions_of(frame, catalogue)


# ---- unrelated


def test_the_only_link_is_gone_once_it_is_rejected() -> None:
    assert found("ab", [pair("a", "b")], {}) == ["ab"]
    assert found("ab", [pair("a", "b")], {"ab": UNRELATED}) == []
    assert found("am", [pair("a", "m", DETAIL)], {"am": UNRELATED}) == []


def test_a_plate_that_hung_on_one_pair_leaves_its_family() -> None:
    assert found("abcz", [*clique("abc"), pair("a", "z")], {}) == ["abcz"]
    assert found("abcz", [*clique("abc"), pair("a", "z")], {"az": UNRELATED}) == ["abc"]


def test_of_several_links_the_weaker_side_leaves_for_the_two_are_never_together() -> None:
    # b leads from a to c; it agrees more with a.
    three = [pair("a", "b", inliers=300), pair("b", "c", inliers=100), pair("a", "c", inliers=90)]
    assert found("abc", three, {"ac": UNRELATED}) == ["ab"]
    # c takes with it what is nearer to it.
    four = [
        pair("a", "b", inliers=300),
        pair("b", "c", inliers=100),
        pair("a", "c"),
        pair("c", "d", inliers=200),
    ]
    assert found("abcd", four, {}) == ["abcd"]
    assert found("abcd", four, {"ac": UNRELATED}) == ["ab", "cd"]
    assert found("abcd", four, {"ad": UNRELATED}) == ["abc"]
    # The same in a family in which everything agrees with everything.
    for two in ("ad", "bc", "ab"):
        groups = found("abcd", clique("abcd"), {two: UNRELATED})
        assert not any(set(two) <= set(group) for group in groups)
        assert len(groups) == 1 and len(groups[0]) == 3


def test_a_rejected_pair_does_not_confirm_others() -> None:
    weak = clique("abc", inliers=WEAK)
    assert found("abc", weak, {}) == ["abc"]
    assert found("abc", weak, {"bc": UNRELATED}) == []


def test_a_rejected_detail_goes_to_no_family_with_that_plate() -> None:
    two = clique("abc") + clique("xyz")
    shared = [pair("m", "a", DETAIL, 130), pair("m", "x", DETAIL, 60)]
    assert found("abcmxyz", [*two, *shared], {}) == ["abcm", "xyz"]
    assert found("abcmxyz", [*two, *shared], {"am": UNRELATED}) == ["abc", "mxyz"]
    assert found("abcmxyz", [*two, *shared], {"bm": UNRELATED}) == ["abc", "mxyz"]
    # Nor do two plates that must stay apart share a family by a detail of a third.
    hanging = [pair("m", "a", DETAIL, 130), pair("n", "a", DETAIL, 120)]
    assert found("abcmn", [*clique("abc"), *hanging], {"mn": UNRELATED}) == ["abcm"]
    detail = [pair("a", "m", DETAIL, 90), pair("a", "n", DETAIL, 80)]
    assert found("amn", detail, {}) == ["amn"]
    assert found("amn", detail, {"mn": UNRELATED}) == ["am"]


# ---- confirmed


@pytest.mark.parametrize("decision", CONFIRMED)
def test_a_confirmed_pair_is_a_family_even_if_its_lines_were_never_compared(decision: str) -> None:
    assert found("abz", [], {"ab": decision}) == ["ab"]
    assert found("ab", [pair("a", "b", LOOK_ALIKE)], {"ab": decision}) == ["ab"]
    assert found("ab", [pair("a", "b", inliers=WEAK)], {"ab": decision}) == ["ab"]


def test_relations_are_in_the_words_of_the_decision() -> None:
    said = {
        "ab": "same plate", "ac": "re-engraved copy", "ad": "mirrored copy", "ae": "shared motif",
    }  # fmt: skip
    members = corrected("abcde", [pair("a", "c", LOOK_ALIKE)], said).ordered()[0].members
    assert [member.words for member in members[1:]] == [
        ("same image", "same plate, by review"),
        ("same image", "re-engraved copy, by review"),
        ("mirrored", "mirrored copy, by review"),
        ("shared detail", "shared motif, by review"),
    ]
    assert [member.verdict for member in members[1:]] == [SAME, SAME, MIRRORED, DETAIL]
    assert [member.mirrored for member in members[1:]] == [False, False, True, False]
    assert [member.inliers for member in members[1:]] == [0, 0, 0, 0] or members[2].inliers == 5
    # What the lines say stays where it is not against it, and a copy of a copy is told along the way.
    pairs = [pair("a", "b", printing="probably the same plate"), pair("b", "c", MIRRORED)]
    b, c = corrected("abc", pairs, {"ab": "re-engraved copy"}).ordered()[0].members[1:]
    assert b.words == ("same image", "re-engraved copy, by review") and b.inliers == 200
    assert c.words == ("mirrored",) and c.by_review == ""
    turned = corrected("ab", [pair("a", "b", MIRRORED)], {"ab": "same plate"}).ordered()[0].members[1]
    assert turned.mirrored and turned.words == ("mirrored", "same plate, by review")


def test_what_people_decide_of_a_mirrored_pair_makes_no_claim_about_others() -> None:
    large = box(0, 0, 400, 600)
    same: dict[str, Any] = {"printing": "probably the same plate", "region_a": large, "region_b": large}
    pairs = [pair("a", "b", MIRRORED), pair("b", "c", **same)]
    b, c = corrected("abc", pairs, {"ab": "same plate"}).ordered()[0].members[1:]
    assert (b.mirrored, b.printing, b.by_review) == (True, "", "same plate")
    assert (c.mirrored, c.printing, c.words) == (True, "", ("mirrored",))
    # Not mirrored, it is carried on.
    pairs = [pair("a", "b"), pair("b", "c", **same)]
    c = corrected("abc", pairs, {"ab": "same plate"}).ordered()[0].members[2]
    assert c.words == ("same image", "probably the same plate")


def test_a_confirmed_pair_makes_one_family_of_two_whatever_the_lines_deny() -> None:
    two = clique("abc") + clique("xyz")
    denied = [pair(one, other, LOOK_ALIKE) for one in "abc" for other in "xyz"]
    assert found("abcxyz", [*two, *denied], {}) == ["abc", "xyz"]
    for said in ("same plate", "re-engraved copy", "mirrored copy"):
        assert found("abcxyz", [*two, *denied], {"bz": said}) == ["abcxyz"]
    # A motif joins no two images.
    assert found("abcxyz", [*two, *denied], {"bz": "shared motif"}) == ["abc", "xyz"]


def test_a_shared_motif_is_a_detail_whatever_the_lines_say() -> None:
    assert corrected("ab", [pair("a", "b")], {"ab": "shared motif"}).ordered()[0].members[1].verdict == DETAIL
    # No core of two images hangs on it any more.
    pairs = [*clique("abc"), *clique("xyz"), pair("a", "x"), pair("b", "y")]
    assert found("abcxyz", pairs, {}) == ["abcxyz"]
    assert found("abcxyz", pairs, {"by": "shared motif"}) == ["abc", "xyz"]


def test_a_confirmed_motif_goes_before_any_number_of_points() -> None:
    two = clique("abc") + clique("xyz")
    shared = [pair("m", "a", DETAIL, 900), pair("m", "x", LOOK_ALIKE), pair("m", "y", LOOK_ALIKE)]
    assert found("abcmxyz", [*two, *shared], {}) == ["abcm", "xyz"]
    assert found("abcmxyz", [*two, *shared], {"mx": "shared motif"}) == ["abc", "mxyz"]
    # From plate to plate.
    assert found("abcmn", [*clique("abc")], {"am": "shared motif", "mn": "shared motif"}) == ["abcmn"]
    left, right = box(0, 0, 150, 150), box(200, 300, 390, 500)
    details = [pair("a", "m", DETAIL, 90, region_b=left), pair("b", "m", DETAIL, 80, region_b=right)]
    assert found("abm", details, {}) == ["am"]
    assert found("abm", details, {"bm": "shared motif"}) == ["bm"]
    assert found("abm", details, {"am": "shared motif", "bm": "shared motif"}) == ["abm"]


# ---- both at once


def test_confirmed_paths_force_a_rejected_pair_together_and_nothing_else_does() -> None:
    confirmed = {"ab": "same plate", "bc": "re-engraved copy", "ac": UNRELATED}
    assert found("abc", [], confirmed) == ["abc"]
    # A path that is confirmed in part is none: the plates stay with what is confirmed.
    pairs = [*clique("ab"), *clique("cd")]
    assert found("abcd", pairs, {"bd": "same plate"}) == ["abcd"]
    assert found("abcd", pairs, {"bd": "same plate", "ac": UNRELATED}) == ["abd"]
    strong = [pair("a", "b", inliers=100), pair("c", "d", inliers=300)]
    assert found("abcd", strong, {"bd": "same plate", "ac": UNRELATED}) == ["bcd"]
    # A motif is no path.
    assert found("abc", [], {"ab": "same plate", "bc": "shared motif", "ac": UNRELATED}) == ["ab"]


def test_random_decisions_keep_every_promise() -> None:
    rng = random.Random(7)
    names = "abcdefghijklmnop"
    for _ in range(25):
        every = [a + b for at, a in enumerate(names) for b in names[at + 1 :]]
        pairs = [
            pair(two[0], two[1], rng.choice(VERDICTS), rng.choice([30, 60, 300]))
            for two in rng.sample(every, rng.choice([10, 25, 60]))
        ]
        said: Said = {
            two: rng.choice([UNRELATED, *CONFIRMED]) for two in rng.sample(every, rng.choice([1, 4, 12]))
        }
        families = corrected(names, pairs, said)
        of = {name: families.of(row) for row, name in enumerate(names)}
        parent = {name: name for name in names}

        def root(name: str, parent: dict[str, str] = parent) -> str:
            while parent[name] != name:
                name = parent[name]
            return name

        for two, decision in said.items():
            a, b = two[0], two[1]
            if decision in CONFIRMED[:3]:
                parent[root(a)] = root(b)
        for two, decision in said.items():
            a, b = two[0], two[1]
            together = of[a] is not None and of[a] == of[b]
            if decision in CONFIRMED[:3]:
                assert together
            elif decision == UNRELATED:
                assert together == (root(a) == root(b))
        # The order of the plates of the table, and of the decisions, makes no difference.
        shuffled = dict(rng.sample(list(said.items()), len(said)))
        assert corrected(names, rng.sample(pairs, len(pairs)), shuffled).frame.equals(families.frame)


def test_families_that_nobody_judged_stay_the_very_same() -> None:
    catalogue = plates(*"abcxyz")
    matches = matches_of(catalogue, clique("abc") + clique("xyz"))
    before = Families(find_families(catalogue.frame, matches), catalogue)
    read = before.ordered()
    after = before.corrected(matches, decided(catalogue, {"xy": UNRELATED}))
    assert after.family("a") is before.family("a") and before.family("a") in read
    assert letters(after) == ["abc", "xz"] or letters(after) == ["abc", "yz"]
    groups = defaultdict(list)
    for member in after.frame.itertuples():
        groups[member.family_id].append(member.plate_id)
    assert len(groups) == 2
    # Rejecting what nothing connects changes nothing at all.
    assert before.corrected(matches, decided(catalogue, {"ax": UNRELATED})) is before
