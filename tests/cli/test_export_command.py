"""precompute.py export from outside: what it writes, what it says, how it ends."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.cli import prepare_command
from imgsim.cli.export_command import main as export
from imgsim.cli.prepare_command import main
from imgsim.collection import open_collection
from imgsim.errors import CollectionError, ImgsimError
from imgsim.export import Request, available, files_of, zip_chunks
from imgsim.export.kind import RESERVED
from tests.exports import DAY
from tests.herbals import make_herbals
from tests.making import add_matches, make, match_values, write_plates

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "herbals", with matches."""
    folder = make_herbals(tmp_path_factory.mktemp("export"))
    add_matches(
        folder / "herbals",
        [match_values("p000", "p006", inliers=200), match_values("p001", "p018", "mirrored")],
    )
    return folder


@pytest.fixture
def here(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.setenv("IMGSIM_DATA", str(data))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def unzipped(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name.split("/")[1]: archive.read(name) for name in archive.namelist()}


def test_everything_as_one_zip(here: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "herbals", "--date", DAY]) == 0
    path = here / f"imgsim_herbals_{DAY}.zip"
    said = capsys.readouterr()
    assert said.out == f"{path.name}  {path.stat().st_size:,} bytes\n"
    assert "neighbours.csv" in said.err and "100 %" in said.err and "Traceback" not in said.err
    collection = open_collection(data / "herbals")
    request = Request(collection, DAY, "toy", top_k=23)  # as many as are kept
    files = files_of(available(request), request)
    assert path.read_bytes() == b"".join(zip_chunks(request, files))
    assert len(read_back(unzipped(path)["neighbours.csv"])) == 24 * 23
    assert [left.name for left in here.iterdir()] == [path.name]


def test_the_readme_gives_the_command_that_makes_the_same_bytes(here: Path, tmp_path: Path) -> None:
    words = [
        "export", "herbals", "--what", "books", "neighbours", "map-page", "--plates", "p006", "p000",
        "--backbone", "other", "--top-k", "5", "--threshold", "-0.5", "--other-books", "--when", "later",
        "--look-alikes", "--between", "book:book0", "--projection", "pca", "--colour", "*verdict", "--date", DAY,
        "--quiet",
    ]  # fmt: skip
    assert main([*words, "--out", "one.zip"]) == 0
    readme = unzipped(here / "one.zip")["README.txt"].decode()
    line = readme[readme.index("python precompute.py export") :].split("\n\n")[0].replace("\n", " ")
    assert main([*shlex.split(line)[2:], "--quiet", "--out", "again.zip"]) == 0
    assert (here / "one.zip").read_bytes() == (here / "again.zip").read_bytes()


def test_only_some_plates_under_conditions_as_files(here: Path) -> None:
    words = "export herbals --what neighbours plates --plates p000 p007 --top-k 4 --other-books --when later"
    assert main([*words.split(), "--format", "files", "--out", "results/deep", "--quiet"]) == 0
    names = {"neighbours.csv", "plates.csv", *RESERVED}
    assert {path.name for path in (here / "results" / "deep").iterdir()} == names
    plates = read_back((here / "results" / "deep" / "plates.csv").read_bytes())
    assert plates["plate_id"].tolist() == ["p000", "p007"]
    found = read_back((here / "results" / "deep" / "neighbours.csv").read_bytes())
    assert set(found["query_plate_id"]) == {"p000", "p007"} and len(found) == 8
    assert (found["query_book"] != found["neighbour_book"]).all()
    assert (found["query_year"].astype(int) < found["neighbour_year"].astype(int)).all()


def test_where_the_result_goes(here: Path, data: Path) -> None:
    base = ["export", str(data / "herbals"), "--what", "plates", "--quiet", "--date", DAY]
    name = f"imgsim_herbals_{DAY}.zip"
    (here / "there").mkdir()
    for words, path in (
        ([], name), (["--out", "there"], f"there/{name}"), (["--out", "new/folder"], f"new/folder/{name}"),
        (["--out", "new/mine.zip"], "new/mine.zip"), (["--out", "there/mine.ZIP"], "there/mine.ZIP"),
        (["--format", "files"], f"imgsim_herbals_{DAY}/plates.csv"),
    ):  # fmt: skip
        assert main([*base, *words]) == 0
        assert (here / path).is_file(), path


def test_progress_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "herbals", "--what", "neighbours", "books", "--json", "--out", "x.zip"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {event["event"] for event in events[:-1]} == {"progress"}
    assert {event["stage"] for event in events[:-1]} == {
        "neighbours.csv", "books.bib", "books.json", "books.jsonld",
    }  # fmt: skip
    assert events[-1] == {"event": "done", "files": {"x.zip": (here / "x.zip").stat().st_size}, "plates": 24}
    assert main(["export", "nobody", "--json"]) == 1
    event = json.loads(capsys.readouterr().out)
    assert event["event"] == "error" and "herbals" in event["message"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["nobody"], 1, "There is no collection 'nobody'. Name one of"),
        (["herbals", "--plates", "p000", "p999"], 1, "There is no plate 'p999'"),
        (["herbals", "--backbone", "resnet152"], 1, "no embeddings of 'resnet152'"),
        (["herbals", "--what", "map-page", "--projection", "umap"], 1, "no projection 'umap'"),
        (["herbals", "--colour", "smell"], 1, "no column 'smell'. Choose from: plate_id"),
        (["herbals", "--what", "reviews"], 1, "page Review"),
        (["herbals", "--what", "everything"], 2, "invalid choice: 'everything'"),
        (["herbals", "--top-k", "0"], 2, "'0' is not a number of 1 or more"),
        (["herbals", "--threshold", "94"], 2, "'94' is not a similarity"),
        (["herbals", "--threshold", "nan"], 2, "'nan' is not a similarity"),
        (["herbals", "--date", "yesterday"], 2, "'yesterday' is not a day"),
        (["herbals", "more"], 2, "unrecognized arguments: more"),
        ([], 2, "NAME|DIR"),
    ],
)  # fmt: skip
def test_errors_are_one_line(
    words: list[str], status: int, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        found = main(["export", *words])
    except SystemExit as ended:
        found = int(str(ended.code))
    error = capsys.readouterr().err
    assert found == status and said in error and error.count("\n") == 1, error
    assert list(here.iterdir()) == []


def test_a_place_that_cannot_be_written_to(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "taken").write_text("a file")
    assert main(["export", "herbals", "--what", "plates", "--out", "taken/x.zip"]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert main(["export", "herbals", "--what", "plates", "--format", "files", "--out", "taken"]) == 1
    assert "--out" in capsys.readouterr().err and (here / "taken").read_text() == "a file"


@pytest.mark.skipif(not hasattr(os, "posix_spawn"), reason="a limit on the size of files")
def test_a_full_disk_leaves_nothing_half_written(here: Path, data: Path) -> None:
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900));"
        "from imgsim.cli.prepare_command import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "export", "herbals", "--out", "x.zip", "--quiet"],
        cwd=here, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "cannot be written" in done.stderr
    assert list(here.iterdir()) == []


def test_an_interruption_leaves_nothing_half_written(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import signal

    from imgsim.cli import export_command as module

    def broken_off(*_: Any) -> Any:
        yield b"PK"
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "zip_chunks", broken_off)
    kept = signal.getsignal(signal.SIGINT)
    try:
        assert export(["herbals", "--quiet"]) == 130
    finally:
        signal.signal(signal.SIGINT, kept)
    assert "run the same command again" in capsys.readouterr().err and list(here.iterdir()) == []


def test_a_damaged_collection_is_said(here: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(data / "herbals", here / "damaged")
    (next((here / "damaged" / "generations").iterdir()) / "catalogue.parquet").write_bytes(b"no")
    with pytest.raises(CollectionError):
        open_collection(here / "damaged")
    assert main(["export", "damaged"]) == 1
    assert "damaged" in capsys.readouterr().err


def test_a_folder_called_export_is_prepared_as_before(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []

    def prepare(options: Any, _progress: Any, *, ask: Any) -> Any:
        calls.append(options)
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare_command, "prepare", prepare)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    (here / "export").mkdir()
    assert main(["./export", "--name", "mine"]) == 130
    assert main(["--name", "mine", "export"]) == 130
    assert main(["more", "export"]) == 130
    assert [call.inputs for call in calls] == [
        ["./export"],
        ["export"],
        ["more", "export"],
    ]
    capsys.readouterr()
    # Whoever forgets the dot is told, and nothing is exported.
    with pytest.raises(SystemExit):
        main(["export", "--name", "mine"])
    assert "write ./export" in capsys.readouterr().err
    assert main(["export", "scans"]) == 1
    assert "write ./export" in capsys.readouterr().err


def test_from_outside(here: Path, data: Path) -> None:
    words = ["export", "herbals", "--what", "books", "--quiet", "--out", "b.zip"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "precompute.py"), *words],
        cwd=here,
        env={**os.environ, "IMGSIM_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert set(unzipped(here / "b.zip")) == {
        "books.bib", "books.json", "books.jsonld", *RESERVED,
    }  # fmt: skip


def test_other_books_without_books_is_an_error_and_no_list(
    here: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = write_plates(here / "images", 4)
    make(data / "bookless", images)
    assert main(["export", "bookless", "--what", "neighbours", "--other-books"]) == 1
    said = capsys.readouterr()
    assert "does not tell its books apart" in said.err and "--book-by" in said.err and said.err.count("\n") == 1
    assert sorted(path.name for path in here.iterdir()) == ["images"]
    assert main(["export", "bookless", "--what", "neighbours"]) == 0
    with pytest.raises(ImgsimError, match="does not tell its books apart"):
        Request(collection=open_collection(data / "bookless"), date=DAY, backbone="toy", other_books=True)
