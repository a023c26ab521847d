"""Matches: what can be asked of them, and what is not believed."""

from __future__ import annotations

import io
import itertools
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imgsim.base.verdict_words import VERDICTS
from imgsim.catalogue import Catalogue
from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from imgsim.export import families_csv
from imgsim.families import COLUMNS
from imgsim.generation import layout
from imgsim.verification.match_row import inverted
from imgsim.verification.match_table import schema, table_bytes, to_table
from imgsim.verification.matches import Matches
from tests.making import add_files, add_matches, make, match_values, write_plates

# Every plate of the fixtures is 40 x 56 pixels.
AFFINE = [1.1, 0.1, -2.0, -0.05, 0.9, 3.0, 0.0, 0.0, 1.0]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection of eight plates without matches; leave it as it is."""
    folder = tmp_path_factory.mktemp("matches")
    make(folder / "plates", write_plates(folder / "images", 8))
    return folder / "plates"


@pytest.fixture(scope="module")
def catalogue(pristine: Path) -> Catalogue:
    return open_collection(pristine).catalogue


@pytest.fixture
def copied(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "plates"))


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([*rows] or None, columns=schema().names)


def some() -> pd.DataFrame:
    return frame(
        match_values("p001", "p002", inliers=40),
        match_values("p001", "p003", "look-alike", inliers=90),
        match_values(
            "p004", "p001", "mirrored", inliers=70, transform=AFFINE, coverage_a=0.5, coverage_b=0.7
        ),
        match_values("p000", "p001", "shared detail", inliers=40),
        match_values("p005", "p006", sources="cosine, local features", printing="probably re-engraved"),
    )


# -- asking


def test_a_pair_is_seen_from_either_side(catalogue: Catalogue) -> None:
    matches = Matches.from_frame(some(), catalogue)
    there, back = matches.between(1, 4), matches.between(4, 1)
    assert there is not None
    assert back is not None
    assert (there.a, there.b, back.a, back.b) == (1, 4, 4, 1)
    assert there.coverage_a == back.coverage_b == pytest.approx(0.5)
    assert (there.verdict, there.inliers, there.mirrored, there.verified) == ("mirrored", 70, True, True)
    np.testing.assert_allclose(there.transform @ back.transform, np.eye(3), atol=1e-12)
    np.testing.assert_array_equal(there.region_a, back.region_b)
    assert there.region_a.shape == (4, 2)
    assert there.seen_from(4).seen_from(1).a == 1
    assert there.other(4) == 1
    with pytest.raises(ValueError, match="row 3"):
        there.seen_from(3)
    point = np.array([7.0, 9.0, 1.0])
    np.testing.assert_allclose(back.transform @ (there.transform @ point), point)


def test_a_perspective_is_inverted_up_to_scale() -> None:
    matrix = np.array([[1.0, 0.2, 3.0], [0.1, 0.9, -4.0], [1e-4, 2e-4, 1.0]])
    inverse = inverted(matrix)
    assert inverse[2, 2] == 1
    product = inverse @ matrix
    np.testing.assert_allclose(product / product[2, 2], np.eye(3), atol=1e-12)
    assert np.isnan(inverted(np.full((3, 3), np.nan))).all()


def test_a_plates_matches_come_best_evidence_first(catalogue: Catalogue) -> None:
    matches = Matches.from_frame(some(), catalogue)
    # Verified before look-alikes, more inliers first, ties by plate id.
    assert [(m.a, m.b) for m in matches.of(1)] == [(1, 4), (1, 0), (1, 2), (1, 3)]
    assert [m.verdict for m in matches.of(5)] == ["same image"]
    assert matches.of(7) == matches.of(-1) == matches.of(99) == []
    assert [None if m is None else m.b for m in matches.evidence(1, [4, 7, 1, 3])] == [4, None, None, 3]
    assert matches.between(1, 1) is None
    assert matches.between(0, 99) is None


def test_the_same_by_a_plain_loop(catalogue: Catalogue) -> None:
    rng = np.random.default_rng(3)
    rows = [
        match_values(f"p{a:03}", f"p{b:03}", str(rng.choice(VERDICTS)), inliers=int(rng.integers(0, 9)))
        for a, b in itertools.combinations(range(8), 2)
        if rng.random() < 0.7
    ]
    matches = Matches.from_frame(frame(*[rows[i] for i in rng.permutation(len(rows))]), catalogue)
    assert len(matches) == len(rows)
    for row in range(8):
        plate = f"p{row:03}"
        own = [r for r in rows if plate in (r["plate_a"], r["plate_b"])]
        other = {id(r): r["plate_b"] if r["plate_a"] == plate else r["plate_a"] for r in own}
        own.sort(key=lambda r: (r["verdict"] == "look-alike", -r["inliers"], other[id(r)]))
        assert [(f"p{m.b:03}", m.verdict, m.inliers) for m in matches.of(row)] == [
            (other[id(r)], r["verdict"], r["inliers"]) for r in own
        ]
    for a, b in itertools.permutations(range(8), 2):
        pair = [r for r in rows if {r["plate_a"], r["plate_b"]} == {f"p{a:03}", f"p{b:03}"}]
        assert (matches.between(a, b) is not None) == bool(pair)


def test_the_frame_has_every_column_and_the_rows(catalogue: Catalogue) -> None:
    matches = Matches.from_frame(some(), catalogue)
    found = matches.frame
    assert {*schema().names, "row_a", "row_b"} == set(found.columns)
    assert list(zip(found["row_a"], found["row_b"], strict=True)) == [(0, 1), (1, 2), (1, 3), (1, 4), (5, 6)]
    assert matches.verified.tolist() == [True, True, False, True, True]
    assert matches.counts() == {"same image": 2, "mirrored": 1, "shared detail": 1, "look-alike": 1}
    np.testing.assert_array_equal(np.asarray(found["transform"].iloc[3]), AFFINE)
    again = Matches.from_frame(found, catalogue)
    assert again.table.equals(matches.table) or again.frame.astype(str).equals(found.astype(str))


def test_they_come_back_from_parquet(catalogue: Catalogue) -> None:
    for rows in (some(), frame()):
        matches = Matches.from_frame(rows, catalogue)
        again = Matches.from_parquet(matches.to_parquet(), catalogue)
        assert again.to_parquet() == matches.to_parquet()
        assert len(again) == len(rows)
        assert len(again.of(1)) == len(matches.of(1))


def test_nothing_of_them_can_be_changed(catalogue: Catalogue) -> None:
    match = Matches.from_frame(some(), catalogue).of(4)[0]
    for array in (match.transform, match.region_a, Matches.from_frame(some(), catalogue).verified):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


# -- not believing


WRONG = {
    "an unknown plate": {"plate_b": "p777"},
    "a plate with itself": {"plate_b": "p001"},
    "another order": {"plate_a": "p002", "plate_b": "p001"},
    "no verdict": {"verdict": "copy"},
    "no model": {"model": "spline"},
    "no printing": {"printing": "surely the same"},
    "fewer than none": {"inliers": -1},
    "more than all": {"coverage_a": 1.01},
    "less than nothing": {"coverage_b": -0.1},
    "no coverage": {"coverage_b": np.nan},
    "no residual": {"residual": np.nan},
    "endless residual": {"residual": np.inf},
    "no transform": {"transform": np.full(9, np.nan)},
    "half a transform": {"transform": np.eye(3).ravel()[:8]},
    "a flat transform": {"transform": np.ones(9)},
    "an endless transform": {"transform": [np.inf, 0, 0, 0, 1, 0, 0, 0, 1]},
    "half a point": {"region_a": [1.0, 2.0, 3.0]},
    "far outside": {"region_b": [1.0, 2.0, 5000.0, 4.0, 1.0, 9.0]},
    "nowhere": {"region_b": [1.0, 2.0, np.nan, 4.0, 1.0, 9.0]},
    "a novel": {"sources": "cosine" * 100},
    "too many corners": {"region_a": np.ones(2 * 5000)},
}


@pytest.mark.parametrize("values", WRONG.values(), ids=list(WRONG))
def test_values_that_no_match_has_are_refused(catalogue: Catalogue, values: dict[str, Any]) -> None:
    rows = frame({**match_values("p001", "p002"), **values}, match_values("p003", "p004"))
    with pytest.raises(CollectionError, match=r"matches\.parquet is damaged: .*Prepare the collection again"):
        Matches.from_frame(rows, catalogue)


# -- what earlier versions said


def said_of(outline_a: list[float], outline_b: list[float], **values: Any) -> dict[str, Any]:
    """A pair that an earlier version called the same plate, with the outlines of what agrees."""
    said = {"printing": "probably the same plate", "region_a": outline_a, "region_b": outline_b, "residual": 0.7}
    return match_values("p000", "p001", **{**said, **values})


def corners(width: float, height: float) -> list[float]:
    return [0, 0, width, 0, width, height, 0, height]


@pytest.mark.parametrize(
    ("size", "values", "kept"),
    [
        ((500, 600), {}, True),
        ((500, 600), {"mirrored": True, "verdict": "mirrored"}, False),
        ((500, 600), {"region_a": corners(300, 400)}, False),
        ((500, 600), {"region_b": corners(400, 300)}, False),
        ((500, 600), {"region_b": corners(450, 100)}, True),
        ((500, 600), {"residual": 1.1}, False),
        ((500, 600), {"coverage_a": 0.7}, False),
        ((500, 600), {"coverage_b": 0.7}, False),
        # A scan of 3,000 pixels was looked at on 640: these 600 were 128.
        ((2_000, 3_000), {}, False),
        ((2_000, 3_000), {"region_a": corners(1_500, 2_400), "region_b": corners(1_500, 2_400)}, True),
        ((500, 600), {"printing": "probably re-engraved", "mirrored": True}, True),
    ],
    ids=str,
)
def test_the_same_plate_is_taken_back_where_it_is_not_calibrated(
    catalogue: Catalogue, size: tuple[int, int], values: dict[str, Any], kept: bool
) -> None:
    scans = Catalogue(catalogue.frame.assign(width=size[0], height=size[1]))
    row = said_of(corners(500, 600), corners(500, 600), **values)
    other = match_values("p002", "p003", printing="probably re-engraved")
    data = table_bytes(to_table(frame(row, other)))
    matches = Matches.from_parquet(data, scans)
    expected = row["printing"] if kept else ""
    assert matches.between(0, 1).printing == expected  # type: ignore[union-attr]
    assert matches.frame["printing"].tolist() == [expected, "probably re-engraved"]
    # So it is in what is taken over into another generation, and in what is written.
    assert matches.table["printing"].to_pylist() == [expected, "probably re-engraved"]
    again = Matches.from_parquet(matches.to_parquet(), scans)
    assert again.frame["printing"].tolist() == [expected, "probably re-engraved"]


def test_a_collection_of_an_earlier_version_takes_it_back_everywhere(copied: Path) -> None:
    row = said_of([2, 2, 30, 2, 30, 40, 2, 40], [2, 2, 30, 2, 30, 40, 2, 40])
    add_matches(copied, [row])
    opened = open_collection(copied)
    assert opened.found_families is not None
    stream = io.BytesIO()
    old = opened.found_families.frame[list(COLUMNS)].assign(printing=["", "probably the same plate"])
    old.to_parquet(stream, index=False)
    add_files(
        copied, {layout.MATCHES: table_bytes(to_table(frame(row))), layout.FAMILIES: stream.getvalue()}
    )
    opened = open_collection(copied)
    assert opened.matches is not None and opened.found_families is not None
    assert opened.matches.frame["printing"].tolist() == [""]
    assert [member.words for member in opened.found_families.ordered()[0].members][1] == ("same image",)
    table = families_csv(opened.found_families, opened.catalogue, collection="old", date="2026-11-29")
    assert b"same image" in table and b"probably" not in table


def test_a_pair_that_comes_twice_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(CollectionError, match="twice"):
        Matches.from_frame(frame(match_values("p001", "p002"), match_values("p001", "p002")), catalogue)


def test_a_missing_column_and_values_of_another_kind_are_named(catalogue: Catalogue) -> None:
    with pytest.raises(CollectionError, match="column residual"):
        Matches.from_frame(some().drop(columns="residual"), catalogue)
    with pytest.raises(CollectionError, match="column inliers"):
        to_table(some().assign(inliers="many"))


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def hostile() -> dict[str, bytes]:
    table = to_table(some())
    good = parquet(table)
    missing = pa.array([None, *table["sources"].to_pylist()[1:]], pa.string())
    return {
        "nothing": b"",
        "text": b"PAR1" + b"x" * 200 + b"PAR1",
        "cut": good[: len(good) // 2],
        "cut by three": good[:-3],
        "another table": parquet(pa.table({"a": [1, 2]})),
        "another kind": parquet(table.set_column(3, "inliers", table["inliers"].cast(pa.float64()))),
        "another order": parquet(table.select(table.column_names[::-1])),
        "one more column": parquet(table.append_column("more", pa.array([1] * len(table)))),
        "a missing value": parquet(table.set_column(len(table.column_names) - 1, "sources", missing)),
        "a pickle": b"\x80\x04cos\nsystem\n.",
    }


@pytest.mark.parametrize("name", hostile().keys())
def test_hostile_files_are_errors_of_the_collection(copied: Path, name: str) -> None:
    add_files(copied, {layout.MATCHES: hostile()[name]})
    with pytest.raises(CollectionError, match=r"Prepare the collection plates again"):
        _ = open_collection(copied).matches


def test_a_flipped_bit_is_found_before_anything_is_read(copied: Path) -> None:
    add_matches(copied, [match_values("p001", "p002")], families=False)
    path = open_collection(copied).folder / layout.MATCHES
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(CollectionError, match="not what was written"):
        _ = open_collection(copied).matches


# -- in a collection


def test_a_collection_without_matches_says_none(pristine: Path) -> None:
    collection = open_collection(pristine)
    assert collection.matches is None
    assert collection.found_families is None
    assert collection.features is None
    assert collection.feature_index is None
    assert collection.mirrored("toy") is None


def test_matches_can_be_given_to_a_prepared_collection(copied: Path) -> None:
    add_matches(copied, [match_values("p001", "p002"), match_values("p002", "p003", "mirrored")])
    collection = open_collection(copied)
    assert collection.matches is not None
    assert collection.found_families is not None
    assert collection.matches is collection.matches
    assert len(collection.matches) == 2
    assert len(collection.found_families) == 1
    add_files(copied, {layout.FAMILIES: b"PAR1 no families"})
    with pytest.raises(CollectionError, match=r"families\.parquet cannot be read"):
        _ = open_collection(copied).found_families
