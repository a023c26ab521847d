"""Lists of neighbours as CSV: one as it is shown, or those of many plates, in chunks.

What is verified of a pair stands beside its similarity: two of the columns answer two questions, and the lists stay in
the order of the one that they are named after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.catalogue import Catalogue
from imgsim.export.cells import cell, cells, column, csv_bytes, encoded, header, is_id, lines, same_length
from imgsim.export.request import Chunk, Request
from imgsim.neighbours import nearest

_OF_BOTH = ("book", "title", "author", "year", "place", "page")
_EVIDENCE = ("verdict", "inliers", "mirrored", "coverage_query", "coverage_neighbour")
NOT_CHECKED = "not checked"
_NUMBERS = {"rank", "similarity", "query_year", "query_page", "neighbour_year", "neighbour_page", "date"}
_BLOCK = 64  # plates whose lists are made together: their products with all others take 3 MB at 13,151 plates


def neighbours_csv(
    catalogue: Catalogue,
    query_row: int | None,
    query_label: str,
    rows: Sequence[int] | np.ndarray,
    similarities: Sequence[float] | np.ndarray,
    *,
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
        The neighbours as shown, nearest first.
    date : str
        When the list was made, e.g. ``2026-11-22``.
    extra : mapping
        More columns, one value a neighbour.

    Returns
    -------
    bytes
        Columns: query_plate_id, rank, similarity (6 decimals), neighbour_plate_id, then book, title, author, year,
        place and page of both, then ``extra``, backbone, collection and date.
    """
    rows = [int(row) for row in rows]
    scores = [float(value) for value in similarities]
    same_length(rows, {"similarity": scores, **(extra or {})})
    query = catalogue.record(query_row) if query_row is not None else {}
    of_query = {f"query_{name}": [query.get(name)] * len(rows) for name in _OF_BOTH}
    of_neighbours = {f"neighbour_{name}": column(catalogue, name, rows) for name in _OF_BOTH}
    columns: dict[str, Sequence] = {
        "query_plate_id": [query.get("plate_id", query_label)] * len(rows),
        "rank": range(1, len(rows) + 1),
        "similarity": [f"{value:.6f}" for value in scores],
        "neighbour_plate_id": [catalogue.plate_ids[row] for row in rows],
        **of_query,
        **of_neighbours,
        **(extra or {}),
        "backbone": [backbone] * len(rows),
        "collection": [collection] * len(rows),
        "date": [date] * len(rows),
    }
    return csv_bytes(columns, _NUMBERS)


def neighbour_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the lists of all plates of a request: the columns of :func:`neighbours_csv`, with what is verified."""
    catalogue, matches = request.catalogue, request.collection.matches
    evidence = () if matches is None else _EVIDENCE
    yield Chunk(
        header(
            [
                "query_plate_id", "rank", "similarity", "neighbour_plate_id", *(f"query_{n}" for n in _OF_BOTH),
                *(f"neighbour_{n}" for n in _OF_BOTH), *evidence, "backbone", "collection", "date",
            ]
        )
    )  # fmt: skip
    # A plate is met in a hundred rows: its cells are made once, and ready to stand between two commas.
    ids = _written([cells(catalogue.plate_ids, False, True)])
    records = _written([_cells_of(catalogue, name) for name in _OF_BOTH])
    tail = (
        ","
        + _written([[cell(request.backbone)], [cell(request.collection.name)], [cell(request.date, True)]])[0]
    )
    for rows, lists in neighbour_lists(request):
        proofs = _proofs(request, rows, lists)
        parts: list[str] = []
        for row, (indices, values) in zip(rows.tolist(), lists, strict=True):
            start, middle = ids[row], records[row]
            for rank, (other, value) in enumerate(zip(indices.tolist(), values.tolist(), strict=True), 1):
                parts.append(
                    f"{start},{rank},{value:.6f},{ids[other]},{middle},{records[other]}{next(proofs)}{tail}\r\n"
                )
        yield Chunk(encoded("".join(parts)), len(parts))


def neighbour_lists(
    request: Request,
) -> Iterator[tuple[npt.NDArray[np.int64], list[tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]]]]:
    """Yield the lists of a few plates at a time: their rows, and for each (rows of its neighbours, similarities).

    Exact under every condition. What the collection keeps is used where it says enough; else the plates are compared
    anew.
    """
    collection = request.collection
    kept, scores = collection.neighbours(request.backbone)
    least = np.float32(request.threshold)
    conditioned = (request.other_books and request.catalogue.books_known) or request.when != "any"
    wanted = min(request.top_k, len(request.catalogue) - 1)
    for start in range(0, len(request.chosen), _BLOCK):
        rows = request.chosen[start : start + _BLOCK]
        if conditioned or wanted > kept.shape[1]:
            allowed = _allowed(request, rows) if conditioned else None
            indices, values = nearest(collection.embeddings(request.backbone), rows, wanted, allowed)
        else:
            indices, values = kept[rows, :wanted], scores[rows, :wanted]
        # Each list falls, so what reaches the threshold comes first.
        lengths = ((values >= least) & np.isfinite(values)).sum(axis=1)
        yield rows, [(indices[i, :n], values[i, :n]) for i, n in enumerate(lengths.tolist())]


def expected_rows(request: Request) -> int:
    """Return about how many rows there will be, from the lists that the collection keeps."""
    kept, scores = request.collection.neighbours(request.backbone)
    rows = request.chosen
    wanted = min(request.top_k, len(request.catalogue) - 1)
    if not request.other_books and request.when == "any":
        found = (scores[rows, :wanted] >= np.float32(request.threshold)).sum(axis=1)
        return int(found.sum())
    total = 0
    for start in range(0, len(rows), 1024):
        part = rows[start : start + 1024]
        fits = (scores[part] >= np.float32(request.threshold)) & _fits(request, part[:, None], kept[part])
        passed = fits.sum(axis=1)
        # Where the kept list ends above the threshold, as many may follow in the same proportion.
        ends = (
            scores[part, -1] >= np.float32(request.threshold) if kept.shape[1] else np.zeros(len(part), bool)
        )
        total += int(np.where(ends, wanted, np.minimum(passed, wanted)).sum())
    return total


def _allowed(request: Request, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which plates meet the conditions on book and time for each of some rows, bool (m, n)."""
    return _fits(request, rows[:, None], np.arange(len(request.catalogue))[None, :])


def _fits(
    request: Request, rows: npt.NDArray[np.integer], others: npt.NDArray[np.integer]
) -> npt.NDArray[np.bool_]:
    """Whether others meet the conditions; both in shapes that broadcast.

    A plate without a year is neither earlier nor later. Without a book or a year of a plate's own, the condition on it
    cannot be tested and lets everything pass, as on the page of the plate.
    """
    frame = request.catalogue.frame
    fits = np.ones(np.broadcast_shapes(rows.shape, others.shape), dtype=bool)
    if request.other_books and request.catalogue.books_known:
        books, names = pd.factorize(frame["book"])
        unknown = [i for i, name in enumerate(names) if name == ""]
        fits &= (books[rows] != books[others]) | np.isin(books[rows], unknown)
    if request.when != "any":
        years = frame["year"].to_numpy(dtype=float, na_value=np.nan)
        one, two = years[rows], years[others]
        fits &= np.isnan(one) | (two < one if request.when == "earlier" else two > one)
    return fits


def _written(columns: Sequence[Sequence[str]]) -> list[str]:
    """Return cells as parts of a line, without its end."""
    return [line.removesuffix("\r\n") for line in lines(zip(*columns, strict=True))]


def _cells_of(catalogue: Catalogue, name: str) -> list[str]:
    return cells(catalogue.frame[name].tolist(), f"query_{name}" in _NUMBERS, is_id(name))


def _proofs(
    request: Request,
    rows: npt.NDArray[np.int64],
    lists: list[tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]],
) -> Iterator[str]:
    """Yield what is verified of each pair of some lists, in their order, as the end of a line."""
    matches = request.collection.matches
    lengths = [len(indices) for indices, _ in lists]
    if matches is None:
        yield from [""] * sum(lengths)
        return
    queries = np.repeat(rows, lengths)
    others = np.concatenate([indices for indices, _ in lists]) if lists else np.empty(0, np.int32)
    positions = matches.positions(queries, others)
    frame = matches.frame
    known = np.flatnonzero(positions >= 0)
    at = positions[known]
    turned = queries[known] > others[known]  # the pair is stored with the other plate first
    first, second = frame["coverage_a"].to_numpy()[at], frame["coverage_b"].to_numpy()[at]
    of_query, of_other = np.where(turned, second, first), np.where(turned, first, second)
    found = zip(
        known.tolist(), frame["verdict"].to_numpy()[at], frame["inliers"].to_numpy()[at].tolist(),
        frame["mirrored"].to_numpy()[at].tolist(), matches.verified[at].tolist(), of_query.tolist(),
        of_other.tolist(), strict=True,
    )  # fmt: skip
    written = [f",{NOT_CHECKED},,,,"] * len(positions)
    for place, verdict, inliers, mirrored, verified, one, two in found:
        side = ("yes" if mirrored else "no") if verified else ""
        written[place] = f",{verdict},{inliers},{side},{round(one, 4)},{round(two, 4)}"
    yield from written
