"""What every source keeps to, imgsim's own and one that a page of docs/ builds; and how one is brought."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imgsim.base.progress import Reporter
from imgsim.cli.prepare_command import main
from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.prepare import Options, Summary, prepare
from imgsim.sources import FILES, SOURCES, LeftOut, Page, Source, Table, register, source_of
from imgsim.sources.folders import find_images
from tests.extensions import bring, shown
from tests.library import open_library
from tests.making import Recorder, ToyProcessor, write_plates
from tests.sources.test_dataset import server, small  # noqa: F401  (fixtures)

OWN = ("sample", "dataset", "iiif", "files")
EVERY = (*OWN, "list")
CODE = shown("sources.md")


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    bring(monkeypatch, tmp_path / "extensions", lists=CODE)
    yield
    SOURCES.forget("list")


def listed(folder: Path, count: int = 4, lost: int = 0) -> Path:
    """A list of plates, and so many lines that lead nowhere."""
    write_plates(folder / "scans", count)
    lines = [f"scans/p{n:03}.png\tPlate {n}, “hérisson”\t{1700 + n}" for n in range(count)]
    lines += [f"scans/gone{n}.png\tGone" for n in range(lost)]
    path = folder / "mine.plates"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(params=EVERY)
def named(request: pytest.FixtureRequest, lists: None, tmp_path: Path) -> Iterator[tuple[Source, list[str], int]]:
    """A source, what to name for it, and how many images that is."""
    source = SOURCES.get(request.param)
    if request.param == "sample":
        yield source, ["sample:12"], 12
    elif request.param == "dataset":
        request.getfixturevalue("small")
        yield source, ["dataset:dhh23"], 6
    elif request.param == "iiif":
        with open_library() as library:
            yield source, [library.modern("one", ["v3-level2", "v2-level1", ""])], 3
    elif request.param == "files":
        yield source, [str(write_plates(tmp_path / "scans", 5))], 5
    else:
        yield source, [str(listed(tmp_path))], 4


Named = tuple[Source, list[str], int]


def test_it_is_found_by_what_is_named(named: Named) -> None:
    source, given, _ = named
    assert all(source.accepts(one) and source_of(one) is source for one in given)


@pytest.mark.parametrize("odd", ["", " ", "nowhere/at/all", "\x00", "a" * 5000, "sample:", "sample:x", "C:\\x", "é"])
def test_anything_can_be_asked_of_it_and_nothing_is_opened(named: Named, odd: str) -> None:
    assert named[0].accepts(odd) in (True, False)


def test_it_gives_images_on_this_machine_and_says_how_far_it_is(named: Named, tmp_path: Path) -> None:
    source, given, count = named
    recorder = Recorder()
    folder = tmp_path / "kept"
    folder.mkdir()
    before = tree(tmp_path)
    found = list(source.pages(given, folder, Reporter(recorder), workers=1))
    assert all(isinstance(one, Page | Table | LeftOut) for one in found)
    pages = [one for one in found if isinstance(one, Page)]
    assert len(find_images([page.path for page in pages])[0]) == count
    assert all(isinstance(value, str) for page in pages for value in page.facts.values())
    assert len([one for one in found if isinstance(one, Table)]) <= 1
    assert all(path.is_relative_to(folder) for path in tree(tmp_path) - before)
    assert source is FILES or recorder.told


def test_what_is_there_is_not_fetched_again(named: Named, tmp_path: Path) -> None:
    source, given, _ = named
    folder = tmp_path / "kept"
    folder.mkdir()
    first = list(source.pages(given, folder, Reporter(), workers=1))
    times = {path: path.stat().st_mtime_ns for path in tree(folder) if path.suffix in (".png", ".jpg", ".zip")}
    assert list(source.pages(given, folder, Reporter(), workers=1)) == first
    assert {path: path.stat().st_mtime_ns for path in times} == times


def tree(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_a_collection_is_prepared_of_it(named: Named, tmp_path: Path) -> None:
    _, given, count = named
    summary = toy(tmp_path / "c", given)
    assert summary.plates == count
    again = toy(tmp_path / "c", None)
    assert not again.changed and again.plates == count


def toy(out: Path, given: list[str] | None, processor: Callable[[], ToyProcessor] = ToyProcessor) -> Summary:
    options = Options(out=out, inputs=given, backbones=["toy"], projections=["pca"], matching=False, workers=1)
    return prepare(options, processor=processor())


# -- a user's own


def test_its_facts_are_the_metadata_and_what_is_missing_is_listed(lists: None, tmp_path: Path) -> None:
    assert len(CODE.splitlines()) < 40
    file = listed(tmp_path, lost=2)
    summary = toy(tmp_path / "c", [str(file)])
    assert (summary.plates, summary.skipped, summary.join["joined"]) == (4, 2, 4)
    assert any("2 images could not be fetched" in note for note in summary.notes)
    collection = open_collection(tmp_path / "c")
    record = collection.catalogue.record(collection.catalogue.row("p002"))
    assert (record["title"], record["year"]) == ("Plate 2, “hérisson”", 1702)
    # What is missing stays listed where only something else is done anew.
    assert toy(tmp_path / "c", None).skipped == 2
    # A line that is mended is an image, and nothing else is forgotten.
    write_plates(tmp_path / "scans", 1, first=7)
    (tmp_path / "scans" / "p007.png").rename(tmp_path / "scans" / "gone0.png")
    mended = toy(tmp_path / "c", [str(file)])
    assert (mended.plates, mended.skipped) == (5, 1)


def test_two_sources_give_one_collection(lists: None, tmp_path: Path) -> None:
    more = write_plates(tmp_path / "more", 3, first=20)
    summary = toy(tmp_path / "c", [str(listed(tmp_path)), str(more)])
    assert (summary.plates, summary.join["joined"]) == (7, 4)


@pytest.mark.parametrize("given", [42, "a page", None, {"path": "x"}])
def test_what_is_no_page_is_said(given: object, tmp_path: Path) -> None:
    class Odd:
        name, version = "odd", 1

        def accepts(self, given: str) -> bool:
            return given == "odd"

        def pages(self, *given_: object, **options: object) -> Iterator[object]:
            yield given

    register(Odd())  # type: ignore[arg-type]
    try:
        with pytest.raises(ImgsimError, match=f"'odd' gave {type(given).__name__}"):
            toy(tmp_path / "c", ["odd"])
    finally:
        SOURCES.forget("odd")
    assert not (tmp_path / "c" / "CURRENT").exists()


class Told:
    """A source that gives what it is told, or raises it."""

    name, version = "told", 1

    def __init__(self, *pages: object) -> None:
        self._pages = pages

    def accepts(self, given: str) -> bool:
        return given == "told"

    def pages(self, *_: object, **__: object) -> Iterator[object]:
        for page in self._pages:
            if isinstance(page, Exception):
                raise page
            yield page


@pytest.mark.parametrize("kind", ["twins", "folder", "raises"])
def test_facts_that_would_be_lost_and_faults_of_its_own_are_said(kind: str, tmp_path: Path) -> None:
    one, other = write_plates(tmp_path / "a", 2), write_plates(tmp_path / "b", 2)
    ways: dict[str, tuple[list[object], str]] = {
        "twins": ([Page(one / "p000.png", {"title": "A"}), Page(other / "p000.png", {"title": "B"})], "called 'p000'"),
        "folder": ([Page(one, {"title": "A"})], "holds several images"),
        "raises": ([Page(one / "p000.png"), ValueError("odd")], r"fails in pages \(ValueError: odd\)"),
    }
    pages, words = ways[kind]
    register(Told(*pages))  # type: ignore[arg-type]
    try:
        with pytest.raises(ImgsimError, match=words):
            toy(tmp_path / "c", ["told"])
    finally:
        SOURCES.forget("told")


@pytest.mark.parametrize("name", ["sample:3", "dataset:dhh23", "iiif:herbal", "book.json"])
def test_a_folder_is_a_folder_whatever_it_is_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_plates(Path(name), 4)
    assert source_of(name) is FILES
    assert toy(tmp_path / "c", [name]).plates == 4


def test_one_sample_a_collection(tmp_path: Path) -> None:
    with pytest.raises(ImgsimError, match="sample:5 and sample:8 cannot be one collection"):
        toy(tmp_path / "c", ["sample:5", "sample:8"])


def test_a_table_that_is_named_takes_the_place_of_its_facts_and_that_is_said(lists: None, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("file,title\np001,Mine\n", encoding="utf-8")
    options = Options(
        out=tmp_path / "c", inputs=[str(listed(tmp_path))], metadata=table, backbones=["toy"], projections=["pca"],
        matching=False,
    )  # fmt: skip
    assert any("is left aside for" in note for note in prepare(options, processor=ToyProcessor()).notes)


def test_a_source_without_an_image_is_said(lists: None, tmp_path: Path) -> None:
    file = listed(tmp_path, count=0, lost=1)
    with pytest.raises(ImgsimError, match=r"'list' has no image of .*mine\.plates.*gone0"):
        toy(tmp_path / "c", [str(file)])


def test_the_command_takes_what_a_source_accepts(
    lists: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(listed(tmp_path)), "--out", str(tmp_path / "c"), "--no-verify", "--projection", "pca", "--json"]
    assert main([*words, "--workers", "1"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["plates"] == 4


def test_an_address_is_a_manifest_without_an_option(tmp_path: Path) -> None:
    with open_library() as library:
        words = [library.modern("one", ["v3-level2", ""]), "--out", str(tmp_path / "c"), "--no-verify"]
        assert main([*words, "--projection", "pca", "--workers", "1", "--quiet"]) == 0
    assert open_collection(tmp_path / "c").manifest["inputs"]["iiif"] == words[:1]
