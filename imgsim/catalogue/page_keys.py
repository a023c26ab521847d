"""Which row of a table belongs to which plate where neither its name nor its file stands there: book, page and number.

The page of a plate is what its file's name says: a labelled number (``p. 12``, ``fol. 3v``), else its last number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from imgsim.catalogue.metadata import Metadata
from imgsim.catalogue.numerals import Numeral, in_name, numeral
from imgsim.catalogue.order import path_key, stem
from imgsim.catalogue.row_keys import PAGE, Match
from imgsim.catalogue.values import ecco_parts, fold, whole

# So much of what is joined by its book must find its page, or the pages of the table are not those of the names.
_LEAST = 0.5
_LAST_NUMBER = re.compile(r"(?<!\d)(\d{1,6})(?P<side>[rv]?)(?![0-9A-Za-z])(?!.*\d)")
_Page = tuple[bool, int, str]  # roman, number, side


def by_page(
    pages: Sequence[str], files: Sequence[str], metadata: Metadata, books: Match
) -> Match | None:
    """Join by book and page, and by the running number of the illustration where several rows are of one page.

    Parameters
    ----------
    pages, files : of each plate: the file of its page, and its own.
    books : how plates are joined by their books alone.

    Returns None where the table says no page, has one row a book, or its pages are not those in the files' names.
    """
    page, number = (_column(metadata, means, books.column) for means in ("page", "number"))
    if page is None or not books.repeated or books.a_row_a_plate:
        return None
    frame = metadata.frame
    book_of = [_book(value) for value in frame[books.column].tolist()]
    rows: dict[tuple[str, _Page], list[int]] = defaultdict(list)
    for row, cell in enumerate(frame[page].tolist()):
        told = numeral(cell)
        if book_of[row] and told is not None:
            rows[book_of[row], _page(told)].append(row)
    plates: dict[tuple[str, _Page], list[int]] = defaultdict(list)
    for plate, (file, row) in enumerate(zip(pages, books.rows.tolist(), strict=True)):
        here = _page_in_name(file) if row >= 0 else None
        if here is not None:
            plates[book_of[row], here].append(plate)
    columns = (books.column, page) if number is None else (books.column, page, number)
    match = Match(PAGE, books.column, np.full(len(files), -1, dtype=np.int64), columns=columns)
    numbers = [None] * len(frame) if number is None else [numeral(cell) for cell in frame[number].tolist()]
    for key, own in rows.items():
        match.repeated += len(own) - len({n.value if (n := numbers[row]) is not None else None for row in own})
        found = _on_page(plates.get(key, []), own, numbers, files)
        for plate, row in found.items():
            match.rows[plate] = row
    match.restored = books.restored
    match.by["page"] = match.joined
    return match if match.joined and match.joined >= _LEAST * books.joined else None


def _column(metadata: Metadata, means: str, other: str) -> str | None:
    told = (column for column, meaning in metadata.understood.items() if meaning == means and column != other)
    return next((column for column in told if metadata.frame[column].str.strip().any()), None)


def _book(value: str) -> str:
    """A book's name as it is compared; leading zeros that a spreadsheet lost do not count."""
    name = fold(whole(value))
    return name.lstrip("0") or name if name.isdecimal() else name


def _page(told: Numeral) -> _Page:
    return bool(told.letters), told.value, {"a": "r", "b": "v"}.get(told.side, told.side)


def _page_in_name(file: str) -> _Page | None:
    name = stem(file)
    if ecco := ecco_parts(name):
        return False, ecco.page, ""
    told = in_name(name)
    for counts in ("page", "folio"):
        if counts in told:
            return _page(told[counts])
    last = _LAST_NUMBER.search(name)
    return (False, int(last[1]), last["side"].lower()) if last is not None else None


def _on_page(
    plates: Sequence[int], rows: Sequence[int], numbers: Sequence[Numeral | None], files: Sequence[str]
) -> Mapping[int, int]:
    """Plate -> row, of one page: by the running number, which the names of ECCO say and the order of files gives."""
    of_number: dict[int | None, int] = {}
    for row in rows:
        told = numbers[row]
        of_number.setdefault(None if told is None else told.value, row)
    if set(of_number) == {None}:
        return dict.fromkeys(plates, of_number[None])  # a row stands for all of its page
    ordered = sorted(plates, key=lambda plate: (path_key(files[plate]), files[plate]))
    named = {plate: ecco.number for plate in ordered if (ecco := ecco_parts(stem(files[plate])))}
    known = sorted(value for value in of_number if value is not None)
    if len(named) == len(ordered):
        places = named
    elif len(known) == len(ordered):
        places = dict(zip(ordered, known, strict=True))  # counted anew on each page, or through the book
    else:
        places = {plate: place for place, plate in enumerate(ordered, start=1)}
    return {plate: of_number[place] for plate, place in places.items() if place in of_number}
