"""On Models: which network finds the verified pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imgsim.app.parts import (
    models_found,
    models_verified,
)
from imgsim.app.services import text
from imgsim.collection import Collection
from imgsim.collection.verified_pairs import difference
from tests.app.drawn import Drawn
from tests.app.models_scene import VERIFIED, in_first, tables, visit
from tests.pages import param, words


@pytest.fixture(scope="session")
def folder(compared: Path) -> Path:
    return compared


def test_the_page_says_first_which_network_finds_more_of_the_copies(
    herbals: Collection, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visit(backbone="toy", versus="other")
    here, there = sum(in_first(herbals, "toy", 4)), sum(in_first(herbals, "other", 4))
    assert 0 < here < there
    assert (
        f"**other finds more of the re-used plates than toy:** {text.share(there, 7)} of 7 verified pairs against "
        f"{text.share(here, 7)}, each among its first 4 neighbours"
    ) in words(app)
    shown = tables(app)
    for backbone in ("toy", "other"):
        assert f" {text.share(sum(in_first(herbals, backbone, 20)), 7)} " in shown
    assert "All verified pairs 7" in shown
    assert "Mirrored 1" in shown and "Shared detail 1" in shown and "Same image 5" in shown
    assert "Proposed by their lines 2" in shown
    # Where both find the same, neither is better.
    pairs = models_found.verified(herbals)
    assert pairs is not None
    equal = models_found.looked_up(herbals, pairs, "toy")
    monkeypatch.setattr(models_found, "looked_up", lambda collection, pairs, name: equal)
    same = equal.found(4)
    monkeypatch.setattr(models_found, "gap", lambda *_: difference(same, same, np.arange(len(same))))
    assert "**Neither clearly finds more of the re-used plates.**" in words(visit(backbone="toy"))


def test_pairs_are_shown_by_who_finds_them(herbals: Collection, drawn: Drawn) -> None:
    here, there = in_first(herbals, "toy", 4), in_first(herbals, "other", 4)
    kinds = {
        "first": [a and not b for a, b in zip(here, there, strict=True)],
        "second": [b and not a for a, b in zip(here, there, strict=True)],
        "neither": [not a and not b for a, b in zip(here, there, strict=True)],
        "both": [a and b for a, b in zip(here, there, strict=True)],
    }
    for kind, marks in kinds.items():
        drawn.given.clear()
        app = visit(backbone="toy", versus="other", found=kind)
        expected = {f"{a}-{b}" for (a, b), mark in zip(VERIFIED, marks, strict=True) if mark}
        if not expected:
            assert "There is no such pair" in words(app)
            continue
        assert set(drawn.ids("verified_pairs")) == expected
        for item in drawn.given["verified_pairs"]["items"]:
            a, b = (int(end) for end in item["id"].split("-"))
            for line, name in zip(item["lines"], ("toy", "other"), strict=False):
                lists = herbals.neighbour_table(name)[0].tolist()
                best = 1 + min(lists[a].index(b), lists[b].index(a))
                assert line.startswith(f"{name}: {models_verified.ordinal(best)} neighbour, ")
            assert item["words"][0]["text"] == {1: "mirrored", 4: "shared detail"}.get(a, "same image")


def test_a_pair_opens_with_the_network_that_is_looked_at(herbals: Collection, drawn: Drawn) -> None:
    drawn.answers["verified_pairs"] = {"compare": "0-6"}
    app = visit(backbone="other", found="both")
    assert (param(app, "plate"), param(app, "with"), param(app, "backbone")) == ("p000", "p006", "other")
    assert app.title[0].value == "Compare"
