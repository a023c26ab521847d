"""What tells books apart, and rows that belong to a whole book."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.catalogue import Joined
from imgsim.catalogue.book_keys import tell_apart
from imgsim.catalogue.row_keys import prefixes
from imgsim.errors import MetadataError
from tests.catalogue.frames import column, joined

IDS = ["floradanica00oede", "b2814", "mobot3175"]


def by(made: Joined) -> tuple[int, str]:
    return made.report.books["count"], made.report.books["by"]


def names(made: Joined) -> list[object]:
    return list(column(made, "book").values())


@pytest.mark.parametrize(
    "form",
    ["{id}_{n:04}.jpg", "{id}-{n}.jpg", "{id}.{n:03}.tif", "{id} {n}.jpg", "{id}/{n:04}.jpg",
    "{id}/sub/{n}.jpg", "{id}_jp2/{n}.jpg",
     "scans/{id}_jp2/{id}_{n:04}.jpg", "{id}_jp2.zip!{id}_jp2/{id}_{n:04}.jpg", "{id}.ZIP!{n}.jpg",
     "{id}_jp2.zip!x/{n}.jpg"],
)  # fmt: skip
@pytest.mark.parametrize("heading", ["identifier", "book", "Signatur", "barcode", "dc:identifier", "id"])
def test_a_row_a_book_joins_by_whatever_begins_with_its_identifier(
    tmp_path: Path, form: str, heading: str
) -> None:
    files = [form.format(id=name, n=n) for name in IDS for n in (1, 2, 10)]
    table = f"{heading},title\n" + "".join(f"{name},Title of {name}\n" for name in IDS) + "absent,Nobody\n"
    made = joined(tmp_path, files, table)
    assert made.report.joined == 9 and made.report.unused == 1 and by(made) == (3, f"the column {heading!r}")
    assert all(
        file and str(title).removeprefix("Title of ") in file for file, title in column(made, "title").items()
    )


def test_an_identifier_is_not_any_beginning() -> None:
    assert list(prefixes("b2814_001")) == ["b2814"]
    assert "b28" not in list(prefixes("b2814_001")) and "flora" in list(prefixes("flora002"))
    assert list(prefixes("a1")) == [] and list(prefixes("flora")) == []


def test_the_longest_identifier_wins(tmp_path: Path) -> None:
    files = ["flora_1_001.jpg", "flora_1_002.jpg", "flora_12_001.jpg", "flora_003.jpg"]
    made = joined(tmp_path, files, "book,title\nflora,F\nflora_1,F1\nflora_12,F12\n")
    assert column(made, "title") == {
        "flora_1_001.jpg": "F1", "flora_1_002.jpg": "F1", "flora_12_001.jpg": "F12", "flora_003.jpg": "F",
    }  # fmt: skip


def test_a_row_a_plate_is_not_taken_for_a_row_a_book(tmp_path: Path) -> None:
    files = [f"rosa_{n}.jpg" for n in range(6)]
    table = "file,id,title\n" + "".join(f"rosa_{n}.jpg,rosa,T{n}\n" for n in range(5))
    made = joined(tmp_path, files, table)
    assert (made.report.key, made.report.joined) == ("file", 5) and column(made, "title")[
        "rosa_4.jpg"
    ] == "T4"


@pytest.mark.parametrize(
    "name", ["source", "volume", "collection", "series", "publisher", "dc:source", "dc:publisher"]
)
def test_columns_that_tell_no_books_apart(tmp_path: Path, name: str) -> None:
    files = [f"{book}/{n}.png" for book in ("curious", "hortus", "flora") for n in (1, 2)]
    for values in (["Gallica"] * 6, ["1", "1", "2", "2", "1", "1"], ["1", "2"] * 3):
        rows = "".join(f"{file},{value}\n" for file, value in zip(files, values, strict=True))
        made = joined(tmp_path, files, f"file,{name}\n{rows}")
        assert by(made) == (3, "folder") and names(made) == ["curious"] * 2 + ["flora"] * 2 + ["hortus"] * 2
    flat = [file.replace("/", "_") for file in files]
    rows = "".join(f"{file},Gallica\n" for file in flat)
    assert by(joined(tmp_path, flat, f"file,{name}\n{rows}")) == (3, "the prefix of file names")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["A", "A", "A", "A", "B", "B"], (2, "the column 'book'")),  # a book in two folders
        (["A", "A", "B", "C", "D", "D"], (4, "the column 'book'")),  # two books in one folder
        (["A", "B", "A", "B", "A", "B"], (3, "folder")),  # crosswise
        (["A"] * 6, (3, "folder")),
        ([""] * 6, (3, "folder")),
        (["A", "B", "C", "D", "E", "F"], (3, "folder")),
    ],
)
def test_a_column_is_believed_if_it_agrees_with_the_folders(
    tmp_path: Path, values: list[str], expected: tuple[int, str]
) -> None:
    files = [f"{folder}/{n}.png" for folder in "xyz" for n in (1, 2)]
    rows = "".join(f"{file},{value}\n" for file, value in zip(files, values, strict=True))
    made = joined(tmp_path, files, f"file,book\n{rows}")
    assert by(made) == expected
    assert any("does not tell books apart" in note for note in made.report.notes) == (expected[1] == "folder")


def test_a_column_called_book_may_name_one_book_or_one_a_file(tmp_path: Path) -> None:
    files = [f"{n}.png" for n in range(4)]
    rows = [f"{file},One" for file in files]
    assert by(joined(tmp_path, files, "file,book\n" + "\n".join(rows))) == (1, "the column 'book'")
    rows = [f"{file},Book {n}" for n, file in enumerate(files)]
    assert by(joined(tmp_path, files, "file,book\n" + "\n".join(rows))) == (4, "the column 'book'")
    # A shelfmark may be the plate's own.
    made = joined(tmp_path, files, "file,shelfmark\n" + "\n".join(rows))
    assert by(made) == (0, "") and any("a value for every file" in note for note in made.report.notes)


def test_volumes_are_books_only_where_nothing_else_is_known(tmp_path: Path) -> None:
    files = [f"{n}.png" for n in range(4)]
    assert by(joined(tmp_path, files, "file,volume\n0.png,1\n1.png,1\n2.png,2\n3.png,2\n")) == (
        2,
        "the column 'volume'",
    )
    assert by(joined(tmp_path, files, "file,volume\n0.png,1\n1.png,2\n2.png,3\n3.png,4\n")) == (0, "")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["smith_1752_01.png", "smith_1752_02.png", "smith_1790_01.png", "smith_1790_02.png"],
            ["smith_1752"] * 2 + ["smith_1790"] * 2),
        (["herbal_p012_1.png", "herbal_p012_2.png", "flora_p003_1.png", "flora_p004_1.png"],
            ["flora"] * 2 + ["herbal"] * 2),
        (["img_01.png", "img_02.png", "plate_01.png", "plate_02.png"], [""] * 4),
        (["herbal_012_1.png", "herbal_012_2.png", "herbal_013_1.png", "herbal_013_2.png"], [""] * 4),
        (["herbal_1.png", "herbal_2.png", "flora_1.png", "odd.png"], [""] * 4),
    ],
)  # fmt: skip
def test_prefixes_of_file_names(tmp_path: Path, files: list[str], expected: list[str]) -> None:
    assert sorted(map(str, names(joined(tmp_path, files)))) == sorted(expected)


def test_by_hand(tmp_path: Path) -> None:
    files = ["x/smith_01.png", "x/smith_02.png", "y/jones_01.png", "y/jones_02.png"]
    table = "file,Work ID,title\n" + "".join(f"{file},{n // 3},T\n" for n, file in enumerate(files))
    for choice, expected in {
        "folder": (2, "folder"), "prefix": (2, "the prefix of file names"), "none": (0, ""), "Work ID": (2,
        "the column 'Work ID'"),
        "work_id": (2, "the column 'Work ID'"), "auto": (2, "folder"),
    }.items():  # fmt: skip
        assert by(joined(tmp_path, files, table, choice)) == expected
    assert sorted(map(str, names(joined(tmp_path, files, table, "Work ID")))) == ["0", "0", "0", "1"]
    with pytest.raises(MetadataError, match=r"'Wrok'.*It has: file, Work ID, title"):
        joined(tmp_path, files, table, "Wrok")
    with pytest.raises(MetadataError, match="There is no table"):
        joined(tmp_path, files, None, "Work ID")


def test_rows_and_plates_without_a_partner_are_listed(tmp_path: Path) -> None:
    table = "My list,,\nfile,title,year\na.png,A,1\n,Empty,2\ngone.png,G,3\na.png,Again,4\n"
    made = joined(tmp_path, ["a.png", "sub/extra.png"], table)
    assert made.unjoined.to_dict("split")["data"] == [
        ["row", "4", "", "", "file is empty"],
        ["row", "5", "gone.png", "", "no plate is called so"],
        ["row", "6", "a.png", "", "an earlier row has the same value"],
        ["plate", "", "id-sub/extra.png", "sub/extra.png", "no row names it in file"],
    ]
    assert (made.report.unused, made.report.plates - made.report.joined) == (3, 1)
    assert joined(tmp_path, ["a.png"]).unjoined.empty


def test_a_document_is_a_book_also_where_it_is_the_only_one() -> None:
    files = [f"Flora.pdf!Flora_{page:04}" for page in range(1, 4)]
    books = tell_apart(files, ["Flora"] * 3, [""] * 3, {}, None)
    assert (books.names, books.by) == (["Flora"] * 3, "folder")
    loose = tell_apart(["a.png", "b.png"], ["", ""], ["", ""], {}, None)
    assert loose.names == ["", ""]
