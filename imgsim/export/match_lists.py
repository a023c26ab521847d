"""Matches as CSV: one row for every two plates that were compared by their lines and agree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from imgsim.base.cells import cell, cells, column_cells, encoded, header, line_part, lines
from imgsim.collection.evidence import answer
from imgsim.collection.observations import Observations
from imgsim.export.catalogued import OF_BOTH, Parts
from imgsim.export.request import STEP, Chunk, Request

_EVIDENCE = (
    "verdict", "inliers", "mirrored", "negative", "coverage_a", "coverage_b", "residual", "model", "printing",
    "proposed_by", "family_id", "decision", "said", "reviewers", "observed",
)  # fmt: skip

_ASKED = (
    "row_a", "row_b", "verdict", "inliers", "mirrored", "negative", "coverage_a", "coverage_b", "residual", "model",
    "printing", "sources",
)  # fmt: skip


def matched(request: Request) -> npt.NDArray[np.int64]:
    """Return which pairs have at least one of the plates, as places in the matches' frame, int64 (m,).

    Of a reference set only those between its two sides.
    """
    matches = request.collection.matches
    if matches is None:
        return np.empty(0, dtype=np.int64)
    a, b = matches.column("row_a"), matches.column("row_b")
    wanted = request.mask[a] | request.mask[b]
    if request.between is not None:
        wanted &= request.between.crosses(a, b)
    if not request.look_alikes:
        wanted &= matches.verified
    return np.flatnonzero(wanted)


def match_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the pairs that have at least one of a request's plates, in the order of their ids."""
    matches = request.collection.matches
    if matches is None:
        return
    sides = [f"{side}_{name}" for side in "ab" for name in OF_BOTH]
    yield Chunk(header(["plate_a_id", "plate_b_id", *_EVIDENCE, *sides, "collection", "date"]))
    names, books = Parts(request.catalogue, ("plate_id",)), Parts(request.catalogue, OF_BOTH)
    tail = f"{line_part([request.collection.name])},{cell(request.date, plain=True)}"
    found = matched(request)
    people, seen = decided(request), observed(request)
    values = {name: matches.column(name) for name in _ASKED}
    for start in range(0, len(found), STEP):
        places = found[start : start + STEP]
        part = {name: column[places].tolist() for name, column in values.items()}
        rows = part["row_a"], part["row_b"]
        met = [*part["row_a"], *part["row_b"]]
        ids, records = names.of(met), books.of(met)
        known = matches.verified[places].tolist()
        evidence = lines(zip(*_evidence(request, part, known, people, seen), strict=True))
        written = [
            f"{ids[a]},{ids[b]},{said[:-2]},{records[a]},{records[b]},{tail}\r\n"
            for a, b, said in zip(*rows, evidence, strict=True)
        ]
        yield Chunk(encoded("".join(written)), len(written))


def _evidence(
    request: Request,
    values: Mapping[str, list],
    known: list[bool],
    people: Mapping[tuple[str, str], tuple[str, str, str]],
    seen: Mapping[tuple[str, str], str],
) -> Iterator[list[str]]:
    """Yield the cells of each column of what was found."""
    families = request.families
    yield values["verdict"]
    yield [str(value) for value in values["inliers"]]
    for name in ("mirrored", "negative"):
        yield [answer(holds, agrees) or "" for holds, agrees in zip(values[name], known, strict=True)]
    for name in ("coverage_a", "coverage_b", "residual"):
        yield ["" if math.isnan(value) else f"{value:.4f}" for value in values[name]]
    for name in ("model", "printing", "sources"):
        yield cells(values[name])
    owners = [
        (families.of(a), families.of(b)) if families is not None else (None, None)
        for a, b in zip(values["row_a"], values["row_b"], strict=True)
    ]
    family_ids = [one or "" if one == two else "" for one, two in owners]
    yield from column_cells("family_id", family_ids, _EVIDENCE, plain=False)
    ids = request.catalogue.plate_ids
    pairs = [(ids[a], ids[b]) for a, b in zip(values["row_a"], values["row_b"], strict=True)]
    said = [people.get(pair, ("", "", "")) for pair in pairs]
    for at in range(3):
        yield cells([one[at] for one in said])
    yield cells([seen.get(pair, "") for pair in pairs])


def decided(request: Request) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return what people decided: the decision, or "disputed", who says what, and who, by the ids of the pair."""
    frame = request.standing
    columns = (frame[name].tolist() for name in ("plate_a", "plate_b", "decision", "said", "reviewers"))
    return {(a, b): (decision, said, who) for a, b, decision, said, who in zip(*columns, strict=True)}


def observed(request: Request) -> dict[tuple[str, str], str]:
    """Return what people observed on these pictures, by the ids of the pair: `3: the broken stem (Ada, 2026-11-30)`."""
    found: dict[tuple[str, str], str] = {}
    for one in Observations(request.collection.path).standing():
        if one.of_these(request.catalogue.pictures):
            words = f"{one.number}: {one.text} ({one.reviewer}, {one.when[:10]})"
            found[one.pair] = f"{found[one.pair]}; {words}" if one.pair in found else words
    return found
