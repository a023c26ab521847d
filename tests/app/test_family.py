"""A family opened on the page Re-use, and its strip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imgsim.app.parts.family import strip, ties
from imgsim.app.parts.family_time import said
from imgsim.catalogue import DateInterval
from imgsim.collection import Collection
from imgsim.families import Member
from imgsim.families.family_members import assembled
from tests.app.drawn import Drawn
from tests.app.reuse_scene import FAMILIES, shown
from tests.pages import check, param, visit, words


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


# ---- a family


def test_a_family_opens_by_link_with_its_evidence(herbals: Collection, drawn: Drawn) -> None:
    app = visit("reuse", family="p000")
    assert "3 books, 1700–1720" in words(app)
    pairs = drawn.given["ties"]["items"]
    assert [(pair["left"]["id"], pair["right"]["id"]) for pair in pairs] == [
        ("p000", "p006"),
        ("p000", "p012"),
        ("p006", "p012"),
    ]
    assert "200 points agree, over 90% and 80% of the plates" in pairs[0]["lines"][0]
    assert pairs[0]["left"]["outline"]["points"][0] == [2.0, 2.0]
    check(next(button for button in app.button if button.label == "← All families").click().run())
    assert "family" not in app.query_params
    drawn.answers["ties"] = {"compare": pairs[2]["id"]}
    app = visit("reuse", family="p000")
    assert (param(app, "plate"), param(app, "with")) == ("p006", "p012")


def test_a_plate_without_a_year_may_be_the_earliest_and_the_page_says_so(herbals: Collection) -> None:
    assert "may be earlier than the first" in words(visit("reuse", family="p001"))
    assert "may be earlier than the first" not in words(visit("reuse", family="p000"))


def test_on_a_line_of_time_a_plate_stands_in_the_lane_of_its_place(herbals: Collection, drawn: Drawn) -> None:
    drawn.answers["family_time"] = {"clicked": "p012"}
    app = visit("reuse", family="p000", laid="time")
    assert param(app, "plate") == "p012"
    app = visit("reuse", family="p000", laid="time")
    (lane,) = drawn.given["family_time"]["lanes"]
    assert lane["name"] == "London" and drawn.given["family_time"]["undated"] == []
    assert [(one["id"], one["years"]) for one in lane["members"]] == [
        ("p000", (1700, 1700)), ("p006", (1710, 1710)), ("p012", (1720, 1720)),
    ]  # fmt: skip
    assert "is also in earlier books" in words(app) and "taken from" not in words(app)


def test_a_family_of_one_year_or_of_none_says_what_its_line_of_time_can_tell(
    herbals: Collection, drawn: Drawn
) -> None:
    app = visit("reuse", family="p001", laid="time")  # one plate of 1700, one without a year
    assert "Only one plate has a year (1700)" in words(app)
    assert "1 plate without a year stands apart below" in words(app)
    assert [one["id"] for one in drawn.given["family_time"]["undated"]] == ["p018"]

    def all_of(when: DateInterval) -> str:
        return said(assembled("F1", [replace(one, when=when) for one in family_of(herbals, "p000")], ("w",) * 24))

    assert all_of(DateInterval(1752, 1752)).startswith("All plates with a year are of 1752: none of them is certainly")
    assert all_of(DateInterval()) == "No plate of this family has a year, so none has a place on the line of time."


def family_of(collection: Collection, plate: str) -> tuple[Member, ...]:
    families = collection.families
    assert families is not None
    return families.family(str(families.of(collection.catalogue.row(plate)))).members


def test_an_unknown_family_is_answered_with_the_list(herbals: Collection, drawn: Drawn) -> None:
    app = visit("reuse", family="../../etc/passwd")
    assert len(app.warning) == 1
    assert shown(drawn) == FAMILIES


def test_ties_are_seen_from_the_earlier_plate(herbals: Collection) -> None:
    families, matches = herbals.found_families, herbals.matches
    assert families is not None and matches is not None
    for family in families.ordered():
        rows = [member.row for member in family.members]
        for match in ties(family, matches):
            assert match.verified and rows.index(match.a) < rows.index(match.b)


# ---- the components refuse what they cannot draw


def test_a_strip_is_made_of_plain_values(herbals: Collection) -> None:
    import json

    families = herbals.found_families
    assert families is not None
    for family in families.ordered():
        json.dumps(strip(herbals, family, "p006"))
