"""Tables as programs and people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.errors import MetadataError
from tests.catalogue.frames import column, joined, read, rows


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [";", "|", "\\t", ","])
def test_a_line_that_names_the_separator(tmp_path: Path, separator: str, mark: str) -> None:
    sign = "\t" if separator == "\\t" else separator
    content = f"{mark}sep={separator}\r\nbook{sign}title\r\nb1{sign}One\r\nb2{sign}Two\r\n"
    found = read(tmp_path, content)
    assert rows(found) == [["book", "title"], ["b1", "One"], ["b2", "Two"]]
    assert found.header_line == 2 and found.lines == (3, 4) and "sep=" in found.notes[0]


@pytest.mark.parametrize(
    ("above", "left_out"),
    [
        ("", 0),
        ("Plates of my thesis,,,\n", 1),
        ("Plates of my thesis\n\n", 1),
        ("My herbals,,,\nexported,2024-03-01,,\n,,,\n", 2),
        ("Title: my herbals\nmade by,A. Nonymous\n", 2),
    ],
)
def test_titles_above_the_header_are_left_out_and_named(tmp_path: Path, above: str, left_out: int) -> None:
    found = read(tmp_path, above + "file,title,year,place\na.jpg,Rosa,1752,Paris\nb.jpg,Lilium,1760,\n")
    assert list(found.frame.columns) == ["file", "title", "year", "place"] and len(found.frame) == 2
    assert found.header_line == 1 + above.count("\n")
    assert any("above the header" in note for note in found.notes) == bool(left_out)


def test_a_header_of_unknown_words_is_still_the_first_line(tmp_path: Path) -> None:
    content = "alpha,beta,gamma\nplate,title,year\nx,y,z\n"
    assert list(read(tmp_path, content).frame.columns) == ["alpha", "beta", "gamma"]
    assert list(read(tmp_path, "file\na.jpg\nb.jpg\n").frame.columns) == ["file"]


@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_spaces_before_quotation_marks(tmp_path: Path, separator: str) -> None:
    content = "\n".join(
        [
            f"file{separator} title{separator} author",
            f'"a.jpg"{separator}  "Roses, and; more|"{separator} "Jones, Mary"',
            f'"b.jpg"{separator} "Say ""x"", y"{separator} "Jones"',
        ]
    )
    assert rows(read(tmp_path, content)) == [
        ["file", "title", "author"],
        ["a.jpg", "Roses, and; more|", "Jones, Mary"],
        ["b.jpg", 'Say "x", y', "Jones"],
    ]


def test_short_and_long_rows_are_used_and_named(tmp_path: Path) -> None:
    content = "file,title,year\na.jpg,Rosa\nb.jpg,Lilium,1760,spare,\nc.jpg,Acorus,1770,,,\nd.jpg\n"
    found = read(tmp_path, content)
    assert found.frame["title"].tolist() == ["Rosa", "Lilium", "Acorus", ""]
    assert found.frame["column_4"].tolist() == ["", "spare", "", ""]
    short, long = found.notes
    assert "2 rows have fewer cells" in short and "lines 2, 5" in short
    assert "1 row has more cells" in long and "line 3" in long and "column_4" in long
    made = joined(tmp_path, ["a.jpg", "b.jpg", "c.jpg", "d.jpg"], content)
    assert made.report.joined == 4 and short in made.report.notes


def test_cells_of_any_length(tmp_path: Path) -> None:
    long = "x" * 400_000 + ", y\n" * 50
    assert read(tmp_path, f'file,title\na.jpg,"{long}"\n').frame["title"][0] == long


def test_an_open_quotation_mark_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match=r"t\.csv, line 3: a quotation mark"):
        read(tmp_path, 'file,title\na.jpg,fine\nb.jpg,"never closed\nc.jpg,x\n')


@pytest.mark.parametrize("between", ["|", " | ", ";", "; ", ", ", "\n", "\r\n"])
def test_a_cell_that_names_several_files(tmp_path: Path, between: str) -> None:
    files = ["x/one.jpg", "x/two.tif", "x/three.png", "x/odd;name.jpg"]
    cell = between.join(["one.jpg", "x/two.tif"])
    made = joined(tmp_path, files, f'file,title\n"{cell}",Both\nthree.png,Third\n"odd;name.jpg",Odd\n')
    assert column(made, "title") == {
        "x/one.jpg": "Both", "x/two.tif": "Both", "x/three.png": "Third", "x/odd;name.jpg": "Odd",
    }  # fmt: skip


def test_a_name_with_a_comma_is_no_list_of_files(tmp_path: Path) -> None:
    made = joined(tmp_path, ["Smith.jpg", "John.jpg", "a.jpg"], 'name,title\n"Smith, John",No\na,Yes\n')
    assert column(made, "title") == {"Smith.jpg": "", "John.jpg": "", "a.jpg": "Yes"}


# ---- workbooks
