"""Matches: what can be asked of them."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from imgsim.base.verdict_words import VERDICTS
from imgsim.catalogue import Catalogue
from imgsim.verification.match_row import inverted
from imgsim.verification.match_table import schema
from imgsim.verification.matches import Matches
from tests.making import match_values
from tests.verification.rows import AFFINE, frame, some


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
    assert matches.counts() == {"same image": 2, "mirrored": 1, "negative": 0, "shared detail": 1, "look-alike": 1}
    np.testing.assert_array_equal(np.asarray(found["transform"].iloc[3]), AFFINE)
    again = Matches.from_frame(found, catalogue)
    assert again.table.equals(matches.table) or again.frame.astype(str).equals(found.astype(str))


def test_a_column_is_that_of_the_frame(catalogue: Catalogue) -> None:
    matches = Matches.from_parquet(Matches.from_frame(some(), catalogue).to_parquet(), catalogue)
    texts = ("verdict", "model", "printing", "sources")
    some_of_them = np.array([4, 0, 0])
    lists = {"transform", "region_a", "region_b"}
    for name in set(matches.frame.columns) - {"plate_a", "plate_b"} - lists:
        expected = matches.frame[name].to_numpy(object if name in texts else None)
        np.testing.assert_array_equal(matches.column(name), expected)
        np.testing.assert_array_equal(matches.column(name, some_of_them), expected[some_of_them])
        assert matches.column(name).dtype == expected.dtype
    np.testing.assert_array_equal(matches.rows, matches.frame[["row_a", "row_b"]].to_numpy())


def test_pairs_of_which_nothing_agrees_have_a_transform_and_outlines_of_nothing(catalogue: Catalogue) -> None:
    matches = Matches.from_parquet(Matches.from_frame(some(), catalogue).to_parquet(), catalogue)
    frame = matches.frame
    for at in range(len(matches)):
        found = matches.match(at)
        np.testing.assert_array_equal(found.transform, np.reshape(frame["transform"].iloc[at], (3, 3)))
        for name, region in (("region_a", found.region_a), ("region_b", found.region_b)):
            np.testing.assert_array_equal(region, np.reshape(frame[name].iloc[at], (-1, 2)))
            assert region.dtype == np.float32
    assert np.isnan(matches.match(2).transform).all() and matches.match(2).region_a.shape == (0, 2)


def test_they_come_back_from_parquet(catalogue: Catalogue) -> None:
    for rows in (some(), frame()):
        matches = Matches.from_frame(rows, catalogue)
        again = Matches.from_parquet(matches.to_parquet(), catalogue)
        assert again.to_parquet() == matches.to_parquet()
        pd.testing.assert_frame_equal(again.frame, matches.frame)
        assert len(again) == len(rows)
        assert len(again.of(1)) == len(matches.of(1))


def test_nothing_of_them_can_be_changed(catalogue: Catalogue) -> None:
    match = Matches.from_frame(some(), catalogue).of(4)[0]
    for array in (match.transform, match.region_a, Matches.from_frame(some(), catalogue).verified):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
