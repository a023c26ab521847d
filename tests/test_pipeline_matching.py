"""The matching in the pipeline: what is compared again and what is not, interruptions, damage, and --no-verify."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageOps

from imgsim.backbones import BACKBONES
from imgsim.collection import layout, open_collection
from imgsim.embeddings import PlateFailure
from imgsim.errors import CollectionError, ImgsimError
from imgsim.matching import match, read_features
from imgsim.matching import working as working_module
from imgsim.matching.features import Features
from imgsim.matching.index import INDEX_FILES
from imgsim.matching.store import FeatureStore
from imgsim.matching.verdicts import Match
from imgsim.pipeline import Options, Progress, Summary, prepare
from tests.making import Recorder, ToyEngine, add_files, make
from tests.tiny import TINY

ROOT = Path(__file__).parents[1]
STORE = set(layout.FEATURE_FILES)
INDEX = {f"{layout.FEATURES}/{name}" for name in INDEX_FILES}
FOUND = {layout.MATCHES, layout.FAMILIES}
MIRRORED = {"toy/mirrored.npy"}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files as they are at once, though they were written a moment ago."""
    monkeypatch.setattr("imgsim.pipeline.sources._COARSE_CLOCK_NS", -(10**12))


def toy_match(a: Features, b: Features) -> Match:
    """A quick verdict that follows from the features alone: plates with like numbers of them are the same."""
    inliers = min(len(a), len(b))
    none = np.zeros((0, 2), np.float32)
    if abs(len(a) - len(b)) > 8:
        return Match(
            "look-alike",
            inliers,
            False,
            0,
            0,
            np.full((3, 3), np.nan),
            "",
            np.nan,
            none,
            none,
            "",
            none,
            none,
        )
    outline = np.array([[0, 0], [9, 0], [9, 9]], np.float32)
    residual = float(a.points[:, 0].mean()) if len(a) else 0.0
    matrix = np.diag([1 + len(a) / 1000, 1 + len(b) / 1000, 1])
    return Match(
        "same image", inliers, False, 0.9, 0.8, matrix, "affine", residual, outline, outline, "", none, none
    )


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_module, "match", toy_match)


def draw(seed: int, size: tuple[int, int] = (150, 200)) -> Image.Image:
    """Lines, rings and dots that differ from those of every other seed."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", size, 235)
    pen = ImageDraw.Draw(image)
    for _ in range(26):
        x, y, r = rng.integers((10, 10, 2), (size[0] - 10, size[1] - 10, 16)).tolist()
        pen.line([(x, y), tuple(rng.integers(8, min(size) - 8, 2).tolist())], fill=30, width=2)
        pen.ellipse([x - r, y - r, x + r, y + r], outline=50, width=2)
    return image


def draw_plates(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        draw(number).save(folder / f"p{number:03}.png")
    return folder


def verified(out: Path, images: Path | None, engine: ToyEngine | None = None, **options: Any) -> Summary:
    return make(out, images, engine, matching=True, **options)


def contents(collection: Path) -> dict[str, Any]:
    """Everything that the matching left, as values that can be compared."""
    found = open_collection(collection)
    matches, families, store = found.matches, found.families, found.features
    assert matches is not None
    assert families is not None
    assert store is not None
    assert found.feature_index is not None
    result: dict[str, Any] = {
        "ids": found.catalogue.plate_ids,
        "matches": matches.to_parquet(),
        "families": pd.read_parquet(found.folder / layout.FAMILIES).to_csv(),
        "counts": found.manifest["counts"]["matches"],
    }
    for file in sorted({*STORE, *INDEX, *(f"{name}/mirrored.npy" for name in found.backbones)}):
        result[file] = (found.folder / file).read_bytes()
    return result


def assert_equal(left: Path, right: Path) -> None:
    first, second = contents(left), contents(right)
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]


# -- what a run makes


def test_a_run_finds_copies_by_their_lines(tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 5)
    draw(1).rotate(4, fillcolor=235).save(images / "q1.png")
    ImageOps.mirror(draw(2)).save(images / "q2.png")
    recorder = Recorder()
    options = Options(
        out=tmp_path / "c", inputs=[images], backbones=["toy"], projections=["pca"], verify_top=3
    )
    engine = ToyEngine()
    summary = prepare(options, recorder, engine=engine)
    collection = open_collection(tmp_path / "c")
    matches, families = collection.matches, collection.families
    assert matches is not None
    assert families is not None
    row = collection.catalogue.row
    turned, mirrored = matches.between(row("p001"), row("q1")), matches.between(row("p002"), row("q2"))
    assert turned is not None
    assert mirrored is not None
    assert (turned.verdict, turned.mirrored) == ("same image", False)
    assert (mirrored.verdict, mirrored.mirrored) == ("mirrored", True)
    np.testing.assert_allclose(mirrored.transform @ [30, 40, 1], [120, 40, 1], atol=1.5)
    assert {frozenset(m.row for m in families.family(name).members) for name in families.ids} == {
        frozenset({row("p001"), row("q1")}), frozenset({row("p002"), row("q2")}),
    }  # fmt: skip
    assert summary.matches == matches.counts() == collection.manifest["counts"]["matches"]
    assert (summary.families, summary.verify_top, summary.redone["described"]) == (2, 3, 7)
    assert summary.redone["pairs"] == len(matches) == len(engine.compared)
    assert json.loads(json.dumps(summary.as_dict()))["matches"] == summary.matches
    stages = list(dict.fromkeys(progress.stage for progress in recorder.told))
    assert stages[stages.index("ready") :] == [
        "ready",
        "features",
        "index",
        "candidates",
        "matches",
        "families",
    ]
    last = {progress.stage: progress for progress in recorder.told}
    assert last["matches"].done == last["matches"].total == len(matches)
    assert collection.manifest["parameters"]["verify_top"] == 3
    assert {"features", "index", "candidates", "matches", "families"} <= collection.manifest["timings"].keys()

    # Every row is what a plain loop over its two files says.
    plates = [read_features(collection.plate_bytes(row)) for row in range(7)]
    for a, b in engine.compared:
        alone, stored = match(plates[a], plates[b]), matches.between(a, b)
        assert stored is not None
        assert (alone.verdict, alone.inliers, alone.mirrored) == (
            stored.verdict,
            stored.inliers,
            stored.mirrored,
        )
        np.testing.assert_array_equal(alone.transform, stored.transform)
        assert set(stored.sources.split(", ")) <= {"cosine", "mirrored", "local features"}
    store = collection.features
    assert store is not None
    assert [len(store.features(row)) for row in range(7)] == [len(plate) for plate in plates]
    assert store.features(3).size == (150, 200)


def test_the_mirrored_embedding_is_that_of_the_mirrored_plate(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 3)
    flipped = tmp_path / "flipped"
    flipped.mkdir()
    for path in images.iterdir():
        ImageOps.mirror(Image.open(path)).save(flipped / path.name)
    verified(tmp_path / "c", images)
    make(tmp_path / "d", flipped)
    found = open_collection(tmp_path / "c").mirrored("toy")
    assert found is not None
    np.testing.assert_allclose(found, open_collection(tmp_path / "d").embeddings("toy"), atol=1e-6)


def test_every_size_of_collection_works(quickly: None, tmp_path: Path) -> None:
    for count in (1, 2, 4):
        summary = verified(tmp_path / f"c{count}", draw_plates(tmp_path / f"images{count}", count))
        assert summary.redone["pairs"] == count * (count - 1) // 2
        contents(tmp_path / f"c{count}")
        assert not verified(tmp_path / f"c{count}", None).changed


def test_a_new_collection_can_be_opened_before_its_plates_are_compared(quickly: None, tmp_path: Path) -> None:
    seen: list[bool] = []

    def look(progress: Progress) -> None:
        if progress.stage == "ready":
            collection = open_collection(tmp_path / "c")
            seen.append(collection.matches is None and collection.embeddings("toy").shape == (4, 32))

    images = draw_plates(tmp_path / "images", 4)
    options = Options(out=tmp_path / "c", inputs=[images], backbones=["toy"], projections=["pca"])
    engine = ToyEngine()
    assert prepare(options, look, engine=engine).matches is not None
    assert seen == [True]
    assert len(engine.asked) == len(engine.described) == 4
    assert not prepare(options, look, engine=engine).changed
    assert seen == [True]


def test_copies_of_one_file_are_described_and_compared_once(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 4)
    shutil.copy(images / "p001.png", images / "p900.png")
    engine = ToyEngine()
    verified(tmp_path / "c", images, engine)
    assert len(engine.described) == 4
    matches = open_collection(tmp_path / "c").matches
    assert matches is not None
    assert len(matches) == 10
    # Four different plates make six pairs; of the copy there is the one with its twin, and those in another order.
    assert len(engine.compared) < 10
    assert matches.between(1, 4) is not None


# -- what is redone: exactly what is stale


State = tuple[Path, Path, dict[str, Any], pytest.MonkeyPatch]


def change_add(state: State) -> None:
    draw(500).save(state[0] / "p500.png")


def change_remove(state: State) -> None:
    (state[0] / "p003.png").unlink()


def change_replace(state: State) -> None:
    draw(501).save(state[0] / "p003.png")


def change_rename_in_place(state: State) -> None:
    (state[0] / "p003.png").rename(state[0] / "p003b.png")


def change_year(state: State) -> None:
    state[1].write_text("plate_id,publication_year\np002,1700\n")


def change_backbone(state: State) -> None:
    state[2]["backbones"] = ["toy", "other"]


def change_top(state: State) -> None:
    state[2]["verify_top"] = 1


def raised(*names: str) -> Callable[[State], None]:
    def change(state: State) -> None:
        for name in names:
            state[3].setattr(name, 99)

    change.__name__ = f"change_{names[0].rsplit('.', 1)[-1]}"
    return change


EVERY = [f"p{number:03}" for number in range(5)]
CHANGES: list[tuple[Callable[[State], None], list[str], int, set[str]]] = [
    (change_add, ["p500"], 5, {*STORE, *INDEX, *MIRRORED, *FOUND}),
    (change_remove, [], 0, {*STORE, *INDEX, *MIRRORED, *FOUND}),
    (change_replace, ["p003"], 4, {*STORE, *INDEX, *MIRRORED, *FOUND}),
    (change_rename_in_place, [], 0, FOUND),
    (change_year, [], 0, {layout.FAMILIES}),
    (change_backbone, EVERY, 0, {"other/mirrored.npy", *FOUND}),
    (change_top, [], 0, FOUND),
    (raised("imgsim.matching.FEATURES_VERSION"), EVERY, 10, {*STORE, *INDEX, *FOUND}),
    (raised("imgsim.matching.MATCHING_VERSION"), [], 10, FOUND),
    (raised("imgsim.matching.index.INDEX_VERSION"), [], 0, {*INDEX, *FOUND}),
    (raised("imgsim.matching.candidates.CANDIDATES_VERSION"), [], 0, FOUND),
    (raised("imgsim.families.FAMILIES_VERSION"), [], 0, {layout.FAMILIES}),
    (raised("imgsim.pipeline.features.MIRROR_VERSION"), EVERY, 0, {*MIRRORED, *FOUND}),
]


@pytest.mark.parametrize(
    ("change", "described", "pairs", "files"), CHANGES, ids=[c[0].__name__[7:] for c in CHANGES]
)
def test_exactly_what_is_stale_is_redone(
    quickly: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[State], None],
    described: list[str],
    pairs: int,
    files: set[str],
) -> None:
    images = draw_plates(tmp_path / "images", 5)
    table = tmp_path / "meta.csv"
    table.write_text("plate_id,publication_year\np001,1750\n")
    options: dict[str, Any] = {"metadata": table, "backbones": ["toy"], "verify_top": 9}
    verified(tmp_path / "c", images, **options)
    again = ToyEngine()
    assert not verified(tmp_path / "c", images, again, **options).changed
    assert (again.described, again.compared) == ([], [])

    change((images, table, options, monkeypatch))
    engine = ToyEngine()
    summary = verified(tmp_path / "c", images, engine, **options)
    assert [plate for plate, *_ in engine.described] == described
    assert (len(engine.compared), summary.redone["pairs"]) == (pairs, pairs)
    # Who the candidates are is looked up again only where that may have changed.
    same = {
        change_rename_in_place.__name__,
        "change_MATCHING_VERSION",
        change_year.__name__,
        "change_FAMILIES_VERSION",
    }
    assert ("candidates" in summary.timings) == (change.__name__ not in same)
    assert set(summary.redone["files"]) & {*STORE, *INDEX, *FOUND, *MIRRORED, "other/mirrored.npy"} == files
    if change is change_backbone:
        assert all(not features and needs == {"other"} for _, features, needs in engine.described)

    # The same as if it had been made afresh, and at rest again.
    verified(tmp_path / "fresh", images, ToyEngine(), **options)
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert not verified(tmp_path / "c", images, **options).changed


# -- without comparing


def test_no_verify_compares_nothing_and_drops_nothing(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 4)
    table = tmp_path / "meta.csv"
    table.write_text("plate_id,publication_year\np001,1750\n")
    engine = ToyEngine()
    summary = make(tmp_path / "c", images, engine, metadata=table)
    assert (summary.matches, summary.families, summary.verify_top) == (None, None, None)
    assert (engine.described, engine.compared) == ([], [])
    assert open_collection(tmp_path / "c").matches is None
    verified(tmp_path / "c", images, verify_top=2)
    before = contents(tmp_path / "c")
    assert not make(tmp_path / "c", images, engine).changed
    # Another map, another network, other dates: what was found is still there.
    make(tmp_path / "c", images, engine, projections=["pca", "tsne"], backbones=["toy", "other"])
    collection = open_collection(tmp_path / "c")
    assert collection.matches is not None
    assert collection.matches.to_parquet() == before["matches"]
    assert collection.mirrored("other") is None
    table.write_text("plate_id,publication_year\np002,1700\n")
    summary = make(tmp_path / "c", images, engine)
    assert layout.FAMILIES in summary.redone["files"]
    assert summary.matches == before["counts"]
    assert (engine.described, engine.compared) == ([], [])


def test_no_verify_over_other_plates_loses_no_work(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 5)
    verified(tmp_path / "c", images)
    draw(77).save(images / "p077.png")
    assert make(tmp_path / "c", images).matches is None
    assert open_collection(tmp_path / "c").matches is None
    draw(78).save(images / "p078.png")
    make(tmp_path / "c", images)
    make(tmp_path / "c", images, top_k=2)
    assert len(os.listdir(tmp_path / "c" / "generations")) == 3
    engine = ToyEngine()
    verified(tmp_path / "c", images, engine)
    assert [plate for plate, *_ in engine.described] == ["p077", "p078"]
    assert len(engine.compared) == 5 + 6
    verified(tmp_path / "fresh", images)
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert not (tmp_path / "c" / "work" / "former").exists()
    draw(79).save(images / "p079.png")
    verified(tmp_path / "c", images)
    assert len(os.listdir(tmp_path / "c" / "generations")) == 2


def test_no_verify_drops_what_is_damaged_instead_of_comparing_again(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 4)
    verified(tmp_path / "c", images)
    flip(tmp_path / "c", layout.MATCHES)
    engine = ToyEngine()
    summary = make(tmp_path / "c", images, engine)
    assert summary.matches is None
    assert (engine.described, engine.compared) == ([], [])
    verified(tmp_path / "c", images, engine)
    assert engine.described == []
    assert len(engine.compared) == 6


@pytest.mark.parametrize("top", [0, -3])
def test_a_plate_is_compared_with_one_other_at_least(tmp_path: Path, top: int) -> None:
    with pytest.raises(ImgsimError, match="verify_top"):
        verified(tmp_path / "c", draw_plates(tmp_path / "images", 2), verify_top=top)


# -- interruptions


def stopping_after(count: int) -> Callable[[int], None]:
    def stop(done: int) -> None:
        if done == count:
            raise KeyboardInterrupt

    return stop


def test_an_interrupted_comparison_goes_on_where_it_stopped(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 6)
    verified(tmp_path / "fresh", images)
    first, second, third = (
        ToyEngine(after_group=stopping_after(2)),
        ToyEngine(after_group=stopping_after(1)),
        ToyEngine(),
    )
    for engine in (first, second):
        with pytest.raises(KeyboardInterrupt):
            verified(tmp_path / "c", images, engine)
        # What was published before the comparison can be looked at meanwhile.
        assert open_collection(tmp_path / "c").matches is None
    verified(tmp_path / "c", images, third)
    assert (len(first.described), second.described, third.described) == (6, [], [])
    assert sorted(first.compared + second.compared + third.compared) == [
        (a, b) for a in range(6) for b in range(a + 1, 6)
    ]
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert sorted(os.listdir(tmp_path / "c" / "work")) == ["shards", "sources.npz"]


def test_interrupted_descriptions_go_on_where_they_stopped(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 6)
    verified(tmp_path / "fresh", images)

    class Stopped(ToyEngine):
        def describe_plates(self, *args: Any, **kwargs: Any) -> Any:
            for number, result in enumerate(super().describe_plates(*args, **kwargs)):
                if number == 4:
                    raise KeyboardInterrupt
                yield result

    with pytest.raises(KeyboardInterrupt):
        verified(tmp_path / "c", images, Stopped())
    engine = ToyEngine()
    verified(tmp_path / "c", images, engine)
    assert [plate for plate, *_ in engine.described] == ["p004", "p005"]
    assert_equal(tmp_path / "c", tmp_path / "fresh")


_SLOWLY = """
import sys, time
from pathlib import Path
from imgsim.matching import working
from tests.making import ToyEngine, make
from tests.test_pipeline_matching import toy_match
from imgsim.pipeline import pairs
working.match = toy_match
pairs._MOST = 1
def wait(done):
    print(done, flush=True)
    time.sleep(float(sys.argv[3]))
make(Path(sys.argv[1]), Path(sys.argv[2]), ToyEngine(after_group=wait), matching=True)
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
    engine = ToyEngine()
    verified(tmp_path / "c", images, engine)
    assert 0 < len(engine.compared) < 28
    assert engine.described == []
    assert_equal(tmp_path / "c", tmp_path / "fresh")


# -- damage


def flip(collection: Path, file: str) -> None:
    path = open_collection(collection).folder / file
    data = bytearray(path.read_bytes())
    data[-5] ^= 255
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("file", "described", "compared"),
    [
        (layout.MATCHES, 0, 10), (layout.FAMILIES, 0, 0), ("toy/mirrored.npy", 5, 0),
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
        if layout.is_mapped(file):
            # Gigabytes are not read to say that nothing has changed; they are before they are used for anything new.
            assert not verified(tmp_path / "c", images).changed
            (open_collection(tmp_path / "c").folder / layout.FAMILIES).unlink()
    else:
        path = open_collection(tmp_path / "c").folder / file
        data = path.read_bytes()[:-7]
        path.unlink()
        if how == "cut":
            path.write_bytes(data)
    engine = ToyEngine()
    assert verified(tmp_path / "c", images, engine).changed
    assert (len(engine.described), len(engine.compared)) == (described, compared)
    assert_equal(tmp_path / "c", tmp_path / "fresh")


@pytest.mark.parametrize("folder", ["features", "matches"])
def test_damage_in_the_work_folder_costs_time_but_no_truth(
    quickly: None, tmp_path: Path, folder: str
) -> None:
    images = draw_plates(tmp_path / "images", 5)
    verified(tmp_path / "fresh", images)
    with pytest.raises(KeyboardInterrupt):
        verified(tmp_path / "c", images, ToyEngine(after_group=stopping_after(2)))
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
    features = [read_features((images / f"p{n:03}.png").read_bytes()) for n in range(2)]
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
    path.write_text(json.dumps(manifest))
    with pytest.raises(CollectionError, match="unexpected or missing"):
        open_collection(tmp_path / "c")


# -- plates that cannot be described


def test_a_plate_that_cannot_be_described_costs_its_own_matches_and_not_the_run(
    quickly: None, tmp_path: Path
) -> None:
    class Unlucky(ToyEngine):
        def describe_plates(self, files: Any, *args: Any, **kwargs: Any) -> Any:
            for result in super().describe_plates(files, *args, **kwargs):
                if result.plate_id == "p001":
                    yield PlateFailure("p001", "p001.png", "reading it took longer than 60 seconds")
                elif result.plate_id != "p002":
                    yield result

    images = draw_plates(tmp_path / "images", 4)
    summary = verified(tmp_path / "c", images, Unlucky())
    assert {note.split(" is not")[0] for note in summary.notes} == {"p001.png", "p002.png"}
    assert any("60 seconds" in note for note in summary.notes)
    store = open_collection(tmp_path / "c").features
    assert store is not None
    assert [len(store.features(row)) > 0 for row in range(4)] == [True, False, False, True]
    collection = open_collection(tmp_path / "c")
    np.testing.assert_array_equal(collection.mirrored("toy")[1], collection.embeddings("toy")[1])  # type: ignore[index]


def test_a_file_that_changes_meanwhile_is_not_taken_for_what_it_was(quickly: None, tmp_path: Path) -> None:
    images = draw_plates(tmp_path / "images", 3)

    class Late(ToyEngine):
        def describe_plates(self, *args: Any, **kwargs: Any) -> Any:
            draw(99).save(images / "p001.png")
            return super().describe_plates(*args, **kwargs)

    summary = verified(tmp_path / "c", images, Late())
    assert any("p001.png" in note and "changed" in note for note in summary.notes)
    assert [plate for plate, *_ in _described_next(tmp_path / "c", images)] == ["p001"]


def _described_next(out: Path, images: Path) -> list[tuple[str, bool, frozenset[str]]]:
    engine = ToyEngine()
    verified(out, images, engine)
    return engine.described


def test_a_group_that_cannot_be_compared_is_said(quickly: None, tmp_path: Path) -> None:
    class Unlucky(ToyEngine):
        def compare(self, groups: Any, **kwargs: Any) -> Any:
            yield PlateFailure(str(groups[0].row), groups[0].file, "reading it crashed the decoder twice")
            yield from super().compare(groups[1:], **kwargs)

    images = draw_plates(tmp_path / "images", 4)
    summary = verified(tmp_path / "c", images, Unlucky())
    assert any("row 0" in note and "crashed" in note for note in summary.notes)
    matches = open_collection(tmp_path / "c").matches
    assert matches is not None
    assert [(m.verdict, m.inliers) for m in matches.of(0)] == [("look-alike", 0)] * 3
    assert any(m.inliers for m in matches.of(1))

    class Hopeless(ToyEngine):
        def compare(self, groups: Any, **kwargs: Any) -> Any:
            yield from (PlateFailure(str(group.row), group.file, "it is gone") for group in groups)

    with pytest.raises(ImgsimError, match="could not be compared with others: it is gone"):
        verified(tmp_path / "d", images, Hopeless())
    assert open_collection(tmp_path / "d").matches is None


# -- the real workers


def test_worker_processes_give_the_same_as_one_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
    images = draw_plates(tmp_path / "images", 5)
    ImageOps.mirror(draw(2)).save(images / "q2.png")
    options: dict[str, Any] = {"backbones": ["tiny"], "projections": ["pca"], "verify_top": 3}
    for name, workers in (("alone", 0), ("shared", 2)):
        prepare(Options(out=tmp_path / name, inputs=[images], workers=workers, **options))
    assert_equal(tmp_path / "alone", tmp_path / "shared")
    assert not prepare(Options(out=tmp_path / "shared", inputs=[images], workers=2, **options)).changed


def test_a_second_run_loads_nothing_heavy(quickly: None, tmp_path: Path) -> None:
    verified(tmp_path / "c", draw_plates(tmp_path / "images", 3))
    code = (
        "import sys; from imgsim.pipeline import Options, prepare; from pathlib import Path\n"
        "from tests.making import ToyEngine\n"
        f"assert not prepare(Options(out=Path({str(tmp_path / 'c')!r})), engine=ToyEngine()).changed\n"
        "heavy = {'torch', 'torchvision', 'umap', 'numba', 'openTSNE', 'sklearn', 'cv2', 'onnxruntime'}\n"
        "heavy |= {'streamlit', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100, check=True
    )
    assert done.stdout.strip() == "[]"
