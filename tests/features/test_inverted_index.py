"""The index of local features: copies are found however turned and cropped, and nothing else is taken for one."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from imgsim.errors import CollectionError
from imgsim.features.extraction import mirrored
from imgsim.features.inverted_index import INDEX_FILES, INDEX_VERSION, FeatureIndex, index_version
from imgsim.features.vocabulary import Vocabulary, branches, kmeans, nearest
from tests.made_up import copied, joined, made_up, store_of

PLATES = [made_up(number) for number in range(30)]
# Of plate 3: turned and smaller; of 4: a corner among other features; of 5: as it is, twice; of 6: mirrored.
PLATES += [
    copied(PLATES[3], turn=1.7, scale=0.6, shift=(400, 100)),
    joined(made_up(101), copied(PLATES[4], keep=slice(0, 30), shift=(50, -40))),
    copied(PLATES[5], noise=0),
    copied(PLATES[5], noise=0),
    mirrored(copied(PLATES[6], turn=0.2, shift=(10, 10))),
]


@pytest.fixture(scope="module")
def index() -> FeatureIndex:
    return FeatureIndex.build(store_of(PLATES))


@pytest.mark.parametrize(("row", "mate"), [(3, 30), (4, 31), (30, 3), (31, 4)])
def test_copies_come_first_however_turned_and_cropped(index: FeatureIndex, row: int, mate: int) -> None:
    rows, scores = index.query(PLATES[row], k=5, exclude=row)
    assert rows[0] == mate
    assert scores[0] > 3 * scores[1]
    assert (np.diff(scores) <= 0).all()
    assert row not in rows


def test_exact_duplicates_are_kept_and_tie_in_the_order_of_rows(index: FeatureIndex) -> None:
    rows, scores = index.query(PLATES[32], k=3, exclude=32)
    assert rows[:2].tolist() == [5, 33]
    assert scores[0] == scores[1] > scores[2]
    rows, _ = index.query(PLATES[32], k=3)
    assert rows.tolist() == [5, 32, 33]


def test_a_mirrored_copy_is_found_by_the_mirrored_query(index: FeatureIndex) -> None:
    rows, scores = index.query(mirrored(PLATES[6]), k=2, exclude=6)
    assert rows[0] == 34
    assert scores[0] > 3 * scores[1]
    plain, low = index.query(PLATES[6], k=2, exclude=6)
    assert low[0] < scores[0] / 3
    assert 34 not in plain[:1] or low[0] < scores[0] / 3


def test_only_vouching_features_enter_and_ask() -> None:
    silent = replace(PLATES[7], vouch=np.zeros(len(PLATES[7]), dtype=bool))
    quiet_copy = replace(copied(PLATES[8]), vouch=np.zeros(len(PLATES[8]), dtype=bool))
    plates = [*PLATES[:20], silent, quiet_copy]
    index = FeatureIndex.build(store_of(plates))
    assert index.counts.tolist() == [120] * 20 + [0, 0]
    for row in (7, 8):
        rows, scores = index.query(plates[row], k=30, exclude=row)
        assert not {20, 21} & set(rows.tolist())
        assert scores.max(initial=0) < 1.5
    rows, scores = index.query(silent, k=5)
    assert len(rows) == len(scores) == 0


def test_two_builds_are_equal(index: FeatureIndex) -> None:
    again = FeatureIndex.build(store_of(PLATES))
    for name in ("plates", "signatures", "places", "starts", "counts"):
        np.testing.assert_array_equal(getattr(index, name), getattr(again, name))


def test_many_at_once_is_one_by_one(index: FeatureIndex) -> None:
    together = index.quantise(PLATES)
    for plate, described in zip(PLATES, together, strict=True):
        alone = index.quantise([plate])[0]
        np.testing.assert_array_equal(described.words, alone.words)
        np.testing.assert_array_equal(described.signatures, alone.signatures)
        np.testing.assert_array_equal(described.places, alone.places)
    assert index.quantise([]) == []


def test_saved_and_loaded(index: FeatureIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(INDEX_FILES)
    loaded = FeatureIndex.load(tmp_path)
    assert len(loaded) == len(PLATES)
    for field in fields(index):
        if field.name != "vocabulary":
            np.testing.assert_array_equal(getattr(loaded, field.name), getattr(index, field.name))
    for one, other in zip(loaded.query(PLATES[3], k=9), index.query(PLATES[3], k=9), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ValueError, match="read-only"):
        loaded.plates[0] = 1


@pytest.mark.parametrize("file", INDEX_FILES)
def test_a_damaged_file_is_refused(index: FeatureIndex, tmp_path: Path, file: str) -> None:
    index.save(tmp_path)
    data = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(data[:-1])
    with pytest.raises(CollectionError, match=f"{file}.*Prepare the collection again"):
        FeatureIndex.load(tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(CollectionError, match=file):
        FeatureIndex.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("plates", lambda a: a + 1),
        ("plates", lambda a: a - 1),
        ("starts", lambda a: a[::-1]),
        ("starts", lambda a: a[:-1]),
        ("counts", lambda a: a + 1),
        ("signatures", lambda a: a[1:]),
        ("coarse", lambda a: a[1:]),
        ("fine", lambda a: a[:, 1:]),
    ],
)
def test_files_that_do_not_fit_each_other_are_refused(
    index: FeatureIndex, tmp_path: Path, name, change
) -> None:
    index.save(tmp_path)
    path = tmp_path / f"index_{name}.npy"
    np.save(path, np.ascontiguousarray(change(np.load(path, allow_pickle=False))))
    with pytest.raises(CollectionError, match="do not fit each other"):
        FeatureIndex.load(tmp_path)


@pytest.mark.parametrize("plates", [[], [made_up(1, 0)], [made_up(1, 0), made_up(2, 1), made_up(3, 0)]])
def test_next_to_nothing(plates: list, tmp_path: Path) -> None:
    index = FeatureIndex.build(store_of(plates))
    index.save(tmp_path)
    index = FeatureIndex.load(tmp_path)
    assert len(index) == len(plates)
    rows, scores = index.query(made_up(2, 1), k=3)
    assert len(rows) == len(scores) == (len(plates) == 3)
    assert len(index.query(made_up(2, 0), k=3)[0]) == 0


def test_progress_counts_features() -> None:
    told: list[tuple[int, int]] = []
    FeatureIndex.build(store_of(PLATES[:3]), lambda done, total: told.append((done, total)))
    assert told[-1] == (360, 360)


def test_nearest_is_what_brute_force_says() -> None:
    rng = np.random.default_rng(0)
    rows, centres = rng.random((300, 128), np.float32), rng.random((17, 128), np.float32)
    distances = ((rows[:, None] - centres) ** 2).sum(2)
    np.testing.assert_array_equal(nearest(centres, rows, 3), np.argsort(distances, axis=1)[:, :3])


def test_kmeans_finds_clear_clusters() -> None:
    rng = np.random.default_rng(0)
    middles = rng.random((4, 8), np.float32) * 100
    rows = (middles.repeat(50, axis=0) + rng.normal(0, 0.1, (200, 8))).astype(np.float32)
    centres = kmeans(rows, 12, rng)
    assert len(centres) == 12
    assert ((rows[:, None] - centres) ** 2).sum(2).min(1).max() < 2
    assert len(kmeans(rows[:5], 12, rng)) == 5


def test_words_are_the_nearest_of_the_cells_entered() -> None:
    plates = store_of(PLATES)
    rng = np.random.default_rng(0)
    vocabulary = Vocabulary.learn(plates.descriptors, np.arange(len(plates.points)), rng, len(plates))
    rows = plates.descriptors[::7].astype(np.float32)
    words = vocabulary.assign(rows, 2)
    outer = nearest(vocabulary.coarse, rows, 2)
    distances = ((rows[:, None, None] - vocabulary.fine[outer]) ** 2).sum(3).reshape(len(rows), -1)
    b = len(vocabulary.coarse)
    every = (outer[:, :, None] * b + np.arange(b)).reshape(len(rows), -1)
    expected = np.take_along_axis(every, np.argsort(distances, axis=1, kind="stable")[:, :2], 1)
    # Centres of one-member cells coincide with nothing else, so there are no ties to break differently.
    assert (words == expected).mean() > 0.99


@pytest.mark.parametrize(
    ("count", "plates", "expected"),
    [
        (0, 0, 8), (6_000, 6, 8), (1_300_000, 1_300, 128), (12_000_000, 13_151, 256), (50_000_000, 14_000, 256),
        (4_200_000, 14_001, 256), (13_300_000, 14_001, 256), (57_000_000, 60_000, 544), (10**9, 10**6, 1024),
    ],
)  # fmt: skip
def test_the_vocabulary_grows_with_the_collection(count: int, plates: int, expected: int) -> None:
    assert branches(count, plates) == expected


def test_with_many_plates_there_are_more_cells_of_a_bounded_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    assert index_version(14_000) == INDEX_VERSION != index_version(14_001)
    plates = store_of(PLATES)
    for name, value in {"MANY_PLATES": len(plates) - 1, "ENTRIES_OF_MANY": 1, "MOST_SAMPLE": 500}.items():
        monkeypatch.setattr(f"imgsim.features.vocabulary.{name}", value)
    index = FeatureIndex.build(plates)
    assert len(index.vocabulary.coarse) == 64
    assert (index.vocabulary.fine[:, :, 0] < 1e3).sum() <= 500  # centres are among the descriptors of the sample
    assert int(index.counts.sum()) == int(plates.vouch.sum())
    assert [index.query(PLATES[row], k=1, exclude=row)[0].item() for row in (3, 4, 30, 31)] == [30, 31, 3, 4]
