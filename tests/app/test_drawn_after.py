"""What other hands drew, below its family on Re-use and outside of families."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgsim.app.components import drawing
from imgsim.app.services.verdict_labels import reason
from imgsim.base.verdict_words import COPY
from imgsim.collection import Collection
from tests.app.drawn import Drawn
from tests.app.reuse_scene import FAMILIES, shown
from tests.making import copied, match_values
from tests.pages import param, visit, words

# The family of p000 is of 1700 to 1720; p016 is of 1720, p019 has no year, p014 is in a family that begins in 1700.
COPIES = [
    match_values("p000", "p016", COPY, inliers=90),
    match_values("p000", "p014", COPY, inliers=77),
    match_values("p006", "p019", COPY, inliers=40, mirrored=True),
    match_values("p010", "p015", COPY, inliers=35),
]


@pytest.fixture(scope="session")
def folder(verified: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(verified, tmp_path_factory.mktemp("copied"), COPIES)


def test_it_stands_below_its_family_and_makes_no_other_family(herbals: Collection, drawn: Drawn) -> None:
    app = visit("reuse")
    assert shown(drawn) == FAMILIES
    strips = {one["members"][0]["id"]: one for one in drawn.given["families"]["families"]}
    known, unknown = strips["p000"]["after"]
    assert known["heading"].startswith("Drawn after it") and [card["id"] for card in known["members"]] == ["p016"]
    assert "not known" in unknown["heading"] and [card["id"] for card in unknown["members"]] == ["p014", "p019"]
    assert "family of 2" in unknown["members"][0]["lines"][2]
    assert [word["text"] for word in unknown["members"][1]["words"]] == [COPY, "reversed"]
    assert all(word["kind"] in drawing.KINDS for word in known["members"][0]["words"])
    assert [card["id"] for group in strips["p004"]["after"] for card in group["members"]] == ["p000"]
    assert strips["p003"]["after"] == []
    assert [item["id"] for item in drawn.given["loose_copies"]["items"]] == [
        f"{herbals.catalogue.row('p010')}-{herbals.catalogue.row('p015')}"
    ]
    assert "outside of families" in words(app)


def test_a_family_shows_the_evidence_of_its_dashed_lines(herbals: Collection, drawn: Drawn) -> None:
    families = herbals.families
    assert families is not None
    family = families.of(herbals.catalogue.row("p000"))
    app = visit("reuse", family=family)
    assert "## By another hand" in words(app) and "no common family" in words(app)
    items = drawn.given["other_hands"]["items"]
    assert {(item["left"]["id"], item["right"]["id"]) for item in items} == {
        ("p000", "p016"), ("p000", "p014"), ("p006", "p019"),
    }  # fmt: skip
    assert "90 points agree, over" in items[0]["lines"][0] and items[0]["words"][0]["kind"] == "copy"
    drawn.answers["other_hands"] = {"compare": items[2]["id"]}
    app = visit("reuse", family=family)
    assert (param(app, "plate"), param(app, "with")) == ("p006", "p019")


def test_filters_leave_out_what_is_in_no_family(herbals: Collection, drawn: Drawn) -> None:
    app = visit("reuse", find="Edinburgh")
    assert "outside of families" not in words(app)


def test_without_copies_nothing_stands_below(verified: Path, drawn: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(verified))
    app = visit("reuse")
    assert all(one["after"] == [] for one in drawn.given["families"]["families"])
    assert "outside of families" not in words(app)


def test_on_plate_what_is_proven_comes_first_then_copies_then_the_nearest_each_with_its_reason(
    herbals: Collection, cards: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate="p000", other_books="no", order="evidence")
    kinds = [card["verdict"]["kind"] for card in cards]
    # Both copies are of one book, and one card stands for them.
    assert kinds[:3] == ["same", "same", "copy"] and set(kinds[3:]) <= {"alike", "unchecked"}
    assert {"200 places agree", "over 90 % and 80 %"} < set(cards[0]["lines"])
    assert "90 places agree" in cards[2]["lines"] and cards[2]["verdict"]["text"] == COPY
    assert cards[2]["heading"]["text"] == "2 copies by another hand" and "2 copies by another hand" in words(app)


def test_the_reason_is_said_in_words(herbals: Collection) -> None:
    assert herbals.matches is not None and herbals.copies is not None
    row = herbals.catalogue.row
    alike, copied = herbals.matches.between(row("p005"), row("p022")), herbals.copies.between(row("p000"), row("p016"))
    assert alike is not None and copied is not None
    assert reason(alike) == "only 4 places agree, as by chance"
    even = replace(copied, coverage_a=0.918, coverage_b=0.922, inliers=77)
    assert reason(even) == "77 places agree, over 92 % of both"
    assert reason(replace(alike, inliers=0)) == "no place agrees" and reason(None) == ""
