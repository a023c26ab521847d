"""Catalogues and matches in a line or two, for the tests of families, borrowing and dossiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME
from imgsim.catalogue import Catalogue, build_catalogue
from imgsim.verification.matches import Matches

SIZE = (400, 600)
FLIP = np.array([[-1.0, 0, SIZE[0]], [0, 1, 0], [0, 0, 1]])


def catalogue_of(plates: Mapping[str, tuple[str, int | None]], **columns: Sequence) -> Catalogue:
    """Plates of 400 x 600 pixels: id -> (book, year); further columns in the order of the ids."""
    ids = sorted(plates)
    table = pd.DataFrame(
        {
            "plate_id": ids, "file": [f"{i}.png" for i in ids], "root": "/scans", "folder": "", "sha256": "0" * 64,
            "width": SIZE[0], "height": SIZE[1], "mode": "L", "frames": 1, "bytes": 9,
        }
    )  # fmt: skip
    made, _ = build_catalogue(table, None)
    year = pd.array([plates[i][1] for i in ids], dtype="Int32")
    own = {"book": [plates[i][0] for i in ids], "year": year, "decade": year // 10 * 10} | columns
    # The order within books follows from what is given here.
    return Catalogue(made.frame.drop(columns="in_book").assign(**own))


def pair(a: str, b: str, verdict: str = SAME, inliers: int = 200, **columns: Any) -> dict[str, Any]:
    """One match as a record of matches.parquet, in order of the ids; nearly all of both plates agrees, or a third."""
    known = verdict != LOOK_ALIKE
    mirrored = columns.get("mirrored", verdict == MIRRORED)
    share = 0.0 if not known else 0.3 if verdict == DETAIL else 0.9
    record: dict[str, Any] = {
        "plate_a": a, "plate_b": b, "verdict": verdict, "inliers": inliers if known else 5, "mirrored": mirrored,
        "coverage_a": share, "coverage_b": share, "residual": 1.0 if known else np.nan,
        "model": "similarity" if known else "", "printing": "",
        "transform": (FLIP if mirrored else np.eye(3)) if known else np.full((3, 3), np.nan),
        "region_a": box(0, 0, 100, 100) if known else (), "region_b": box(0, 0, 100, 100) if known else (),
        "sources": "cosine",
    } | columns  # fmt: skip
    if a < b:
        return record
    back = np.linalg.inv(record["transform"]) if known else record["transform"]
    turned = {"plate_a": b, "plate_b": a, "transform": back}
    for name in ("coverage", "region"):
        turned |= {f"{name}_a": record[f"{name}_b"], f"{name}_b": record[f"{name}_a"]}
    return record | turned


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """A region's outline."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)


def matches_of(catalogue: Catalogue, pairs: Iterable[dict[str, Any]]) -> Matches:
    """Matches from records of :func:`pair`."""
    columns = list(pair("a", "b"))
    return Matches.from_frame(pd.DataFrame(list(pairs), columns=pd.Index(columns)), catalogue)


def clique(names: Iterable[str], verdict: str = SAME, **columns: Any) -> list[dict[str, Any]]:
    """Every two of some plates."""
    given = sorted(names)
    return [pair(a, b, verdict, **columns) for at, a in enumerate(given) for b in given[at + 1 :]]
