"""Features of a collection on disk: written as they come, read by memory map, refused when damaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from imgsim.errors import CollectionError, ImgsimError
from imgsim.features.extraction import Features
from imgsim.features.feature_store import OFFSETS, POINTS, STORE_FILES, TONES, VOUCH, FeatureStore, map_npy

SIZES = [(100, 200), (300, 50), (10, 10), (640, 480)]


def plate(number: int, count: int) -> Features:
    rng = np.random.default_rng(number)
    return Features(
        SIZES[number],
        rng.uniform(0, 99, (count, 4)).astype(np.float32),
        rng.integers(0, 256, (count, 128)).astype(np.uint8),
        rng.random(count) < 0.7,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    FeatureStore.write(tmp_path, [plate(0, 5), plate(1, 0), plate(2, 7), plate(3, 1)])
    return tmp_path


def test_what_is_written_is_read(folder: Path) -> None:
    store = FeatureStore.open(folder, SIZES)
    assert len(store) == 4
    for row, count in enumerate((5, 0, 7, 1)):
        read, meant = store.features(row), plate(row, count)
        assert read.size == meant.size
        for name in ("points", "descriptors", "vouch"):
            array = getattr(read, name)
            np.testing.assert_array_equal(array, getattr(meant, name))
            assert array.dtype == getattr(meant, name).dtype
    assert [len(features) for features in store] == [5, 0, 7, 1]


def test_the_files_are_plain_npy(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == set(STORE_FILES)
    np.testing.assert_array_equal(np.load(folder / OFFSETS, allow_pickle=False), [0, 5, 5, 12, 13])
    np.testing.assert_array_equal(np.load(folder / POINTS, allow_pickle=False)[:5], plate(0, 5).points)


def test_a_store_cannot_be_written_to(folder: Path) -> None:
    features = FeatureStore.open(folder, SIZES).features(0)
    for array in (features.points, features.descriptors, features.vouch):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("row", [-1, 4])
def test_a_row_that_is_not_there(folder: Path, row: int) -> None:
    with pytest.raises(IndexError):
        FeatureStore.open(folder, SIZES).features(row)


def test_a_collection_without_plates_or_without_features(tmp_path: Path) -> None:
    FeatureStore.write(tmp_path / "none", [])
    assert len(FeatureStore.open(tmp_path / "none", np.zeros((0, 2)))) == 0
    FeatureStore.write(tmp_path / "blank", [plate(1, 0), plate(2, 0)])
    assert [len(f) for f in FeatureStore.open(tmp_path / "blank", SIZES[1:3])] == [0, 0]


def test_a_store_of_before_has_no_tones(folder: Path) -> None:
    (folder / TONES).unlink()
    store = FeatureStore.open(folder, SIZES)
    assert len(store.features(0)) == 5 and np.isnan(store.features(0).tone)


@pytest.mark.parametrize("name", [name for name in STORE_FILES if name != TONES])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    """But for tones, which stores of former versions do not have."""
    (folder / name).unlink()
    with pytest.raises(CollectionError, match=f"{name}.*Prepare the collection again"):
        FeatureStore.open(folder, SIZES)


@pytest.mark.parametrize("name", STORE_FILES)
@pytest.mark.parametrize("damage", ["cut", "longer", "header", "empty", "pickle"])
def test_a_damaged_file_is_refused(folder: Path, name: str, damage: str) -> None:
    path = folder / name
    data = path.read_bytes()
    if damage == "pickle":
        np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(
            {
                "cut": data[:-1],
                "longer": data + b"\0",
                "header": data[:9] + b"\xff" + data[10:],
                "empty": b"",
            }[damage]
        )
    with pytest.raises(CollectionError, match=f"{name}.*Prepare the collection again"):
        FeatureStore.open(folder, SIZES)


def test_a_file_that_asks_for_more_than_there_is(folder: Path) -> None:
    with (folder / POINTS).open("wb") as file:
        described = {"descr": "<f4", "fortran_order": False, "shape": (2_000_000_000, 4)}
        np.lib.format.write_array_header_1_0(file, described)
    with pytest.raises(CollectionError, match="asks for 32,000,000,000 bytes"):
        FeatureStore.open(folder, SIZES)


def test_files_of_different_collections_are_refused(folder: Path) -> None:
    with pytest.raises(CollectionError, match="4 plates, but there are 3"):
        FeatureStore.open(folder, SIZES[:3])
    np.save(folder / VOUCH, np.ones(12, bool))
    with pytest.raises(CollectionError, match="do not fit each other"):
        FeatureStore.open(folder, SIZES)


@pytest.mark.parametrize("offsets", [[1, 5, 5, 12, 13], [0, 5, 5, 12, 12], [0, 6, 5, 12, 13]])
def test_offsets_that_do_not_fit(folder: Path, offsets: list[int]) -> None:
    np.save(folder / OFFSETS, np.array(offsets, np.int64))
    with pytest.raises(CollectionError, match="offsets"):
        FeatureStore.open(folder, SIZES)


def test_other_types_and_shapes_are_refused(folder: Path) -> None:
    path = folder / "x.npy"
    np.save(path, np.zeros((3, 4), np.float64))
    with pytest.raises(CollectionError, match="float64"):
        map_npy(path, np.float32, (None, 4))
    np.save(path, np.asfortranarray(np.zeros((3, 4), np.float32)))
    with pytest.raises(CollectionError):
        map_npy(path, np.float32, (None, 4))
    np.save(path, np.zeros((3, 4), np.float32))
    for shape in ((None, 3), (None,), (2, 4), (None, None, None)):
        with pytest.raises(CollectionError, match="not what was written"):
            map_npy(path, np.float32, shape)
    np.testing.assert_array_equal(map_npy(path, np.float32, (3, None)), np.zeros((3, 4)))


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def plates() -> Iterator[Features]:
        yield plate(0, 5)
        raise RuntimeError("died")

    with pytest.raises(RuntimeError, match="died"):
        FeatureStore.write(tmp_path, plates())
    assert not any(tmp_path.iterdir())


def test_rows_of_another_shape_are_refused(tmp_path: Path) -> None:
    wrong = Features((9, 9), np.zeros((2, 4), np.float32), np.zeros((2, 64), np.uint8), np.ones(2, bool))
    with pytest.raises(ImgsimError, match="128"):
        FeatureStore.write(tmp_path, [wrong])
