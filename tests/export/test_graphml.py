"""The network of books as GraphML and as tables."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any
from xml.etree import ElementTree

import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.base.verdict_words import MIRRORED, SAME
from imgsim.collection.book_network import BookNetwork
from imgsim.export import families_csv, network_csv
from imgsim.export.graphml import graphml
from tests.collection.borrowing import copied_books, made
from tests.herbals import HOSTILE
from tests.hostile import FORMULAS
from tests.kin import catalogue_of, clique, pair

NOTE: dict[str, Any] = {"collection": "sample", "date": "2026-11-22"}
SPACE = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture(scope="module")
def copied() -> BookNetwork:
    return copied_books()


def test_the_network_is_graphml(copied: BookNetwork) -> None:
    root = ElementTree.fromstring(graphml(copied))
    assert root.tag == f"{SPACE}graphml"
    keys = {key.get("id"): (key.get("for"), key.get("attr.type")) for key in root.iter(f"{SPACE}key")}
    graph = root.find(f"{SPACE}graph")
    assert graph is not None and graph.get("edgedefault") == "directed"
    nodes = {node.get("id"): data(node) for node in graph.iter(f"{SPACE}node")}
    assert list(nodes) == list(copied.books)
    assert nodes["one"] == {
        "node_label": "Title of one, 1752 (one)", "node_title": "Title of one", "node_place": "London",
        "node_year": "1752", "node_decade": "1750", "node_date": "1752",
        "node_date_edtf": "1752", "node_plates": "6", "node_families": "6",
    }  # fmt: skip
    edges = [(edge.get("source"), edge.get("target"), data(edge)) for edge in graph.iter(f"{SPACE}edge")]
    assert len(edges) == 4 and all(one in nodes and two in nodes for one, two, _ in edges)
    assert edges[0] == (
        "one", "two",
        {"edge_weight": "5.0", "edge_dated": "true", "edge_same_image": "3", "edge_mirrored": "1", "edge_negative": "0",
         "edge_shared_detail": "1", "edge_from_earliest": "5", "edge_order_tau": "0.8",
         "edge_kind": "shared images"},
    )  # fmt: skip
    kinds = {"int": int, "double": float, "string": str, "boolean": ["false", "true"].index}
    for owner, elements in (("node", graph.iter(f"{SPACE}node")), ("edge", graph.iter(f"{SPACE}edge"))):
        for element in elements:
            for key, value in data(element).items():
                assert keys[key][0] == owner
                kinds[str(keys[key][1])](value)  # type: ignore[operator]


def data(element: ElementTree.Element) -> dict[str, str]:
    return {str(item.get("key")): item.text or "" for item in element.iter(f"{SPACE}data")}


def test_hostile_titles_stay_text_in_graphml() -> None:
    titles = [*HOSTILE, "\x00\x01\x0b", "]]>", "<!ENTITY x 'y'>"]
    plates: dict[str, tuple[str, int | None]] = {
        f"p{n:02}": (f'<b> & "{n}" \'', 1700 + n) for n in range(len(titles))
    }
    catalogue = catalogue_of(plates, title=titles)
    content = graphml(made(catalogue, clique(plates)))
    graph = ElementTree.fromstring(content)
    got = [data(node).get("node_title") for node in graph.iter(f"{SPACE}node")]
    assert got[: len(HOSTILE)] == HOSTILE
    assert got[len(HOSTILE) :] == ["\ufffd\ufffd\ufffd", "]]>", "<!ENTITY x 'y'>"]


def test_the_network_as_a_table(copied: BookNetwork) -> None:
    table = read_back(network_csv(copied, copied.catalogue, **NOTE))
    assert table["source_book"].tolist() == ["one", "one", "one", "two"]
    assert table["shared"].tolist() == ["5", "1", "1", "1"] and table["dated"].tolist() == [
        "yes",
        "yes",
        "no",
        "no",
    ]
    assert table["order_tau"].tolist() == ["0.8000", "", "", ""]
    # The family with most books comes first.
    assert table["family_ids"][0].split(" | ") == ["a4", "a0", "a1", "a2", "a3"]
    assert table["source_year"].tolist() == ["1752", "1752", "1752", "1760"]


def test_families_as_a_table(copied: BookNetwork) -> None:
    families, catalogue = copied.families, copied.catalogue
    table = read_back(families_csv(families, catalogue, **NOTE))
    assert len(table) == 13 and table["family_id"].tolist()[:3] == ["a4"] * 3
    assert table["order"].tolist()[:3] == ["1", "2", "3"]
    assert table["plate_id"].tolist()[:3] == ["a4", "b4", "c0"]
    assert table["verdict"].tolist()[:3] == ["earliest", SAME, SAME]
    assert table["tied_to_id"].tolist()[:3] == ["", "a4", "a4"]
    mirrored = table[table["mirrored"] == "yes"]
    assert mirrored["plate_id"].tolist() == ["b1"] and mirrored["verdict"].tolist() == [MIRRORED]
    assert {"book", "title", "author", "year", "place", "format", "page", "file"} <= set(table.columns)
    one = read_back(families_csv(families, catalogue, ids=["a1"], **NOTE))
    assert one["plate_id"].tolist() == ["a1", "b1"] and one["family_plates"].tolist() == ["2", "2"]
    assert len(read_back(families_csv(families, catalogue, ids=[], **NOTE))) == 0


def test_formulas_and_ids_are_guarded_in_both_tables() -> None:
    plates: dict[str, tuple[str, int | None]] = {"007": ("0904700600", 1700), "3-4": ("=1+1", 1710)}
    for payload in FORMULAS:
        catalogue = catalogue_of(plates, title=[payload, payload], author=[payload] * 2, order=[payload] * 2)
        borrowing = made(catalogue, [pair("007", "3-4")])
        for content in (
            network_csv(borrowing, catalogue, collection=payload, date="2026-11-22"),
            families_csv(borrowing.families, catalogue, collection=payload, date="2026-11-22"),
        ):
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            for cell in itertools.chain(*rows):
                assert not cell.lstrip(" \x00").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")), cell
            assert payload in read_back(content).to_numpy().ravel().tolist()
        assert rows[1][:2] == ["007", "[007]"] and read_back(content)["plate_id"].tolist() == ["007", "3-4"]
        assert read_back(content)["metadata_order"].tolist() == [payload] * 2
