"""Every list is safe in a spreadsheet, and every column has a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.export import (
    KINDS,
    estimate,
    files_of,
)
from imgsim.export.columns import MEANINGS, meaning
from tests.export.listed import cells, table, the_file
from tests.exports import ATTACKS, collection_of, content, hostile, request_of
from tests.kin import catalogue_of

CSV_FILES = [file.name for kind in KINDS for file in kind.files if file.media_type == "text/csv"]


@pytest.fixture(scope="module")
def herbals() -> Collection:
    return hostile()


@pytest.mark.parametrize("name", CSV_FILES)
def test_every_list_is_safe_in_a_spreadsheet_and_every_column_explained(name: str, tmp_path: Path) -> None:
    herbals = hostile(tmp_path)
    ids = herbals.catalogue.plate_ids
    for number, attack in enumerate(ATTACKS):
        reviews_of(herbals).record(ids[number], ids[-1], "unsure", reviewer=f"r {attack}"[:60], note=attack)
    request = request_of(herbals, look_alikes=True)
    data = content(the_file(name), request)
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n") and data.count(b"\xef\xbb\xbf") == 1
    head, *rows = cells(data)
    assert rows and all(len(row) == len(head) for row in rows) and len(set(head)) == len(head)
    for row in rows:
        for column, cell in zip(head, row, strict=True):
            if not re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell):
                assert not re.match(r"[\s\x00]*[=+\-@＝＋－＠]", cell), (column, cell)
            assert not cell.startswith(("\t", "\r", "\n", "\x00"))
            if column.endswith(("_id_text", "book_text")):
                assert cell == "" or cell[0] + cell[-1] == "[]", (column, cell)
    again = read_back(data)
    titles = {text for column in again.columns if column.endswith("title") for text in again[column]}
    assert titles <= {str(title) for title in herbals.catalogue.frame["title"]} | {""}
    if name in ("plates.csv", "map.csv", "neighbours.csv"):
        assert set(ATTACKS) <= titles
    own = {"note"} if name in ("plates.csv", "families.csv") else set()
    assert [column for column in head if meaning(column, name).startswith("from the metadata")] == sorted(own)


def test_a_word_is_there_for_no_column_that_is_not() -> None:
    herbals = hostile()
    known = {
        column
        for name in CSV_FILES
        if name != "reviews.csv"
        for column in table(name, request_of(herbals)).columns
    }
    sides = ("query_", "neighbour_", "source_", "target_", "a_", "b_")
    plain = known | {
        column.removeprefix(side) for column in known for side in sides if column.startswith(side)
    }
    assert set(MEANINGS) - plain == set()


@pytest.mark.parametrize(
    "file", [file.name for kind in KINDS for file in kind.files if kind.name != "reviews"]
)
def test_what_is_promised_is_about_what_comes(herbals: Collection, file: str) -> None:
    request = request_of(herbals, top_k=5)
    promised, chunks = estimate(the_file(file), request), list(the_file(file).chunks(request))
    assert promised.rows == sum(chunk.rows for chunk in chunks)
    real = sum(len(chunk.data) for chunk in chunks)
    assert real * 0.5 <= promised.size <= real * 2 or file.startswith("network")


def test_unknown_kinds_and_missing_ones_say_what_to_do(herbals: Collection) -> None:
    from imgsim.errors import ImgsimError

    for names, why in (([], "Nothing is chosen"), (["nonsense"], "nonsense"), (["reviews"], "Decide about some first")):
        with pytest.raises(ImgsimError, match=why):
            files_of(names, request_of(herbals))
    bare = collection_of(catalogue_of({"a": ("", None), "b": ("", None)}), None)
    with pytest.raises(ImgsimError, match=r"Prepare the collection nowhere again"):
        files_of(["matches"], request_of(bare))
    with pytest.raises(ImgsimError, match="which plates are of one book"):
        files_of(["books"], request_of(bare))
    assert LOOK_ALIKE not in table("neighbours.csv", request_of(bare)).to_string()
