"""What a person says that columns mean: read as if the table had been written so."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.catalogue import Metadata, read_metadata
from imgsim.catalogue.column_choices import (
    MEANINGS,
    OWN,
    as_csv,
    called_now,
    chosen,
    combined,
    meanings,
    plainest,
    written,
)  # fmt: skip
from imgsim.catalogue.column_words import key_candidates, meaning
from imgsim.errors import MetadataError

TEXT = "Signatur;Kurztitel;Druckjahr;Ort;Bemerkung;Jahr der Vorlage\nA 1;Ein Kräuterbuch;1737;Basel;gut;1600\n"


def table(tmp_path: Path, text: str = TEXT, name: str = "books.csv") -> Metadata:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_metadata(path)


def test_what_is_found_out_is_told_for_every_column(tmp_path: Path) -> None:
    assert meanings(table(tmp_path)) == {
        "Signatur": "book", "Kurztitel": "title", "Druckjahr": "year", "Ort": "place", "Bemerkung": OWN,
        "Jahr der Vorlage": OWN,
    }  # fmt: skip


def test_nothing_new_is_the_table_itself(tmp_path: Path) -> None:
    plain = table(tmp_path)
    assert chosen(plain, {}) is plain
    assert chosen(plain, {"Ort": "place", "gone": "title"}) is plain


@pytest.mark.parametrize("means", [one for one in MEANINGS if one != OWN])
def test_every_meaning_can_be_chosen_and_is_read_back_so(tmp_path: Path, means: str) -> None:
    plain = table(tmp_path)
    again = tmp_path / "again.csv"
    again.write_bytes(written(chosen(plain, {"Bemerkung": means})))
    read = read_metadata(again)
    column = called_now(plain, read, "Bemerkung")
    assert read.frame[column].tolist() == ["gut"]
    if means in ("plate_id", "file", "ecco_id", "book"):
        assert (means, column) in key_candidates(map(str, read.frame.columns))
    else:
        assert read.understood[column] == means


@pytest.mark.parametrize(
    "heading", ["Druckjahr", "dc:date", "http://purl.org/dc/terms/issued", "264$c", "date (en)", "Year"]
)
def test_a_column_that_is_kept_as_it_is_means_nothing(tmp_path: Path, heading: str) -> None:
    plain = table(tmp_path, f"Signatur;{heading}\nA;1737\n")
    assert plain.understood == {heading: "year"}
    again = tmp_path / "again.csv"
    again.write_bytes(written(chosen(plain, {heading: OWN})))
    read = read_metadata(again)
    assert read.understood == {} and [str(c) for c in read.frame.columns] == ["Signatur", f"{heading} (as it is)"]
    assert meaning(f"{heading} (as it is)") is None


def test_two_columns_trade_places(tmp_path: Path) -> None:
    read = chosen(table(tmp_path), {"Druckjahr": OWN, "Jahr der Vorlage": "year"})
    assert {means: column for column, means in read.understood.items()}["year"] == "year"
    assert read.frame["year"].tolist() == ["1600"]


def test_one_more_column_of_a_meaning_has_a_word_of_its_own(tmp_path: Path) -> None:
    plain = table(tmp_path, "book;year;other;third\nA;1737;1738;1739\n")
    read = chosen(plain, {"other": "year", "third": "year"})
    assert sorted(read.understood.values()) == ["year"] * 3 and len(set(map(str, read.frame.columns))) == 4


def test_the_key_can_be_chosen(tmp_path: Path) -> None:
    plain = table(tmp_path, "Objekt;Blatt\nA;p1\n")
    read = chosen(plain, {"Objekt": "book", "Blatt": OWN})
    assert (read.key, read.key_column) == ("book", "book")


def test_what_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match="cannot mean 'colour'"):
        chosen(table(tmp_path), {"Ort": "colour"})


def test_two_tables_are_one_by_what_their_columns_mean(tmp_path: Path) -> None:
    one, two = table(tmp_path), table(tmp_path, "book,title,note\nB 2,Flora,new\n", "more.csv")
    path = tmp_path / "both.csv"
    path.write_bytes(as_csv(*combined([one, two])))
    both = read_metadata(path)
    assert both.frame["book"].tolist() == ["A 1", "B 2"]
    assert both.frame["title"].tolist() == ["Ein Kräuterbuch", "Flora"]
    assert both.frame["year"].tolist() == ["1737", ""] and both.frame["note"].tolist() == ["", "new"]
    assert plainest(one)["Druckjahr"] == "year" and both.key_column == "book"


def test_a_later_table_has_the_last_word_of_a_book(tmp_path: Path) -> None:
    one = table(tmp_path, "Signatur;When;Ort\nA 1;1737;Bern\nB 2;1750;Basel\n")
    two = table(tmp_path, "book;year\na 1;1738\n;1760\n", "more.csv")
    header, rows = combined([one, two])
    at = [header.index(column) for column in ("book", "year", "place")]
    found = [[row[column] for column in at] for row in rows]
    assert found == [["B 2", "", "Basel"], ["a 1", "1738", ""], ["", "1760", ""]]
    assert len(combined([two, one])[1]) == 3 and len(combined([one, one, one])[1]) == 2


def test_rows_of_two_kinds_are_no_one_table(tmp_path: Path) -> None:
    one, two = table(tmp_path), table(tmp_path, "file,title\na.png,Flora\n", "more.csv")
    with pytest.raises(MetadataError, match=r"a row for each book and more\.csv one for each plate"):
        combined([one, two])


def test_cells_stay_as_they_are(tmp_path: Path) -> None:
    cells = ["0904700600", 'a "quoted" one', "two\nlines", "=1+1", "semi;colon", "NA", "é"]
    text = "book;note\n" + "".join(f'{n};"{cell.replace(chr(34), chr(34) * 2)}"\n' for n, cell in enumerate(cells))
    path = tmp_path / "again.csv"
    path.write_bytes(written(chosen(table(tmp_path, text), {"note": "title"})))
    assert read_metadata(path).frame["title"].tolist() == cells
