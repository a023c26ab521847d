"""CSL-JSON, version 1.0.2: what Zotero, Pandoc and citation processors read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from imgsim.catalogue.dates import CERTAIN
from imgsim.export.references.records import Book, Name, books
from imgsim.export.request import STEP, Chunk, Request


def csl_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the books of a request's plates as one JSON list of items."""
    found = books(request)
    yield Chunk(b"[")
    for start in range(0, len(found), STEP):
        part = found[start : start + STEP]
        written = ",\n".join(json.dumps(item(book), ensure_ascii=False, indent=1) for book in part)
        yield Chunk((("," if start else "") + "\n" + written).encode(), len(part))
    yield Chunk(b"\n]\n")


def item(book: Book) -> dict[str, Any]:
    """Return one item; what is not known is left out."""
    issued: dict[str, Any] = {}
    if book.date.year is not None:
        issued = {"date-parts": [[book.date.year]]}
        if book.date.sure != CERTAIN:
            issued["circa"] = True
    elif book.date.dated:
        issued = {"literal": book.date.words}
    fields: dict[str, Any] = {
        "id": book.key,
        "type": "book",
        "title": book.title,
        "author": [_name(name) for name in book.authors],
        "issued": issued,
        "publisher": book.publisher,
        "publisher-place": book.place,
        "language": book.language,
        "note": book.note,
    }
    return {name: value for name, value in fields.items() if value}


def _name(name: Name) -> dict[str, str]:
    return {"literal": name.literal} if name.literal else {"family": name.family, "given": name.given}
