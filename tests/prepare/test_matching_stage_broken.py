"""Comparisons that were interrupted or killed, and what they left damaged."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from imgsim.features.feature_store import FeatureStore
from imgsim.generation import layout
from imgsim.verification.verifiers import SIFT, describe_file
from tests.making import ToyProcessor, add_files, make
from tests.prepare.verifying import (
    assert_equal,
    draw_plates,
    flip,
    stopping_after,
    verified,
)

ROOT = Path(__file__).parents[2]


def test_an_interrupted_comparison_goes_on_where_it_stopped(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 6)
    verified(tmp_path / "fresh", images)
    first, second, third = (
        ToyProcessor(after_group=stopping_after(2)),
        ToyProcessor(after_group=stopping_after(1)),
        ToyProcessor(),
    )
    for processor in (first, second):
        with pytest.raises(KeyboardInterrupt):
            verified(tmp_path / "c", images, processor)
        # What was published before the comparison can be looked at meanwhile.
        assert open_collection(tmp_path / "c").matches is None
    verified(tmp_path / "c", images, third)
    assert (len(first.described), second.described, third.described) == (6, [], [])
    assert sorted(first.compared + second.compared + third.compared) == [
        (a, b) for a in range(6) for b in range(a + 1, 6)
    ]
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert sorted(os.listdir(tmp_path / "c" / "work")) == ["pages", "shards", "sources.npz"]


def test_interrupted_descriptions_go_on_where_they_stopped(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 6)
    verified(tmp_path / "fresh", images)

    class Stopped(ToyProcessor):
        def look(self, *args: Any, **kwargs: Any) -> Any:
            for number, result in enumerate(super().look(*args, **kwargs)):
                if number == 4 and kwargs["thumbnails"] is None:
                    raise KeyboardInterrupt
                yield result

    with pytest.raises(KeyboardInterrupt):
        verified(tmp_path / "c", images, Stopped())
    processor = ToyProcessor()
    verified(tmp_path / "c", images, processor)
    assert [plate for plate, *_ in processor.described] == ["p004", "p005"]
    assert_equal(tmp_path / "c", tmp_path / "fresh")


_SLOWLY = """
import sys, time
from pathlib import Path
from imgsim.verification import verdicts
from tests.making import ToyProcessor, make
from tests.prepare.verifying import toy_match
from imgsim.prepare import compared_pairs
verdicts.match = toy_match
compared_pairs._MOST = 1


def wait(done):
    print(done, flush=True)
    time.sleep(float(sys.argv[3]))
make(Path(sys.argv[1]), Path(sys.argv[2]), ToyProcessor(after_group=wait), matching=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on Windows")
def test_a_killed_comparison_ends_as_an_undisturbed_one(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 8)
    verified(tmp_path / "fresh", images)
    done: list[int] = []
    for group in (1, 2):
        process = subprocess.Popen(
            [sys.executable, "-c", _SLOWLY, str(tmp_path / "c"), str(images), "0.05"],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == group:
                break
        time.sleep(0.01 * group)
        process.kill()
        process.communicate(timeout=60)
        assert open_collection(tmp_path / "c").matches is None
        done.append(len(list((tmp_path / "c" / "work" / "matches").glob("*.npz"))))
    assert done[0] >= 1
    assert done[1] > done[0]
    processor = ToyProcessor()
    verified(tmp_path / "c", images, processor)
    assert 0 < len(processor.compared) < 28
    assert processor.described == []
    assert_equal(tmp_path / "c", tmp_path / "fresh")


# -- damage


@pytest.mark.parametrize(
    ("file", "described", "compared"),
    [
        (layout.MATCHES, 0, 10), (layout.FAMILIES, 0, 0), ("toy/mirrored.npy", 5, 0),
        ("toy/pairs.npy", 0, 0), ("toy/parts.npy", 5, 0),
        ("features/descriptors.npy", 5, 0), ("features/index_places.npy", 0, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["flipped", "cut", "gone"])
def test_damage_is_repaired_and_costs_no_more_than_the_damaged(
    quickly: None, tmp_path: Path, file: str, described: int, compared: int, how: str
) -> None:
    images = draw_plates(tmp_path / "images", 5)
    verified(tmp_path / "c", images, verify_top=9)
    shutil.copytree(tmp_path / "c", tmp_path / "fresh")
    if how == "flipped":
        flip(tmp_path / "c", file)
        described = (
            min(described, 1) if file in layout.FEATURE_FILES else described
        )  # each plate has its checksum
    else:
        path = open_collection(tmp_path / "c").folder / file
        data = path.read_bytes()[:-7]
        path.unlink()
        if how == "cut":
            path.write_bytes(data)
    processor = ToyProcessor()
    assert verified(tmp_path / "c", images, processor).changed
    assert (len(processor.described), len(processor.compared)) == (described, compared)
    assert_equal(tmp_path / "c", tmp_path / "fresh")


@pytest.mark.parametrize("folder", ["features", "matches"])
def test_damage_in_the_work_folder_costs_time_but_no_truth(
    quickly: None, tmp_path: Path, folder: str
) -> None:
    images = draw_plates(tmp_path / "images", 5)
    verified(tmp_path / "fresh", images)
    with pytest.raises(KeyboardInterrupt):
        verified(tmp_path / "c", images, ToyProcessor(after_group=stopping_after(2)))
    shutil.rmtree(tmp_path / "c" / "work" / "stages")
    path = next((tmp_path / "c" / "work" / folder).glob("*.npz"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    (path.parent / "000777.npz").write_bytes(b"no shard")
    summary = verified(tmp_path / "c", images)
    assert any("damaged" in note for note in summary.notes)
    assert_equal(tmp_path / "c", tmp_path / "fresh")


def test_mapped_features_are_checked_by_size_and_header(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 3)
    verified(tmp_path / "c", images)
    for file in (*layout.FEATURE_FILES, "features/index_starts.npy"):
        shutil.rmtree(tmp_path / "d", ignore_errors=True)
        shutil.copytree(tmp_path / "c", tmp_path / "d")
        data = (open_collection(tmp_path / "d").folder / file).read_bytes()
        add_files(tmp_path / "d", {file: data.replace(b"'fortran_order': False", b"'fortran_order': True ")})
        collection = open_collection(tmp_path / "d")
        with pytest.raises(CollectionError):
            _ = collection.feature_index
        add_files(tmp_path / "d", {file: data[:-2]})
        with pytest.raises(CollectionError, match="asks for"):
            _ = open_collection(tmp_path / "d").feature_index
        with pytest.raises(CollectionError, match="bytes instead of"):
            (collection.folder / file).write_bytes(data[:-1])
            open_collection(tmp_path / "d")


def test_features_of_other_plates_are_refused(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 3)
    verified(tmp_path / "c", images)
    folder = open_collection(tmp_path / "c").folder
    features = [describe_file((images / f"p{n:03}.png").read_bytes(), SIFT) for n in range(2)]
    FeatureStore.write(tmp_path / "two", features)
    add_files(
        tmp_path / "c", {f: (tmp_path / "two" / Path(f).name).read_bytes() for f in layout.FEATURE_FILES}
    )
    assert folder.is_dir()
    with pytest.raises(CollectionError, match="plates"):
        _ = open_collection(tmp_path / "c").features


@pytest.mark.parametrize(
    "name",
    [
        "features/../x.npy", "features/index_a/b.npy", "features/index_.npy", "features/x.npy", "features/index_A.npy",
        "other/mirrored.npy", "matches.parquet/x", "../matches.parquet", "features", "features/index_a.npz",
    ],
)  # fmt: skip
def test_a_manifest_names_no_other_files(quickly: None, tmp_path: Path, name: str) -> None:
    make(tmp_path / "c", draw_plates(tmp_path / "images", 2))
    path = open_collection(tmp_path / "c").folder / layout.MANIFEST
    manifest = json.loads(path.read_text())
    manifest["files"][name] = manifest["files"]["skipped.csv"]
    path.write_bytes(layout.sealed(manifest))
    with pytest.raises(CollectionError, match="unexpected or missing"):
        open_collection(tmp_path / "c")
