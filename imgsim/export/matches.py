"""Matches as CSV: one row for every two plates that were compared by their lines and agree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from imgsim.export.cells import body, column, header, yes
from imgsim.export.request import STEP, Chunk, Request

_OF_BOTH = ("plate_id", "book", "title", "author", "year", "place", "page")
_NUMBERS = frozenset({"a_year", "a_page", "b_year", "b_page", "date"})


def matched(request: Request) -> npt.NDArray[np.int64]:
    """Return which pairs have at least one of the plates, as places in the matches' frame, int64 (m,)."""
    matches = request.collection.matches
    if matches is None:
        return np.empty(0, dtype=np.int64)
    frame = matches.frame
    wanted = request.mask[frame["row_a"].to_numpy()] | request.mask[frame["row_b"].to_numpy()]
    if not request.look_alikes:
        wanted &= matches.verified
    return np.flatnonzero(wanted)


def match_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the pairs that have at least one of a request's plates, in the order of their ids."""
    matches, families = request.collection.matches, request.collection.families
    if matches is None:
        return
    frame, found = matches.frame, matched(request)
    for start in range(-STEP, len(found), STEP):
        part = found[max(0, start) : start + STEP] if start >= 0 else found[:0]
        pairs = frame.iloc[part]
        sides = {"a": pairs["row_a"].tolist(), "b": pairs["row_b"].tolist()}
        verified = matches.verified[part].tolist()
        columns: dict[str, Sequence] = {
            "a_plate_id": column(request.catalogue, "plate_id", sides["a"]),
            "b_plate_id": column(request.catalogue, "plate_id", sides["b"]),
            "verdict": pairs["verdict"].tolist(),
            "inliers": pairs["inliers"].tolist(),
            "mirrored": [
                yes(turned) if known else ""
                for turned, known in zip(pairs["mirrored"].tolist(), verified, strict=True)
            ],
            "coverage_a": [f"{value:.4f}" for value in pairs["coverage_a"].tolist()],
            "coverage_b": [f"{value:.4f}" for value in pairs["coverage_b"].tolist()],
            "residual": ["" if math.isnan(value) else f"{value:.4f}" for value in pairs["residual"].tolist()],
            "model": pairs["model"].tolist(),
            "printing": pairs["printing"].tolist(),
            "proposed_by": pairs["sources"].tolist(),
            "family_id": [
                (families.of(a) or "") if families is not None and families.of(a) == families.of(b) else ""
                for a, b in zip(sides["a"], sides["b"], strict=True)
            ],
        }
        for side, rows in sides.items():
            columns |= {f"{side}_{name}": column(request.catalogue, name, rows) for name in _OF_BOTH[1:]}
        columns |= {
            "collection": [request.collection.name] * len(part),
            "date": [request.date] * len(part),
        }
        numbers = _NUMBERS | {"coverage_a", "coverage_b", "residual"}
        yield Chunk(body(columns, numbers), len(part)) if start >= 0 else Chunk(header(columns))
