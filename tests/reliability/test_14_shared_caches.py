"""Row 14: what readers share cannot be changed by one of them, and answers do not depend on who asks meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imgsim.app.services import caches, state
from imgsim.collection import Collection, open_collection
from imgsim.collection.answers import Answers
from tests.herbals import COUNT, make_herbals
from tests.reliability.tally import Tally

QUERIES = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_herbals(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def herbals(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    return open_collection(folder / "herbals")


def test_shared_arrays_refuse_to_be_changed(herbals: Collection, tally: Tally) -> None:
    indices, similarities = herbals.neighbour_table("toy")
    for what, array in {
        "rows that pass the filters": caches.filtered_rows(herbals, state.State()),
        "similarities of a plate": caches.similarities_of(herbals, "toy", 3),
        "embeddings": herbals.embeddings("toy"),
        "neighbours": indices,
        "their similarities": similarities,
        "the background": herbals.background("toy"),
        "the map": herbals.projection("toy", "pca"),
    }.items():
        with tally.attempt(what), pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    # Of what was read from the disk nobody can take the protection away either.
    for what, array in {"embeddings": herbals.embeddings("toy"), "neighbours": indices}.items():
        with tally.attempt(f"{what}, made writable"), pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)


def test_interleaved_queries_give_the_answers_of_one_after_the_other(herbals: Collection, tally: Tally) -> None:
    rows = [number % COUNT for number in range(QUERIES)]
    names = [("toy", "other")[number % 2] for number in range(QUERIES)]
    plain = {name: herbals.embeddings(name).astype(np.float64) for name in ("toy", "other")}
    shared, alone = (replace(herbals, _answers=Answers()) for _ in range(2))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda name, row: caches.similarities_of(shared, name, row), names, rows))
    for name, row, answer in zip(names, rows, together, strict=True):
        with tally.attempt(f"{name} {row}"):
            assert np.array_equal(answer, caches.similarities_of(alone, name, row))
            np.testing.assert_allclose(answer, plain[name] @ plain[name][row], atol=1e-6)
