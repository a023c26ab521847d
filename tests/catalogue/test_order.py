"""The order in which a book prints its plates: one source a book, and what decides nothing is said."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from imgsim.catalogue import Catalogue
from imgsim.catalogue.numerals import in_name, numeral, page_number, plate_number
from imgsim.catalogue.order import Column, arrange
from imgsim.families.family_table import ranks
from tests.catalogue.frames import joined

ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
"xvii", "xviii",
         "xix", "xx", "xxi", "xxxix", "xl", "xlix", "l", "lxxxix", "xc", "xcix", "c", "cxi"]  # fmt: skip
# The text, what it counts, its number, its side.
NUMBERS = [
    ("12", "", 12, ""), ("12.0", "", 12, ""), ("[12]", "", 12, ""), ("- 12 -", "", 12, ""), ("12r", "", 12, "r"),
    ("12v", "", 12, "v"), ("12 verso", "", 12, "v"), ("12a", "", 12, "a"), ("12bis", "", 12, "bis"),
    ("Plate 12.", "plate", 12, ""),
    ("PLATE XII", "plate", 12, ""), ("Tab. XII", "plate", 12, ""), ("TAB. XII.", "plate", 12, ""), ("Taf. 3",
    "plate", 3, ""),
    ("pl. IV", "plate", 4, ""), ("Pl.IV.", "plate", 4, ""), ("Planche XLIX", "plate", 49, ""), ("Tav. IIII",
    "plate", 4, ""),
    ("Lám. 7", "", 0, ""), ("fol. 12v", "folio", 12, "v"), ("f. 3", "folio", 3, ""), ("Bl. 4 recto", "folio", 4, "r"),
    ("p. 12", "page", 12, ""), ("pp. 12-13", "page", 12, ""), ("S. 33", "page", 33, ""), ("Fig. 9", "figure", 9, ""),
    ("Plate no. 8", "plate", 8, ""), ("No. 5", "", 5, ""), ("[Plate IX]", "plate", 9, ""),
    ("Plate 3. Rosa canina", "plate", 3, ""),
    ("xiiv", "", 12, "v"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "counts", "value", "side"), NUMBERS)
def test_numbers_as_they_are_written(text: str, counts: str, value: int, side: str) -> None:
    found = numeral(text)
    if not value:
        assert found is None
    else:
        assert found is not None and (found.counts, found.value, found.side) == (counts, value, side)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-3",
        "rosa",
        "mix",
        "civil",
        "12 roses",
        "hortus_012",
        "plate",
        "Tab.",
        "1752-05-01x",
        "img001",
        "vii bis x",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert numeral(text) is None


def test_a_page_is_a_page_and_a_plate_a_plate() -> None:
    assert [page_number(t) for t in ("12", "p. 12", "[12]", "xii", "12v", "Plate 12")] == [
        12, 12, 12, None, None, None,
    ]  # fmt: skip
    assert [plate_number(t) for t in ("12", "Tab. XII", "xii", "12a", "frontispiece", "?")] == [
        12, 12, 12, None, None, None,
    ]  # fmt: skip


def test_labels_in_the_names_of_files() -> None:
    assert {kind: n.value for kind, n in in_name("herbal_tab_IX_p012").items()} == {"plate": 9, "page": 12}
    assert in_name("hortus-fol.12v")["folio"].side == "v"
    for name in ("implant3", "apple01", "explanation_iv", "p", "plates", "supplx"):
        assert in_name(name) == {}


@pytest.mark.parametrize(
    "form",
    ["pl_{}.png", "Tab. {}.png", "hortus-{}.png", "{}.png", "x/Plate {}.png", "herbal_1752_Taf-{}_scan.png"],
)
@pytest.mark.parametrize("upper", [True, False])
def test_roman_numbers_in_names(form: str, upper: bool) -> None:
    numbers = [n.upper() if upper else n for n in ROMAN]
    files = [form.format(n) for n in numbers]
    shuffled = random.Random(1).sample(files, len(files))
    order = arrange(["b"] * len(files), shuffled, [])
    assert [file for _, file in sorted(zip(order.places.tolist(), shuffled, strict=True))] == files
    assert order.by == {"number in the file name": 1} and not order.undecided


def ordered(cells: dict[str, str], holds: str = "page") -> tuple[list[str], list[str], str]:
    """(files in order, what decided, why not)."""
    files = list(cells)
    order = arrange(["b"] * len(files), files, [Column(holds, "no", list(cells.values()))])
    why = order.undecided[0][1] if order.undecided else ""
    return [file for _, file in sorted(zip(order.places.tolist(), files, strict=True))], list(order.by), why


def test_numbers_of_the_table_come_before_names() -> None:
    for cells in (
        {"a": "12v", "b": "12r", "c": "3", "d": "11v"}, {"a": "Tab. X", "b": "Tab. IX", "c": "Tab. I", "d": "Tab. V"},
        {"a": "[4]", "b": "3", "c": "frontispiece", "d": "2"}, {"a": "12bis", "b": "12", "c": "1", "d": "2"},
    ):  # fmt: skip
        files, by, why = ordered(cells)
        assert files == ["c", "d", "b", "a"] and by == ["column 'no'"] and not why


def test_preliminary_leaves_in_roman_numbers_come_first() -> None:
    assert ordered({"a": "3", "b": "iv", "c": "1", "d": "ii", "e": "x"})[0] == ["d", "b", "e", "c", "a"]
    # But where the files stand in the order of plain numbers, a V is a 5.
    assert ordered({"a": "1", "b": "2", "c": "III", "d": "4"})[0] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"a": "3", "b": "", "c": "1"}, "1 of 3 plates have none"),
        ({"a": "3", "b": "see above", "c": "1"}, "1 of 3 plates have none"),
        ({"a": "p. 3", "b": "Plate 1", "c": "p. 1"}, "some count pages and some plates"),
        ({"a": "1", "b": "2", "c": "3", "d": "1", "e": "2", "f": "3"}, "begin again"),
        ({"a": "l", "b": "c", "c": "x", "d": "v"}, "may be a letter"),
    ],
)
def test_what_does_not_decide_is_said_and_names_do(cells: dict[str, str], why: str) -> None:
    files, by, reason = ordered(cells)
    assert files == sorted(cells) and by == ["file name"] and why in reason and "'no'" in reason


def test_missing_numbers_that_change_nothing_need_no_word() -> None:
    assert ordered({"a": "1", "b": "", "c": "7"}) == (["a", "b", "c"], ["file name"], "")


def test_the_table_may_leave_a_book_to_its_files(tmp_path: Path) -> None:
    table = "file,page\nx/pl_IX.png,\nx/pl_V.png,\ny/a.png,9\ny/b.png,2\nz/a.png,\nz/b.png,4\nz/c.png,1\n"
    files = ["x/pl_IX.png", "x/pl_V.png", "y/a.png", "y/b.png", "z/a.png", "z/b.png", "z/c.png"]
    made = joined(tmp_path, files, table)
    catalogue = made.catalogue
    shown = [catalogue.record(row)["file"] for row in catalogue.order(range(len(catalogue)), "book")]
    assert shown == ["x/pl_V.png", "x/pl_IX.png", "y/b.png", "y/a.png", "z/a.png", "z/b.png", "z/c.png"]
    assert made.report.order["by"] == {"number in the file name": 1, "column 'page'": 1, "file name": 1}
    assert [book for book, _ in made.report.order["undecided"]] == ["z"]
    assert any("z: column 'page'" in note for note in made.report.notes)


def test_several_illustrations_of_a_page_follow_their_numbers(tmp_path: Path) -> None:
    table = "file,page,figure\nc.png,7,1\na.png,7,3\nb.png,7,2\nd.png,2,1\n"
    made = joined(tmp_path, ["a.png", "b.png", "c.png", "d.png"], table)
    assert [made.catalogue.record(r)["file"] for r in made.catalogue.book_rows("")] == [
        "d.png",
        "c.png",
        "b.png",
        "a.png",
    ]


def test_figures_that_are_counted_anew_on_each_page_decide_nothing() -> None:
    files, by, why = ordered(dict(zip("abcdef", "121123", strict=True)), "number")
    assert files == list("abcdef") and by == ["file name"] and "begin again, 1" in why


def test_ids_say_nothing_of_order() -> None:
    # Namesakes get a folder before their name; others do not. That shall not put them last.
    from imgsim.catalogue import build_catalogue
    from tests.catalogue.frames import plates

    files = [f"trees/ill-{n:03}.png" for n in range(1, 30)] + ["other/ill-010.png", "other/ill-020.png"]
    ids = [f[:-4] if f[6:-4] in ("ill-010", "ill-020") or f.startswith("other") else f[6:-4] for f in files]
    catalogue, _ = build_catalogue(plates(files, ids), None)
    assert [catalogue.record(r)["file"] for r in catalogue.book_rows("trees")] == files[:29]
    frame = catalogue.frame
    by_rank = [frame["file"].iloc[row] for row in ranks(frame).argsort()]
    assert by_rank == files[29:] + files[:29]


def test_ecco_pages_come_from_the_file_not_from_the_id() -> None:
    from imgsim.catalogue import build_catalogue
    from tests.catalogue.frames import plates

    catalogue, _ = build_catalogue(
        plates(["090470060000120_1.png", "zip.zip!105280020101620_0.png"], ["k2", "k1"]), None
    )
    assert catalogue.frame[["book", "page", "number"]].to_numpy().tolist() == [
        ["1052800201", 162, 0],
        ["0904700600", 12, 1],
    ]


def test_a_citation_gives_the_number_that_the_table_gives(tmp_path: Path) -> None:
    made = joined(tmp_path, ["a.png", "b.png"], "file,page,plate\na.png,33,Tab. XII\nb.png,34,13\n")
    assert [made.catalogue.reference(row) for row in (0, 1)] == ["p. 33, plate 12", "p. 34, plate 13"]


def test_catalogues_without_the_column_are_put_in_order_when_read(tmp_path: Path) -> None:
    made = joined(tmp_path, ["x/b9.png", "x/b10.png", "y/1.png"]).catalogue
    old = made.frame.drop(columns="in_book")
    old.to_parquet(tmp_path / "c.parquet", index=False)
    again = Catalogue.from_parquet(tmp_path / "c.parquet")
    pd.testing.assert_frame_equal(again.frame, made.frame)
    paged = Catalogue(old.assign(page=pd.array([3, 5, 1], dtype="Int32")))
    assert [paged.record(r)["file"] for r in paged.book_rows("x")] == ["x/b10.png", "x/b9.png"]
