"""Fabricated collections are such as a run would leave, and what is measured of them is what it is called."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from imgsim.collection import Collection, open_collection
from imgsim.collection.integrity import check
from imgsim.retrieval.neighbours import pair_similarities
from tests.benchmarks import scale
from tests.benchmarks.fabricating import PAIRS, fabricate

COUNT = 110


@pytest.fixture(scope="module")
def data(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fabricated")
    shutil.copytree(prepared / "sample", folder / "base")
    fabricate(open_collection(folder / "base"), COUNT, folder / "large")
    return folder


def made(data: Path) -> tuple[Collection, Collection]:
    return open_collection(data / "base"), open_collection(data / "large")


def test_a_fabricated_collection_is_whole_and_has_as_many_plates(data: Path) -> None:
    base, large = made(data)
    assert len(large.catalogue) == COUNT == len(set(large.catalogue.plate_ids))
    assert not check(large.path).problems
    assert large.thumbnail(COUNT - 1) == base.thumbnail((COUNT - 1) % len(base.catalogue))
    for name in large.backbones:
        vectors, (rows, near) = large.embeddings(name), large.neighbour_table(name)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
        left = np.repeat(np.arange(COUNT), rows.shape[1])
        np.testing.assert_array_equal(pair_similarities(vectors, left, rows.ravel()), near.ravel())
        assert large.projections(name) == base.projections(name)


def test_its_pairs_and_families_are_those_of_the_small_one_again_and_again(data: Path) -> None:
    base, large = made(data)
    assert base.matches is not None and large.matches is not None
    assert base.families is not None and large.families is not None
    size = len(base.catalogue)
    copies = large.matches.rows[large.matches.verified] // size
    assert (copies[:, 0] == copies[:, 1]).all()
    assert Counter(copies[:, 0].tolist())[0] == Counter(copies[:, 0].tolist())[1] == base.matches.verified.sum()
    wanted = min(PAIRS * size, len(base.matches))
    assert len(large.matches) >= COUNT // size * wanted
    first = [family.rows for family in large.families.ordered() if max(family.rows) < size]
    assert sorted(first) == sorted(family.rows for family in base.families.ordered())


def test_decisions_are_measured_and_gone_afterwards(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(data))
    monkeypatch.setattr(scale, "REVIEWS", 30)
    figures = scale.STEPS["decide"]("base", "large")
    assert set(figures) == {"families, s", "with 10,000 reviews, s", "after one more, s"}
    assert min(figures.values()) > 0
    assert not made(data)[1].reviews.all()
    assert set(scale.STEPS["files"]("base", "large")) == {"map's points, s", "map's labels, s", "map's labels, MB"}
