"""Rows of a book's pages where plates could only be joined by the book: what they differ in is said of no plate."""

from __future__ import annotations

from collections import defaultdict

from imgsim.catalogue.metadata import Metadata
from imgsim.catalogue.row_keys import Match
from imgsim.catalogue.values import fold, whole

_PLACES = ("page", "number")


def disputed(metadata: Metadata, match: Match) -> dict[str, set[int]]:
    """Column -> rows that plates are joined to although they are of one page, and those of others say something else.

    Empty where a row is of one plate or page and was joined so. Of a book's rows that name no pages the first counts.
    """
    if match.a_row_a_plate or not match.repeated:
        return {}
    frame = metadata.frame
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, value in enumerate(frame[match.column].tolist()):
        if value.strip():
            rows_of[fold(whole(value))].append(row)
    used = set(match.rows[match.rows >= 0].tolist())
    told = [frame[column].str.strip().tolist() for column, means in metadata.understood.items() if means in _PLACES]
    several = [
        (used & set(rows), rows)
        for rows in rows_of.values()
        if used & set(rows) and any(len({cells[row] for row in rows}) > 1 for cells in told)
    ]
    found: dict[str, set[int]] = {}
    for column in frame.columns:
        cells = frame[column].str.strip().tolist()
        odd = [taken for taken, rows in several if len({cells[row] for row in rows}) > 1]
        if odd and column != match.column:
            found[str(column)] = set().union(*odd)
    return found


def told_of(odd: dict[str, set[int]]) -> str:
    """What is left empty for it, in a sentence; "" where nothing is."""
    if not odd:
        return ""
    books = len(set().union(*odd.values()))
    named = ", ".join(repr(column) for column in list(odd)[:8]) + (" and more" if len(odd) > 8 else "")
    which = "1 book has rows" if books == 1 else f"{books:,} books have rows"
    return f"{which} of single pages, which the names of files do not tell: what they differ in is left empty ({named})"
