"""Row 32: no table loses books, rows, authors or years in silence: what is not understood is counted and listed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.cli.display import summary_text
from imgsim.collection import open_collection
from tests import pages
from tests.making import make, write_plate
from tests.reliability.tally import Tally


@dataclass(frozen=True)
class Case:
    """A table with its scans: how many plates find a row, how many books by what, cells of files, a note's words."""

    files: list[str]
    table: str
    joined: int
    books: tuple[int, str]
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    said: str = ""
    encoding: str = "utf-8"
    listed: list[str] = field(default_factory=list)  # names in unjoined.csv


LEAVES = [f"{folder}/{n}.png" for folder in ("hortus_1761", "viridarium_1740") for n in (1, 2)]
FLAT = [f"leaf{n}.png" for n in range(4)]
CASES = {
    "a column of one value is no book's name": Case(
        LEAVES, "file,title,book\n" + "".join(f"{file},T,Herbals\n" for file in LEAVES), 4, (2, "folder"),
        said="does not tell books apart",
    ),
    "a source and a volume are no books": Case(
        LEAVES, "file,source,volume\n" + "".join(f"{file},Gallica,1\n" for file in LEAVES), 4, (2, "folder"),
    ),
    "crosswise to the folders": Case(
        LEAVES, "file,book\n" + "".join(f"{file},{n % 2}\n" for n, file in enumerate(LEAVES)), 4, (2, "folder"),
        said="does not tell books apart",
    ),
    "two books in a folder": Case(
        LEAVES, "file,book\n" + "".join(f"{file},{b}\n" for file, b in zip(LEAVES, "ABCC", strict=True)), 4,
        (3, "the column 'book'"),
    ),
    "a value for every file": Case(
        FLAT, "file,shelfmark\n" + "".join(f"{file},S{n}\n" for n, file in enumerate(FLAT)), 4, (0, ""),
        said="a value for every file",
    ),
    "a line that names the separator": Case(
        FLAT[:2], "sep=;\r\nfile;title;author;year;place\r\nleaf0.png;Blüten;Łucja;1611;Łódź\r\n"
        "leaf1.png;B;C;1612;Jena\r\n", 2, (0, ""),
        {"leaf0.png": {"title": "Blüten", "author": "Łucja", "place": "Łódź"}}, "sep=", "utf-8-sig",
    ),
    "titles above the header": Case(
        LEAVES, "Our herbals,,\nwritten by hand,,\nfile,title,year\n" + "".join(f"{f},T,1761\n" for f in LEAVES), 4,
        (2, "folder"), said="above the header",
    ),
    "spaces before quotation marks": Case(
        FLAT[:2], 'file, title, author\n"leaf0.png", "Roots, or bulbs", "Moss, Ann"\n"leaf1.png", "Roots", "Moss"\n', 2,
        (0, ""), {"leaf0.png": {"title": "Roots, or bulbs", "author": "Moss, Ann"}},
    ),
    "a row that is short": Case(
        FLAT[:2], "file,title,author,year\nleaf0.png,Roots,Moss,1752\nleaf1.png,Bulbs\n", 2, (0, ""),
        {"leaf1.png": {"title": "Bulbs"}}, "fewer cells",
    ),
    "German": Case(
        FLAT[:2], "Signatur;Titel;Verfasser;Erscheinungsjahr;Sprache;Erscheinungsort;Dateiname\n"
        "s1;Gart;Cube, Johann;1485;ger;Mainz;leaf0.png\ns2;Spiegel;Ryff;1544;ger;Worms;leaf1.png\n", 2, (0, ""),
        {"leaf0.png": {"title": "Gart", "author": "Cube, Johann", "language": "ger", "place": "Mainz"}},
    ),
    "Dublin Core": Case(
        FLAT[:2], "Dublin Core:Title,Dublin Core:Creator,Dublin Core:Date,Dublin Core:Language,file\n"
        "Gart,Cube,1485,ger,leaf0.png\nSpiegel,Ryff,1544,ger,leaf1.png\n", 2, (0, ""),
        {"leaf1.png": {"title": "Spiegel", "author": "Ryff", "language": "ger"}},
    ),
    "addresses as headings": Case(
        LEAVES, "http://purl.org/dc/elements/1.1/title,http://purl.org/dc/elements/1.1/date,path\n"
        + "".join(f"T{n},17{n}0,{file}\n" for n, file in enumerate(LEAVES)), 4, (2, "folder"),
        {LEAVES[2]: {"title": "T2"}},
    ),
    "identifiers with pages behind them": Case(
        ["gartdergesund00cube_0001.png", "gartdergesund00cube_0002.png", "spiegel1544ryff_0001.png",
         "spiegel1544ryff_0002.png"],
        "identifier,title,creator,date\ngartdergesund00cube,Gart,Cube,1485-01-01T00:00:00Z\n"
        "spiegel1544ryff,Spiegel,Ryff,1544\n", 4, (2, "the column 'identifier'"),
        {"spiegel1544ryff_0001.png": {"title": "Spiegel"}},
    ),
    "several files in a cell": Case(
        FLAT[:3], "file,title\nleaf0.png|leaf1.png,Two views\nleaf2.png,One view\n", 3, (0, ""),
        {"leaf1.png": {"title": "Two views"}},
    ),
    "Mac Roman": Case(
        FLAT[:1], "file,title,author,place\nleaf0.png,Kräuter – „neu“,Schröder,Nürnberg\n", 1, (0, ""),
        {"leaf0.png": {"title": "Kräuter – „neu“", "author": "Schröder"}}, "Mac Roman", "mac_roman",
    ),
    "rows without a plate, plates without a row": Case(
        FLAT, "file,title\nleaf0.png,A\nlost.png,B\n,C\nleaf0.png,D\n", 1, (0, ""), {"leaf0.png": {"title": "A"}},
        listed=["lost.png", "", "leaf0.png", "leaf1", "leaf2", "leaf3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_tables_as_programs_and_people_write_them(name: str, tmp_path: Path, tally: Tally) -> None:
    case = CASES[name]
    for number, file in enumerate(case.files):
        write_plate(tmp_path / "images" / file, number)
    table = tmp_path / "table.csv"
    table.write_bytes(case.table.encode(case.encoding))
    summary = make(tmp_path / "c", tmp_path / "images", metadata=table)
    collection = open_collection(tmp_path / "c")
    frame = collection.catalogue.frame.set_index("file")
    with tally.attempt("plates that find their row"):
        assert (summary.join["joined"], len(frame)) == (case.joined, len(case.files))
    with tally.attempt("books"):
        assert (summary.join["books"]["count"], summary.join["books"]["by"]) == case.books
        assert len(set(frame["book"]) - {""}) == case.books[0]
    with tally.attempt("cells"):
        for file, cells in case.cells.items():
            assert {column: frame.loc[file, column] for column in cells} == cells
    if case.said:
        with tally.attempt("what is said"):
            text = " ".join(summary_text(summary).split())
            assert case.said in " ".join(summary.join["notes"]) or case.said in text, summary.join["notes"]
    with tally.attempt("what has no partner is counted and listed"):
        listed = read_back((collection.folder / "unjoined.csv").read_bytes())
        assert sorted(listed["name"].tolist()) == sorted(case.listed)
        assert summary.join["unused"] + len(frame) - summary.join["joined"] == len(listed)


# text -> (from, to), None for an open end; or None: said to be undated; or "unread": listed.
DATES: dict[str, Any] = {
    "1611 [i.e. 1612]": (1612, 1612), "1730 [1731]": (1731, 1731), "1690 [= after 1691]": (1692, None),
    "7.9.1633": (1633, 1633), "23.11.1788": (1788, 1788), "[164-?]": (1640, 1649), "16--": (1600, 1699),
    "17th century": (1600, 1699), "178[9?]": (1789, 1789), "1661,2": (1661, 1662), "1701,1705": (1701, 1705),
    "[1771-1780]": (1771, 1780), "1600-1699": (1600, 1699), "c. 1691": (1691, 1691), "1691?": (1691, 1691),
    "MDCXCI": (1691, 1691), "M. DC. XCI. [1691]": (1691, 1691), "1691-92": (1691, 1692), "1690s": (1690, 1699),
    "before 1691": (None, 1690), "not before 1691": (1691, None), "1691-07-12T00:00:00Z": (1691, 1691),
    "12 July 1691": (1691, 1691), "1691.0": (1691, 1691), "AH 1102 [1691]": (1691, 1691), "an IX [1801]": (1801, 1801),
    "s.a.": None, "n.d.": None, "[no date]": None,
    "some time ago": "unread", "under Queen Anne": "unread", "17": "unread", "4711 Köln": "unread",
}  # fmt: skip


def test_every_date_is_read_or_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally) -> None:
    out = tmp_path / "data" / "dated"
    for number in range(len(DATES)):
        write_plate(tmp_path / "images" / f"p{number:03}.png", number)
    rows = pd.DataFrame({"plate_id": [f"p{n:03}" for n in range(len(DATES))], "date": list(DATES)})
    rows.to_csv(tmp_path / "table.csv", index=False)
    summary = make(out, tmp_path / "images", metadata=tmp_path / "table.csv")
    frame = open_collection(out).catalogue.frame
    years = summary.join["years"]
    for row, (text, expected) in enumerate(DATES.items()):
        with tally.attempt(text):
            low, high = (None if pd.isna(frame[name].iat[row]) else int(frame[name].iat[row])
                         for name in ("date_from", "date_to"))  # fmt: skip
            assert frame["date_text"].iat[row] == text
            assert (low, high) == (expected if isinstance(expected, tuple) else (None, None))
            assert (text in years["unread"]) == (expected == "unread")
    with tally.attempt("the counts"):
        unread = [text for text, expected in DATES.items() if expected == "unread"]
        assert years["plates"] == len(DATES) and sum(years["unread"].values()) == len(unread)
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    with tally.attempt("the page About lists them"):
        app = pages.visit("about", collection="dated")
        shown = next(table.value for table in app.dataframe if "Date as written" in table.value)
        assert sorted(shown["Date as written"]) == sorted(unread)
