"""Matches that are not believed, or said more than they may."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from imgsim.catalogue import Catalogue
from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from imgsim.export import families_csv
from imgsim.families import COLUMNS
from imgsim.generation import layout
from imgsim.verification.match_table import table_bytes, to_table
from imgsim.verification.matches import Matches
from tests.making import add_files, add_matches, match_values
from tests.verification.rows import frame, parquet, some

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
