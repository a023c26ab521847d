"""Row 25: a damaged file is found or harmless, never a wrong result in silence; a run makes it anew."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from imgsim.app.services import background_check
from imgsim.cli import environment
from imgsim.cli.check import main as check_command
from imgsim.collection import open_collection
from imgsim.collection.integrity import check
from imgsim.errors import CollectionError, ImgsimError
from imgsim.generation import layout
from tests.making import ToyProcessor, make
from tests.pages import visit, words
from tests.reliability.damage import DAMAGES, flips
from tests.reliability.tally import Tally
from tests.reliability.whole import shown_of


def files_of(collection: Path) -> list[str]:
    """All files of the live generation: those of the manifest, itself, and two thumbnails."""
    found = open_collection(collection)
    thumbnails = sorted(path.name for path in found.thumbnail_dir.iterdir())[:2]
    return [*found.manifest["files"], layout.MANIFEST, *(f"{layout.THUMBNAILS}/{name}" for name in thumbnails)]


def unseen(path: Path, whole: dict[str, str]) -> bool:
    """Whether a collection shows what it should, or says that it cannot."""
    try:
        return shown_of(path) == whole
    except ImgsimError:
        return True


def test_every_damage_is_found_by_the_check_and_before_anything_is_shown(
    pristine: Path, attempt: Callable[[], Path], tally: Tally
) -> None:
    whole, files = shown_of(pristine), files_of(pristine)
    generation = open_collection(pristine).generation
    assert not check(pristine).problems
    for file in files:
        for name, damage in DAMAGES.items():
            with tally.attempt(f"{file}: {name}"):
                path = attempt()
                target = path / layout.GENERATIONS / generation / file
                before = target.read_bytes()
                damage(target)
                if target.exists() and target.read_bytes() == before:
                    continue  # there was nothing to damage
                problems = check(path).problems
                assert [one.file for one in problems if one.file.endswith(file)], "the check finds nothing"
                assert all(one.what and one.means for one in problems)
                assert unseen(path, whole), "something else is shown, without a word"
                shutil.rmtree(path.parent)


def test_a_run_makes_anew_what_is_damaged(
    pristine: Path, attempt: Callable[[], Path], tally: Tally
) -> None:
    whole, generation = shown_of(pristine), open_collection(pristine).generation
    for file in files_of(pristine):
        for name in ("flipped in the middle", "cut"):
            with tally.attempt(f"{file}: {name}"):
                path = attempt()
                DAMAGES[name](path / layout.GENERATIONS / generation / file)
                processor = ToyProcessor()
                summary = make(path, None, processor, matching=True)
                assert summary.changed, "the run says that nothing has changed"
                assert [note for note in summary.notes if "Made again" in note or "not used" in note], summary.notes
                assert shown_of(path) == whole
                assert not check(path).problems
                assert not make(path, None, matching=True).changed
                shutil.rmtree(path.parent)


def test_a_flipped_bit_in_the_lines_of_one_plate_costs_that_plate_alone(
    attempt: Callable[[], Path], tally: Tally
) -> None:
    for file in ("points", "descriptors", "vouch"):
        with tally.attempt(file):
            path = attempt()
            DAMAGES["flipped at the end"](open_collection(path).folder / layout.FEATURES / f"{file}.npy")
            store = open_collection(path).features
            assert store is not None
            with pytest.raises(CollectionError, match="damaged"):
                store.features(len(store) - 1)
            assert store.sound(0) and len(store.features(0))
            processor = ToyProcessor()
            assert make(path, None, processor, matching=True).changed
            assert (len(processor.described), processor.compared, processor.asked) == (1, [], [])


def test_every_flip_in_the_manifest_is_found(attempt: Callable[[], Path], tally: Tally) -> None:
    path = attempt()
    for place in (open_collection(path).folder / layout.MANIFEST, path / layout.RECORD):
        data = place.read_bytes()
        for what, changed in flips(data, 219):
            with tally.attempt(f"{place.name}: {what}"):
                place.write_bytes(changed)
                assert any(problem.file.endswith(place.name) for problem in check(path).problems)
                if place.name == layout.MANIFEST:
                    with pytest.raises(CollectionError):
                        open_collection(path)
        place.write_bytes(data)
    text = (open_collection(path).folder / layout.MANIFEST).read_text("utf-8")
    for what, other in {
        "the key of the hash": text.replace(f'"{layout.SEAL}"', '"sealed"', 1),
        "an older version": text.replace('"schema": 2', '"schema": 1'),
        "an older version, without a hash": json.dumps({"schema": 1}),
        "true for 1": text.replace('"schema": 2', '"schema": true'),
        "white space": text.replace("\n", "\n ", 1),
        "a key more": text.replace("{\n", '{\n "more": 1,\n', 1),
        "a key twice": text.replace('"schema": 2', '"schema": 2, "schema": 2'),
    }.items():
        with tally.attempt(what):
            assert other != text
            (path / layout.GENERATIONS / (path / "CURRENT").read_text().strip() / layout.MANIFEST).write_text(other)
            with pytest.raises(CollectionError):
                open_collection(path)


def test_ids_and_what_a_stopped_run_left_are_checked(attempt: Callable[[], Path], tally: Tally) -> None:
    for file in (layout.RECORD, "registry.sqlite", "work/sources.npz"):
        for name, damage in DAMAGES.items():
            if name in ("gone", "grown") and file != layout.RECORD:
                continue  # it need not be there; zips and SQLite's files are as long as they themselves say
            with tally.attempt(f"{file}: {name}"):
                path = attempt()
                make(path, None, matching=True)  # with everything in the one file of SQLite
                damage(path / file)
                found = {problem.file for problem in check(path).problems}
                if not name.startswith("flipped"):
                    assert file in found
                if file == layout.RECORD:
                    assert file in found
                    assert not make(path, None, matching=True).changed
                    assert not check(path).problems


def test_a_collection_of_an_older_version_is_opened_and_gets_its_checksums(
    pristine: Path, attempt: Callable[[], Path], tally: Tally
) -> None:
    whole = shown_of(pristine)

    def older(path: Path) -> Path:
        folder = open_collection(path).folder
        manifest = json.loads((folder / layout.MANIFEST).read_bytes())
        for part in ("files", "keys"):
            for file in (layout.THUMBNAIL_SUMS, layout.FEATURE_SUMS):
                manifest[part].pop(file, None)
                (folder / file).unlink(missing_ok=True)
        del manifest[layout.SEAL]
        (folder / layout.MANIFEST).write_text(json.dumps({**manifest, "schema": 1}))
        (path / layout.RECORD).unlink()
        return folder

    with tally.attempt("as it was"):
        path = attempt()
        older(path)
        assert shown_of(path) == whole
        checked = check(path)
        assert not checked.problems and "older imgsim" in checked.unsure[0]
        processor = ToyProcessor()
        assert make(path, None, processor, matching=True).changed
        assert (processor.asked, processor.described, processor.compared) == ([], [], [])
        assert open_collection(path).manifest["schema"] == layout.SCHEMA
        assert shown_of(path) == whole and not check(path).unsure
    for file in ("features/descriptors.npy", "features/index_places.npy", "features/offsets.npy", "toy/embeddings.npy"):
        with tally.attempt(f"{file} flipped"):
            path = attempt()
            DAMAGES["flipped at the end"](older(path) / file)
            with pytest.raises(CollectionError, match="not what was written"):
                shown_of(path)
            assert make(path, None, matching=True).changed
            assert shown_of(path) == whole
    with tally.attempt("a thumbnail that does not open"):
        path = attempt()
        DAMAGES["cut"](min((older(path) / layout.THUMBNAILS).iterdir()))
        assert [problem for problem in check(path).problems if problem.file.endswith(".webp")]
        make(path, None, matching=True)
        assert shown_of(path) == whole


def test_the_result_of_a_finished_stage_is_compared_with_its_hash(
    pristine: Path, tmp_path: Path, tally: Tally
) -> None:
    """A run that was stopped had finished the lines of all plates and their index; then the disk failed."""
    images = Path(open_collection(pristine).manifest["inputs"]["images"][0])
    table = Path(open_collection(pristine).manifest["inputs"]["metadata"])
    whole = shown_of(pristine)

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    for pattern in ("stages/*/descriptors.npy", "stages/*/index_places.npy", "stages/*/SHA256SUMS"):
        with tally.attempt(pattern):
            path = tmp_path / pattern.replace("/", "-").replace("*", "x") / "plates"
            with pytest.raises(KeyboardInterrupt):
                make(path, images, ToyProcessor(after_group=stop), matching=True, metadata=table)
            targets = list((path / "work").glob(pattern))
            assert targets
            for target in targets:
                DAMAGES["flipped at the end"](target)
            summary = make(path, images, matching=True, metadata=table)
            assert any("damaged and is done again" in note for note in summary.notes)
            assert shown_of(path) == whole
    with tally.attempt("a thumbnail in the work folder"):
        path = tmp_path / "thumbnail" / "plates"

        def stop_late(done: int) -> None:
            if done == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            make(path, images, ToyProcessor(after=stop_late), matching=True, metadata=table)
        for target in (path / "work" / "thumbnails").iterdir():
            DAMAGES["flipped at the end"](target)
        make(path, images, matching=True, metadata=table)
        assert shown_of(path) == whole


def test_the_check_ends_with_0_or_1_and_says_what_mends(
    attempt: Callable[[], Path], tally: Tally, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = attempt()
    monkeypatch.setenv("IMGSIM_DATA", str(path.parent))
    with tally.attempt("whole"):
        assert check_command(["plates"]) == 0
        assert "every file is what was written" in capsys.readouterr().out
    with tally.attempt("a name that is none, and a collection that is not there"):
        assert check_command(["../plates"]) == 1 and check_command(["nobody"]) == 1
        assert "Traceback" not in capsys.readouterr().err
    DAMAGES["zeroed"](open_collection(path).folder / layout.FAMILIES)
    with tally.attempt("damaged"):
        assert check_command([]) == 1
        said = capsys.readouterr().out
        assert layout.FAMILIES in said and "python precompute.py --name plates" in said
    with tally.attempt("for scripts"):
        assert check_command(["plates", "--json"]) == 1
        event = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (event["event"], event["whole"], len(event["problems"])) == ("checked", False, 1)
    for door in (("-m", "imgsim", "check"), ("precompute.py", "check")):
        with tally.attempt(" ".join(door)):
            done = subprocess.run(
                [sys.executable, *door, "--out", str(path)],
                cwd=environment.REPOSITORY, capture_output=True, text=True, timeout=100, check=False,
            )  # fmt: skip
            assert done.returncode == 1 and layout.FAMILIES in done.stdout, done.stderr


def test_the_app_checks_in_the_background_and_says_what_is_damaged(
    attempt: Callable[[], Path], tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_check, "DELAY", 0.0)
    monkeypatch.setattr(background_check, "REST", 0.0)
    for damaged in (False, True):
        path = attempt()
        monkeypatch.setenv("IMGSIM_DATA", str(path.parent))
        if damaged:
            DAMAGES["flipped at the end"](open_collection(path).folder / layout.FEATURES / "descriptors.npy")
        with tally.attempt("damaged" if damaged else "whole"):
            visit("browse")
            found = background_check.state_of(open_collection(path))
            assert found is not None
            for _ in range(200):
                if found.checked is not None:
                    break
                background_check.time.sleep(0.05)
            app = visit("about")
            assert ("Every file was checked" in words(app)) != damaged
            assert any("damaged" in str(one.value) for one in app.sidebar.warning) == damaged
