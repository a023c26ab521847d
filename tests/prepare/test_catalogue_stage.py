"""What a run does with its table: choices that are remembered, rows without a partner, and a run that only looks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from imgsim.cli.display import summary_text
from imgsim.cli.rehearsal import rehearse
from imgsim.collection import open_collection
from imgsim.errors import MetadataError
from imgsim.generation import layout
from imgsim.prepare import Options
from tests.making import ToyProcessor, make, write_plate

ROOT = Path(__file__).parents[2]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    for number, name in enumerate(("rosa_1", "rosa_2", "acer_1", "acer_2", "=odd")):
        write_plate(tmp_path / "images" / f"{name}.png", number)
    return tmp_path / "images"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(
        "file;Werk;title\nrosa_1.png;W1;Gärten\nrosa_2.png;W1;Gärten\nacer_1.png;W2;Höfe\n-gone.png;W2;Müh\n".encode(
            "cp850"
        )
    )
    return path


def facts(folder: Path) -> dict[str, Any]:
    return open_collection(folder).manifest["join"]


def test_rows_and_plates_without_a_partner_lie_in_a_file(tmp_path: Path, images: Path, table: Path) -> None:
    out = tmp_path / "c"
    summary = make(out, images, metadata=table)
    assert summary.unjoined_csv is not None
    lines = summary.unjoined_csv.read_text("utf-8-sig").splitlines()
    # What a spreadsheet would compute is guarded.
    assert lines == [
        "what,line,name,file,file_text,reason",
        "row,5,'-gone.png,,,no plate is called so",
        "plate,,'=odd,'=odd.png,[=odd.png],no row names it in file",
        "plate,,acer_2,acer_2.png,[acer_2.png],no row names it in file",
    ]
    unjoined = open_collection(out).unjoined
    assert unjoined is not None and unjoined["name"].tolist() == ["-gone.png", "=odd", "acer_2"]
    text = summary_text(summary)
    assert f"rows without a plate: 1, plates without a row: 2: listed in {summary.unjoined_csv}" in text
    assert "read as CP850, cells parted by semicolon" in text and "Gärten" in text
    again = make(out, None)
    assert not again.changed and again.unjoined_csv == summary.unjoined_csv


def test_a_damaged_list_is_written_again(tmp_path: Path, images: Path, table: Path) -> None:
    first = make(tmp_path / "c", images, metadata=table)
    assert first.unjoined_csv is not None
    whole = first.unjoined_csv.read_bytes()
    first.unjoined_csv.write_bytes(b"x" * len(whole))
    again = make(tmp_path / "c", None)
    assert again.changed and again.redone["files"] == [layout.UNJOINED]
    assert again.unjoined_csv is not None and again.unjoined_csv.read_bytes() == whole


def test_collections_without_the_list_open(tmp_path: Path, images: Path, table: Path) -> None:
    make(tmp_path / "c", images, metadata=table)
    collection = open_collection(tmp_path / "c")
    manifest = json.loads((collection.folder / layout.MANIFEST).read_text("utf-8"))
    for part in ("files", "keys"):
        del manifest[part][layout.UNJOINED]
    for fact in ("books", "order", "encoding", "separator", "header_line"):
        del manifest["join"][fact]
    (collection.folder / layout.MANIFEST).write_bytes(layout.sealed(manifest))
    (collection.folder / layout.UNJOINED).unlink()
    old = open_collection(tmp_path / "c")
    assert old.unjoined is None and len(old.catalogue) == 5
    assert make(tmp_path / "c", None).unjoined_csv is not None
    assert make(tmp_path / "none", images).unjoined_csv is None


def test_what_names_a_book_is_remembered_until_auto(tmp_path: Path, images: Path, table: Path) -> None:
    out = tmp_path / "c"
    assert "no books are told apart" in summary_text(make(out, images, metadata=table))
    summary = make(out, None, book_by="werk")
    assert summary.changed and facts(out)["books"] == {"count": 2, "by": "the column 'Werk'", "unnamed": 2}
    assert "2 books, by the column 'Werk'; 2 plates of no known book" in summary_text(summary)
    assert not make(out, None).changed and facts(out)["books"]["count"] == 2
    processor = ToyProcessor()
    make(out, None, processor, book_by="prefix")
    assert facts(out)["books"] == {"count": 2, "by": "the prefix of file names", "unnamed": 1}
    assert not processor.asked  # no plate was looked at again
    make(out, None, book_by="auto")
    assert facts(out)["books"]["count"] == 0 and "book_by" not in open_collection(out).manifest["parameters"]
    with pytest.raises(MetadataError, match="It has: file, Werk, title"):
        make(out, None, book_by="verk")
    assert facts(out)["books"]["count"] == 0


def test_the_encoding_is_remembered_for_its_table(tmp_path: Path, images: Path, table: Path) -> None:
    out = tmp_path / "c"
    make(out, images, metadata=table, encoding="mac_roman")
    titles = set(open_collection(out).catalogue.frame["title"])
    assert "GÑrten" in titles and facts(out)["encoding"] == "Mac Roman"
    assert not make(out, None).changed
    other = tmp_path / "other.csv"
    other.write_text("file,title\nrosa_1.png,Gärten\n", "utf-8")
    make(out, None, metadata=other)
    assert "Gärten" in set(open_collection(out).catalogue.frame["title"])
    make(out, None, metadata=table, encoding="auto")
    assert {"Gärten", "Höfe"} <= set(open_collection(out).catalogue.frame["title"])


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_rehearsal_says_all_and_does_nothing(tmp_path: Path, images: Path, table: Path) -> None:
    (images / "broken.svg").write_text("<svg/>")
    before = listing(tmp_path)
    facts, text = rehearse(Options(out=tmp_path / "c", inputs=[images], metadata=table, book_by="Werk"))
    assert listing(tmp_path) == before
    assert facts["fields"]["title"]["examples"] == [("Höfe", "Höfe"), ("Gärten", "Gärten")]
    for words in (
        "5 images found", "1 further files would be skipped", "CP850, cells parted by semicolon, header in line 1",
        "3 of 5 plates find their row, by file in the column 'file'",
        "rows without a plate: 1, plates without a row: 2",
        "row of line 5 '-gone.png': no plate is called so", "plate 'acer_2': no row names it", "'Gärten'",
        "2 books, by the column 'Werk'", "a guess", "kept as they are: Werk",
    ):  # fmt: skip
        assert words in text
    assert json.loads(json.dumps(facts))["joined"] == 3


def test_a_rehearsal_names_what_is_not_read(tmp_path: Path, images: Path) -> None:
    path = tmp_path / "t.csv"
    cells = ["1752", "sine anno", "MDCCLX", "nescio", ""]
    named = zip(sorted(os.listdir(images)), cells, strict=True)
    rows = "".join(f"{file},{year},Tab. {n}\n" for n, (file, year) in enumerate(named))
    path.write_text("file,year,plate\n" + rows)
    found, text = rehearse(Options(out=tmp_path / "c", inputs=[images], metadata=path))
    assert found["fields"]["year"]["unread"] == ["nescio"]
    assert "not read as year, different cells: 1, such as 'nescio'" in text and "'Tab. 0' -> 0" in text
    assert "'sine anno' -> undated" in text and "'MDCCLX' -> 1760" in text


def test_a_rehearsal_shows_dates_as_they_are_understood(tmp_path: Path, images: Path) -> None:
    path = tmp_path / "t.csv"
    cells = ["1. Hälfte 19. Jh.", "[19]17?", "um 1920", "before 1752", "1600 [i.e. 1700]"]
    named = zip(sorted(os.listdir(images)), cells, strict=True)
    path.write_text("file,year\n" + "".join(f"{file},{cell}\n" for file, cell in named))
    _, text = rehearse(Options(out=tmp_path / "c", inputs=[images], metadata=path))
    for cell, read in zip(cells, ("1800–1849", "1917?", "c. 1920", None, "1700"), strict=True):
        assert f"'{cell}' -> {read}" in text if read else f"'{cell}'\n" in text + "\n"
    assert "not read" not in text


def test_a_rehearsal_of_a_table_with_few_rows(tmp_path: Path, images: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("file,year,page,title\nrosa_1.png,1752,7,Rosa\n")
    found, text = rehearse(Options(out=tmp_path / "c", inputs=[images], metadata=path))
    assert {name: field["examples"] for name, field in found["fields"].items()} == {
        "year": [("1752", "1752")], "page": [("7", "7")], "title": [("Rosa", "Rosa")],
    }  # fmt: skip
    assert "1 of 5 plates find their row" in text and "not read" not in text


def test_a_reader_that_stops_listening_is_no_error(tmp_path: Path, images: Path, table: Path) -> None:
    words = [sys.executable, "precompute.py", str(images), "--metadata", str(table), "--dry-run"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait() == 1


def command(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "precompute.py", *map(str, words)], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, **environment},
    )  # fmt: skip


def test_the_command_rehearses_and_a_wrong_choice_is_one_line(
    tmp_path: Path, images: Path, table: Path
) -> None:
    before = listing(tmp_path)
    words = (images, "--metadata", table, "--name", "mine", "--dry-run")
    done = command(*words, IMGSIM_DATA=str(tmp_path / "data"))
    assert done.returncode == 0 and "Nothing was written" in done.stdout and done.stderr == ""
    told = command(*words, "--json", IMGSIM_DATA=str(tmp_path / "data"))
    assert json.loads(told.stdout)["event"] == "done" and json.loads(told.stdout)["encoding"] == "CP850"
    for choice, said in (
        (["--encoding", "nothing"], "There is no encoding 'nothing'"),
        (["--encoding", "utf-8"], "is not written in utf-8"),
        (["--book-by", "Autor"], "It has: file, Werk, title"),
    ):
        wrong = command(*words, *choice, IMGSIM_DATA=str(tmp_path / "data"))
        assert wrong.returncode == 1 and said in wrong.stderr and wrong.stderr.count("\n") == 1
    assert command("--sample", "--dry-run").returncode == 2
    assert listing(tmp_path) == before


def test_a_rehearsal_of_a_collection_uses_what_it_was_made_of(
    tmp_path: Path, images: Path, table: Path
) -> None:
    out = tmp_path / "c"
    make(out, images, metadata=table, book_by="prefix")
    before = listing(tmp_path)
    facts, _ = rehearse(Options(out=out))
    assert facts["metadata"] == str(table) and facts["books"]["by"] == "the prefix of file names"
    assert listing(tmp_path) == before
