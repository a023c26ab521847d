"""Dashed lines between families and what other hands drew of their images."""

from __future__ import annotations

import csv
import io
from typing import Any
from xml.etree import ElementTree

import pytest

from imgsim.base.verdict_words import COPY, SAME
from imgsim.collection import Collection
from imgsim.collection.other_hands import AFTER, BEFORE, UNKNOWN, copy_pairs, other_hands
from imgsim.export import available
from imgsim.export.copy_lists import copied_books
from imgsim.export.kinds import files_of
from tests.exports import request_of
from tests.in_memory import in_memory
from tests.kin import catalogue_of, matches_of, pair

# One family of 1750 and 1760, copied in 1780 by a family of two; single copies of 1700 and without a year.
PLATES: dict[str, tuple[str, int | None]] = {
    "a1": ("a", 1750), "a2": ("a2", 1760), "b1": ("b", 1780), "b2": ("b2", 1790), "c": ("c", 1700), "d": ("d", None),
    "e": ("e", 1800), "f": ("f", 1810), "a3": ("a", 1750),
}  # fmt: skip
COPIES = [
    pair("a1", "b1", COPY, 77), pair("a2", "b2", COPY, 90, mirrored=True), pair("a1", "c", COPY, 50),
    pair("a2", "d", COPY, 40), pair("e", "f", COPY, 33), pair("a1", "a2", COPY, 200), pair("a1", "a3", COPY, 45),
    pair("b1", "d", "look-alike"),
]  # fmt: skip


@pytest.fixture(scope="module")
def collection() -> Collection:
    catalogue = catalogue_of(PLATES)
    proven = [pair("a1", "a2", SAME), pair("b1", "b2", SAME), pair("a1", "b1", "look-alike")]
    manifest: dict[str, Any] = {"parameters": {}, "matching": {}, "counts": {}}
    return in_memory(catalogue, matches_of(catalogue, proven), manifest=manifest, copies=matches_of(catalogue, COPIES))


def test_what_other_hands_drew_stands_beside_its_family_in_order_of_time(collection: Collection) -> None:
    families = collection.found_families
    assert families is not None and len(families) == 2
    row = collection.catalogue.row
    one, two = families.of(row("a1")), families.of(row("b1"))
    assert one is not None and two is not None
    found = other_hands(collection, families)
    after, unknown, before = found.of(one)
    assert (after.order, unknown.order, before.order) == (AFTER, UNKNOWN, BEFORE)
    assert after.other == two and after.rows == (row("b2"), row("b1")) and [p.inliers for p in after.pairs] == [90, 77]
    assert unknown.other is None and unknown.rows == (row("d"),) and before.rows == (row("c"),)
    (back,) = found.of(two)
    assert back.order == BEFORE and back.other == one and {p.b for p in back.pairs} == {row("a1"), row("a2")}
    assert [(p.a, p.b) for p in found.loose] == [(row("e"), row("f"))]
    assert other_hands(collection, families).of("no such family") == ()


def test_what_people_called_unrelated_ties_nothing_and_one_book_asks_for_more(collection: Collection) -> None:
    families, row = collection.found_families, collection.catalogue.row
    assert families is not None
    apart = {(row("a1"), row("c")), (row("e"), row("f"))}
    found = other_hands(collection, families, apart)
    assert not found.loose and all(row("c") not in hand.rows for hand in found.of(families.of(row("a1")) or ""))
    pairs = {(p.a, p.b) for p in copy_pairs(collection)}
    # a1 and a3 are of one book and agree in 45 places only; a1 and a2 are proven.
    assert len(pairs) == 5 and (row("a1"), row("a3")) not in pairs and (row("a1"), row("a2")) not in pairs


def test_copies_are_exported_by_themselves(collection: Collection) -> None:
    request = request_of(collection, given_families=collection.found_families)
    assert "copies" in available(request)
    (file,) = files_of(["copies"], request)
    rows = list(csv.DictReader(io.StringIO(b"".join(chunk.data for chunk in file.chunks(request)).decode("utf-8-sig"))))
    assert file.count(request) == len(rows) == 5
    told = {(one["a_plate_id"], one["b_plate_id"]): one for one in rows}
    assert rows[0]["inliers"] == "90" and rows[0]["mirrored"] == "yes" and rows[0]["verdict"] == COPY
    assert told["a1", "c"]["first"] == "b" and told["a1", "b1"]["first"] == "a" and told["a2", "d"]["first"] == ""
    assert told["e", "f"]["a_family_id"] == "" != told["a1", "b1"]["a_family_id"] != told["a1", "b1"]["b_family_id"]
    without = in_memory(collection.catalogue, collection.matches, manifest=dict(collection.manifest))
    request = request_of(without, given_families=collection.found_families)
    assert "copies" not in available(request) and not copied_books(request)


def test_the_network_has_edges_of_a_kind_of_their_own(collection: Collection) -> None:
    request = request_of(collection, given_families=collection.found_families)
    file = next(one for one in files_of(["network"], request) if one.name == "network.graphml")
    root = ElementTree.fromstring(b"".join(chunk.data for chunk in file.chunks(request)))
    space = "{http://graphml.graphdrawing.org/xmlns}"
    edges = {}
    for edge in root.iter(f"{space}edge"):
        said = {str(data.get("key")): data.text for data in edge.iter(f"{space}data")}
        edges[edge.get("source"), edge.get("target")] = said
    nodes = {node.get("id") for node in root.iter(f"{space}node")}
    assert edges["a", "a2"]["edge_kind"] == "shared images" and edges["a", "a2"]["edge_weight"] == "1.0"
    assert edges["a", "b"] == {"edge_weight": "1.0", "edge_dated": "true", "edge_kind": COPY}
    assert edges["c", "a"]["edge_kind"] == COPY and edges["a2", "d"]["edge_dated"] == "false"
    assert len(edges) == 7 == file.count(request) and nodes == {book for pair in edges for book in pair}
