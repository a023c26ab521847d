"""Tables that name a plate by its book, page and number: which rows belong to which plates, and when they do not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from imgsim.catalogue import join, read_metadata
from imgsim.catalogue.joining import Joined
from imgsim.catalogue.previewing import preview
from imgsim.images.files import ImageFile


def joined(tmp_path: Path, table: str, files: Sequence[str], scans: Sequence[str] | None = None) -> Joined:
    path = tmp_path / "table.csv"
    path.write_text(table, encoding="utf-8")
    plates = pd.DataFrame(
        {
            "plate_id": [f"p{number:03}" for number in range(len(files))], "file": list(files), "root": "/scans",
            "folder": [file.split("/")[-2] if "/" in file else "" for file in files], "sha256": "a" * 64, "width": 10,
            "height": 10, "mode": "L", "frames": 1, "bytes": 100,
            **({"page_scan": list(scans)} if scans else {}),
        }
    )  # fmt: skip
    return join(plates, read_metadata(path))


def titles(found: Joined) -> list[str]:
    frame = found.catalogue.frame.sort_values("plate_id")
    return [str(title) for title in frame["title"]]


@pytest.mark.parametrize(
    ("pages", "names"),
    [
        (("1", "2", "10"), ("img_0001", "img_0002", "img_0010")),
        (("p. 1", "p. 2", "[10]"), ("scan-p1", "scan-p2", "scan-p10")),
        (("1r", "1v", "10r"), ("fol_1r", "fol_1v", "fol_10r")),
        (("1.0", "2.0", "10.0"), ("0001", "0002", "0010")),
    ],
)
def test_rows_are_found_by_book_and_page(tmp_path: Path, pages: Sequence[str], names: Sequence[str]) -> None:
    table = "book,page,title,year\n" + "".join(
        f"{book},{page},{book} on {page},17{n}0\n" for n, book in enumerate(("flora", "herbal")) for page in pages
    )
    files = [f"{book}/{name}.png" for book in ("flora", "herbal") for name in names]
    found = joined(tmp_path, table, files)
    assert titles(found) == [f"{book} on {page}" for book in ("flora", "herbal") for page in pages]
    assert (found.report.key, found.report.key_column, found.report.joined) == ("page", "book, page", 6)
    assert found.report.unused == 0 and found.unjoined.empty and found.report.books["count"] == 2
    assert any("page of a plate is taken from its file's name" in note for note in found.report.notes)


def test_several_illustrations_on_a_page_are_told_apart_by_their_number(tmp_path: Path) -> None:
    table = "book;page;number;title\nflora;3;1;rose\nflora;3;2;oak\nflora;4;1;fern\nflora;9;1;gone\n"
    files = ["flora/p_0003_1.png", "flora/p_0003_2.png", "flora/p_0004_1.png", "flora/p_0004_2.png"]
    scans = ["flora/p_0003.png", "flora/p_0003.png", "flora/p_0004.png", "flora/p_0004.png"]
    found = joined(tmp_path, table, files, scans)
    assert titles(found) == ["rose", "oak", "fern", ""]
    assert found.report.key_column == "book, page, number" and found.report.joined == 3
    rows = found.unjoined.set_index("what")
    assert (rows.loc["row", "name"], rows.loc["row", "reason"]) == ("flora, 9, 1", "no plate is on that page")
    assert rows.loc["row", "line"] == "5" and rows.loc["plate", "name"] == "p003"
    through = table.replace("3;1", "3;41").replace("3;2", "3;42").replace("4;1", "4;43")
    assert titles(joined(tmp_path, through, files[:3], scans[:3])) == ["rose", "oak", "fern"]


def test_names_of_ecco_say_page_and_number_themselves(tmp_path: Path) -> None:
    table = "ecco_id,page,number,title\n904700600,2,0,rose\n904700600,2,1,oak\n904700600,13,0,fern\n"
    files = ["090470060000020_1.png", "090470060000020_0.png", "090470060000130_0.png"]
    assert titles(joined(tmp_path, table, files)) == ["oak", "rose", "fern"]


def test_a_column_of_files_comes_first_and_a_row_a_book_stays_one(tmp_path: Path) -> None:
    files = ["flora/0001.png", "flora/0002.png"]
    by_file = joined(tmp_path, "file,book,page,title\nflora/0002.png,flora,1,two\nflora/0001.png,flora,2,one\n", files)
    assert by_file.report.key == "file" and titles(by_file) == ["one", "two"]
    by_book = joined(tmp_path, "book,page,title\nflora,220,Flora\nherbal,90,Herbal\n", files)
    assert by_book.report.key == "book" and titles(by_book) == ["Flora", "Flora"]


def test_pages_that_are_not_those_of_the_names_join_nothing_by_them(tmp_path: Path) -> None:
    table = "book,page,title\n" + "".join(f"flora,{page},on {page}\n" for page in (101, 102, 103))
    found = joined(tmp_path, table, [f"flora/{n:04}.png" for n in (1, 2, 3)])
    assert found.report.key == "book" and any("repeat an earlier value" in note for note in found.report.notes)


def test_a_preview_tells_for_how_many_plates_it_joins(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Buch,Seite,Titel\nflora,1,a\nflora,2,b\nflora,7,c\n", encoding="utf-8")
    images = [ImageFile(f"s_{n}", f"flora/s_{n}.png", "/scans", 9, 1) for n in (1, 2, 3)]
    seen = preview(images, read_metadata(path))
    assert (seen.report.key, seen.report.joined, seen.report.unused) == ("page", 2, 1)
