"""Rows of pages that can only be joined by their book: no plate gets what is said of another page."""

from __future__ import annotations

from pathlib import Path

from tests.catalogue.ecco import joined, plates

FILES = [f"flora/{name}.png" for name in ("rose", "lily", "tulip", "oak", "elm")] + ["pomona/pear.png"]


def test_what_the_pages_of_a_book_differ_in_is_said_of_no_plate(tmp_path: Path) -> None:
    rows = "flora,1,Rose,Miller,1700\nflora,2,Lily,Miller,1790\npomona,4,Pear,Knoop,1758\n"
    catalogue, report = joined(plates(FILES), tmp_path / "m.csv", "book,page,title,author,year\n" + rows)
    frame = catalogue.frame
    flora = frame["book"] == "flora"
    assert set(frame.loc[flora, "title"]) == {""} and frame.loc[flora, "year"].isna().all()
    assert set(frame.loc[flora, "author"]) == {"Miller"}
    assert frame.loc[~flora, ["title", "year"]].to_numpy().tolist() == [["Pear", 1758]]
    (note,) = [note for note in report.notes if "single pages" in note]
    assert note.startswith("1 book has rows") and all(f"'{name}'" in note for name in ("page", "title", "year"))


def test_of_two_rows_of_a_book_that_name_no_page_the_first_counts(tmp_path: Path) -> None:
    rows = "flora,Flora,1700\nflora,Another,1790\npomona,Pear,1758\n"
    catalogue, report = joined(plates(FILES), tmp_path / "m.csv", "book,title,year\n" + rows)
    assert set(catalogue.frame.loc[catalogue.frame["book"] == "flora", "title"]) == {"Flora"}
    assert not any("single pages" in note for note in report.notes)
