"""Batches: drawn from their step alone."""

import csv

import numpy as np
import pytest

from imgsim.errors import MetadataError
from imgsim.training import batches, from_folders
from tests.training.drawn import training_set

SIDE = 64


# ---------------------------------------------------------------- batches


def test_batches_are_drawn_from_their_step_alone():
    one, two = (batches.Batches(training_set(), 4, SIDE, seed=5) for _ in range(2))
    drawn = list(one.iterate(0, 4))
    for step, (views, groups) in enumerate(drawn):
        again, same = two.batch(step)
        assert np.array_equal(views, again) and np.array_equal(groups, same)
        assert views.shape == (8, SIDE, SIDE) and len(set(groups)) == 4
    assert sorted(np.concatenate([groups for _, groups in drawn[:2]])) == list(range(8)), (
        "an epoch shows every plate"
    )


def test_worker_processes_draw_the_same_batches():
    serial = list(batches.Batches(training_set(), 4, SIDE, seed=5).iterate(1, 3))
    parallel = list(batches.Batches(training_set(), 4, SIDE, seed=5, workers=1).iterate(1, 3))
    assert len(parallel) == 2
    for (a, _), (b, _) in zip(serial, parallel, strict=True):
        assert np.array_equal(a, b)


def test_known_copies_share_a_group():
    names = ["a", "b", "c", "d"]
    assert batches.group_by_pairs(names, [("c", "a"), ("a", "d"), ("b", "elsewhere")]).tolist() == [0, 1, 0, 0]


# ---------------------------------------------------------------- runs


def test_pairs_file(plates_folder, tmp_path):
    pairs = tmp_path / "pairs.csv"
    with pairs.open("w", newline="") as file:
        csv.writer(file).writerows([("plate_a", "plate_b"), ("plate_1", "plate_6.png")])
    groups = from_folders.read_plates([plates_folder], pairs).groups
    assert groups.tolist() == [0, 1, 2, 3, 4, 5, 1, 7]
    pairs.write_text("plate_a,plate_b\nnone,nothing\n")
    with pytest.raises(MetadataError, match="no two plates"):
        from_folders.read_plates([plates_folder], pairs)


def test_some_plates_are_kept_aside_but_never_known_copies():
    count = 800
    plates = tuple(np.zeros((16, 16), np.uint8) for _ in range(count))
    groups = np.arange(count)
    groups[1::2] = groups[::2]
    names = tuple(f"{i}.png" for i in range(count))
    kept, aside = from_folders.split(batches.TrainingSet(plates, names, groups))
    assert len(kept) == count and not aside
    kept, aside = from_folders.split(batches.TrainingSet(plates, names, np.arange(count)))
    assert from_folders.FEWEST_HELD_OUT <= len(aside) < count / 10 and len(kept) + len(aside) == count
