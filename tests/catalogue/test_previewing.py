"""How files and a table would be understood: nothing is opened."""

from __future__ import annotations

from pathlib import Path

from imgsim.catalogue import read_metadata
from imgsim.catalogue.previewing import preview
from imgsim.images.files import ImageFile


def images(*files: str) -> list[ImageFile]:
    return [ImageFile(Path(file).stem + str(n), file, "/nowhere", 100, 0) for n, file in enumerate(files)]


def test_a_table_is_joined_and_its_cells_are_shown_as_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("book,title,year,shelf\na,Herbal,M.DCC.L,1\nb,Flora,oft,2\nc,Hortus,1760,3\n", encoding="utf-8")
    found = preview(images("a/1.png", "a/2.png", "b/1.png", "d/1.png"), read_metadata(path))
    assert (found.report.plates, found.report.joined, found.report.unused, found.report.key) == (4, 3, 1, "book")
    year = found.fields["year"]
    assert (year.means, year.filled, year.examples) == ("year", 3, (("M.DCC.L", "1750"), ("oft", "")))
    assert year.unread == ("oft",) and found.fields["title"].unread == ()
    assert found.kept == ("shelf",) and set(found.books) >= {"a", "b"}
    assert sorted(found.unjoined["what"]) == ["plate", "row"]


def test_without_a_table_books_are_told_apart_all_the_same() -> None:
    found = preview(images("a/1.png", "b/1.png"), None)
    assert found.report.books == {"count": 2, "by": "folder", "unnamed": 0}
    assert found.fields == {} and found.kept == () and found.unjoined.empty


def test_a_person_has_the_last_word_on_books() -> None:
    found = preview(images("a/1.png", "b/1.png"), None, "none")
    assert found.report.books["count"] == 0 and found.books == ()
