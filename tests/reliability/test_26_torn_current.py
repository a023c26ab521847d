"""Row 26: a torn CURRENT locks nothing: the newest whole generation is opened, and CURRENT is written anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from imgsim.cli.rehearsal import rehearse
from imgsim.collection import list_collections, open_collection
from imgsim.collection.decided import reviews_of
from imgsim.collection.integrity import check
from imgsim.errors import CollectionError, ImgsimError
from imgsim.generation import current, layout
from imgsim.prepare import Options, prepare
from tests.making import ToyProcessor, make, write_plates
from tests.pages import visit
from tests.reliability.damage import DAMAGES, flips
from tests.reliability.tally import Tally
from tests.reliability.whole import shown_of


def _written(data: bytes) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        path.write_bytes(data)

    return put


def _beginning(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:7])


def _twice(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 2)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").write_bytes(b"x")


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


NAME = b"20261129-000000-0000000"
TORN: dict[str, Callable[[Path], None]] = {
    "empty": _written(b""),
    "one byte": _written(b"2"),
    "white space": _written(b" \n\t\n"),
    "zeroed": DAMAGES["zeroed"],
    "cut": DAMAGES["cut"],
    "cut to its beginning": _beginning,
    "grown": DAMAGES["grown"],
    "twice": _twice,
    "all ones": _written(b"\xff" * 24),
    "foreign text": _written(b"Dear Sir, I have the honour"),
    "foreign name": _written(b"backup\n"),
    "UTF-16": _written("20261129-000000-0000000".encode("utf-16")),
    "not UTF-8": _written(b"2026\xe9\xfe\n"),
    "a PNG": _written(b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "a megabyte": _written(b"x" * 2**20),
    "a path": _written(b"../../etc/passwd\n"),
    "a name with a zero": _written(b"2026\x00\n"),
    "a generation that is not there": _written(NAME + b"\n"),
    "an unfinished generation": _written(b".unfinished-" + NAME + b"\n"),
    "a folder": _folder,
    "a link to nowhere": _link,
    "gone": DAMAGES["gone"],
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: two generations are kept. Something unfinished and something foreign lie beside them."""
    folder = tmp_path_factory.mktemp("pristine")
    path = folder / "data" / "plates"
    for count in (3, 4, 5):
        make(path, write_plates(folder / "images", count))
    unfinished = path / layout.GENERATIONS / ".unfinished-99999999-000000-0000000"
    shutil.copytree(open_collection(path).folder, unfinished)
    (path / layout.GENERATIONS / "99999999-nothing").mkdir()
    return path


def test_a_torn_current_is_opened_said_and_healed(
    pristine: Path, attempt: Callable[[], Path], tally: Tally
) -> None:
    whole, newest = shown_of(pristine), open_collection(pristine).generation
    for what, tear in TORN.items():
        with tally.attempt(what):
            path = attempt()
            tear(path / layout.CURRENT)
            found = open_collection(path)
            assert found.generation == newest and "CURRENT is damaged" in found.told
            assert shown_of(path) == whole
            assert [(one.name, one.error, one.plates) for one in list_collections(path.parent)] == [("plates", None, 5)]
            assert layout.CURRENT in {problem.file for problem in check(path).problems}
            assert len(reviews_of(path).pictures()) == 5
            summary = make(path, None)
            assert any("CURRENT is damaged" in note and "written anew" in note for note in summary.notes)
            assert not summary.changed and summary.generation == newest
            assert (path / layout.CURRENT).read_bytes() == f"{newest}\n".encode()
            assert not open_collection(path).told and not check(path).problems
            assert not make(path, None).notes


def test_every_flip_in_current_is_opened_and_healed(
    pristine: Path, attempt: Callable[[], Path], tally: Tally
) -> None:
    newest = open_collection(pristine).generation
    path = attempt()
    data = (path / layout.CURRENT).read_bytes()
    for what, torn in flips(data, 8 * len(data)):
        with tally.attempt(what):
            (path / layout.CURRENT).write_bytes(torn)
            assert open_collection(path).generation == newest
            told = current.mend(path)
            # A flip in the end of the line names the same generation.
            assert bool(told) == (torn.strip() != data.strip())
            assert current.live(path) == current.Live(newest)


def test_the_app_opens_it_says_so_and_heals_it(
    attempt: Callable[[], Path], tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    for what in ("empty", "zeroed", "a folder", "a generation that is not there", "not UTF-8", "gone"):
        with tally.attempt(what):
            path = attempt()
            monkeypatch.setenv("IMGSIM_DATA", str(path.parent))
            newest = open_collection(path).generation
            TORN[what](path / layout.CURRENT)
            app = visit("browse")
            assert not app.error
            assert any("CURRENT is damaged" in str(one.value).replace("\\", "") for one in app.sidebar.warning)
            assert (path / layout.CURRENT).read_bytes() == f"{newest}\n".encode()


def test_only_whole_generations_are_fallen_back_to(attempt: Callable[[], Path], tally: Tally) -> None:
    for what in ("a file is missing", "a file is shorter", "another manifest", "no manifest", "another catalogue"):
        with tally.attempt(what):
            path = attempt()
            newest = open_collection(path).generation
            before = next(name for name in current.published(path) if name not in (newest, "99999999-nothing"))
            folder = path / layout.GENERATIONS / newest
            {
                "a file is missing": lambda f=folder: (f / "toy" / "embeddings.npy").unlink(),
                "a file is shorter": lambda f=folder: DAMAGES["cut"](f / "toy" / "neighbours.npz"),
                "another manifest": lambda f=folder: DAMAGES["flipped in the middle"](f / layout.MANIFEST),
                "no manifest": lambda f=folder: (f / layout.MANIFEST).unlink(),
                "another catalogue": lambda f=folder: (f / layout.CATALOGUE).write_bytes(
                    bytes((f / layout.CATALOGUE).stat().st_size)
                ),
            }[what]()
            (path / layout.CURRENT).write_bytes(b"")
            found = open_collection(path)
            assert found.generation == before and len(found.catalogue) == 4
            make(path, None)
            assert len(open_collection(path).catalogue) == 5 and not check(path).problems


def test_nothing_whole_is_said_and_made_again_by_its_name_alone(
    pristine: Path, attempt: Callable[[], Path], tally: Tally
) -> None:
    whole = shown_of(pristine)
    for what in ("the manifests", "the catalogues", "all generations"):
        for torn in (False, True):
            with tally.attempt(f"{what}, {'torn' if torn else 'whole'} CURRENT"):
                path = attempt()
                for folder in (path / layout.GENERATIONS).iterdir():
                    if what == "all generations":
                        shutil.rmtree(folder)
                    elif folder.name != "99999999-nothing":
                        file = layout.MANIFEST if what == "the manifests" else layout.CATALOGUE
                        DAMAGES["flipped in the middle"](folder / file)
                if torn:
                    DAMAGES["zeroed"](path / layout.CURRENT)
                with pytest.raises(CollectionError):
                    open_collection(path)
                assert check(path).problems
                facts, _ = rehearse(Options(out=path))
                assert facts["plates"] == 5
                summary = make(path, None)
                assert summary.changed and summary.notes
                assert shown_of(path) == whole and not check(path).problems


def test_without_manifest_and_record_the_images_are_asked_for(attempt: Callable[[], Path], tally: Tally) -> None:
    with tally.attempt("both are damaged, and no generation is left"):
        path = attempt()
        shutil.rmtree(path / layout.GENERATIONS)
        DAMAGES["flipped in the middle"](path / layout.RECORD)
        with pytest.raises(ImgsimError, match=r"Name a folder of images"):
            make(path, None)


def test_a_run_that_cannot_write_current_changes_nothing(
    attempt: Callable[[], Path], tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is read-only: what is whole is opened all the same."""
    path = attempt()
    (path / layout.CURRENT).write_bytes(b"")
    newest = max(name for name in current.published(path) if not name.startswith("9999"))

    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("imgsim.base.writing.write_whole", read_only)
    monkeypatch.setenv("IMGSIM_DATA", str(path.parent))
    with tally.attempt("by the app"):
        assert not visit("browse").error
        assert open_collection(path).generation == newest
    with tally.attempt("by a run"), pytest.raises(ImgsimError, match="cannot be written"):
        prepare(Options(out=path), processor=ToyProcessor())
