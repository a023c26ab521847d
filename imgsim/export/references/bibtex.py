"""BibTeX: UTF-8, every special of TeX escaped, every brace in pairs."""

from __future__ import annotations

from collections.abc import Iterator

from imgsim.base.cells import encoded
from imgsim.export.references.records import Book, Name, books, cleaned
from imgsim.export.request import STEP, Chunk, Request

# A brace of the text's own is spelt out: BibTeX counts even escaped ones.
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': "{''}",
}  # fmt: skip
_TABLE = str.maketrans(_SPECIAL)


def bibtex_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the books of a request's plates as entries of a .bib file."""
    name = cleaned(request.collection.name)
    yield Chunk(
        encoded(f"% Encoding: UTF-8\n% The books of the collection {name}, written on {request.date}\n")
    )
    found = books(request)
    for start in range(0, len(found), STEP):
        part = found[start : start + STEP]
        yield Chunk(encoded("".join(entry(book) for book in part)), len(part))


def entry(book: Book) -> str:
    """Return one @book."""
    fields = {
        "author": " and ".join(map(_name, book.authors)),
        # The second pair of braces keeps the capitals.
        "title": f"{{{tex(book.title)}}}" if book.title else "",
        "year": tex(book.date.words if book.date.dated else ""),
        "address": tex(book.place),
        "publisher": tex(book.publisher),
        "language": tex(book.language),
        "note": tex(book.note),
    }
    written = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"\n@book{{{book.key},\n{written}}}\n"


def tex(text: str) -> str:
    """Return text that TeX prints as it stands."""
    return text.translate(_TABLE)


def _name(name: Name) -> str:
    if name.literal:
        return f"{{{tex(name.literal)}}}"
    # In braces "and" is a part of a name, and "von" is no particle but what the catalogue says.
    parts = [
        f"{{{tex(part)}}}" if " and " in f" {part} ".lower() else tex(part)
        for part in (name.family, name.given)
    ]
    return ", ".join(parts)
