"""Lists of neighbours as CSV: one as it is shown, or those of many plates, in chunks.

What is verified of a pair stands beside its similarity: two of the columns answer two questions, and the lists stay in
the order of the one that they are named after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.base.cells import cell, csv_bytes, encoded, header, line_part
from imgsim.base.verdict_words import NOT_CHECKED
from imgsim.catalogue import Catalogue
from imgsim.collection.evidence import EVIDENCE, evidence_cells
from imgsim.collection.listing import meets
from imgsim.collection.other_hands import copy_pairs
from imgsim.export.catalogued import OF_BOTH, Parts, column, same_length
from imgsim.export.request import Chunk, Request
from imgsim.retrieval.neighbours import nearest

if TYPE_CHECKING:
    from imgsim.verification.match_row import MatchRow
    from imgsim.verification.matches import Matches

_NUMBERS = {"rank", "similarity", "threshold", "date"} | {
    f"{side}_{name}" for side in ("query", "neighbour") for name in ("year", "date_from", "date_to", "page")
}
# For each of some plates the rows of its neighbours and their similarities.
Lists = list[tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]]
_BLOCK = (
    256  # plates whose lists are made together: their products with all others take 13 MB at 13,151 plates
)


def neighbours_csv(
    catalogue: Catalogue,
    query_row: int | None,
    query_label: str,
    rows: Sequence[int] | np.ndarray,
    similarities: Sequence[float] | np.ndarray,
    *,
    threshold: float | None = None,
    backbone: str,
    collection: str,
    date: str,
    extra: Mapping[str, Sequence] | None = None,
) -> bytes:
    """Return a ranked list of neighbours as CSV.

    Parameters
    ----------
    query_row : int or None
        The query's row; None for an image that is not in the collection, which ``query_label`` then names.
    rows, similarities : sequences of equal length
        The neighbours as shown, in their order.
    threshold : float or None
        Where the line across the list stands; None where there is none.
    date : str
        When the list was made, e.g. ``2026-11-22``.
    extra : mapping
        More columns, one value a neighbour.

    Returns
    -------
    bytes
        Columns: query_plate_id, rank, similarity (6 decimals), above_threshold ("yes" or "no") and threshold (both
        empty without a line), neighbour_plate_id, then book, title, author, year, date_from, date_to, date_sure,
        place and page of both, then ``extra``, backbone, collection and date.
    """
    rows = [int(row) for row in rows]
    scores = [float(value) for value in similarities]
    same_length(rows, {"similarity": scores, **(extra or {})})
    at = None if threshold is None else float(np.float32(threshold))  # as similarities are
    query = catalogue.record(query_row) if query_row is not None else {}
    of_query = {f"query_{name}": [query.get(name)] * len(rows) for name in OF_BOTH}
    of_neighbours = {f"neighbour_{name}": column(catalogue, name, rows) for name in OF_BOTH}
    columns: dict[str, Sequence] = {
        "query_plate_id": [query.get("plate_id", query_label)] * len(rows),
        "rank": range(1, len(rows) + 1),
        "similarity": [f"{value:.6f}" for value in scores],
        "above_threshold": [_side(value, at) for value in scores],
        "threshold": [_written(threshold)] * len(rows),
        "neighbour_plate_id": [catalogue.plate_ids[row] for row in rows],
        **of_query,
        **of_neighbours,
        **(extra or {}),
        "backbone": [backbone] * len(rows),
        "collection": [collection] * len(rows),
        "date": [date] * len(rows),
    }
    return csv_bytes(columns, _NUMBERS)


def _side(similarity: float, at: float | None) -> str:
    return "" if at is None else "yes" if similarity >= at else "no"


def _written(threshold: float | None) -> str:
    return "" if threshold is None else f"{threshold:g}"


def neighbour_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the lists of all plates of a request: the columns of :func:`neighbours_csv`, with what is verified."""
    catalogue, matches = request.catalogue, request.collection.matches
    evidence = () if matches is None else EVIDENCE
    yield Chunk(
        header(
            [
                "query_plate_id", "rank", "similarity", "above_threshold", "threshold", "neighbour_plate_id",
                *(f"query_{n}" for n in OF_BOTH), *(f"neighbour_{n}" for n in OF_BOTH), *evidence, "backbone",
                "collection", "date",
            ]
        )
    )  # fmt: skip
    # A plate is met in a hundred rows: its cells are made once, and ready to stand between two commas.
    names, books = Parts(catalogue, ("plate_id",)), Parts(catalogue, OF_BOTH)
    tail = f",{line_part([request.backbone, request.collection.name])},{cell(request.date, plain=True)}"
    proofs = None if matches is None else _Proofs(matches, copy_pairs(request.collection))
    at = None if request.across is None else float(np.float32(request.across))
    line = _written(request.across)
    for rows, lists in neighbour_lists(request):
        said = iter(proofs.of(rows, lists)) if proofs is not None else repeat("")
        met = np.concatenate([rows, *(indices for indices, _ in lists)])
        ids, records = names.of(met), books.of(met)
        written: list[str] = []
        for row, (indices, values) in zip(rows.tolist(), lists, strict=True):
            start, middle = ids[row], records[row]
            for rank, (other, value) in enumerate(zip(indices.tolist(), values.tolist(), strict=True), 1):
                written.append(
                    f"{start},{rank},{value:.6f},{_side(value, at)},{line},{ids[other]},{middle},{records[other]}"
                    f"{next(said)}{tail}\r\n"
                )
        yield Chunk(encoded("".join(written)), len(written))


def neighbour_lists(request: Request) -> Iterator[tuple[npt.NDArray[np.int64], Lists]]:
    """Yield the lists of a few plates at a time: their rows, and for each (rows of its neighbours, similarities).

    Exact under every condition. What the collection keeps is used where it says enough; else the plates are compared
    anew.
    """
    kept, scores = request.collection.neighbour_table(request.backbone)
    wanted = _wanted(request)
    for start in range(0, len(request.chosen), _BLOCK):
        rows = request.chosen[start : start + _BLOCK]
        fits, enough = _kept(request, rows)
        lists: Lists = []
        for row, passed in zip(rows, fits, strict=True):
            places = np.flatnonzero(passed)[:wanted]
            lists.append((kept[row, places], scores[row, places]))
        for at, found in _compared(request, rows, np.flatnonzero(~enough)):
            lists[at] = found
        yield rows, lists


def expected_rows(request: Request) -> int:
    """Return how many rows there will be, or more where the lists that the collection keeps do not tell."""
    total = 0
    for start in range(0, len(request.chosen), _BLOCK):
        fits, enough = _kept(request, request.chosen[start : start + _BLOCK])
        total += int(np.where(enough, np.minimum(fits.sum(axis=1), _wanted(request)), _wanted(request)).sum())
    return total


def _wanted(request: Request) -> int:
    return min(request.top_k, len(request.catalogue) - 1)


def _conditioned(request: Request) -> bool:
    return request.other_books or request.when != "any" or request.between is not None


def _kept(
    request: Request, rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which kept neighbours of some plates belong into their lists, bool (m, k), and whether that is all, bool (m,)."""
    kept, scores = request.collection.neighbour_table(request.backbone)
    least = np.float32(request.threshold)
    fits = scores[rows] >= least
    if _conditioned(request):
        fits &= _meets(request, rows[:, None], kept[rows])
    # What is not kept is no nearer than the last that is.
    ended = scores[rows, -1] < least if kept.shape[1] else np.zeros(len(rows), dtype=bool)
    return fits, (fits.sum(axis=1) >= _wanted(request)) | ended | (
        kept.shape[1] >= len(request.catalogue) - 1
    )


def _compared(
    request: Request, rows: npt.NDArray[np.int64], places: npt.NDArray[np.int64]
) -> Iterator[tuple[int, tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]]]:
    """Compare the plates at some places with all others; yield each place with its list."""
    if not len(places):
        return
    asked = rows[places]
    allowed = _allowed(request, asked) if _conditioned(request) else None
    embeddings = request.collection.embeddings(request.backbone)
    indices, values = nearest(embeddings, asked, _wanted(request), allowed)
    # Each list falls, so what reaches the threshold comes first.
    lengths = ((values >= np.float32(request.threshold)) & np.isfinite(values)).sum(axis=1)
    for i, (place, length) in enumerate(zip(places.tolist(), lengths.tolist(), strict=True)):
        yield place, (indices[i, :length], values[i, :length])


def _allowed(request: Request, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which plates meet the conditions on book and time for each of some rows, bool (m, n)."""
    return _meets(request, rows[:, None], np.arange(len(request.catalogue))[None, :])


def _meets(request: Request, rows: np.ndarray, others: np.ndarray) -> npt.NDArray[np.bool_]:
    fits = meets(request.catalogue, rows, others, other_books=request.other_books, when=request.when)
    return fits if request.between is None else fits & request.between.crosses(rows, others)


class _Proofs:
    """What is verified of pairs, as the ends of their lines."""

    def __init__(self, matches: Matches, copies: Sequence[MatchRow]) -> None:
        self._matches = matches
        self._copies = {(min(pair.a, pair.b), max(pair.a, pair.b)): pair for pair in copies}
        self._values = {
            name: matches.column(name)
            for name in ("verdict", "inliers", "mirrored", "negative", "coverage_a", "coverage_b")
        }

    def of(self, rows: npt.NDArray[np.int64], lists: Lists) -> list[str]:
        """Return one part of a line for each pair of some lists, in their order."""
        queries = np.repeat(rows, [len(indices) for indices, _ in lists])
        others = np.concatenate([indices for indices, _ in lists]).astype(np.int64)
        positions = self._matches.positions(queries, others)
        known = np.flatnonzero(positions >= 0)
        at = positions[known]
        turned = queries[known] > others[known]  # the pair is stored with the other plate first
        first, second = self._values["coverage_a"][at], self._values["coverage_b"][at]
        columns = (
            known, self._values["verdict"][at], self._values["inliers"][at], self._values["mirrored"][at],
            self._values["negative"][at],
            np.where(turned, second, first), np.where(turned, first, second),
        )  # fmt: skip
        written = [f",{NOT_CHECKED},,,,,"] * len(positions)
        for place, *found in zip(*(values.tolist() for values in columns), strict=True):
            written[place] = _proof(*found)
        self._note_copies(written, queries, others)
        return written

    def _note_copies(
        self, written: list[str], queries: npt.NDArray[np.int64], others: npt.NDArray[np.int64]
    ) -> None:
        """Say of the copies by another hand what they are."""
        if not self._copies:
            return
        for place, (query, other) in enumerate(zip(queries.tolist(), others.tolist(), strict=True)):
            pair = self._copies.get((min(query, other), max(query, other)))
            if pair is not None:
                of = pair.seen_from(query)
                written[place] = _proof(
                    of.verdict, of.inliers, of.mirrored, of.negative, of.coverage_a, of.coverage_b
                )


def _proof(*found: Any) -> str:
    """The end of a line that says what is known of a pair; see :func:`evidence_cells`."""
    verdict, inliers, side, tone, one, two = evidence_cells(*found)
    return f",{verdict},{inliers},{side or ''},{tone or ''},{one},{two}"
