"""Row 27: scans that vanish do not shrink a collection in silence: the run says so first, and wants a word for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from imgsim.cli.rehearsal import rehearse
from imgsim.collection import open_collection
from imgsim.collection.id_registry import Registry
from imgsim.prepare import Options, Summary, prepare
from imgsim.prepare.missing_plates import Vanished
from tests.making import ToyProcessor, make, write_plate, write_plates
from tests.prepare.verifying import draw
from tests.reliability.tally import Tally
from tests.reliability.vanishing import ALL, decide, lose, made_herbals, unchanged


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return made_herbals(tmp_path)


def test_more_than_a_tenth_or_a_disk_that_is_not_there(data: Path, tally: Tally) -> None:
    collection, scans = data / "herbals", data.parent / "scans"

    def deleted() -> None:
        lose(scans, 57)

    def seven() -> None:
        lose(scans, 7)

    def emptied() -> None:
        shutil.rmtree(scans)
        scans.mkdir()

    def removed() -> None:
        shutil.rmtree(scans)

    def one_folder() -> None:
        shutil.rmtree(scans / "b")

    def a_file_now() -> None:
        shutil.rmtree(scans)
        scans.write_bytes(b"x")

    kept = data.parent / "kept"
    shutil.copytree(scans, kept)
    for what, happens, count in (
        ("57 of 60 deleted", deleted, "57 of the 60"), ("7 of 60 deleted", seven, "7 of the 60"),
        ("the folder is empty", emptied, "60 of the 60"), ("the folder is not there", removed, "60 of the 60"),
        ("one of two folders is not there", one_folder, "20 of the 60"), ("the folder is a file", a_file_now, ""),
    ):  # fmt: skip
        happens()
        with tally.attempt(f"{what}: a run"):
            processor = ToyProcessor()
            said = unchanged(collection, partial(make, collection, None, processor, accept_missing=False))
            assert count in said and (not count or "Nothing was changed" in said), said
            assert processor.asked == [], "scans were opened before it was said"
        if count and scans.is_dir() and what != "the folder is empty":
            with tally.attempt(f"{what}: a rehearsal"):
                facts, text = rehearse(Options(out=collection))
                assert facts["vanished"]["needs_accept_missing"] and count in text
        shutil.rmtree(scans, ignore_errors=True)
        scans.unlink(missing_ok=True)
        shutil.copytree(kept, scans)
        with tally.attempt(f"{what}: the scans are back"):
            assert make(collection, None, accept_missing=False).plates == ALL


def test_a_tenth_goes_as_it_did_before(data: Path, tally: Tally) -> None:
    lose(data.parent / "scans", 6)
    with tally.attempt("6 of 60"):
        summary = make(data / "herbals", None, accept_missing=False)
        assert summary.plates == 54 and summary.changes is not None and summary.changes["counts"]["gone"] == 6


def test_any_plate_with_a_decision(data: Path, tally: Tally) -> None:
    collection, scans = data / "herbals", data.parent / "scans"
    decide(collection, "p058", "p003")
    for name in ("p058", "p003"):
        path = next(scans.rglob(f"{name}.png"))
        content = path.read_bytes()
        path.unlink()
        with tally.attempt(f"{name} alone is gone"):
            said = unchanged(collection, lambda: make(collection, None, accept_missing=False))
            assert "1 of the 60" in said and "decisions of people" in said and name in said
        path.write_bytes(content)
    with tally.attempt("one without a decision"):
        next(scans.rglob("p010.png")).unlink()
        assert make(collection, None, accept_missing=False).plates == 59
    with tally.attempt("another picture lies at its place"):
        write_plate(next(scans.rglob("p058.png")), 999)
        said = unchanged(collection, lambda: make(collection, None, accept_missing=False))
        assert "p058" in said and "decisions of people" in said
    with tally.attempt("a scan that no longer opens"):
        write_plate(next(scans.rglob("p058.png")), 58)
        path = next(scans.rglob("p003.png"))
        path.write_bytes(path.read_bytes()[:100])
        said = unchanged(collection, lambda: make(collection, None, accept_missing=False))
        assert "p003" in said


def test_what_was_moved_renamed_or_scanned_again_is_not_gone(data: Path, tally: Tally) -> None:
    collection, scans = data / "herbals", data.parent / "scans"
    decide(collection, "p001", "p002")
    with tally.attempt("the folder has another name"):
        scans.rename(data.parent / "moved")
        assert make(collection, data.parent / "moved", accept_missing=False).plates == ALL
    with tally.attempt("every file has another name"):
        for path in sorted((data.parent / "moved").rglob("*.png")):
            path.rename(path.with_name(f"scan-{path.name}"))
        summary = make(collection, None, accept_missing=False)
        assert summary.changes is not None and summary.changes["counts"]["moved"] == ALL
        assert "p001" in open_collection(collection).catalogue.plate_ids
    with tally.attempt("every file has another format"):
        drawn = data.parent / "drawn"
        drawn.mkdir()
        for number in range(6):
            draw(number, (300, 400)).save(drawn / f"d{number}.png")
        make(data / "drawn", drawn)
        decide(data / "drawn", "d0", "d1")
        for path in sorted(drawn.glob("*.png")):
            Image.open(path).save(path.with_suffix(".bmp"))
            path.unlink()
        summary = make(data / "drawn", None, accept_missing=False)
        assert summary.changes is not None and summary.changes["counts"]["replaced"] == 6


def test_said_so_or_asked(data: Path, tally: Tally) -> None:
    collection = data / "herbals"
    decide(collection, "p058", "p003")
    lose(data.parent / "scans", 57)
    asked: list[Vanished] = []

    def no(found: Vanished) -> bool:
        asked.append(found)
        return False

    with tally.attempt("asked, and no"):
        said = unchanged(collection, lambda: make_asking(collection, no))
        assert len(asked) == 1 and len(asked[0].gone) == 57 and asked[0].decided == ("p003", "p058")
        assert "accept that they are missing" in said
    with tally.attempt("asked once, and yes"):
        asked.clear()
        summary = make_asking(collection, lambda found: not asked.append(found))
        assert summary.plates == 3 and len(asked) == 1
        assert len(Registry(collection).gone()) == 57
    with tally.attempt("--accept-missing, and said in a note"):
        write_plates(data.parent / "scans" / "a", 40)
        make(collection, None, accept_missing=False)
        lose(data.parent / "scans", 30)
        summary = make(collection, None, accept_missing=True)
        assert any("are gone" in note and "as was asked for" in note for note in summary.notes)


def make_asking(collection: Path, ask: Callable[[Vanished], bool]) -> Summary:
    return prepare(Options(out=collection, matching=False), ask=ask, processor=ToyProcessor())


def test_a_missing_input_among_several(tmp_path: Path, tally: Tally) -> None:
    collection, first, second = tmp_path / "c", tmp_path / "first", tmp_path / "second"
    write_plates(first, 5)
    write_plates(second, 5, first=5)

    def run(**options: Any) -> Summary:
        return prepare(
            Options(out=collection, backbones=["toy"], projections=["pca"], matching=False, **options),
            processor=ToyProcessor(),
        )

    run(inputs=[first, second])
    shutil.rmtree(second)
    with tally.attempt("is said, with how much came from there"):
        said = unchanged(collection, run)
        assert str(second) in said and "5 of the 10" in said and "accept that they are missing" in said
    with tally.attempt("may be left out"):
        assert run(accept_missing=True).plates == 5
        assert open_collection(collection).manifest["inputs"]["images"] == [str(first)]
        assert not run().changed
