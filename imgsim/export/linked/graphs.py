"""What the files of linked data have in common: their terms, and a graph that is written some nodes at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from imgsim.export.request import STEP, Chunk

Node = dict[str, Any]
T = TypeVar("T")
BOOKS = "books.jsonld"
# Every term is said here, so that nothing has to be fetched to read the file.
CONTEXT: Node = {
    "@vocab": "http://schema.org/",
    "crm": "http://www.cidoc-crm.org/cidoc-crm/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "sameAs": {"@type": "@id"},
}


def graph(found: Sequence[T], nodes: Callable[[T], list[Node]], weight: Callable[[T], int]) -> Iterator[Chunk]:
    """Yield a file of JSON-LD: the nodes of each thing, ``weight`` of which tells how many rows it counts for."""
    head = json.dumps({"@context": CONTEXT})
    yield Chunk(f'{head[:-1]}, "@graph": ['.encode())
    for start in range(0, len(found), STEP):
        part = found[start : start + STEP]
        written = ",\n".join(json.dumps(kept(node), ensure_ascii=False) for one in part for node in nodes(one))
        yield Chunk((("," if start else "") + "\n" + written).encode("utf-8", "replace"), sum(map(weight, part)))
    yield Chunk(b"\n]}\n")


def kept(node: Node) -> Node:
    """A node without what is not known."""
    return {name: value for name, value in node.items() if value not in ("", None, [], {})}


def book_name(key: str) -> str:
    """What a book is called in both files."""
    return f"{BOOKS}#{key}"


def numbered(catalogue: str, number: str) -> Node:
    """A number in somebody's catalogue."""
    return {"@type": "PropertyValue", "propertyID": catalogue, "value": number}
