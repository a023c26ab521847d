"""Books as references: read back by a parser that shares nothing with what wrote them."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from imgsim.collection import Collection
from imgsim.export import KINDS
from imgsim.export.references import Name, books, names
from imgsim.export.references.bibtex import tex
from tests.exports import ATTACKS, collection_of, content, hostile, request_of
from tests.kin import catalogue_of

# The names that the JSON schema of CSL 1.0.2 (csl-data.json) allows in an item, in a name and in a date.
ITEM = {
    "type", "id", "citation-key", "categories", "language", "journalAbbreviation", "shortTitle", "author",
    "chair", "collection-editor", "compiler", "composer", "container-author", "contributor", "curator",
    "director", "editor", "editorial-director", "executive-producer", "guest", "host", "interviewer",
    "illustrator", "narrator", "organizer", "original-author", "performer", "producer", "recipient",
    "reviewed-author", "script-writer", "series-creator", "translator", "accessed", "available-date",
    "event-date", "issued", "original-date", "submitted", "abstract", "annote", "archive", "archive_collection",
    "archive_location", "archive-place", "authority", "call-number", "chapter-number", "citation-number",
    "citation-label", "collection-number", "collection-title", "container-title", "container-title-short",
    "dimensions", "division", "DOI", "edition", "event", "event-title", "event-place",
    "first-reference-note-number", "genre", "ISBN", "ISSN", "issue", "jurisdiction", "keyword", "locator",
    "medium", "note", "number", "number-of-pages", "number-of-volumes", "original-publisher",
    "original-publisher-place", "original-title", "page", "page-first", "part", "part-title", "PMCID", "PMID",
    "printing", "publisher", "publisher-place", "references", "reviewed-genre", "reviewed-title", "scale",
    "section", "source", "status", "supplement", "title", "title-short", "URL", "version", "volume",
    "volume-title", "volume-title-short", "year-suffix", "custom",
}  # fmt: skip
NAME = {
    "family", "given", "dropping-particle", "non-dropping-particle", "suffix", "comma-suffix",
    "static-ordering", "literal", "parse-names",
}  # fmt: skip
DATE = {"date-parts", "season", "circa", "literal", "raw"}

MACROS = {
    r"\textbackslash": "\\", r"\textbraceleft": "{", r"\textbraceright": "}", r"\textasciicircum": "^",
    r"\textasciitilde": "~", r"\textless": "<", r"\textgreater": ">", r"\textbar": "|",
}  # fmt: skip


def parsed(text: str) -> dict[str, dict[str, str]]:
    """A .bib file as BibTeX reads it: entries by key, fields as they stand between their outer braces."""
    found: dict[str, dict[str, str]] = {}
    at = 0
    while (start := text.find("@", at)) >= 0:
        # Everything outside of an entry is a comment to BibTeX; ours begins with %.
        assert all(not line or line.startswith("%") for line in text[at:start].split("\n")), text[at:start]
        head = re.compile(r"@book\{([^,\s{}\"#%~\\]+),\n").match(text, start)
        assert head, text[start : start + 80]
        key, at = head[1], head.end()
        assert key not in found
        fields: dict[str, str] = {}
        while not text.startswith("}", at):
            name = re.compile(r"  ([a-z]+) = \{").match(text, at)
            assert name and name[1] not in fields, text[at : at + 80]
            depth, end = 1, name.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            fields[name[1]] = text[name.end() : end - 1]
            assert text.startswith(",\n", end)
            at = end + 2
        found[key] = fields
        at += 1
    assert text[at:].strip() == ""
    return found


def typeset(field: str) -> str:
    """A field as TeX prints it; anything that TeX would take for a command of its own fails."""
    out, at = "", 0
    while at < len(field):
        macro = re.compile(r"\\[a-zA-Z]+").match(field, at)
        if macro:
            assert field.startswith("{}", macro.end()), field
            out, at = out + MACROS[macro[0]], macro.end() + 2
        elif field[at] == "\\":
            assert field[at + 1] in "$&#%_", field
            out, at = out + field[at + 1], at + 2
        elif field.startswith("{''}", at):
            out, at = out + '"', at + 4
        else:
            assert field[at] not in "$&#%_^~", field
            out, at = out + (field[at] if field[at] not in "{}" else ""), at + 1
    return out


def one_line(text: str) -> str:
    """What a bibliography has of a text: no control characters, no line ends."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", " ", text).split())


def of(collection: Collection, **values: Any) -> tuple[dict[str, dict[str, str]], list[dict[str, Any]]]:
    request = request_of(collection, **values)
    bib, csl, _ = (file for kind in KINDS if kind.name == "books" for file in kind.files)
    return parsed(content(bib, request).decode()), json.loads(content(csl, request))


@pytest.fixture(scope="module")
def herbals() -> Collection:
    return hostile()


def test_every_title_comes_back_whatever_stands_in_it(herbals: Collection) -> None:
    bib, csl = of(herbals)
    expected = [one_line(attack) for n, attack in enumerate(ATTACKS) if n != 1]  # the second book has no id
    expected = [*expected[:1], *expected[2:], expected[1]]  # the third has no year: it comes last
    assert [item["title"] for item in csl] == expected
    assert [typeset(entry["title"]) for entry in bib.values()] == expected
    assert all(entry["title"].startswith("{") and entry["title"].endswith("}") for entry in bib.values())
    assert [typeset(entry["address"]) for entry in bib.values()] == expected
    assert [item["id"] for item in csl] == list(bib)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", key) for key in bib)


def test_csl_has_only_what_its_schema_allows(herbals: Collection) -> None:
    _, csl = of(herbals)
    assert len(csl) == len(ATTACKS) - 1
    for item in csl:
        assert set(item) <= ITEM and item["type"] == "book" and isinstance(item["id"], str)
        assert all(value for value in item.values())
        for name in item.get("author", []):
            assert (
                name
                and set(name) <= NAME
                and all(isinstance(value, str) and value for value in name.values())
            )
        issued = item.get("issued", {})
        assert set(issued) <= DATE
        for part in issued.get("date-parts", []):
            assert len(part) == 1 and isinstance(part[0], int)
        for name in set(item) - {"author", "issued"}:
            assert isinstance(item[name], str), name
    undated = [item for item in csl if "issued" not in item]
    assert len(undated) == 1 and undated[0] is csl[-1]


def test_keys_are_unique_and_the_same_whatever_is_chosen() -> None:
    plates = {f"p{n:02}": (f"b{n:02}", 1752) for n in range(12)}
    authors = ["Ray, John, 1627-1705."] * 6 + ["Société d'Été"] * 3 + ["", "", "Øystein, Ærlig"]
    titles = ["The flora of England"] * 6 + ["Flore"] * 3 + ["", "植物", "植物"]
    herbals = collection_of(catalogue_of(plates, author=authors, title=titles), None)
    bib, csl = of(herbals)
    assert list(bib)[:7] == [
        "ray1752flora", "ray1752flora-2", "ray1752flora-3", "ray1752flora-4", "ray1752flora-5", "ray1752flora-6",
        "dete1752flore",
    ]  # fmt: skip
    assert len(set(bib)) == 12 and list(bib)[9:11] == ["bookb09", "bookb10"]
    some, _ = of(herbals, rows=np.array([3, 11]))
    assert list(some) == [list(bib)[3], list(bib)[11]]
    assert some["ray1752flora-4"] == bib["ray1752flora-4"] and csl[3]["id"] == "ray1752flora-4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blackwell, Elizabeth, 1707-1758.", [Name(family="Blackwell", given="Elizabeth")]),
        ("Blackwell, Elizabeth", [Name(family="Blackwell", given="Elizabeth")]),
        ("Ray, J.; Hill, John, active 1597 | ", [Name(family="Ray", given="J."), Name(family="Hill", given="John")]),
        ("Society of Gardeners (London)", [Name(literal="Society of Gardeners (London)")]),
        ("Élizabeth Blackwell", [Name(literal="Élizabeth Blackwell")]),
        ("Linné, Carl von, Sir, 1707-1778", [Name(literal="Linné, Carl von, Sir")]),
        ("Ray, John; Ray, John", [Name(family="Ray", given="John")]),
        ("1752", [Name(literal="1752")]), ("", []), (" ; , ", []), ("Smith and Sons", [Name(literal="Smith and Sons")]),
    ],
)  # fmt: skip
def test_names(text: str, expected: list[Name]) -> None:
    assert list(names(text)) == expected


def test_an_imprint_of_the_eighteenth_century() -> None:
    plates = {"a": ("0904700600", 1737), "b": ("0904700600", 1739), "c": ("x", None), "d": ("y", None)}
    herbals = collection_of(
        catalogue_of(
            plates, author=["Blackwell, Elizabeth; Smith and Sons", "", "", ""], title=["A curious herbal", "", "", ""],
            place=["London", "", "", "Paris"], format=["2fo", "", "", ""], language=["English", "", "", ""],
            estc_id=["T12345", "", "", ""], Publisher=["Printed for Samuel Harding & Co.", "", "", ""],
            decade=[1730, 1730, 1750, None],
        ),
        None,
    )  # fmt: skip
    bib, csl = of(herbals)
    assert bib["blackwell1737curious"] == {
        "author": "Blackwell, Elizabeth and {Smith and Sons}",
        "title": "{A curious herbal}",
        "year": "1737",
        "address": "London",
        "publisher": r"Printed for Samuel Harding \& Co.",
        "language": "English",
        "note": "ESTC T12345; format 2fo; book 0904700600, 2 plates in the collection “herbals”",
    }
    assert csl[0] == {
        "id": "blackwell1737curious", "type": "book", "title": "A curious herbal",
        "author": [{"family": "Blackwell", "given": "Elizabeth"}, {"literal": "Smith and Sons"}],
        "issued": {"date-parts": [[1737]]}, "publisher": "Printed for Samuel Harding & Co.",
        "publisher-place": "London", "language": "English",
        "note": "ESTC T12345; format 2fo; book 0904700600, 2 plates in the collection “herbals”",
    }  # fmt: skip
    # Nothing is made up where nothing is known, and a decade is not a year.
    assert bib["bookx"] == {"year": "1750s", "note": "book x, 1 plate in the collection “herbals”"}
    assert csl[1]["issued"] == {"literal": "1750s"} and "title" not in csl[1]
    assert set(csl[2]) == {"id", "type", "publisher-place", "note"}
    assert len(books(request_of(herbals))) == 3


def test_braces_stay_in_pairs() -> None:
    for text in ("}{", "\\{", "{{{", "a}b", "\\", "%{", *ATTACKS):
        written = tex(text)
        depth = 0
        for char in written:
            depth += {"{": 1, "}": -1}.get(char, 0)
            assert depth >= 0
        assert depth == 0 and typeset(written) == text
