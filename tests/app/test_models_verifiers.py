"""The verifiers beside one another on the page Models."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.base.verdict_words import COPY, LOOK_ALIKE
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.collection.verifier_comparison import compare_verifiers
from imgsim.reviews import RE_ENGRAVED, UNRELATED
from tests.app.drawn import Drawn
from tests.app.models_scene import tables, visit
from tests.making import copied, match_values
from tests.pages import param, words

# p005 and p022 were compared by their lines and do not agree; p002 and p011 never were.
COPIES = [
    match_values("p005", "p022", COPY, inliers=77),
    match_values("p002", "p011", COPY, inliers=30),
    match_values("p003", "p012", LOOK_ALIKE),
]


@pytest.fixture(scope="session")
def folder(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(compared, tmp_path_factory.mktemp("verifiers"), COPIES)


def test_each_is_counted_and_where_they_disagree_is_shown(herbals: Collection, drawn: Drawn) -> None:
    reviews, pictures = reviews_of(herbals.path), herbals.catalogue.pictures
    for one, two, decision in (
        ("p005", "p022", RE_ENGRAVED), ("p002", "p011", UNRELATED), ("p000", "p006", UNRELATED),
    ):  # fmt: skip
        reviews.record(one, two, decision, reviewer="Ada", pictures=(pictures[one], pictures[two]))
    found = compare_verifiers(herbals)
    assert found is not None and found.copies is not None
    assert (found.lines.asked, found.lines.found) == (8, 7) and (found.copies.asked, found.copies.found) == (3, 2)
    assert (found.lines.confirmed_found, found.lines.confirmed) == (0, 1)
    assert (found.copies.confirmed_found, found.copies.confirmed) == (1, 1)
    assert (found.lines.rejected_found, found.lines.rejected) == (1, 1)
    assert (found.copies.rejected_found, found.copies.rejected) == (1, 1)
    assert found.both == 1 and len(found.differ) == 1 and len(found.only_copies) == 1
    app = visit(models="verifiers")
    assert "1 of 1" in tables(app) and "0 of 1" in tables(app)
    assert "Of 1 pair that both were asked about, 1 share no line" in words(app)
    items = drawn.given["verifiers_differ"]["items"]
    assert [(item["left"]["id"], item["right"]["id"]) for item in items] == [("p005", "p022"), ("p002", "p011")]
    drawn.answers["verifiers_differ"] = {"compare": items[0]["id"]}
    assert param(visit(models="verifiers"), "with") == "p022"


def test_with_one_verifier_it_says_what_a_second_would_find(
    compared: Path, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(compared))
    app = visit(models="verifiers")
    assert "Only one verifier has looked at these plates" in words(app)
    told = [code.value for code in app.code]
    assert any("--copies 3" in code for code in told) and any("imgsim[copies]" in code for code in told)
    assert "verifiers_differ" not in drawn.given
