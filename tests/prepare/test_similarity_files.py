"""The similarities of pairs are noted by a run, and say no other than what is worked out without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.base.arrays import npy_bytes
from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from imgsim.retrieval.neighbours import pair_similarities
from imgsim.verification.comparing import Group
from imgsim.verification.match import Match
from tests.making import ToyProcessor, add_files, forge, forget_pairs
from tests.prepare.verifying import assert_equal, draw_plates, verified


class Failing(ToyProcessor):
    """One that cannot compare the first pair of any group."""

    def compare(self, groups: Sequence[Group], **options: Any) -> Iterator[tuple[Group, list[Match | str]]]:
        for group, found in super().compare(groups, **options):
            yield group, ["it took too long", *found[1:]]


@pytest.fixture
def made(quickly: None, tmp_path: Path) -> Path:
    verified(tmp_path / "c", draw_plates(tmp_path / "images", 7), verify_top=3)
    return tmp_path / "c"


def test_a_run_notes_what_would_be_worked_out(made: Path) -> None:
    collection = open_collection(made)
    assert collection.matches is not None
    assert collection.has("toy/pairs.npy")
    noted, vectors = collection.compared_similarities("toy"), collection.embeddings("toy")
    assert noted is not None and noted.dtype == np.float32 and not noted.flags.writeable
    expected = pair_similarities(vectors, *collection.matches.rows.T)
    np.testing.assert_array_equal(noted, expected)
    np.testing.assert_allclose(noted, np.sum(vectors[collection.matches.rows].prod(axis=1), axis=1), atol=1e-6)


def test_a_collection_of_a_former_version_asks_the_same_and_notes_them_at_the_next_run(made: Path) -> None:
    now, line = open_collection(made).review_queue("toy"), open_collection(made).calibration("toy")
    forge(made, forget_pairs)
    former = open_collection(made)
    assert not former.has("toy/pairs.npy")
    before = former.review_queue("toy")
    assert now is not None and before is not None and len(now) > 3
    for name in ("a", "b", "_similarity", "_score", "_disagree"):
        np.testing.assert_array_equal(getattr(now, name), getattr(before, name))
    there = former.calibration("toy")
    assert line.threshold == there.threshold
    np.testing.assert_array_equal(line.compared.thresholds, there.compared.thresholds)
    summary = verified(made, made.parent / "images")
    assert summary.redone["files"] == ["toy/pairs.npy"]
    assert open_collection(made).has("toy/pairs.npy")


@pytest.mark.parametrize("damage", ["one too few", "no number", "above one"])
def test_what_is_no_similarity_of_each_pair_is_refused(made: Path, damage: str) -> None:
    noted = np.array(open_collection(made).compared_similarities("toy"))
    if damage == "one too few":
        noted = noted[1:]
    else:
        noted[2] = np.nan if damage == "no number" else 1.5
    add_files(made, {"toy/pairs.npy": npy_bytes(noted)})
    with pytest.raises(CollectionError, match=r"toy/pairs\.npy does not hold a similarity of each of .* pairs"):
        open_collection(made).review_queue("toy")


def test_pairs_that_could_not_be_compared_have_none_until_they_are(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 5)
    verified(tmp_path / "fresh", images, verify_top=9)
    verified(tmp_path / "c", images, Failing(), verify_top=9)
    collection = open_collection(tmp_path / "c")
    noted = collection.compared_similarities("toy")
    assert collection.matches is not None and noted is not None
    assert len(noted) == len(collection.matches) < 10
    verified(tmp_path / "c", images, verify_top=9)
    assert_equal(tmp_path / "c", tmp_path / "fresh")
