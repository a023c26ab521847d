"""Row 25: a folder that is moved away, and things in the way."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.generation import layout
from imgsim.prepare import Options, prepare
from tests.making import ToyProcessor, make
from tests.reliability.tally import Tally

AFTER_IT = 1_000  # a run of a few plates is over by then


def test_a_folder_that_vanishes_while_a_run_writes_is_said(
    pristine: Path, tmp_path: Path, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How often a run says how far it is depends on the time it takes: by this clock it always does.
    monkeypatch.setattr("imgsim.base.progress.time", SimpleNamespace(monotonic=itertools.count().__next__))
    images = [Path(open_collection(pristine).manifest["inputs"]["images"][0])]
    for how in ("moved", "removed"):
        for moment in (*range(1, 56, 3), AFTER_IT):
            out = tmp_path / f"{how}-{moment}"
            told = 0
            vanished = False

            def vanish(progress: Any, out: Path = out, how: str = how, moment: int = moment) -> None:
                nonlocal told, vanished
                told += 1
                if told == moment:
                    vanished = True
                    out.rename(out.with_suffix(".away")) if how == "moved" else shutil.rmtree(out)

            options = Options(out=out, inputs=images, backbones=["toy"], projections=["pca"])
            with tally.attempt(f"{how} at {moment}"):
                try:
                    prepare(options, vanish, processor=ToyProcessor())
                    assert not vanished, "the run ends well"
                    assert moment == AFTER_IT, f"the run says nothing for the {moment}th time"
                except ImgsimError as error:
                    assert vanished and "moved or removed" in str(error), str(error)
                assert not vanished or not (out / layout.CURRENT).exists()


def test_what_lies_in_the_way_is_named(attempt: Callable[[], Path], tally: Tally) -> None:
    def folder(path: Path) -> None:
        path.unlink(missing_ok=True)
        path.mkdir()

    def file(path: Path) -> None:
        shutil.rmtree(path, ignore_errors=True)
        path.write_bytes(b"in the way")

    for name, put in {
        "lock": folder, "lock.holder": folder, "work": file, "work/shards": file, "work/stages": file,
        "work/thumbnails": file, "generations": file, layout.RECORD: folder, "registry.sqlite": folder,
        "work/sources.npz": folder,
    }.items():  # fmt: skip
        with tally.attempt(name):
            path = attempt()
            put(path / name)
            try:
                make(path, None, matching=True)
            except ImgsimError as error:
                assert str(path) in str(error), str(error)
