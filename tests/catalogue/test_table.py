"""The table of plates: kept, checked, and searched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imgsim.catalogue import (
    UNKNOWN,
    Catalogue,
    build_catalogue,
)
from imgsim.errors import CollectionError, ImgsimError
from tests.catalogue.ecco import ECCO, ecco_plates, joined, plates


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
