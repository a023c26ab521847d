"""The books that share images: as CSV, one row for every two books, and as GraphML.

A network is always that of the whole collection, or of a reference set against the rest of it: cut down to some plates,
its numbers would mean something else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from imgsim.base.cells import csv_bytes, yes
from imgsim.catalogue import Catalogue
from imgsim.collection.book_network import KINDS, book_pairs
from imgsim.export.copy_lists import copied_books
from imgsim.export.graphml import graphml
from imgsim.export.request import Chunk, Request

if TYPE_CHECKING:
    from imgsim.collection.book_network import BookNetwork


def network_csv(borrowing: BookNetwork, catalogue: Catalogue, *, collection: str, date: str) -> bytes:
    """Return the books that share images as CSV, one row for every two books, most shared first.

    Returns
    -------
    bytes
        Columns: source_book and target_book with title, author, year, date_from, date_to, date_sure and place of both
        (the source is the earlier one), dated (whether that is known: else the two stand in any order), shared
        (families), same_image, mirrored, negative and shared_detail (how many of these agree so), from_earliest (of how
        many the source prints the earliest plate in this collection), order_tau (Kendall's tau of the order in
        which both print them) and what it means, family_ids (separated by " | "), collection and date.
    """
    edges = borrowing.edges
    columns: dict[str, Sequence] = {}
    for side, books in (("source", [e.source for e in edges]), ("target", [e.target for e in edges])):
        first = [catalogue.record(int(catalogue.book_rows(book)[0])) for book in books]
        columns[f"{side}_book"] = books
        dates = [borrowing.dates.date(book) for book in books]
        for name in ("title", "author"):
            columns[f"{side}_{name}"] = [record[name] for record in first]
        for name, kind in (("year", "year"), ("date_from", "earliest"), ("date_to", "latest"), ("date_sure", "sure")):
            columns[f"{side}_{name}"] = [getattr(date, kind) for date in dates]
        columns[f"{side}_place"] = [record["place"] for record in first]
    agreements = [borrowing.rank_correlation(edge.source, edge.target) for edge in edges]
    columns |= {
        "dated": [yes(edge.directed) for edge in edges],
        "shared": [len(edge.families) for edge in edges],
        **{kind.replace(" ", "_"): [edge.kinds[kind] for edge in edges] for kind in KINDS},
        "from_earliest": [edge.from_earliest for edge in edges],
        "order_tau": ["" if math.isnan(found.tau) else f"{found.tau:.4f}" for found in agreements],
        "order": [found.words for found in agreements],
        "family_ids": [" | ".join(edge.families) for edge in edges],
        "collection": [collection] * len(edges),
        "date": [date] * len(edges),
    }
    numbers = {f"{side}_{name}" for side in ("source", "target") for name in ("year", "date_from", "date_to")}
    return csv_bytes(columns, numbers | {"order_tau", "date"})


def network_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the network of a collection as CSV."""
    borrowing = _borrowing(request)
    if borrowing is not None:
        content = network_csv(
            borrowing, request.catalogue, collection=request.collection.name, date=request.date
        )
        yield Chunk(content, len(borrowing.edges))


def graphml_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the network of a collection as GraphML."""
    borrowing = _borrowing(request)
    if borrowing is not None:
        copies = copied_books(request)
        yield Chunk(graphml(borrowing, copies), len(borrowing.edges) + len(copies))


def expected_edges(request: Request) -> int:
    """Return how many pairs of books share a family."""
    families = request.families
    every = families.ordered() if families is not None else ()
    pairs = {pair for family in every for pair in book_pairs(family, request.side)}
    return len(pairs)


def expected_ties(request: Request) -> int:
    """Return how many edges the network has: of books that share a family, and of those tied by copies alone."""
    return expected_edges(request) + len(copied_books(request))


def _borrowing(request: Request) -> BookNetwork | None:
    from imgsim.collection.book_network import BookNetwork

    families, matches = request.families, request.collection.matches
    if families is None or matches is None:
        return None
    return BookNetwork(families, matches, request.catalogue, request.side)
