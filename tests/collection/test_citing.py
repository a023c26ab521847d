"""Citations name what finds a picture again, and are read back, whatever was done to them on the way."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from imgsim.collection import Collection
from imgsim.collection.citing import (
    book_citation,
    collection_citation,
    family_citation,
    plate_citation,
    plate_reference,
    read_citation,
    scores_citation,
)
from imgsim.errors import ImgsimError
from tests.exports import collection_of
from tests.herbals import HOSTILE
from tests.kin import catalogue_of, pair

IDS = [
    "a", "0904700600", "plate “x”, picture 00000000", "b”, picture", "say \"no\"", "[imgsim, x]", "F0001", "x]. y",
    *HOSTILE, "book “one”", "李時珍", "deadbeefdeadbeef", "«z»",
]  # fmt: skip


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def herbals(ids: list[str], path: Path = Path("nowhere"), title: str = "Flora Anglica") -> Collection:
    ordered = sorted(set(ids))
    catalogue = catalogue_of(
        {name: (f"book {at // 2}" if at else name, 1700 + at) for at, name in enumerate(ordered)},
        sha256=[sha(name) for name in ordered],
        title=[title] * len(ordered),
        author=["Ray, John"] * len(ordered),
    )
    return collection_of(catalogue, [pair(ordered[0], ordered[1])], path=path)


def test_the_forms() -> None:
    found = herbals(["p1", "p2"])
    one, two = sha("p1")[:12], sha("p2")[:12]
    assert plate_citation(found, 1) == (
        f"Ray, John, Flora Anglica, 1701 [imgsim, collection “herbals”, generation g1, book “book 0”, plate “p2”, "
        f"picture {two}]."
    )
    assert plate_reference(found.catalogue, 0).endswith(f"[book p1, plate “p1”, picture {one}].")
    assert book_citation(found, "book 0") == (
        f"Ray, John, Flora Anglica, 1701 [imgsim, collection “herbals”, generation g1, book “book 0”, first plate "
        f"“p2”, picture {two}]."
    )
    assert found.found_families is not None
    family = found.found_families.named({"p1": "F0007"}).family("F0007")
    assert family_citation(found, family) == (
        "One image in 2 plates of 2 books, 1700–1701; the earliest in this collection: Ray, John, Flora Anglica, 1700 "
        f"[imgsim, collection “herbals”, generation g1, family “F0007”, earliest plate “p1”, picture {one}], found "
        "with imgsim 0.1.0 by local features and geometry."
    )
    whole = "collection “herbals” (2 plates, prepared 2026-11-20, generation g1)"
    assert collection_citation(found) == whole
    assert scores_citation(found, "toy") == f"imgsim 0.1.0, {whole}, cosine similarity of toy embeddings"
    with pytest.raises(ImgsimError, match="no book"):
        book_citation(found, "nobody")


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("change", ["none", "straight quotes", "broken lines", "in a sentence"])
def test_a_citation_says_what_it_was_made_of(name: str, change: str) -> None:
    found = herbals([name, "zzz"], title=f"Plate “{name}”, picture 12345678 in a title")
    row = found.catalogue.row(name)
    text = plate_citation(found, row)
    if change == "straight quotes":
        text = text.replace("“", '"').replace("”", '"')
    elif change == "broken lines":
        text = text.replace(", ", ",\n   ")
    elif change == "in a sentence":
        text = f"As one sees in {text} This was noted in 1999."
    cited = read_citation(text)
    assert cited is not None
    assert cited.collection == "herbals" and cited.generation == "g1"
    assert cited.picture == sha(name)[:12]
    expected = " ".join(name.split())
    if change == "straight quotes":
        expected = expected.replace("“", '"').replace("”", '"')
    if change == "broken lines":
        expected = " ".join(name.replace(", ", ",\n   ").split())
    # A book or a plate that is called as citations are written may hide its own end: then the picture tells.
    assert cited.plate == expected or "[imgsim," in name or "plate “" in name


def test_citations_of_books_families_and_older_ones() -> None:
    found = herbals(["p1", "p2"])
    cited = read_citation(book_citation(found, "book 0"))
    assert cited is not None and (cited.book, cited.plate, cited.family) == ("book 0", "p2", "")
    assert found.found_families is not None
    cited = read_citation(family_citation(found, found.found_families.named({"p1": "F0007"}).family("F0007")))
    assert cited is not None and (cited.family, cited.plate, cited.book) == ("F0007", "p1", "")
    family = found.found_families.named({"p1": "F0007"}).family("F0007")
    named = family_citation(found, family, "The “rose” [imgsim, collection “x”, family “F0001”]")
    assert named.startswith("“The “rose” [imgsim, collection “x”, family “F0001”]”. One image in 2 plates")
    assert read_citation(named) == cited
    old = read_citation("Ray, John, Flora, London: 1752 [book one, plate a].")
    assert old is not None and old.plate == "a"
    old = read_citation(
        "One image ...: [plate a]. Family F0003 of the collection “herbals” (6 plates, prepared 2026-11-22, generation "
        "20261122-1), found with imgsim 0.1.0 by local features and geometry."
    )
    assert old is not None and (old.family, old.collection, old.generation) == (
        "F0003",
        "herbals",
        "20261122-1",
    )


@pytest.mark.parametrize("text", ["", "rose", "Curtis London 1788", "F0001", "0904700600", "p. 12 [12]"])
def test_other_texts_are_no_citations(text: str) -> None:
    assert read_citation(text) is None
