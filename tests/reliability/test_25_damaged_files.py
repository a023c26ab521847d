"""Row 25: a damaged file is found or harmless, never a wrong result in silence; a run makes it anew."""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.app.services import background_check
from imgsim.base.arrays import npy_bytes
from imgsim.base.hashing import file_sha256
from imgsim.cli import environment
from imgsim.cli.check import main as check_command
from imgsim.collection import open_collection
from imgsim.collection.integrity import check
from imgsim.errors import CollectionError, ImgsimError
from imgsim.generation import layout
from imgsim.prepare import Options, prepare
from tests.making import ToyEngine, make
from tests.pages import visit, words
from tests.prepare.verifying import draw_plates
from tests.reliability.damage import DAMAGES, flips
from tests.reliability.tally import Tally
from tests.reliability.whole import shown, shown_of


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with everything that there is, of drawn plates, two of which are the same."""
    folder = tmp_path_factory.mktemp("pristine")
    images = draw_plates(folder / "images", 5)
    first = sorted(images.iterdir())[0]
    shutil.copy(first, images / f"again{first.suffix}")
    (images / "bad.png").write_bytes(b"no image")
    table = folder / "table.csv"
    table.write_text("plate_id,title,year\nagain,Rosa,1752\nnobody,Lilium,1760\n")
    make(folder / "data" / "plates", images, matching=True, metadata=table)
    return folder / "data" / "plates"


@pytest.fixture
def attempt(pristine: Path, tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Makes a new copy of it at each call, in a data folder of its own."""
    count = 0

    def anew() -> Path:
        nonlocal count
        count += 1
        return Path(shutil.copytree(pristine, tmp_path / f"{count}" / "plates"))

    yield anew
    shutil.rmtree(tmp_path, ignore_errors=True)


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
                engine = ToyEngine()
                summary = make(path, None, engine, matching=True)
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
            engine = ToyEngine()
            assert make(path, None, engine, matching=True).changed
            assert (len(engine.described), engine.compared, engine.asked) == (1, [], [])


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
        engine = ToyEngine()
        assert make(path, None, engine, matching=True).changed
        assert (engine.asked, engine.described, engine.compared) == ([], [], [])
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
                make(path, images, ToyEngine(after_group=stop), matching=True, metadata=table)
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
            make(path, images, ToyEngine(after=stop_late), matching=True, metadata=table)
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


# -- manifests that are whole, and say what none would say


def leaves(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value in a manifest, containers included; of long ones the first two."""
    if where:
        yield where
    if isinstance(value, dict):
        for key in list(value)[: 2 if where[:1] in (("files",), ("keys",)) else None]:
            yield from leaves(value[key], (*where, key))
    elif isinstance(value, list):
        for number in range(min(2, len(value))):
            yield from leaves(value[number], (*where, number))


def changed(manifest: dict[str, Any], where: tuple[Any, ...], value: Any) -> dict[str, Any]:
    other = copy.deepcopy(manifest)
    part: Any = other
    for step in where[:-1]:
        part = part[step]
    part[where[-1]] = value
    return other


VALUES: list[Any] = [
    None, True, "", "x" * 300, "</td><script>", 0, -1, 10**15, 10**400, 1.5, 1e308, [], ["x"], [[1]], {}, {"x": [None]},
    "\ud800",
]  # fmt: skip


def sealed_anyhow(manifest: dict[str, Any]) -> bytes:
    """With the right hash, also of what has no UTF-8."""
    try:
        return layout.sealed(manifest)
    except UnicodeEncodeError:
        text = json.dumps({layout.SEAL: "0" * 64, **{k: v for k, v in manifest.items() if k != layout.SEAL}})
        digest = layout.hashlib.sha256(text.encode()).hexdigest()
        return text.replace("0" * 64, digest, 1).encode()


def test_forged_manifests_are_refused_or_shown(
    attempt: Callable[[], Path], tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = attempt()
    place = open_collection(path).folder / layout.MANIFEST
    manifest = json.loads(place.read_bytes())
    accepted: dict[int, dict[str, Any]] = {number: manifest for number in range(len(VALUES))}
    for where in leaves(manifest):
        for number, value in enumerate(VALUES):
            with tally.attempt(f"{where} = {value!r:.40}"):
                place.write_bytes(sealed_anyhow(changed(manifest, where, value)))
                try:
                    found = open_collection(path)
                    _ = found.catalogue, [found.embeddings(name) for name in found.backbones]
                except CollectionError:
                    continue
                # What it stood in may have been replaced by a value that was believed.
                with contextlib.suppress(KeyError, IndexError, TypeError):
                    accepted[number] = changed(accepted[number], where, value)
    without = manifest
    for where in leaves(manifest):
        with tally.attempt(f"{where} is missing"):
            other = copy.deepcopy(manifest)
            part: Any = other
            for step in where[:-1]:
                part = part[step]
            del part[where[-1]]
            place.write_bytes(layout.sealed(other))
            try:
                open_collection(path)
            except CollectionError:
                continue
            if len(where) == 1:
                without = {key: value for key, value in without.items() if key != where[0]}
            elif where[0] in without and len(where) == 2:
                without = {**without, where[0]: {k: v for k, v in without[where[0]].items() if k != where[1]}}
    # All that was believed, at once, on each page.
    for what, forged in [*((repr(VALUES[number])[:30], one) for number, one in accepted.items()), ("nothing", without)]:
        other_path = attempt()
        forged_place = other_path / layout.GENERATIONS / place.parent.name / layout.MANIFEST
        forged_place.write_bytes(sealed_anyhow(forged))
        monkeypatch.setenv("IMGSIM_DATA", str(other_path.parent))
        for page, query in {
            "about": {}, "compare": {"plate": "again", "other": "again"}, "plate": {"plate": "again"}, "models": {},
            "overview": {}, "browse": {},
        }.items():  # fmt: skip
            with tally.attempt(f"{page} with {what} wherever it is believed"):
                app = visit(page, **query)
                assert not [one for one in app.error if "Something went wrong" in str(one.value)]


def test_a_forged_array_of_the_right_hash_shows_nothing_else(attempt: Callable[[], Path], tally: Tally) -> None:
    path = attempt()
    collection = open_collection(path)
    sums = np.array(np.load(collection.folder / layout.FEATURE_SUMS, allow_pickle=False))
    for what, other in {"fewer": sums[:-1], "others": sums + np.uint64(1)}.items():
        with tally.attempt(what):
            data = npy_bytes(other)
            target = collection.folder / layout.FEATURE_SUMS
            target.unlink()
            target.write_bytes(data)
            manifest = json.loads((collection.folder / layout.MANIFEST).read_bytes())
            manifest["files"][layout.FEATURE_SUMS] = {"size": len(data), "sha256": file_sha256(target)}
            (collection.folder / layout.MANIFEST).write_bytes(layout.sealed(manifest))
            with pytest.raises(CollectionError):
                shown(open_collection(path))


# -- a folder that is moved away, and things in the way


def test_a_folder_that_vanishes_while_a_run_writes_is_said(
    pristine: Path, tmp_path: Path, tally: Tally
) -> None:
    images = [Path(open_collection(pristine).manifest["inputs"]["images"][0])]
    for how in ("moved", "removed"):
        for moment in range(1, 60, 3):
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
                    prepare(options, vanish, engine=ToyEngine())
                    assert not vanished, "the run ends well"
                except ImgsimError as error:
                    assert vanished and "moved or removed" in str(error), str(error)
                assert not vanished or not (out / layout.CURRENT).exists()
            if not vanished:
                break


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
