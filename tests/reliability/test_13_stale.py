"""Row 13: of whatever changed, exactly what is stale is redone; and the app says what changed before it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.collection.id_registry import FILE
from imgsim.prepare.staleness import staleness
from tests.making import ToyProcessor, make, write_plate, write_plates
from tests.prepare.arrays import assert_equal
from tests.prepare.conftest import no_waiting
from tests.reliability.tally import Tally

__all__ = ["no_waiting"]  # a fixture

COUNT = 7
TABLE = {"catalogue.parquet", "unjoined.csv"}
VECTOR_FILES = {"embeddings.npy", "neighbours.npz", "background.npy", "projection_pca.npy"}
VECTORS = {f"toy/{file}" for file in VECTOR_FILES}
EVERY = [f"p{number:03}" for number in range(COUNT)]


@dataclass
class Made:
    """A prepared collection: its scans, its table, the processor, and the options of its runs."""

    images: Path
    table: Path
    processor: ToyProcessor
    options: dict[str, Any]

    def run(self, out: Path) -> Any:
        return make(out, self.images, self.processor, **self.options)


def add(made: Made) -> None:
    write_plate(made.images / "p500.png", 500)


def remove(made: Made) -> None:
    (made.images / "p003.png").unlink()


def rename(made: Made) -> None:
    (made.images / "p003.png").rename(made.images / "z.png")


def move(made: Made) -> None:
    (made.images / "herbal").mkdir()
    for number in range(3, COUNT):
        (made.images / f"p00{number}.png").rename(made.images / "herbal" / f"p00{number - 3}.png")


def replace(made: Made) -> None:
    """Another image under the same name, with the same size and time."""
    path = made.images / "p003.png"
    before = path.stat()
    data = (made.images / "spare.png.txt").read_bytes()
    assert len(data) == before.st_size
    assert data != path.read_bytes()
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def cell(made: Made) -> None:
    made.table.write_text(made.table.read_text().replace("Rosa", "Rose"))


def model(made: Made) -> None:
    made.options["backbones"] = ["other"]


def weights(made: Made) -> None:
    made.options["weights"]["toy"].write_bytes(b"other weights")


def preprocessing(made: Made) -> None:
    made.processor.preprocessing = 2


def k(made: Made) -> None:
    made.options["top_k"] = 3


def projection(made: Made) -> None:
    made.options["projections"] = ["tsne"]


# change -> plates that are decoded anew, files that are made anew, what the app says before. What is only asked for in
# a run (another model, k, map) it cannot know of.
CHANGES: list[tuple[Callable[[Made], None], list[str], set[str], list[str]]] = [
    (add, ["p500"], TABLE | VECTORS, ["1 image is new, such as p500.png."]),
    (remove, [], TABLE | VECTORS, ["1 image is no longer there, such as p003.png."]),
    # The plate keeps its id, so what was made of the embeddings is still right.
    (rename, [], TABLE, ["1 image is new, such as z.png.", "1 image is no longer there, such as p003.png."]),
    (
        move, [], TABLE,
        ["4 images are new, such as herbal/p000.png.", "4 images are no longer there, such as p003.png."],
    ),
    (replace, ["p003"], TABLE | VECTORS, ["1 image is not as before, such as p003.png."]),
    (cell, [], TABLE, ["The metadata file {table} has changed."]),
    (model, EVERY, {f"other/{file}" for file in VECTOR_FILES}, []),
    (weights, EVERY, VECTORS, ["The weights or the preprocessing of toy have changed."]),
    (preprocessing, EVERY, VECTORS, ["The weights or the preprocessing of toy have changed."]),
    (k, [], {"toy/neighbours.npz"}, []),
    (projection, [], {"toy/projection_tsne.npy"}, []),
]


@pytest.mark.parametrize(("change", "decoded", "files", "said"), CHANGES, ids=[c[0].__name__ for c in CHANGES])
def test_exactly_what_is_stale_is_redone(
    tmp_path: Path,
    change: Callable[[Made], None],
    decoded: list[str],
    files: set[str],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
) -> None:
    images = write_plates(tmp_path / "images", COUNT)
    # An image of exactly the size of p003.png, for the change that must not be noticed by size.
    spare = write_plate(tmp_path / "spare.png", 999).read_bytes()
    target = (images / "p003.png").read_bytes()
    longest = max(len(spare), len(target))
    (images / "p003.png").write_bytes(target + b"\0" * (longest - len(target)))
    (images / "spare.png.txt").write_bytes(spare + b"\0" * (longest - len(spare)))
    table, network = tmp_path / "meta.csv", tmp_path / "weights"
    table.write_text("plate_id,title\np001,Rosa\n")
    network.write_bytes(b"weights")
    options: dict[str, Any] = {"metadata": table, "weights": {"toy": network}, "top_k": 5, "backbones": ["toy"]}
    made, out = Made(images, table, ToyProcessor(), options), tmp_path / "c"
    monkeypatch.setattr("imgsim.prepare.processor.NetworkProcessor", lambda *given: made.processor)
    made.run(out)
    made.processor.asked.clear()
    with tally.attempt("nothing has changed"):
        assert staleness(open_collection(out)) == []
        assert not made.run(out).changed
        assert made.processor.asked == []

    change(made)
    with tally.attempt("the app says so"):
        assert staleness(open_collection(out)) == [text.format(table=table) for text in said]
    summary = made.run(out)
    with tally.attempt("exactly that is redone"):
        assert summary.changed
        assert [plate for plate, _ in made.processor.asked] == decoded
        assert set(summary.redone["files"]) == files
        if change is model:
            assert all(needs == {"other"} for _, needs in made.processor.asked)
            assert summary.backbones == ("toy", "other")
    with tally.attempt("the same as if made afresh, and at rest again"):
        if change is model:
            options["backbones"] = ["toy", "other"]
        if change is projection:
            options["projections"] = ["pca", "tsne"]
        (tmp_path / "fresh").mkdir()
        shutil.copy(out / FILE, tmp_path / "fresh" / FILE)  # a plate is called what it was called first
        made.run(tmp_path / "fresh")
        assert_equal(out, tmp_path / "fresh")
        assert not made.run(out).changed
        assert staleness(open_collection(out)) == []
