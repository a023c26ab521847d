"""Reading metadata as it comes, joining it with plates, and finding plates."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imgsim.catalogue import (
    STANDARD,
    UNKNOWN,
    Catalogue,
    JoinReport,
    build_catalogue,
    read_metadata,
)
from imgsim.catalogue.captions import shorten
from imgsim.catalogue.values import ecco_parts, natural, searchable
from imgsim.errors import CollectionError, ImgsimError, MetadataError
from imgsim.sources.folders import find_images

DHH23 = (
    "ecco_id,estc_id,ecco_full_title,ecco_pages,language_primary,gatherings,publication_year,publication_decade,"
    "work_id,publication_place,publication_country,document_type,sub_category,authors\n"
    "0904700600,T1,\"A curious herbal, containing five hundred cuts. By Elizabeth Blackwell\",500,English,2fo,1737.0,"
    "1730.0,1-herbal,London,England,Book,scientific,\"Blackwell, Elizabeth, 1700-1758.\"\n"
    "1052800201,T2,NA,,Français,8vo,,,2-na,Paris,France,Book,,\n"
    "0000000001,T3,Nobody has a plate of this,,,,1799.0,1790.0,,,,,,\n"
)  # fmt: skip
ECCO = ["090470060000120_1", "090470060000120_0", "105280020101620_0", "090470060000030_0"]


def plates(files: list[str], ids: list[str] | None = None) -> pd.DataFrame:
    """A frame as the pipeline hands it over."""
    stems = [Path(file).stem for file in files]
    return pd.DataFrame(
        {
            "plate_id": ids or stems,
            "file": files,
            "root": "/scans",
            "folder": [Path(file).parent.name for file in files],
            "sha256": [f"{i:064x}" for i in range(len(files))],
            "width": 1200,
            "height": 2000,
            "mode": "1",
            "frames": 1,
            "bytes": 110_000,
        }
    )


def ecco_plates() -> pd.DataFrame:
    return plates([f"{plate_id}.png" for plate_id in ECCO])


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def joined(table: pd.DataFrame, path: Path, content: str | bytes) -> tuple[Catalogue, JoinReport]:
    return build_catalogue(table, read_metadata(write(path, content)))


@pytest.fixture
def dhh23(tmp_path: Path) -> Catalogue:
    return joined(ecco_plates(), tmp_path / "metadata.csv", DHH23)[0]


# ---- values


def test_ecco_names() -> None:
    assert ecco_parts("105280020101620_0") == ("1052800201", 162, 0)
    assert ecco_parts("090470060000120_11") == ("0904700600", 12, 11)
    assert ecco_parts("sub/090470060000120_1") == ("0904700600", 12, 1)
    for other in ("090470060000121_1", "090470060000120", "09047006000120_1", "108528621.3_0", "img001"):
        assert ecco_parts(other) is None


def test_words_and_order() -> None:
    assert (
        searchable("L'Œuvre: Pæonia ſiluestris, Ærzte & Söhne_2")
        == "l oeuvre paeonia siluestris aerzte sohne 2"
    )
    assert sorted(["p10", "p9", "P1"], key=natural) == ["P1", "p9", "p10"]


# ---- reading


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_dialects(tmp_path: Path, delimiter: str, encoding: str, ending: str) -> None:
    rows = [["book", "title", "place"], ["a", 'Des "Kräuters", Theil; 1|2', "Köln"], ["b", "two\nlines", ""]]
    path = tmp_path / "m.csv"
    with open(path, "w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=ending).writerows(rows)
    metadata = read_metadata(path)
    assert [list(metadata.frame.columns), *metadata.frame.to_numpy().tolist()] == rows
    assert (metadata.key, metadata.key_column) == ("book", "book")
    assert metadata.understood == {"title": "title", "place": "place"}


def test_every_cell_stays_the_text_it_is(tmp_path: Path) -> None:
    cells = [
        "0904700600",
        "NA",
        "nan",
        "null",
        "1752.0",
        "True",
        "1e5",
        "-",
        "N/A",
        "None",
        "  spaced  ",
        "01/02/1752",
    ]
    path = write(tmp_path / "m.csv", "book,title\n" + "".join(f"{cell},{cell}\n" for cell in cells))
    frame = read_metadata(path).frame
    assert frame["book"].tolist() == frame["title"].tolist() == cells
    assert all(dtype == "str" for dtype in frame.dtypes)


def test_headers_are_put_right(tmp_path: Path) -> None:
    content = "Unnamed: 0,Book ID,Title,Title,,\n0,a,x,y,,\n1,b,z,w,,\n\n ,,,,\n"
    metadata = read_metadata(write(tmp_path / "m.csv", content))
    assert list(metadata.frame.columns) == ["Book ID", "Title", "Title_2"]
    assert metadata.frame["Title_2"].tolist() == ["y", "w"]
    assert metadata.key_column == "Book ID" and metadata.understood == {"Title": "title"}
    assert "twice" in metadata.notes[0]
    # pandas' index has no name at all
    assert list(read_metadata(write(tmp_path / "m.csv", ",book\n0,a\n1,b\n")).frame.columns) == ["book"]
    assert list(read_metadata(write(tmp_path / "m.csv", ",book\n5,a\n1,b\n")).frame.columns) == [
        "column_1",
        "book",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\n", "is empty"),
        (b"book,title\n", "no rows"),
        (b"book,title\na,b\x00c\n", "NUL character in line 2"),
        (b"PK\x03\x04xlsx", "Save it as .xlsx or CSV"),
        (b"\xff\xfeb", "UTF-16"),
        (b',,\n,,\n"",,x\n', "no column|no rows|is empty"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(MetadataError, match=words) as caught:
        build_catalogue(ecco_plates(), read_metadata(write(tmp_path / "m.csv", content)))
    assert "m.csv" in str(caught.value)


def test_an_open_quotation_mark_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", 'book,title\na,"never closed\n' + "x,y\n" * 60_000)
    with pytest.raises(MetadataError, match=r"m\.csv, line \d+"):
        read_metadata(path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(MetadataError, match=path.name):
            read_metadata(path)


# ---- joining


def test_dhh23_metadata(dhh23: Catalogue) -> None:
    assert list(dhh23.frame.columns[: len(STANDARD)]) == list(STANDARD)
    assert dhh23.plate_ids == tuple(sorted(ECCO))
    record = dhh23.record(dhh23.row("090470060000120_1"))
    assert record | {"sha256": ""} == {
        "plate_id": "090470060000120_1", "book": "0904700600", "page": 12, "number": 1,
        "title": "A curious herbal, containing five hundred cuts. By Elizabeth Blackwell",
        "author": "Blackwell, Elizabeth, 1700-1758.", "year": 1737, "decade": 1730, "date_text": "1737.0",
        "date_from": 1737, "date_to": 1737, "date_sure": "certain", "place": "London",
        "country": "England", "format": "2fo", "category": "scientific", "language": "English",
        "file": "090470060000120_1.png", "root": "/scans", "folder": "", "sha256": "", "width": 1200, "height": 2000,
        "mode": "1", "frames": 1, "bytes": 110_000, "in_book": 2, "ecco_id": "0904700600", "estc_id": "T1",
        "ecco_full_title": "A curious herbal, containing five hundred cuts. By Elizabeth Blackwell",
        "ecco_pages": "500", "language_primary": "English", "gatherings": "2fo", "publication_year": "1737.0",
        "publication_decade": "1730.0", "work_id": "1-herbal", "publication_place": "London",
        "publication_country": "England", "document_type": "Book", "sub_category": "scientific",
        "authors": "Blackwell, Elizabeth, 1700-1758.",
    }  # fmt: skip
    other = dhh23.record(dhh23.row("105280020101620_0"))
    # The title "NA" is a title; an empty year is none.
    assert (other["title"], other["year"], other["decade"], other["author"]) == ("NA", None, None, "")
    assert {name: str(dhh23.frame[name].dtype) for name in ("year", "page", "width", "bytes", "title")} == {
        "year": "Int32", "page": "Int32", "width": "int32", "bytes": "int64", "title": "str",
    }  # fmt: skip


@pytest.mark.parametrize("written", ["904700600", "904700600.0", "0904700600", " 0904700600 "])
def test_leading_zeros_are_restored(tmp_path: Path, written: str) -> None:
    content = DHH23.replace("0904700600", written)
    catalogue, report = joined(ecco_plates(), tmp_path / "m.csv", content)
    assert (report.plates, report.joined, report.key, report.unused) == (4, 4, "ecco_id", 1)
    assert set(catalogue.frame["book"]) == {"0904700600", "1052800201"}
    assert any("leading zeros of 1 " in note for note in report.notes) == written.startswith("9")


def test_ids_that_a_spreadsheet_has_cut_are_reported(tmp_path: Path) -> None:
    _, report = joined(ecco_plates(), tmp_path / "m.csv", DHH23.replace("0904700600", "9.0470E+08"))
    assert report.joined == 1 and any("scientific notation" in note for note in report.notes)


def test_repeated_keys_are_reported_and_the_first_counts(tmp_path: Path) -> None:
    catalogue, report = joined(
        ecco_plates(), tmp_path / "m.csv", DHH23 + "0904700600,T9,Second" + "," * 11 + "\n"
    )
    assert "A curious" in catalogue.record(0)["title"]  # type: ignore[operator]
    assert any("repeat" in note for note in report.notes)


def test_join_by_the_folder_a_book_is_in(tmp_path: Path) -> None:
    table = plates(["bm06/a.jpg", "bm06/pagescan/b.jpg", "holbein/c.jpg", "other/d.jpg"])
    header = "book,title,authors,publication_year,technique\n"
    content = header + "bm06,Magazine,Curtis,1793,engraving\nHOLBEIN,Dance,,1538,\n"
    catalogue, report = joined(table, tmp_path / "m.csv", content)
    assert (report.joined, report.key, report.key_column, report.unused) == (3, "book", "book", 0)
    assert catalogue.frame["book"].tolist() == ["bm06", "bm06", "HOLBEIN", "other"]
    assert catalogue.frame["year"].tolist()[:3] == [1793, 1793, 1538]
    assert catalogue.frame["technique"].tolist() == ["engraving", "engraving", "", ""]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("plate_id", ["a", "b"]),
        ("plate_id", ["a.png", "b.png"]),
        ("id", ["A", "B"]),
        ("file", ["one/a.png", "two/b.png"]),
        ("filename", ["a.png", "b.tif"]),
        ("Image Path", ["./one/a.png", "./two/b.png"]),
        ("path", ["C:\\scans\\one\\a.png", "C:\\scans\\two\\b.png"]),
        ("path", ["/old/place/one/a.png", "/old/place/two/b.png"]),
        ("scan", ["one/a", "two/b"]),
    ],
)
def test_join_by_plate(tmp_path: Path, column: str, values: list[str]) -> None:
    content = f"{column},book,title,note\n{values[0]},one,First,x\n{values[1]},two,Second,y\n"
    catalogue, report = joined(
        plates(["one/a.png", "two/b.png"]), tmp_path / "m.csv", content.replace("book,", "shelf,")
    )
    assert report.joined == 2 and report.key_column == column
    assert catalogue.frame["title"].tolist() == ["First", "Second"]
    assert catalogue.frame["note"].tolist() == ["x", "y"]


def test_a_row_a_plate_beats_a_row_a_book(tmp_path: Path) -> None:
    # Its book column matches every plate; its file column all but one. Joining by book would give them all one row.
    files = [f"bm01/{i}.jpg" for i in range(10)]
    content = "file,book,kind\n" + "".join(f"bm01/{i}.jpg,bm01,kind {i}\n" for i in range(9))
    catalogue, report = joined(plates(files), tmp_path / "m.csv", content)
    assert (report.key, report.joined) == ("file", 9)
    assert catalogue.frame["kind"].tolist() == [f"kind {i}" for i in range(9)] + [""]


def test_namesakes_join_only_by_folder(tmp_path: Path) -> None:
    table = plates(["a/1.png", "b/1.png"], ["a/1", "b/1"])
    catalogue, report = joined(table, tmp_path / "m.csv", "file,kind\na/1.png,x\nb/1.png,y\n")
    assert catalogue.frame["kind"].tolist() == ["x", "y"] and report.joined == 2
    catalogue, report = joined(table, tmp_path / "m.csv", "plate_id,kind\nb/1,y\n")
    assert catalogue.frame["kind"].tolist() == ["", "y"]
    catalogue, report = joined(table, tmp_path / "m.csv", "file,kind\n1.png,x\n")
    assert report.joined == 0 and any("share a file name" in note for note in report.notes)


def test_plates_in_a_zip_join(tmp_path: Path) -> None:
    table = plates(["scans.zip!book7/1.png", "scans.zip!book7/2.png"])
    assert joined(table, tmp_path / "m.csv", "file,kind\nbook7/1.png,x\nscans/book7/2.png,y\n")[1].joined == 2
    assert joined(table, tmp_path / "m.csv", "book,kind\nbook7,x\n")[1].joined == 2


def test_names_that_clash_keep_both(tmp_path: Path) -> None:
    content = "book,year,mode,width,title\none,1752-1760,intaglio,12,First\n"
    catalogue, _ = joined(plates(["one/a.png"]), tmp_path / "m.csv", content)
    record = catalogue.record(0)
    assert (record["year"], record["metadata_year"]) == (None, "1752-1760")
    assert (record["mode"], record["metadata_mode"], record["metadata_width"]) == ("1", "intaglio", "12")
    # The same text twice would only be in the way.
    assert "metadata_title" not in record and "metadata_book" not in record


def test_without_metadata() -> None:
    catalogue, report = build_catalogue(ecco_plates(), None)
    assert (report.plates, report.joined) == (4, 0)
    assert catalogue.record(0)["book"] == "0904700600" and catalogue.books_known
    folders, _ = build_catalogue(plates(["x/a.png", "y/b.png"]), None)
    assert folders.frame["book"].tolist() == ["x", "y"]
    one, _ = build_catalogue(plates(["x/a.png", "x/b.png"]), None)
    assert one.frame["book"].tolist() == ["", ""] and not one.books_known
    empty, report = build_catalogue(ecco_plates().iloc[:0], None)
    assert len(empty) == 0 and empty.facets() == [] and empty.search("x").tolist() == []


def test_metadata_of_something_else(tmp_path: Path) -> None:
    catalogue, report = joined(ecco_plates(), tmp_path / "m.csv", "ecco_id,title\n9999999999,x\n")
    assert (report.joined, report.unused) == (0, 1) and any("no plate" in note for note in report.notes)
    assert catalogue.frame["title"].tolist() == [""] * 4
    with pytest.raises(MetadataError, match="plate_id, file, ecco_id or book"):
        joined(ecco_plates(), tmp_path / "m.csv", "colour,size\nred,9\n")


@pytest.mark.real
@pytest.mark.skipif("IMGSIM_PLATES" not in os.environ, reason="IMGSIM_PLATES does not name the real plates")
def test_the_real_plates_find_their_rows() -> None:
    folder = Path(os.environ["IMGSIM_PLATES"])
    images, skipped = find_images([folder / "images"])
    table = plates([image.file for image in images], [image.plate_id for image in images])
    assert len(images) == 1448 and not skipped
    for name, key in (("metadata.csv", "book"), ("plates.csv", "file")):
        catalogue, report = build_catalogue(table, read_metadata(folder / name))
        # All but the chapbooks, which neither table lists.
        assert (report.joined, report.key, report.unused) == (1020, key, 0)
        assert (catalogue.frame["date_from"].isna() == (catalogue.frame["title"] == "")).all()
    sample = read_metadata(folder / "ecco_metadata_sample.csv")
    assert sample.key == "ecco_id" and len(sample.frame) == 74
    ids = sorted(f"{book}01230_0" for book in sample.frame["ecco_id"])
    catalogue, report = build_catalogue(plates([f"{plate_id}.png" for plate_id in ids]), sample)
    assert report.joined == 74 and not report.notes


# ---- the table


def test_the_file_round_trips(dhh23: Catalogue, tmp_path: Path) -> None:
    dhh23.to_parquet(tmp_path / "c.parquet")
    again = Catalogue.from_parquet(tmp_path / "c.parquet")
    pd.testing.assert_frame_equal(again.frame, dhh23.frame)


@pytest.mark.parametrize("damage", ["missing", "cut", "foreign", "unsorted", "twice", "column", "kind"])
def test_a_damaged_file_is_an_error(dhh23: Catalogue, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "c.parquet"
    frame = dhh23.frame
    changed = {
        "unsorted": frame.iloc[::-1],
        "twice": pd.concat([frame, frame.iloc[-1:]]),
        "column": frame.drop(columns="book"),
        "kind": frame.astype({"year": "str"}).assign(year="soon"),
    }
    if damage in changed:
        changed[damage].to_parquet(path, index=False)
    elif damage == "cut":
        dhh23.to_parquet(path)
        path.write_bytes(path.read_bytes()[:-20])
    elif damage == "foreign":
        path.write_bytes(b"not parquet" * 10)
    with pytest.raises(CollectionError, match="Prepare the collection again"):
        Catalogue.from_parquet(path)


def test_rows_and_ids(dhh23: Catalogue) -> None:
    assert [dhh23.row(plate_id) for plate_id in dhh23.plate_ids] == list(range(4))
    assert dhh23.has(ECCO[0]) and not dhh23.has("../etc/passwd")
    with pytest.raises(ImgsimError, match="no plate"):
        dhh23.row("../etc/passwd")


def test_plates_of_a_book_in_page_order(dhh23: Catalogue) -> None:
    order = ["090470060000030_0", "090470060000120_0", "090470060000120_1"]
    assert [dhh23.plate_ids[row] for row in dhh23.book_rows("0904700600")] == order
    assert dhh23.book_rows("nobody").tolist() == []
    assert dhh23.previous_next(dhh23.row(order[0])) == (None, order[1])
    assert dhh23.previous_next(dhh23.row(order[1])) == (order[0], order[2])
    assert dhh23.previous_next(dhh23.row(order[2])) == (order[1], None)
    assert dhh23.previous_next(dhh23.row("105280020101620_0")) == (None, None)
    numbered, _ = build_catalogue(plates([f"x/p{i}.png" for i in range(1, 12)]), None)
    assert [numbered.plate_ids[r] for r in numbered.book_rows("")] == [f"p{i}" for i in range(1, 12)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 4), ("   ", 4), ("blackwell", 3), ("BLACKWELL curious", 3), ("curious paris", 0), ("francais", 1),
        ("Français", 1), ("090470060000120_1", 1), ("0904700600", 3), ("90470060000120", 2), ("1737", 3), ("T2", 1),
        ("urious", 3), ("scans", 0), ("(", 4), ("five-hundred", 3), (".*", 4), ("000000000000", 0),
    ],
)  # fmt: skip
def test_searching_words(dhh23: Catalogue, text: str, count: int) -> None:
    rows = dhh23.search(text)
    assert rows.dtype == np.int64 and len(rows) == count and rows.tolist() == sorted(rows.tolist())


def test_searching_facets(dhh23: Catalogue) -> None:
    assert len(dhh23.search(choices={"place": ["London"]})) == 3
    assert len(dhh23.search(choices={"place": ["London", "Paris"], "format": ["8vo"]})) == 1
    assert len(dhh23.search(choices={"place": [], "unknown": ["x"]})) == 4
    for column in ("place", "year", "decade"):
        frame = dhh23.frame
        missing = [row for row in range(4) if dhh23.record(row)[column] in ("", None)]
        assert dhh23.search(choices={column: [UNKNOWN]}).tolist() == missing
        first = str(frame[column].dropna().iloc[0])
        alone = dhh23.search(choices={column: [first]}).tolist()
        assert alone and all(str(frame[column].iloc[row]) == first for row in alone)
        assert dhh23.search(choices={column: [first, UNKNOWN]}).tolist() == sorted({*alone, *missing})
    assert dhh23.search(choices={"year": ["x", "-1", "9" * 40]}).tolist() == []
    assert len(dhh23.search(decades=(1730, 1730))) == 3
    assert len(dhh23.search(decades=(1740, 1790))) == 0
    assert len(dhh23.search("herbal", {"place": ["London"]}, (1700, 1790))) == 3


def test_a_word_that_starts_a_word_beats_one_inside() -> None:
    table = plates(["Rosa/a.png", "Ambrosia/b.png"])
    catalogue, _ = build_catalogue(table, None)
    assert catalogue.search("ros").tolist() == [0]
    assert catalogue.search("mbro").tolist() == [1]


def test_facets(dhh23: Catalogue) -> None:
    facets = {facet.column: facet for facet in dhh23.facets()}
    assert facets["place"].kind == "choice" and facets["place"].values == (("London", 3), ("Paris", 1))
    assert facets["book"].values == (("0904700600", 3), ("1052800201", 1))
    # One decade is no choice; what a standard column shows already is not shown twice; ids are no kinds.
    assert {"decade", "publication_place", "authors", "ecco_full_title"}.isdisjoint(facets)
    dated, _ = build_catalogue(ecco_plates(), None)
    frame = dated.frame.assign(decade=pd.array([1790, 1720, None, 1790], dtype="Int32"))
    (facet,) = [facet for facet in Catalogue(frame).facets() if facet.column == "decade"]
    assert facet.kind == "range" and facet.values == ((1720, 1), (1790, 2))


def test_the_metadatas_own_columns_are_facets(tmp_path: Path) -> None:
    files = [f"b/{i}.png" for i in range(8)]
    content = "file,clip label,serial\n" + "".join(
        f"{i}.png,{'root' if i % 2 else 'flower'},{i}\n" for i in range(8)
    )
    catalogue, _ = joined(plates(files), tmp_path / "m.csv", content)
    assert [(f.column, f.label, f.values) for f in catalogue.facets()] == [
        ("clip label", "Clip label", (("flower", 4), ("root", 4)))
    ]
    assert catalogue.search(choices={"clip label": ["root"]}).tolist() == [1, 3, 5, 7]


def test_order() -> None:
    table = plates([f"{book}/{i}.png" for book in "yx" for i in (2, 10)], ["y2", "y10", "x2", "x10"])
    catalogue, _ = build_catalogue(table, None)
    assert catalogue.plate_ids == ("x10", "x2", "y10", "y2")
    frame = catalogue.frame.assign(year=pd.array([None, 1750, 1740, 1750], dtype="Int32"))
    catalogue = Catalogue(frame)
    names = {
        by: [catalogue.plate_ids[r] for r in catalogue.order([3, 2, 1, 0], by)]
        for by in ("year", "book", "plate_id")
    }
    assert names == {
        "year": ["y10", "x2", "y2", "x10"],
        "book": ["x2", "x10", "y2", "y10"],
        "plate_id": ["x10", "x2", "y10", "y2"],
    }
    shuffled = catalogue.order([0, 1, 2, 3], "random", seed=7)
    assert (
        sorted(shuffled) == [0, 1, 2, 3]
        and shuffled.tolist() == catalogue.order([3, 1, 2, 0], "random", 7).tolist()
    )
    fewer = catalogue.order([0, 3, 1], "random", seed=7).tolist()
    assert fewer == [row for row in shuffled.tolist() if row != 2]
    assert catalogue.order([], "year").tolist() == []
    with pytest.raises(ImgsimError, match="colour"):
        catalogue.order([0], "colour")  # type: ignore[arg-type]


# ---- words for the screen


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("A curious herbal", "A curious herbal"),
        ("A system of surgery. By Benjamin Bell, Member of the Royal", "A system of surgery"),
        (
            "Flora. A very long title that goes on and on without a stop",
            "Flora. A very long title that goes on…",
        ),
        ("Nowordbreakinthisveryverylongtitlewhichneverends", "Nowordbreakinthisveryverylongtitlewhich…"),
        ("", ""),
    ],
)
def test_shortened_titles(title: str, short: str) -> None:
    assert shorten(title, 40) == short and len(short) <= 40


def test_captions_and_citations(dhh23: Catalogue) -> None:
    row = dhh23.row("090470060000120_1")
    assert dhh23.short_title(row) == "A curious herbal, containing five hundred cuts"
    assert dhh23.short_title(dhh23.row("105280020101620_0")) == "NA"
    assert (
        dhh23.book_label("0904700600") == "A curious herbal, containing five hundred cuts, 1737 (0904700600)"
    )
    assert dhh23.reference(row) == (
        "Blackwell, Elizabeth, 1700-1758, A curious herbal, containing five hundred cuts. By Elizabeth Blackwell, "
        "London: 1737, p. 12, illustration 2"
    )
    assert dhh23.book_reference("0904700600").endswith("London: 1737")
    bare, _ = build_catalogue(plates(["x/a.png"]), None)
    assert bare.reference(0) == "" and bare.short_title(0) == "a" and bare.book_label("b") == "b"
