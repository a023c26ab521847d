"""books.jsonld: the books of a request's plates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imgsim.export.linked.graphs import Node, book_name, graph, kept, numbered
from imgsim.export.references.records import Book, Name, books
from imgsim.export.request import Chunk, Request

_SEPARATORS = re.compile(r"\s*[;|]\s*")
# How each file's ids are written, and the address that each has there.
_FILES = {
    "VIAF": (re.compile(r"(?:https?://(?:www\.)?viaf\.org/viaf/)?(\d{1,22})/?"), "http://viaf.org/viaf/{}"),
    "GND": (re.compile(r"(?:https?://d-nb\.info/gnd/|\(DE-588\))?(\d{1,10}(?:-?[\dX])?)/?"), "https://d-nb.info/gnd/{}"),
}


def book_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the books of a request's plates as a graph."""
    return graph(books(request), lambda book: [_node(book)], lambda _: 1)


def _node(book: Book) -> Node:
    known, left = authorities(book)
    date = book.date
    return {
        "@id": book_name(book.key),
        "@type": ["Book", "crm:E22_Human-Made_Object"],
        "name": book.title,
        "author": [_person(one, addresses) for one, addresses in zip(book.authors, known, strict=True)],
        "datePublished": {"@value": date.edtf, "@type": "edtf:EDTF"} if date.dated else "",
        "locationCreated": {"@type": "Place", "name": book.place} if book.place else "",
        "publisher": {"@type": "Organization", "name": book.publisher} if book.publisher else "",
        "inLanguage": book.language,
        "identifier": [
            numbered("book", book.book),
            *(numbered(*one) for one in book.numbers),
            # Whose each of these is would be a guess.
            *(numbered(f"{file} of an author", text) for file, text in left),
        ],
        "description": book.note,
    }


def authorities(book: Book) -> tuple[list[list[str]], list[tuple[str, str]]]:
    """The addresses of each author in VIAF and GND; and what of the table names none, or not one for each author."""
    found: list[list[str]] = [[] for _ in book.authors]
    left = []
    for file, text in book.authorities:
        form, address = _FILES[file]
        given = [form.fullmatch(one) for one in _SEPARATORS.split(text)]
        if len(given) == len(found) and all(given):
            for addresses, one in zip(found, given, strict=True):
                addresses += [address.format(one[1])] if one else []
        else:
            left.append((file, text))
    return found, left


def _person(name: Name, addresses: list[str]) -> Node:
    return kept(
        {
            "@type": ["Person", "crm:E39_Actor"],
            "name": name.literal or f"{name.given} {name.family}",
            "familyName": name.family,
            "givenName": name.given,
            "sameAs": addresses,
        }
    )
