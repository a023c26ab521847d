"""Lists of a reference set: only what is between the chosen plates and the others, and the README says so."""

from __future__ import annotations

from typing import Any

import pytest

from imgsim.base.verdict_words import COPY
from imgsim.collection import Collection
from imgsim.export import KINDS, Request
from imgsim.export.again import command_line
from imgsim.export.bundle import zip_chunks
from imgsim.export.kinds import files_of
from tests.export.listed import table
from tests.exports import collection_of, content, request_of
from tests.kin import catalogue_of, clique, pair

PLATES: dict[str, tuple[str, int | None]] = {
    **{f"a{n}": ("old", 1700) for n in range(3)}, **{f"b{n}": ("older", 1690) for n in range(3)},
    **{f"n{n}": ("new", 1750) for n in range(3)},
}  # fmt: skip
PAIRS = [*clique(["a0", "b0", "n0"]), pair("a1", "b1"), pair("n1", "n2")]
COPIES = [pair("a2", "n1", COPY), pair("a2", "b2", COPY)]


@pytest.fixture(scope="module")
def collection() -> Collection:
    return collection_of(catalogue_of(PLATES), PAIRS, copies=COPIES)


def between(collection: Collection, **values: Any) -> Request:
    return request_of(collection, between=collection.between("book:new"), **values)


def test_every_list_holds_only_what_is_between_the_sides(collection: Collection) -> None:
    asked, every = between(collection, top_k=4), request_of(collection, top_k=4)
    matches = table("matches.csv", asked)
    assert list(zip(matches["plate_a_id"], matches["plate_b_id"], strict=True)) == [("a0", "n0"), ("b0", "n0")]
    assert table("families.csv", asked)["plate_id"].tolist() == ["b0", "a0", "n0"]
    assert table("copies.csv", asked)[["a_plate_id", "b_plate_id"]].to_numpy().tolist() == [["a2", "n1"]]
    network = table("network.csv", asked)
    assert list(zip(network["source_book"], network["target_book"], strict=True)) == [("older", "new"), ("old", "new")]
    neighbours = table("neighbours.csv", asked)
    assert ((neighbours["query_book"] == "new") != (neighbours["neighbour_book"] == "new")).all()
    assert neighbours.groupby("query_plate_id").size().to_dict() == {
        one: 4 if book == "new" else 3 for one, (book, _) in PLATES.items()
    }  # exact: of three new plates all, of six others the nearest four
    for kind in KINDS:
        for file in kind.files:
            if kind.missing(asked) is None and file.name != "neighbours.csv":
                rows = sum(chunk.rows for chunk in file.parts(asked))
                assert file.count(asked) == rows, file.name
    assert content(files_of(["matches"], every)[0], every) != content(files_of(["matches"], asked)[0], asked)


def test_plates_that_are_asked_for_narrow_it_down_further(collection: Collection) -> None:
    row = collection.catalogue.row("b0")
    matches = table("matches.csv", between(collection, rows=[row]))
    assert list(zip(matches["plate_a_id"], matches["plate_b_id"], strict=True)) == [("b0", "n0")]
    assert table("families.csv", between(collection, rows=[collection.catalogue.row("n1")])).empty


def test_the_readme_says_so_and_gives_the_command(collection: Collection) -> None:
    asked = between(collection)
    written = b"".join(zip_chunks(asked, files_of(["matches"], asked)))
    assert b"README.txt" in written
    assert "--between book:new" in command_line(asked, ["matches"])
    assert asked.described() != request_of(collection).described()
    assert asked.described()["between"] == ["book:new"]
