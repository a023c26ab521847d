"""The strongest thing that is proven of each plate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgsim.base.verdict_words import COPY, DETAIL, LOOK_ALIKE, MIRRORED, NEGATIVE, SAME
from imgsim.collection import Collection
from imgsim.collection.proven import NOTHING, proven
from imgsim.reviews import UNRELATED
from imgsim.reviews.decision_words import MIRRORED_COPY, RE_ENGRAVED, SAME_PLATE, SHARED_MOTIF, UNSURE
from tests.in_memory import in_memory
from tests.kin import catalogue_of, matches_of, pair

PAIRS = [
    pair("a", "b", SAME), pair("b", "c", MIRRORED), pair("b", "d", NEGATIVE), pair("d", "e", DETAIL),
    pair("f", "g", LOOK_ALIKE), pair("h", "i", MIRRORED), pair("c", "j", DETAIL),
]  # fmt: skip
COPIES = [pair("e", "f", COPY, 90), pair("f", "g", COPY, 80), pair("k", "l", "look-alike")]
FOUND = {
    "a": SAME, "b": SAME, "c": MIRRORED, "d": NEGATIVE, "e": DETAIL, "f": COPY, "g": COPY, "h": MIRRORED, "i": MIRRORED,
    "j": DETAIL, "k": NOTHING, "l": NOTHING,
}  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    catalogue = catalogue_of({name: (f"book {name}", 1700) for name in FOUND})
    manifest: dict[str, Any] = {"parameters": {}, "matching": {}, "counts": {}}
    copies = matches_of(catalogue, COPIES)
    return in_memory(catalogue, matches_of(catalogue, PAIRS), manifest=manifest, path=tmp_path, copies=copies)


def test_of_all_pairs_of_a_plate_the_strongest_counts(collection: Collection) -> None:
    assert dict(zip(collection.catalogue.plate_ids, proven(collection), strict=True)) == FOUND
    bare = in_memory(collection.catalogue, None, manifest=dict(collection.manifest), path=collection.path)
    assert set(proven(bare)) == {NOTHING}


@pytest.mark.parametrize(
    ("one", "other", "decision", "now"),
    [
        ("a", "b", UNRELATED, {"a": NOTHING, "b": MIRRORED}),  # the second still has a mirrored one
        ("f", "g", UNRELATED, {"f": COPY, "g": NOTHING}),
        ("k", "l", SAME_PLATE, {"k": SAME_PLATE, "l": SAME_PLATE}),  # never compared
        ("f", "g", SAME_PLATE, {"f": SAME_PLATE, "g": SAME_PLATE}),
        ("f", "g", RE_ENGRAVED, {"f": SAME, "g": SAME}),
        ("h", "i", RE_ENGRAVED, {}),  # mirrored all the same: the lines say so
        ("k", "l", MIRRORED_COPY, {"k": MIRRORED, "l": MIRRORED}),
        ("a", "b", SHARED_MOTIF, {"a": DETAIL, "b": MIRRORED}),  # weaker than the lines said, and it counts
        ("a", "b", UNSURE, {}),
    ],
)
def test_what_people_decided_goes_before_what_the_lines_say(
    collection: Collection, one: str, other: str, decision: str, now: dict[str, str]
) -> None:
    collection.reviews.record(one, other, decision, reviewer="Ada")
    assert dict(zip(collection.catalogue.plate_ids, proven(collection), strict=True)) == FOUND | now


def test_a_pair_about_which_people_differ_is_what_the_lines_say(collection: Collection) -> None:
    for reviewer, decision in (("Ada", UNRELATED), ("Eve", SAME_PLATE)):
        collection.reviews.record("a", "b", decision, reviewer=reviewer)
    assert dict(zip(collection.catalogue.plate_ids, proven(collection), strict=True)) == FOUND
