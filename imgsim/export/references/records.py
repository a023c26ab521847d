"""What is known of a book, in the terms of a bibliography."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imgsim.catalogue import STANDARD, Catalogue, DateInterval
from imgsim.export.request import Request

# Columns of the metadata's own that a bibliography has a place for, in any case and spelling of the underscore.
_PUBLISHERS = ("publisher", "publishers", "printer", "imprint", "publication_publisher")
_NUMBERS = {"estc_id": "ESTC", "estc": "ESTC", "vd18": "VD18", "stcn": "STCN", "shelfmark": "shelfmark"}
# Columns in which a table may name its authors in the files of libraries, in the order of the authors.
_AUTHORITIES = {
    "VIAF": ("viaf", "viaf_id", "author_viaf", "author_viaf_id", "authors_viaf"),
    "GND": ("gnd", "gnd_id", "author_gnd", "author_gnd_id", "authors_gnd"),
}
_SEPARATORS = re.compile(r"\s*[;|]\s*")
_DATES = re.compile(r"\d")
# Words that a title begins with and nobody looks a book up by.
_SMALL = frozenset(
    {
        "a", "an", "and", "by", "das", "de", "der", "des", "die", "du", "el", "et", "for", "il", "in", "l", "la", "le",
        "les", "lo", "of", "on", "or", "the", "to", "und", "une", "von", "zu",
    }
)  # fmt: skip
# What no text of a bibliography has a use for: control characters, and marks that turn the direction of writing.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+")


@dataclass(frozen=True)
class Name:
    """A person's name: family and given, or all of it as it stands where it cannot be taken apart."""

    literal: str = ""
    family: str = ""
    given: str = ""


@dataclass(frozen=True)
class Book:
    """A book; what is not known is '' or None.

    Attributes
    ----------
    key : ASCII letters, digits and hyphens, different for each book of a collection.
    book : its id in the collection.
    date : of printing; undated where it is not known.
    numbers : what catalogues know it by, as (catalogue, number).
    authorities : (VIAF or GND, what the table has there), which may name several authors.
    note : its numbers in catalogues, its format, and how many plates of it the collection holds.
    """

    key: str
    book: str
    title: str
    authors: tuple[Name, ...]
    date: DateInterval
    place: str
    publisher: str
    language: str
    numbers: tuple[tuple[str, str], ...]
    authorities: tuple[tuple[str, str], ...]
    note: str


def books(request: Request) -> list[Book]:
    """Return the books that the plates of a request come from, in order of date, undated ones last.

    Plates that name no book come from none, and are left out.
    """
    catalogue = request.catalogue
    known = keys(catalogue)
    wanted = set(catalogue.frame["book"].iloc[request.chosen].tolist()) - {""}
    return [
        _book(catalogue, book, key, request.collection.name) for book, key in known.items() if book in wanted
    ]


def names(text: str) -> tuple[Name, ...]:
    """Return the names in a catalogue's field of authors.

    Several are separated by a semicolon or a bar. "Blackwell, Elizabeth, 1707-1758." is a family and a given name, the
    years of a life are left out. Without a comma a name might be a society's: it stays as it is.
    """
    found = []
    for one in _SEPARATORS.split(cleaned(text)):
        name = re.sub(
            r"(?<=[^\W\d_]{2})\.$", "", one.strip(" ,")
        )  # a full stop that closes the field, not an initial's
        if not name:
            continue
        parts = [part.strip() for part in name.split(",")]
        while len(parts) > 1 and (_DATES.search(parts[-1]) or not parts[-1]):
            parts.pop()
        if len(parts) == 2 and all(parts):
            found.append(Name(family=parts[0], given=parts[1]))
        else:
            found.append(Name(literal=", ".join(filter(None, parts))))
    return tuple(dict.fromkeys(found))


def cleaned(text: object) -> str:
    """Return a text on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", str(text)).split())


def keys(catalogue: Catalogue) -> dict[str, str]:
    """Return every book's key, in order of date: ray1752flora, and a letter behind it where that would be two books."""
    rows = catalogue.order(np.arange(len(catalogue)), "year").tolist()
    wanted: dict[str, str] = {}
    for row in rows:
        record = catalogue.record(row)
        book = str(record["book"])
        if book and book not in wanted:
            wanted[book] = _key(record)
    taken: set[str] = set()
    found = {}
    for book, stem in wanted.items():
        key, number = stem, 1
        while key in taken:
            number += 1
            key = f"{stem}-{number}"
        taken.add(key)
        found[book] = key
    return found


def _key(record: Mapping[str, str | int | None]) -> str:
    author = next(iter(names(str(record["author"]))), Name())
    surname = author.family or (author.literal.split() or [""])[-1]
    words = [word for word in re.split(r"[^\w]+", cleaned(record["title"])) if word.lower() not in _SMALL]
    title = next((plain for word in words if (plain := _ascii(word))), "")
    when = DateInterval.of_record(record)
    date = when.earliest if when.earliest is not None else when.latest
    key = _ascii(surname)[:30] + ("" if date is None else str(date)) + title[:30]
    # A key begins with a letter, and says more than a year.
    return key if key[:1].isalpha() and len(key) > 4 else f"book{_ascii(str(record['book']))[:40] or key}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("æ", "ae").replace("œ", "oe"))
    return re.sub(r"[^a-z0-9]", "", plain.encode("ascii", "ignore").decode().lower())


def _book(catalogue: Catalogue, book: str, key: str, collection: str) -> Book:
    rows = catalogue.book_rows(book)
    records = [catalogue.record(int(row)) for row in rows]
    first = records[min(range(len(rows)), key=lambda at: (catalogue.date(int(rows[at])).order, at))]
    own = {
        str(name).lower().removeprefix("metadata_"): cleaned(first[str(name)])
        for name in catalogue.frame.columns
        if name not in STANDARD and cleaned(first[str(name)])
    }
    numbers = tuple(dict.fromkeys((label, own[name]) for name, label in _NUMBERS.items() if name in own))
    named = ((file, next((own[name] for name in columns if name in own), "")) for file, columns in _AUTHORITIES.items())
    note = [
        *(f"{label} {number}" for label, number in numbers),
        f"format {cleaned(first['format'])}" if first["format"] else "",
        f"book {cleaned(book)}, {len(rows):,} plate{'s' * (len(rows) != 1)} in the collection “{cleaned(collection)}”",
    ]
    return Book(
        key=key,
        book=book,
        title=cleaned(first["title"]),
        authors=names(str(first["author"])),
        date=DateInterval.of_record(first),
        place=cleaned(first["place"]),
        publisher=next((own[name] for name in _PUBLISHERS if name in own), ""),
        language=cleaned(first["language"]),
        numbers=numbers,
        authorities=tuple((file, written) for file, written in named if written),
        note="; ".join(filter(None, note)),
    )
