"""The pipeline: what is redone and what is not, what is left after an interruption, and what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.backbones import BACKBONES
from imgsim.collection import open_collection
from imgsim.collection.layout import file_sha256
from imgsim.collection.writing import locked
from imgsim.errors import BusyError, ImgsimError
from imgsim.pipeline import Options, Progress, prepare
from imgsim.pipeline.sources import container
from tests.making import Recorder, ToyEngine, make, write_plate, write_plates
from tests.tiny import TINY

ROOT = Path(__file__).parents[1]
VECTOR_FILES = {"embeddings.npy", "neighbours.npz", "background.npy", "projection_pca.npy"}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files as they are at once, though they were written a moment ago."""
    monkeypatch.setattr("imgsim.pipeline.sources._COARSE_CLOCK_NS", -(10**12))


def arrays(collection: Path) -> dict[str, np.ndarray]:
    found = open_collection(collection)
    result: dict[str, np.ndarray] = {"ids": np.array(found.catalogue.plate_ids)}
    for name in found.backbones:
        indices, similarities = found.neighbours(name)
        result |= {
            f"{name} embeddings": found.embeddings(name),
            f"{name} indices": indices,
            f"{name} similarities": similarities,
            f"{name} background": found.background(name),
        }
        result |= {f"{name} {method}": found.projection(name, method) for method in found.projections(name)}
    return result


def assert_equal(left: Path, right: Path) -> None:
    """Two collections hold the same arrays, bit for bit."""
    first, second = arrays(left), arrays(right)
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


# -- what a run makes


def test_a_run_makes_the_collection_and_tells_what_it_did(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 8)
    (images / "bad.png").write_bytes(b"no image")
    (images / "drawing.svg").write_text("<svg/>")
    table = tmp_path / "meta.csv"
    table.write_text("plate_id;title\np001;Rosa\np002;Lilium\nelse;Nothing\n")
    recorder = Recorder()
    summary = prepare(
        Options(
            out=tmp_path / "c", inputs=[images], metadata=table, backbones=["toy"], projections=["pca"],
            matching=False,
        ),
        recorder,
        engine=ToyEngine(),
    )  # fmt: skip
    assert (summary.plates, summary.skipped, summary.changed, summary.top_k) == (8, 2, True, 50)
    assert {file for file, _ in summary.skipped_first} == {"bad.png", "drawing.svg"}
    assert summary.skipped_csv.is_file()
    assert (summary.join["joined"], summary.join["unused"]) == (2, 1)
    assert json.loads(json.dumps(summary.as_dict()))["plates"] == 8
    stages = [progress.stage for progress in recorder.told]
    assert list(dict.fromkeys(stages)) == [
        "looking for images", "plates", "catalogue", "neighbours toy", "pca toy", "writing",
    ]  # fmt: skip
    last = {progress.stage: progress for progress in recorder.told}
    assert last["plates"].done == last["plates"].total == 9
    manifest = open_collection(tmp_path / "c").manifest
    assert manifest["counts"] == {
        "plates": 8,
        "skipped": 2,
        "bytes": sum(p.stat().st_size for p in images.glob("p*")),
        "joined": 2,
    }
    assert manifest["inputs"]["images"] == [str(images)]
    assert manifest["inputs"]["metadata_sha256"] == file_sha256(table)
    assert manifest["backbones"]["toy"]["hubness"]["k"] == 7
    assert {"python", "numpy", "imgsim"} <= manifest["versions"].keys()
    assert open_collection(tmp_path / "c").catalogue.record(1)["title"] == "Rosa"


def test_every_size_of_collection_works(tmp_path: Path) -> None:
    for count in (1, 2, 3, 9):
        images = write_plates(tmp_path / f"images{count}", count)
        make(tmp_path / f"c{count}", images, projections=["pca", "tsne"])
        found = arrays(tmp_path / f"c{count}")
        assert found["toy indices"].shape == (count, count - 1)
        assert found["toy tsne"].shape == (count, 2)


def test_zips_and_folders_give_the_same(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 6)
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for path in images.iterdir():
            archive.write(path, f"inner/{path.name}")
    make(tmp_path / "a", images)
    make(tmp_path / "b", tmp_path / "archive.zip")
    assert_equal(tmp_path / "a", tmp_path / "b")
    assert open_collection(tmp_path / "b").plate_bytes(2) == (images / "p002.png").read_bytes()
    engine = ToyEngine()
    assert not make(tmp_path / "b", tmp_path / "archive.zip", engine).changed
    assert container(str(tmp_path), "archive.zip!inner/p001.png") == str(tmp_path / "archive.zip")


def test_names_with_exclamation_marks_are_no_zips(tmp_path: Path) -> None:
    path = write_plate(tmp_path / "see! this.png", 1)
    assert container(str(tmp_path), path.name) == str(path)


def test_no_usable_image_is_an_error_that_gives_the_first_reason(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    with pytest.raises(ImgsimError, match="There is no image in"):
        make(tmp_path / "c", images)
    (images / "bad.png").write_bytes(b"no image")
    with pytest.raises(ImgsimError, match=r"None of the 1 images .*bad\.png"):
        make(tmp_path / "c", images)
    assert not (tmp_path / "c" / "CURRENT").exists()


def test_a_plate_without_a_usable_embedding_is_skipped_with_its_reason(tmp_path: Path) -> None:
    class Flawed(ToyEngine):
        def process(self, *args: Any, **kwargs: Any) -> Any:
            for number, result in enumerate(super().process(*args, **kwargs)):
                if number in (2, 4):
                    result.embeddings["toy"] = result.embeddings["toy"] * np.float32(
                        np.nan if number == 2 else 0
                    )
                yield result

    images = write_plates(tmp_path / "images", 6)
    summary = make(tmp_path / "c", images, Flawed())
    assert (summary.plates, summary.skipped) == (4, 2)
    assert all("no usable embedding" in reason for _, reason in summary.skipped_first)


def test_duplicates_share_a_thumbnail_and_are_neighbours(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 5)
    shutil.copy(images / "p002.png", images / "p900.png")
    make(tmp_path / "c", images)
    collection = open_collection(tmp_path / "c")
    indices, similarities = collection.neighbours("toy")
    assert indices[2, 0] == 5
    assert similarities[2, 0] == pytest.approx(1, abs=1e-6)
    assert collection.thumbnail_path(2) == collection.thumbnail_path(5)
    assert not make(tmp_path / "c", images).changed


@pytest.mark.parametrize(
    "wrong", [{"top_k": 0}, {"projections": ["isomap"]}, {"weights": {"other": Path("w")}}]
)
def test_wrong_options_are_refused_before_anything_is_done(tmp_path: Path, wrong: dict[str, Any]) -> None:
    images = write_plates(tmp_path / "images", 2)
    engine = ToyEngine()
    with pytest.raises(ImgsimError):
        make(tmp_path / "c", images, engine, **wrong)
    assert engine.asked == []


# -- what is redone (RELIABILITY row 13): exactly what is stale


def change_add(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    write_plate(images / "p500.png", 500)


def change_remove(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    (images / "p003.png").unlink()


def change_rename_in_place(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    (images / "p003.png").rename(images / "p003b.png")


def change_rename_elsewhere(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    (images / "p003.png").rename(images / "z.png")


def change_replace(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    """Another image under the same name, with the same size and time."""
    path = images / "p003.png"
    before = path.stat()
    data = (images / "spare.png.txt").read_bytes()
    assert len(data) == before.st_size
    assert data != path.read_bytes()
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def change_cell(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    table.write_text(table.read_text().replace("Rosa", "Rose"))


def change_model(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    options["backbones"] = ["other"]


def change_weights(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    options["weights"]["toy"].write_bytes(b"other weights")


def change_preprocessing(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    engine.preprocessing = 2


def change_k(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    options["top_k"] = 3


def change_projection(images: Path, table: Path, options: dict[str, Any], engine: ToyEngine) -> None:
    options["projections"] = ["tsne"]


ALL = {"catalogue.parquet", *(f"toy/{file}" for file in VECTOR_FILES)}
CHANGES = [
    (change_add, ["p500"], ALL),
    (change_remove, [], ALL),
    # The row keeps its place, so what was made of the embeddings is still right.
    (change_rename_in_place, [], {"catalogue.parquet"}),
    (change_rename_elsewhere, [], ALL),
    (change_replace, ["p003"], ALL),
    (change_cell, [], {"catalogue.parquet"}),
    (change_model, [f"p{number:03}" for number in range(7)], {f"other/{file}" for file in VECTOR_FILES}),
    (change_weights, [f"p{number:03}" for number in range(7)], ALL - {"catalogue.parquet"}),
    (change_preprocessing, [f"p{number:03}" for number in range(7)], ALL - {"catalogue.parquet"}),
    (change_k, [], {"toy/neighbours.npz"}),
    (change_projection, [], {"toy/projection_tsne.npy"}),
]


@pytest.mark.parametrize(("change", "decoded", "files"), CHANGES, ids=[c[0].__name__[7:] for c in CHANGES])
def test_exactly_what_is_stale_is_redone(
    tmp_path: Path,
    change: Callable[[Path, Path, dict[str, Any], ToyEngine], None],
    decoded: list[str],
    files: set[str],
) -> None:
    images = write_plates(tmp_path / "images", 7)
    # An image of exactly the size of p003.png, for the change that must not be noticed by size.
    spare = write_plate(tmp_path / "spare.png", 999).read_bytes()
    target = (images / "p003.png").read_bytes()
    longest = max(len(spare), len(target))
    (images / "p003.png").write_bytes(target + b"\0" * (longest - len(target)))
    (images / "spare.png.txt").write_bytes(spare + b"\0" * (longest - len(spare)))
    table, weights = tmp_path / "meta.csv", tmp_path / "weights"
    table.write_text("plate_id,title\np001,Rosa\n")
    weights.write_bytes(b"weights")
    options: dict[str, Any] = {
        "metadata": table,
        "weights": {"toy": weights},
        "top_k": 5,
        "backbones": ["toy"],
    }
    engine = ToyEngine()
    make(tmp_path / "c", images, engine, **options)
    engine.asked.clear()
    again = make(tmp_path / "c", images, engine, **options)
    assert not again.changed
    assert engine.asked == []

    change(images, table, options, engine)
    summary = make(tmp_path / "c", images, engine, **options)
    assert summary.changed
    assert [plate for plate, _ in engine.asked] == decoded
    assert set(summary.redone["files"]) == files
    if change is change_model:
        assert all(needs == {"other"} for _, needs in engine.asked)
        assert summary.backbones == ("toy", "other")

    # The same as if it had been made afresh, and at rest again.
    if change is change_model:
        options["backbones"] = ["toy", "other"]
    if change is change_projection:
        options["projections"] = ["pca", "tsne"]
    make(tmp_path / "fresh", images, engine, **options)
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert not make(tmp_path / "c", images, engine, **options).changed
    assert open_collection(tmp_path / "c").staleness() == []


def test_fresh_files_are_hashed_again_but_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgsim.pipeline.sources._COARSE_CLOCK_NS", 10**12)
    images = write_plates(tmp_path / "images", 4)
    (images / "bad.png").write_bytes(b"no image")
    make(tmp_path / "c", images)
    engine = ToyEngine()
    assert not make(tmp_path / "c", images, engine).changed
    assert engine.asked == []
    change_like = (images / "p001.png").read_bytes()[:-1] + b"\0"
    (images / "p001.png").write_bytes(change_like)
    make(tmp_path / "c", images, engine)
    assert [plate for plate, _ in engine.asked] == ["p001"]


def test_without_inputs_the_recorded_ones_are_used(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 4)
    table = tmp_path / "meta.csv"
    table.write_text("plate_id,title\np001,Rosa\n")
    make(tmp_path / "c", images, metadata=table, top_k=2, projections=["pca", "tsne"])
    write_plate(images / "new.png", 5)
    summary = make(tmp_path / "c", None, backbones=["other"], projections=[])
    assert (summary.plates, summary.join["joined"], summary.top_k) == (5, 1, 2)
    assert summary.backbones == ("toy", "other")
    assert summary.projections == ("pca", "tsne")
    with pytest.raises(ImgsimError, match="nothing to prepare"):
        make(tmp_path / "empty", None)


def test_bad_images_are_not_tried_again_until_they_change(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 3)
    (images / "bad.png").write_bytes(b"no image")
    engine = ToyEngine()
    make(tmp_path / "c", images, engine)
    write_plate(images / "p100.png", 100)
    engine.asked.clear()
    assert make(tmp_path / "c", images, engine).skipped == 1
    assert [plate for plate, _ in engine.asked] == ["p100"]
    write_plate(images / "bad.png", 101)
    assert make(tmp_path / "c", images, engine).skipped == 0


def test_the_generation_before_stays_readable_and_older_ones_go(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 3)
    make(tmp_path / "c", images)
    reader = open_collection(tmp_path / "c")
    (tmp_path / "c" / "generations" / ".unfinished-x").mkdir()
    write_plate(images / "p100.png", 100)
    make(tmp_path / "c", images)
    assert reader.embeddings("toy").shape == (3, 32)
    assert reader.thumbnail_path(0).is_file()
    write_plate(images / "p101.png", 101)
    make(tmp_path / "c", images)
    left = os.listdir(tmp_path / "c" / "generations")
    assert len(left) == 2
    assert reader.generation not in left


def test_reviews_are_never_touched(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 3)
    make(tmp_path / "c", images)
    (tmp_path / "c" / "reviews.sqlite").write_bytes(b"a year of work")
    write_plate(images / "p100.png", 100)
    make(tmp_path / "c", images)
    assert (tmp_path / "c" / "reviews.sqlite").read_bytes() == b"a year of work"


# -- damage is repaired, and said


@pytest.mark.parametrize(
    "file", ["toy/embeddings.npy", "toy/neighbours.npz", "catalogue.parquet", "manifest.json"]
)
def test_a_damaged_collection_is_repaired_by_the_command_that_its_error_names(
    tmp_path: Path, file: str
) -> None:
    images = write_plates(tmp_path / "images", 5)
    make(tmp_path / "c", images)
    make(tmp_path / "fresh", images)
    path = open_collection(tmp_path / "c").folder / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    inputs = images if file == "manifest.json" else None
    summary = make(tmp_path / "c", inputs)
    assert summary.changed
    assert_equal(tmp_path / "c", tmp_path / "fresh")


def test_lost_thumbnails_are_made_again(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 5)
    make(tmp_path / "c", images)
    open_collection(tmp_path / "c").thumbnail_path(3).unlink()
    engine = ToyEngine()
    make(tmp_path / "c", images, engine)
    assert engine.asked == [("p003", frozenset())]
    assert open_collection(tmp_path / "c").thumbnail_path(3).stat().st_size


@pytest.mark.parametrize("name", ["sources.npz", "shards/000000.npz"])
def test_damage_in_the_work_folder_costs_time_but_no_truth(tmp_path: Path, name: str) -> None:
    images = write_plates(tmp_path / "images", 5)
    make(tmp_path / "fresh", images)
    if name == "sources.npz":
        make(tmp_path / "c", images)
    else:
        interrupt(tmp_path / "c", images, 3)
    path = tmp_path / "c" / "work" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    summary = make(tmp_path / "c", images)
    assert any("damaged" in note for note in summary.notes)
    assert_equal(tmp_path / "c", tmp_path / "fresh")


# -- interruptions


def interrupt(out: Path, images: Path, after: int, **options: Any) -> None:
    """A run that is stopped by Ctrl-C when so many plates are done."""

    def stop(done: int) -> None:
        if done == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(out, images, ToyEngine(after=stop), **options)


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 9)
    make(tmp_path / "fresh", images)
    interrupt(tmp_path / "c", images, 4)
    assert not (tmp_path / "c" / "CURRENT").exists()
    interrupt(tmp_path / "c", images, 3)
    engine = ToyEngine()
    make(tmp_path / "c", images, engine)
    assert [plate for plate, _ in engine.asked] == ["p007", "p008"]
    assert_equal(tmp_path / "c", tmp_path / "fresh")
    assert sorted(os.listdir(tmp_path / "c" / "work")) == ["shards", "sources.npz"]
    assert os.listdir(tmp_path / "c" / "work" / "shards") == []


def test_an_interrupted_update_leaves_the_collection_as_it_was(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 4)
    make(tmp_path / "c", images)
    make(tmp_path / "before", images)
    write_plates(images, 9)
    interrupt(tmp_path / "c", images, 3)
    assert_equal(tmp_path / "c", tmp_path / "before")


def test_work_with_another_backbone_is_kept_for_later(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 6)
    interrupt(tmp_path / "c", images, 4, backbones=["slow"])
    make(tmp_path / "c", images)
    engine = ToyEngine()
    make(tmp_path / "c", images, engine, backbones=["slow"])
    assert [plate for plate, _ in engine.asked] == ["p004", "p005"]


def test_finished_stages_are_not_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = write_plates(tmp_path / "images", 9)
    make(tmp_path / "fresh", images, projections=["pca", "tsne"])
    from imgsim.pipeline import stages

    project, calls = stages.project, []

    def stopping(embeddings: Any, neighbours: Any, method: str, **rest: Any) -> Any:
        calls.append(method)
        if method == "tsne" and calls.count("tsne") == 1:
            raise KeyboardInterrupt
        return project(embeddings, neighbours, method, **rest)

    monkeypatch.setattr(stages, "project", stopping)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "c", images, projections=["pca", "tsne"])
    make(tmp_path / "c", images, projections=["pca", "tsne"])
    assert calls == ["pca", "tsne", "tsne"]
    assert_equal(tmp_path / "c", tmp_path / "fresh")


def test_a_second_writer_is_turned_away(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 2)
    with locked(tmp_path / "c"), pytest.raises(BusyError, match=str(os.getpid())):
        make(tmp_path / "c", images)
    make(tmp_path / "c", images)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork and SIGKILL are POSIX")
def test_killed_runs_leave_one_whole_generation() -> None:
    """RELIABILITY row 10; tests/benchmarks/kills.py does a thousand."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.kills", "--kills", "15", "--seed", "7"],
        cwd=ROOT, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kills"] == 15


_LIMITED = """
import resource, sys
from pathlib import Path
from imgsim.errors import ImgsimError
from tests.making import make
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    make(Path(sys.argv[2]), Path(sys.argv[3]))
except ImgsimError as error:
    sys.exit("said: " + str(error))
print("finished")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
def test_a_full_disk_is_named_and_the_collection_stays(tmp_path: Path) -> None:
    """RELIABILITY row 11, at many points of a run."""
    images = write_plates(tmp_path / "images", 5)
    make(tmp_path / "c", images)
    make(tmp_path / "before", images)
    write_plates(images, 20)
    said = set()
    for limit in (0, 300, 3_000, 12_000):
        done = subprocess.run(
            [sys.executable, "-c", _LIMITED, str(limit), str(tmp_path / "c"), str(images)],
            cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.stderr.startswith("said: "), done.stderr + done.stdout
        assert str(tmp_path) in done.stderr
        said.add(done.stderr)
        assert_equal(tmp_path / "c", tmp_path / "before")
    assert any("the disk" in text for text in said)
    make(tmp_path / "c", images)
    assert open_collection(tmp_path / "c").embeddings("toy").shape == (20, 32)


def test_the_real_workers_give_the_same_in_one_go_and_in_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine that users get, with worker processes, on a backbone that takes no time."""
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
    images = write_plates(tmp_path / "images", 12)
    (images / "bad.png").write_bytes(b"no image")
    options: dict[str, Any] = {"backbones": ["tiny"], "projections": ["pca"], "workers": 2, "matching": False}
    prepare(Options(out=tmp_path / "whole", inputs=[images], **options))
    write_plates(tmp_path / "half", 5)
    prepare(Options(out=tmp_path / "parts", inputs=[tmp_path / "half"], **options))
    summary = prepare(Options(out=tmp_path / "parts", inputs=[images], **options))
    assert (summary.plates, summary.skipped, summary.redone["plates"]) == (12, 1, 8)
    assert_equal(tmp_path / "whole", tmp_path / "parts")
    assert not prepare(Options(out=tmp_path / "parts", inputs=[images], **options)).changed
    with pytest.raises(ImgsimError, match="nonesuch"):
        prepare(Options(out=tmp_path / "parts", backbones=["nonesuch"]))


def test_a_new_sample_can_be_opened_before_its_last_map_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, ...]] = []

    def look(progress: Progress) -> None:
        if progress.stage == "ready":
            seen.append(open_collection(tmp_path / "sample").projections("toy"))

    options = Options(out=tmp_path / "sample", sample=9, backbones=["toy"], workers=1)
    engine = ToyEngine()
    summary = prepare(options, look, engine=engine)
    assert seen == [("pca", "tsne")]
    assert set(summary.projections) == {"pca", "tsne", "umap"}
    assert len(engine.asked) == 9
    assert summary.changed
    assert {"catalogue.parquet", "toy/projection_pca.npy", "toy/projection_umap.npy"} <= set(
        summary.redone["files"]
    )
    assert not prepare(options, look, engine=engine).changed
    assert (tmp_path / "sample" / "source" / "truth.csv").is_file()
    assert open_collection(tmp_path / "sample").manifest["counts"]["joined"] == 9
