"""One decision about all plates of a family, but for the exceptions."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest

from imgsim.collection import Collection, open_collection
from imgsim.collection.shown_reviews import evidence_of
from imgsim.collection.whole_family import Plan, decide, pairs_of, planned
from imgsim.errors import ImgsimError
from imgsim.families import Family
from imgsim.reviews.decision_record import checked_evidence
from tests.herbals import make_herbals
from tests.making import add_matches, match_values

# Four plates in order of date, all pairs of them but that of the first and the last.
FOUR = ["p000", "p006", "p012", "p018"]
PAIRS = [match_values(a, b, inliers=200) for a, b in itertools.combinations(FOUR, 2) if (a, b) != ("p000", "p018")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_herbals(tmp_path_factory.mktemp("whole"))
    add_matches(folder / "herbals", [*PAIRS, match_values("p001", "p007")])
    return folder


@pytest.fixture
def herbals(made: Path, tmp_path: Path) -> Collection:
    return open_collection(Path(shutil.copytree(made / "herbals", tmp_path / "herbals")))


def family_of(collection: Collection) -> Family:
    families = collection.families
    assert families is not None
    found = families.of(collection.catalogue.row("p000"))
    assert found is not None
    return families.family(found)


def pairs_of_all(collection: Collection, *exceptions: str) -> list[tuple[int, int]]:
    assert collection.matches is not None
    return pairs_of(family_of(collection), collection.matches, exceptions)


def plan(collection: Collection, decision: str, reviewer: str = "Ada") -> Plan:
    return planned(collection, collection.reviews.all(), pairs_of_all(collection), reviewer, decision)


@pytest.mark.parametrize(
    ("exceptions", "pairs"),
    [
        ([], "00-06 00-12 06-12 06-18 12-18"),
        (["p006"], "00-12 12-18"),
        (["p000"], "06-12 06-18 12-18"),
        (["p006", "p012"], "00-18"),  # nothing leads to p018 any more: it is decided about with the earliest
        (["p006", "p012", "p018"], ""),
        (FOUR, ""),
    ],
)
def test_a_decision_is_about_pairs_that_lead_to_every_plate(
    herbals: Collection, exceptions: list[str], pairs: str
) -> None:
    ids = herbals.catalogue.plate_ids
    found = pairs_of_all(herbals, *exceptions)
    assert " ".join(f"{ids[a][2:]}-{ids[b][2:]}" for a, b in found) == pairs


def test_it_is_written_with_the_evidence_of_each_pair_and_the_exception_is_left_alone(herbals: Collection) -> None:
    told: list[tuple[int, int]] = []
    rows = [*pairs_of_all(herbals, "p006"), *pairs_of_all(herbals, "p006", "p012")]
    found = planned(herbals, [], rows, "Ada", "same plate")
    written, left = decide(herbals, found, "toy", note="the crack", progress=lambda *of: told.append(of))
    assert left == [] and told == [(1, 3), (2, 3), (3, 3)]
    assert [(one.pair, one.decision, one.reviewer, one.note) for one in written] == [
        (pair, "same plate", "Ada", "the crack") for pair in (("p000", "p012"), ("p000", "p018"), ("p012", "p018"))
    ]
    pictures = herbals.catalogue.pictures
    for one in written:
        row_a, row_b = (herbals.catalogue.row(plate) for plate in one.pair)
        assert one.evidence == checked_evidence(evidence_of(herbals, row_a, row_b, "toy"))
        assert (one.picture_a, one.picture_b) == tuple(pictures[plate] for plate in one.pair)
    assert [one.evidence["verdict"] for one in written] == ["same image", "not compared", "same image"]
    assert not [pair for pair in herbals.decisions if "p006" in pair]


def test_what_was_said_before_stays_unless_it_is_asked_for(herbals: Collection) -> None:
    herbals.reviews.record("p000", "p006", "re-engraved copy", reviewer="Bob")
    herbals.reviews.record("p006", "p012", "shared motif", reviewer="Ada")
    found = plan(herbals, "same plate")
    assert (found.pairs.against, found.pairs.own, found.pairs.fresh) == (
        (("p000", "p006"),), (("p006", "p012"),), (("p000", "p012"), ("p006", "p018"), ("p012", "p018")),
    )  # fmt: skip
    assert [one.pair for one in decide(herbals, found, "toy")[0]] == list(found.pairs.fresh)
    assert herbals.decisions["p000", "p006"].decision == "re-engraved copy"

    written, _ = decide(herbals, plan(herbals, "same plate"), "toy", otherwise=True)
    assert [one.pair for one in written] == [("p000", "p006"), ("p006", "p012")]
    assert herbals.decisions["p000", "p006"].disputed
    assert herbals.decisions["p006", "p012"].decision == "same plate"
    assert [one.pair for one in herbals.reviews.undo("Ada")] == [("p000", "p006"), ("p006", "p012")]
    assert herbals.decisions["p006", "p012"].decision == "shared motif"


def test_who_decides_between_the_plan_and_the_press_is_not_written_over(herbals: Collection) -> None:
    found = plan(herbals, "same plate")
    herbals.reviews.record("p006", "p012", "unrelated", reviewer="Bob")
    written, left = decide(herbals, found, "toy", otherwise=True)
    assert [one.pair for one in left] == [("p006", "p012")] and len(written) == 4
    assert herbals.decisions["p006", "p012"].said == "unrelated (Bob)"


def test_unrelated_takes_the_family_apart_and_undo_brings_it_back(herbals: Collection) -> None:
    before = family_of(herbals)
    decide(herbals, plan(herbals, "unrelated"), "toy")
    assert herbals.families is not None and herbals.families.of(herbals.catalogue.row("p000")) is None
    herbals.reviews.undo("Ada")
    assert family_of(herbals).id == before.id and family_of(herbals).rows == before.rows


def test_without_a_name_nothing_is_written(herbals: Collection) -> None:
    with pytest.raises(ImgsimError, match="name"):
        decide(herbals, plan(herbals, "same plate", reviewer=""), "toy")
    assert herbals.reviews.all() == []
