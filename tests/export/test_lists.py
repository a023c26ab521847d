"""Lists of many plates: the same numbers as everywhere else, in chunks."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.collection import Collection
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.decided import reviews_of
from imgsim.collection.evidence import evidence_columns, evidence_of
from imgsim.collection.listing import Conditions, make_listing
from imgsim.export import (
    available,
    families_csv,
    neighbours_csv,
    network_csv,
    selection_csv,
)
from imgsim.export.copy_lists import copied_books
from imgsim.export.graphml import graphml
from imgsim.export.neighbour_lists import expected_rows, neighbour_lists
from imgsim.retrieval.neighbours import all_neighbours, nearest, similarities
from tests.export.listed import table, the_file
from tests.exports import ATTACKS, DAY, collection_of, content, hostile, request_of
from tests.kin import catalogue_of

NOTE: dict[str, Any] = {"collection": "herbals", "date": DAY}


@pytest.fixture(scope="module")
def herbals() -> Collection:
    return hostile()


CONDITIONS = [
    {"top_k": 4}, {"top_k": 6, "threshold": 0.2}, {"top_k": 5, "other_books": True}, {"top_k": 40},
    {"top_k": 3, "threshold": 0.5, "other_books": True, "when": "earlier"}, {"top_k": 60, "when": "later"},
    {"top_k": 9, "threshold": 0.99}, {"top_k": 1, "threshold": 1.0},
]  # fmt: skip


def allowed(collection: Collection, row: int, asked: Conditions) -> np.ndarray:
    """The plates that meet the conditions on book and time, by a plain look at each."""
    own, date = collection.catalogue.record(row)["book"], collection.catalogue.date(row)
    fits = []
    for other in range(len(collection.catalogue)):
        book, its = collection.catalogue.record(other)["book"], collection.catalogue.date(other)
        one, two = (its, date) if asked.when == "earlier" else (date, its)
        in_time = asked.when == "any" or not date.dated or one.certainly_before(two)
        fits.append(in_time and not (asked.other_books and own and own == book))
    return np.array(fits)


@pytest.mark.parametrize("conditions", CONDITIONS, ids=str)
def test_the_lists_are_those_of_the_page_of_each_plate(
    herbals: Collection, conditions: dict[str, Any]
) -> None:
    """Against the list that the page Plate computes for one plate from the similarities to all."""
    request = request_of(herbals, **conditions)
    asked = Conditions(request.top_k, request.threshold, request.other_books, request.when)
    embeddings, frame = herbals.embeddings("toy"), herbals.catalogue.frame
    seen = 0
    for rows, lists in neighbour_lists(request):
        for row, (indices, values) in zip(rows.tolist(), lists, strict=True):
            mask = allowed(herbals, row, asked)
            page = make_listing(similarities(embeddings, embeddings[row]), mask, asked, exclude=row)
            # On the page the threshold is a line; in an export it is a filter where it is asked for.
            passed = page.similarities >= np.float32(request.threshold)
            assert indices.tolist() == page.rows[passed].tolist()
            assert np.array_equal(values, page.similarities[passed])
            seen += 1
    assert seen == len(frame)
    found = len(table("neighbours.csv", request))
    assert found == sum(len(indices) for _, lists in neighbour_lists(request) for indices, _ in lists)
    # An upper bound, and exact where the kept lists tell.
    assert found <= expected_rows(request)
    if conditions in ({"top_k": 4}, {"top_k": 6, "threshold": 0.2}, {"top_k": 9, "threshold": 0.99}):
        assert found == expected_rows(request)


@pytest.mark.parametrize("row", [0, 1, 2, 5, 12, 30])
def test_one_plate_is_byte_for_byte_what_its_page_gives(herbals: Collection, row: int) -> None:
    request = request_of(herbals, rows=np.array([row]), top_k=200)
    indices, values = (found[row] for found in all_neighbours(herbals.embeddings("toy"), 200))
    known = evidence_of(herbals, row)
    assert known is not None
    expected = neighbours_csv(
        herbals.catalogue,
        row,
        "",
        indices,
        values,
        threshold=request.across,
        backbone="toy",
        extra=evidence_columns(known, indices),
        **NOTE,
    )
    assert content(the_file("neighbours.csv"), request) == expected
    assert len(indices) - expected.count(b"not checked") == len(known.known) > 0


def test_without_matches_there_are_no_columns_of_evidence() -> None:
    bare = collection_of(catalogue_of({f"p{n}": ("b", 1700) for n in range(9)}), None)
    request = request_of(bare)
    expected = neighbours_csv(
        bare.catalogue, 4, "", *(found[4] for found in bare.neighbour_table("toy")), backbone="toy", **NOTE
    )
    assert content(the_file("neighbours.csv"), request_of(bare, rows=np.array([4]), top_k=6)) == expected
    assert set(available(request)) == {"neighbours", "plates", "books", "map", "map-page"}


def test_nearest_under_a_mask_against_a_plain_sort() -> None:
    rng = np.random.default_rng(3)
    embeddings = rng.integers(-2, 3, size=(300, 6)).astype(np.float32) + np.float32(0.01)  # full of ties
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    rows = np.array([0, 7, 150, 299])
    for share, k in itertools.product((0.0, 0.02, 0.5, 1.0), (1, 20, 299)):
        allowed = rng.random((len(rows), 300)) < share
        indices, values = nearest(embeddings, rows, k, allowed)
        for at, row in enumerate(rows):
            exact = similarities(embeddings, embeddings[row])
            can = [other for other in range(300) if allowed[at, other] and other != row]
            wanted = sorted(can, key=lambda other: (-exact[other], other))[:k]
            found = indices[at][np.isfinite(values[at])]
            assert np.allclose(exact[found], exact[wanted], atol=1e-7) and len(found) == len(wanted)
            assert set(found) <= set(can)


def test_matches_are_all_verified_pairs_and_the_look_alikes_if_asked_for(herbals: Collection) -> None:
    assert herbals.matches is not None and herbals.found_families is not None
    ids = herbals.catalogue.plate_ids
    for asked in (False, True):
        found = table("matches.csv", request_of(herbals, look_alikes=asked))
        expected = [herbals.matches.match(i) for i in range(len(herbals.matches))]
        expected = [match for match in expected if asked or match.verified]
        assert found["plate_a_id"].tolist() == [ids[match.a] for match in expected]
        assert found["plate_b_id"].tolist() == [ids[match.b] for match in expected]
        assert found["verdict"].tolist() == [match.verdict for match in expected]
        assert found["inliers"].tolist() == [str(match.inliers) for match in expected]
        for line, match in zip(found.to_dict("records"), expected, strict=True):
            assert float(line["coverage_a"]) == pytest.approx(match.coverage_a, abs=1e-4)
            assert (line["residual"] == "") == (not match.verified)
            assert line["mirrored"] == ("" if not match.verified else "yes" if match.mirrored else "no")
            assert line["a_title"] == herbals.catalogue.record(match.a)["title"]
            assert line["b_book"] == herbals.catalogue.record(match.b)["book"]
            owners = {herbals.found_families.of(match.a), herbals.found_families.of(match.b)}
            assert line["family_id"] == ((owners.pop() or "") if len(owners) == 1 else "")
    # A pair belongs to a choice of plates if one of its ends does.
    one = table("matches.csv", request_of(herbals, rows=np.array([7])))
    assert len(one) == 2 and all(ids[7] in pair for pair in one[["plate_a_id", "plate_b_id"]].to_numpy())


def test_families_network_plates_and_maps_are_the_lists_of_the_pages(herbals: Collection) -> None:
    request, catalogue = request_of(herbals), herbals.catalogue
    assert herbals.found_families is not None and herbals.matches is not None
    assert content(the_file("families.csv"), request) == families_csv(herbals.found_families, catalogue, **NOTE)
    borrowing = BookNetwork.from_families(herbals.found_families, herbals.matches, catalogue)
    assert content(the_file("network.csv"), request) == network_csv(borrowing, catalogue, **NOTE)
    assert content(the_file("network.graphml"), request) == graphml(borrowing, copied_books(request))
    assert the_file("network.csv").count(request) == len(borrowing.edges)
    assert content(the_file("plates.csv"), request) == selection_csv(catalogue, range(len(catalogue)), **NOTE)
    # A family is there as a whole, if one of its plates is asked for.
    some = table("families.csv", request_of(herbals, rows=np.array([7])))
    assert set(some["plate_id"]) == {catalogue.plate_ids[row] for row in (0, 7, 12)}
    points = table("map.csv", request_of(herbals, rows=np.array([9, 3])))
    assert points["plate_id"].tolist() == [catalogue.plate_ids[3], catalogue.plate_ids[9]]
    for method, axis, at in (("pca", "x", 0), ("pca", "y", 1), ("umap", "x", 0), ("umap", "y", 1)):
        exact = herbals.projection("toy", method)[[3, 9], at]
        assert points[f"{axis}_toy_{method}"].astype(float).to_numpy() == pytest.approx(exact, rel=1e-5)
    # Coordinates are numbers for a spreadsheet, negative ones too.
    assert b"'-" not in content(the_file("map.csv"), request).replace(b",'-1+1", b"")


def test_reviews_and_what_follows_from_them(tmp_path: Path) -> None:
    herbals = hostile(tmp_path)
    ids = herbals.catalogue.plate_ids
    assert "reviews" not in available(request_of(herbals))
    reviews = reviews_of(herbals)
    reviews.record(ids[0], ids[7], "unrelated", reviewer="=A. Reader", note="-1+1")
    reviews.record(ids[40], ids[44], "same plate", reviewer="B", note=ATTACKS[12])
    reviews.record(ids[1], ids[9], "mirrored copy", reviewer="B")
    reviews.record(ids[1], ids[9], "unrelated", reviewer="C")
    request = request_of(herbals)
    data = content(the_file("reviews.csv"), request)
    assert data == reviews.to_csv(herbals.catalogue, **NOTE)
    assert len(read_back(data)) == 4 and read_back(data)["note"].tolist()[0] == "-1+1"
    # What was exported is taken in elsewhere.
    (tmp_path / "elsewhere").mkdir()
    elsewhere = reviews_of(tmp_path / "elsewhere")
    assert elsewhere.merge_csv(data).added == 4 and elsewhere.merge_csv(data).added == 0
    found = table("matches.csv", request).set_index(["plate_a_id", "plate_b_id"])
    assert found.loc[(ids[0], ids[7]), "decision"] == "unrelated"
    assert found.loc[(ids[0], ids[7]), "reviewers"] == "=A. Reader"
    assert found.loc[(ids[1], ids[9]), "decision"] == "disputed"
    # The families are those after the decisions, and the whole export is of one moment.
    families = table("families.csv", request)
    by_plate = dict(zip(families["plate_id"], families["family_id"], strict=True))
    assert by_plate.get(ids[40]) == by_plate.get(ids[44]) is not None
    assert by_plate.get(ids[0]) is None or by_plate[ids[0]] != by_plate.get(ids[7])
    reviews.record(ids[2], ids[50], "unsure", reviewer="late")
    assert len(table("reviews.csv", request)) == 4 and len(table("reviews.csv", request_of(herbals))) == 5
    one = table("reviews.csv", request_of(herbals, rows=np.array([44])))
    assert one["plate_b_id"].tolist() == [ids[44]]
