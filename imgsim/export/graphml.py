"""The network of books as GraphML, for Gephi, Cytoscape, networkx or igraph."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from imgsim.base.verdict_words import COPY, DETAIL, MIRRORED, NEGATIVE, SAME

if TYPE_CHECKING:
    from imgsim.collection.book_network import BookNetwork

SHARED = "shared images"
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"


def graphml(borrowing: BookNetwork, copies: Mapping[tuple[str, str], int] | None = None) -> bytes:
    """The network for Gephi, Cytoscape, networkx or igraph: books as nodes, shared images as edges.

    An edge points from the earlier to the later book. Where that is not known it has to point somewhere, too: its
    ``dated`` is false. ``weight`` is the number of families shared. ``copies``: how many copies by another hand tie two
    books; each makes an edge of its own, whose ``kind`` and weight are these.
    """
    copies = copies or {}
    node_keys = (
        ("label", "string"), ("title", "string"), ("author", "string"), ("place", "string"), ("year", "int"),
        ("decade", "int"), ("date", "string"), ("date_edtf", "string"), ("plates", "int"), ("families", "int"),
    )  # fmt: skip
    edge_keys = (
        ("weight", "double"), ("dated", "boolean"), ("same_image", "int"), ("mirrored", "int"), ("negative", "int"),
        ("shared_detail", "int"), ("from_earliest", "int"), ("order_tau", "double"), ("kind", "string"),
    )  # fmt: skip
    root = ElementTree.Element("graphml", {"xmlns": _GRAPHML})
    for owner, keys in (("node", node_keys), ("edge", edge_keys)):
        for name, kind in keys:
            attributes = {"id": f"{owner}_{name}", "for": owner, "attr.name": name, "attr.type": kind}
            ElementTree.SubElement(root, "key", attributes)
    graph = ElementTree.SubElement(root, "graph", {"id": "borrowing", "edgedefault": "directed"})
    of_book = Counter(book for family in borrowing.families.ordered() for book in family.books)
    also = {book for pair in copies for book in pair}.difference(borrowing.books)
    for book in (*borrowing.books, *borrowing.dates.in_order(also)):
        node = ElementTree.SubElement(graph, "node", {"id": xml_text(book)})
        record = borrowing.catalogue.record(int(borrowing.catalogue.book_rows(book)[0]))
        date = borrowing.dates.date(book)
        facts = {name: record[name] for name in ("title", "author", "place")}
        facts |= {
            "label": borrowing.label(book),
            "year": borrowing.year(book),
            "decade": borrowing.decade(book),
            "date": date.words if date.dated else None,
            "date_edtf": date.edtf,
        }
        facts |= {"plates": len(borrowing.catalogue.book_rows(book)), "families": of_book[book]}
        _data(node, "node", [(name, facts[name]) for name, _ in node_keys])
    numbers = count()
    for edge in borrowing.edges:
        element = _edge(graph, next(numbers), edge.source, edge.target)
        tau = borrowing.rank_correlation(edge.source, edge.target).tau
        values = (
            float(len(edge.families)), edge.directed, edge.kinds[SAME], edge.kinds[MIRRORED], edge.kinds[NEGATIVE],
            edge.kinds[DETAIL], edge.from_earliest, None if math.isnan(tau) else round(tau, 4), SHARED,
        )  # fmt: skip
        _data(element, "edge", [(name, value) for (name, _), value in zip(edge_keys, values, strict=True)])
    for pair, many in sorted(copies.items(), key=lambda item: (-item[1], item[0])):
        source, target = borrowing.dates.in_order(pair)
        dated = borrowing.dates.certainly_earlier(source, target)
        element = _edge(graph, next(numbers), source, target)
        _data(element, "edge", [("weight", float(many)), ("dated", dated), ("kind", COPY)])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _edge(graph: ElementTree.Element, number: int, source: str, target: str) -> ElementTree.Element:
    ends = {"source": xml_text(source), "target": xml_text(target)}
    return ElementTree.SubElement(graph, "edge", {"id": f"e{number}", **ends})


def _data(parent: ElementTree.Element, owner: str, values: list[tuple[str, Any]]) -> None:
    for name, value in values:
        if value is None or value == "":
            continue
        data = ElementTree.SubElement(parent, "data", {"key": f"{owner}_{name}"})
        data.text = str(value).lower() if isinstance(value, bool) else xml_text(str(value))


def xml_text(text: str) -> str:
    """Text without the characters that XML 1.0 forbids, such as NUL, even when escaped."""
    return "".join(
        c
        if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
        else "\ufffd"
        for c in text
    )
