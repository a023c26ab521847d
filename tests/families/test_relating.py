"""How a plate of a family relates to the earliest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from imgsim.base.verdict_words import DETAIL, MIRRORED, SAME
from imgsim.catalogue import Catalogue
from imgsim.families import (
    Families,
    find_families,
)
from imgsim.families.family_members import Member
from imgsim.families.framing import seen
from imgsim.families.relating import believed
from imgsim.verification.geometry import moved
from tests.families.lettered import SAID, plates
from tests.kin import FLIP, box, catalogue_of, clique, matches_of, pair

# Said of pairs that agree over enough of the scan for it.
SAME_PLATE: dict[str, Any] = {
    "printing": SAID, "region_a": box(0, 0, 400, 600), "region_b": box(0, 0, 400, 600),
}  # fmt: skip


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
