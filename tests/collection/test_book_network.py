"""Books that share images: the matrix, the order of their plates, the decades, the network and its files."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.base.verdict_words import DETAIL, MIRRORED, SAME
from imgsim.catalogue import BookDates, Catalogue
from imgsim.charts.book_figures import KIND_COLOURS, matrix_figure, timeline_figure
from imgsim.collection.book_exchange import EARLIER, LATER, UNCERTAIN, exchange
from imgsim.collection.book_network import KINDS, BookNetwork
from imgsim.collection.kept_order import RankCorrelation, kept_order, rank_correlation
from imgsim.export import families_csv, network_csv
from imgsim.export.graphml import graphml
from imgsim.families import Families, find_families
from tests.herbals import HOSTILE
from tests.hostile import FORMULAS
from tests.kin import catalogue_of, clique, matches_of, pair

NOTE: dict[str, Any] = {"collection": "sample", "date": "2026-11-22"}
SPACE = "{http://graphml.graphdrawing.org/xmlns}"


def made(catalogue: Catalogue, pairs: list[dict[str, Any]]) -> BookNetwork:
    matches = matches_of(catalogue, pairs)
    return BookNetwork.from_families(
        Families(find_families(catalogue.frame, matches), catalogue), matches, catalogue
    )


@pytest.fixture(scope="module")
def copied() -> BookNetwork:
    """Book two (1760) copies five plates of book one (1752), all but one in order; book three (undated) has one."""
    plates: dict[str, tuple[str, int | None]] = {f"a{n}": ("one", 1752) for n in range(6)}
    plates |= {f"b{n}": ("two", 1760) for n in range(5)} | {"c0": ("three", None), "d0": ("four", 1760)}
    pages = {f"a{n}": 10 + 3 * n for n in range(6)} | {f"b{n}": 5 + n for n in range(5)} | {"c0": 1, "d0": 1}
    names = sorted(plates)
    catalogue = catalogue_of(
        plates,
        page=[pages[name] for name in names],
        title=[f"Title of {plates[name][0]}" for name in names],
        place=["London" if plates[name][0] == "one" else "" for name in names],
    )
    pairs = [
        pair("a0", "b0"),
        pair("a1", "b1", MIRRORED),
        pair("a2", "b3"),
        pair("a3", "b2", DETAIL),
        pair("a4", "b4"),
    ]
    pairs += clique(["a4", "b4", "c0"])[1:] + [pair("a5", "d0")]
    return made(catalogue, [p for at, p in enumerate(pairs) if p not in pairs[:at]])


def test_the_matrix_counts_shared_families_in_order_of_date(copied: BookNetwork) -> None:
    assert copied.books == ("one", "four", "two", "three") and len(copied) == 4
    assert copied.matrix.tolist() == [[0, 1, 5, 1], [1, 0, 0, 0], [5, 0, 0, 1], [1, 0, 1, 0]]
    assert not copied.matrix.flags.writeable
    assert sorted(copied.clustered().tolist()) == [0, 1, 2, 3]
    assert copied.by_date().tolist() == [0, 1, 2, 3]


def test_what_two_books_share_stands_in_the_order_of_the_first(copied: BookNetwork) -> None:
    shared = copied.shared("one", "two")
    ids = copied.catalogue.plate_ids
    assert [(ids[s.row_a], ids[s.row_b]) for s in shared] == [
        ("a0", "b0"), ("a1", "b1"), ("a2", "b3"), ("a3", "b2"), ("a4", "b4"),
    ]  # fmt: skip
    assert [s.place_b for s in shared] == [0, 1, 3, 2, 4]
    assert [s.verdict for s in shared] == [SAME, MIRRORED, SAME, DETAIL, SAME]
    turned = copied.shared("two", "one")
    assert [ids[s.row_a] for s in turned] == ["b0", "b1", "b2", "b3", "b4"]
    assert copied.shared("four", "two") == [] == copied.shared("one", "nobody")
    agreement = copied.rank_correlation("one", "two")
    assert agreement.tau == pytest.approx(0.8) == copied.rank_correlation("two", "one").tau
    assert agreement.words == "in no common order" if agreement.chance > 0.05 else "mostly in the same order"
    assert math.isnan(copied.rank_correlation("one", "three").tau)
    assert RankCorrelation(33, 0.36, 0.003).words == "partly in the same order"
    assert RankCorrelation(33, -0.9, 1e-9).words == "mostly in the reverse order"


def test_the_order_counts_pages_not_names() -> None:
    plates: dict[str, tuple[str, int | None]] = {
        "a1": ("one", 1700), "a2": ("one", 1700), "b1": ("two", 1710), "b2": ("two", 1710),
    }  # fmt: skip
    catalogue = catalogue_of(plates, page=[20, 10, 1, 2])
    borrowing = made(catalogue, [pair("a1", "b1"), pair("a2", "b2")])
    assert [s.row_a for s in borrowing.shared("one", "two")] == [1, 0]
    assert borrowing.rank_correlation("one", "two").tau == -1
    assert "reverse" in borrowing.rank_correlation("one", "two").words


def test_tau_and_its_chance_agree_with_counting_all_orders() -> None:
    def tau(order: tuple[int, ...]) -> float:
        pairs = list(itertools.combinations(order, 2))
        return sum(1 if a < b else -1 for a, b in pairs) / len(pairs)

    orders = list(itertools.permutations(range(6)))
    taus = np.array([tau(order) for order in orders])
    for order in orders[::37]:
        got = rank_correlation(list(order))
        assert got.tau == pytest.approx(tau(order))
        assert got.chance == pytest.approx(min(1.0, float(np.mean(np.abs(taus) >= abs(got.tau) - 1e-12))))
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(3)
    for count in (2, 9, 40, 90):
        order = rng.permutation(count).tolist()
        reference = stats.kendalltau(range(count), order)
        got = rank_correlation(order)
        assert got.tau == pytest.approx(reference.statistic)
        assert got.chance == pytest.approx(reference.pvalue, abs=0.02)
    assert rank_correlation([]).plates == 0 and math.isnan(rank_correlation([0]).chance)
    assert rank_correlation(list(range(12))).words == "in the same order"
    assert "by chance" in rank_correlation([0, 1, 2]).words


def test_the_order_that_both_books_keep_is_the_longest_there_is() -> None:
    for places in itertools.chain([()], *(itertools.permutations(range(n)) for n in range(1, 7))):
        kept = [place for place, keeps in zip(places, kept_order(list(places)), strict=True) if keeps]
        assert kept == sorted(kept)
        longest = max(
            sum(chosen)
            for chosen in itertools.product((0, 1), repeat=len(places))
            if (run := list(itertools.compress(places, chosen))) == sorted(run)
        )
        assert len(kept) == longest


def test_decades_count_what_was_used_again(copied: BookNetwork) -> None:
    assert copied.decades() == {1760: {SAME: 4, MIRRORED: 1, DETAIL: 1}}
    plates: dict[str, tuple[str, int | None]] = {
        "a": ("x", 1701),
        "b": ("y", 1712),
        "c": ("z", 1745),
        "d": ("x", 1701),
    }
    assert made(catalogue_of(plates), clique("abcd")).decades() == {
        1710: dict.fromkeys(KINDS, 0) | {SAME: 1}, 1720: dict.fromkeys(KINDS, 0),
        1730: dict.fromkeys(KINDS, 0), 1740: dict.fromkeys(KINDS, 0) | {SAME: 1},
    }  # fmt: skip


def test_edges_point_from_the_earlier_book(copied: BookNetwork) -> None:
    edges = {(e.source, e.target): e for e in copied.edges}
    assert list(edges) == [("one", "two"), ("one", "four"), ("one", "three"), ("two", "three")]
    first = edges["one", "two"]
    assert first.directed and first.kinds == {SAME: 3, MIRRORED: 1, DETAIL: 1} and first.from_earliest == 5
    assert not edges["one", "three"].directed and edges["two", "three"].from_earliest == 0
    same_year = made(catalogue_of({"a": ("x", 1700), "b": ("y", 1700)}), [pair("a", "b")])
    assert not same_year.edges[0].directed
    frame = catalogue_of({"a": ("x", 1755), "b": ("y", None)}).frame.copy()
    for decade, certain in ((1750, False), (1760, True)):
        frame.loc[1, "decade"] = decade
        assert made(Catalogue(frame), [pair("a", "b")]).edges[0].directed is certain


def test_no_families_no_books() -> None:
    empty = made(catalogue_of({"a": ("x", 1700), "b": ("x", 1700)}), [pair("a", "b")])
    assert empty.books == () and empty.matrix.shape == (0, 0) and empty.edges == () and empty.decades() == {}
    assert empty.clustered().tolist() == []
    ElementTree.fromstring(graphml(empty))
    assert len(read_back(network_csv(empty, empty.catalogue, **NOTE))) == 0


def test_books_that_share_much_stand_together() -> None:
    plates: dict[str, tuple[str, int | None]] = {
        f"{book}{n}": (book, 1700 + at) for at, book in enumerate("pqrstu") for n in range(4)
    }
    pairs = [
        p for n in range(4) for group in ("prt", "qsu") for p in clique([f"{book}{n}" for book in group])
    ]
    borrowing = made(catalogue_of(plates), pairs)
    order = "".join(borrowing.books[at] for at in borrowing.clustered())
    assert {frozenset(order[:3]), frozenset(order[3:])} == {frozenset("prt"), frozenset("qsu")}


# ---- files


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
        {"edge_weight": "5.0", "edge_dated": "true", "edge_same_image": "3", "edge_mirrored": "1",
         "edge_shared_detail": "1", "edge_from_earliest": "5", "edge_order_tau": "0.8"},
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


# ---- figures


def test_the_matrix_carries_ids_and_escapes_titles() -> None:
    size = len(HOSTILE)
    counts = np.triu(np.random.default_rng(0).integers(0, 4, (size, size)), 1)
    counts = counts + counts.T
    books = [f"b{n}" for n in range(size)]
    figure = matrix_figure(counts, books, HOSTILE, HOSTILE, selected=("b1", "b2"))
    text = json.dumps(figure.to_plotly_json(), default=lambda value: np.asarray(value).tolist())
    for title in HOSTILE:
        if "<" in title:
            assert title not in text
    assert "%{x}" not in text and "http://evil.invalid" in text
    cells = {tuple(cell) for cell in figure.data[0].customdata}
    assert cells == {(books[a], books[b]) for a, b in zip(*np.nonzero(counts), strict=True)}
    assert len(matrix_figure(np.zeros((0, 0), np.int64), [], [], []).data[0].customdata or ()) == 0


def test_the_decades_are_stacked_by_verdict(copied: BookNetwork) -> None:
    figure = timeline_figure(copied.decades())
    assert [(trace.name, list(trace.x), list(trace.y)) for trace in figure.data] == [
        (SAME, ["1760s"], [4]), (MIRRORED, ["1760s"], [1]), (DETAIL, ["1760s"], [1]),
    ]  # fmt: skip
    assert len(timeline_figure({}).data) == 0
    assert set(KIND_COLOURS.values()) <= {
        "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    }  # fmt: skip


# ---- one book among the others


def test_a_book_says_what_is_in_earlier_and_in_later_ones(copied: BookNetwork) -> None:
    families, dates, ids = copied.families, copied.dates, copied.catalogue.plate_ids
    two = exchange(families, dates, "two")
    assert [(p.book, p.when, p.families) for p in two.partners] == [
        ("one", EARLIER, ("a4", "a0", "a1", "a2", "a3")), ("three", UNCERTAIN, ("a4",)),
    ]  # fmt: skip
    assert {ids[row]: set(when) for row, when in two.plates.items()} == {
        "b0": {EARLIER}, "b1": {EARLIER}, "b2": {EARLIER}, "b3": {EARLIER}, "b4": {EARLIER, UNCERTAIN},
    }  # fmt: skip
    assert [ids[row] for row in two.rows(UNCERTAIN)] == ["b4"] and two.rows(LATER) == ()
    assert two.earliest is not None and (two.earliest.book, two.earliest.year) == ("one", 1752)
    assert two.latest is not None and (two.latest.book, two.latest.year) == ("two", 1760)
    one = exchange(families, dates, "one")
    assert [p.book for p in one.of(LATER)] == ["two", "four"] and one.of(EARLIER) == ()
    assert [ids[row] for row in one.rows(LATER)] == ["a0", "a1", "a2", "a3", "a4", "a5"]


def test_a_book_agrees_with_the_edges_of_the_network(copied: BookNetwork) -> None:
    for book in copied.books:
        found = exchange(copied.families, copied.dates, book)
        edges = [edge for edge in copied.edges if book in (edge.source, edge.target)]
        assert {p.book: set(p.families) for p in found.partners} == {
            ({edge.source, edge.target} - {book}).pop(): set(edge.families) for edge in edges
        }
        for edge in edges:
            other = ({edge.source, edge.target} - {book}).pop()
            when = next(p.when for p in found.partners if p.book == other)
            assert when == (UNCERTAIN if not edge.directed else LATER if edge.source == book else EARLIER)


def test_a_book_that_shares_nothing_has_no_partners(copied: BookNetwork) -> None:
    nobody = exchange(copied.families, copied.dates, "nobody")
    assert nobody.partners == () and nobody.plates == {} and nobody.earliest is None and nobody.latest is None
    twice = made(catalogue_of({"a": ("x", 1700), "b": ("x", 1700)}), [pair("a", "b")])
    assert exchange(twice.families, twice.dates, "x").partners == ()


def test_a_decade_alone_is_not_earlier_than_its_years() -> None:
    frame = catalogue_of({"a": ("x", 1755), "b": ("y", None), "c": ("z", 1700), "d": ("w", None)}).frame.copy()
    frame.loc[1, "decade"] = 1750
    dates = BookDates(Catalogue(frame))
    assert dates.books == ("z", "x", "y", "w")
    assert [dates.words(book) for book in dates.books] == ["1700", "1755", "1750s", "undated"]
    assert dates.certainly_earlier("z", "y") and not dates.certainly_earlier("y", "x")
    assert not dates.certainly_earlier("x", "w") and not dates.certainly_earlier("w", "x")
