"""What a person says that the columns of a table mean: other headings for it, and the table written down so."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from imgsim.catalogue.column_words import KEYS, SOURCES, heading, meaning, plain_name
from imgsim.catalogue.metadata import Metadata, with_headings
from imgsim.catalogue.values import fold
from imgsim.errors import MetadataError

OWN = ""  # a column that is kept as it is
# What a column may mean: what names the plate or book of its row, then what is said of them.
MEANINGS: tuple[str, ...] = (*KEYS, *SOURCES, OWN)


def meanings(metadata: Metadata) -> dict[str, str]:
    """What each column is taken for by its heading, one of `MEANINGS`."""
    found = {}
    for column in map(str, metadata.frame.columns):
        if column == metadata.key_column and metadata.key in KEYS:
            found[column] = metadata.key
        elif (means := meaning(column)) is not None:
            found[column] = means.holds
        else:
            found[column] = next((kind for kind, words in KEYS.items() if heading(column) in words), OWN)
    return found


def chosen(metadata: Metadata, choices: Mapping[str, str]) -> Metadata:
    """The table with its columns called by what a person says that they mean; it itself where that is nothing new.

    A column that is kept as it is gets a heading that says nothing to us: ``year`` is then ``year (as it is)``.

    Raises
    ------
    MetadataError
        A meaning that there is not. A column that the table has no more counts for nothing.
    """
    known = meanings(metadata)
    changed = {column: means for column, means in choices.items() if column in known and known[column] != means}
    unknown = sorted(set(changed.values()) - set(MEANINGS))
    if unknown:
        raise MetadataError(f"A column cannot mean {unknown[0]!r}. It may be {', '.join(filter(None, MEANINGS))}.")
    taken = {plain_name(column) for column in known if column not in changed}
    used = {heading(column) for column in known if column not in changed}
    headings = {}
    for column, means in changed.items():
        word = _kept(column, taken) if means == OWN else _free(means, used, taken)
        headings[column] = word
        taken.add(plain_name(word))
        used.add(heading(word))
    return with_headings(metadata, headings) if headings else metadata


def _free(means: str, used: set[str], taken: set[str]) -> str:
    """The most telling word for a meaning that no other column has."""
    words = KEYS[means] if means in KEYS else SOURCES[means]
    for word in words:
        told = meaning(word)
        # A word may mean two things: then the first counts, and this one cannot be had by it.
        if word not in used and word not in taken and (told is None if means in KEYS else told and told.holds == means):
            return word
    raise MetadataError(f"More than {len(words)} columns cannot all mean {means}.")


def _kept(column: str, taken: set[str]) -> str:
    word = f"{column} (as it is)"
    while plain_name(word) in taken:
        word += "*"
    return word


def combined(tables: Sequence[Metadata]) -> tuple[list[str], list[list[str]]]:
    """Several tables below each other, as header and rows: columns that mean the same in one, the others by name.

    What a later table says of a book or plate takes the place of what an earlier one said of it.

    Raises
    ------
    MetadataError
        Their rows are not of one kind: in one each is a book, in another a plate; then they cannot be one table.
    """
    kinds = {_kind(table) for table in tables}
    if len(kinds) > 1:
        raise MetadataError(
            f"{tables[0].path.name} has a row for each {_kind(tables[0])} and {tables[-1].path.name} one for each "
            f"{_kind(tables[-1])}: they cannot be one table. Make a collection of its own of these plates."
        )
    renamed = [table.frame.rename(columns=plainest(table)) for table in tables]
    header = list(dict.fromkeys(str(column) for frame in renamed for column in frame.columns))
    parts: list[list[list[str]]] = []
    said: set[tuple[str, str]] = set()
    for table, frame in zip(reversed(tables), reversed(renamed), strict=True):
        names = [(table.key, name) for name in _named(table)]
        part = [
            [str(row.get(column, "")) for column in header]
            for row, name in zip(frame.to_dict("records"), names, strict=True)
            if name not in said
        ]
        parts.insert(0, part)
        said.update(name for name in names if name[1])
    return header, [row for part in parts for row in part]


def _named(table: Metadata) -> list[str]:
    """Which book or plate each row is about, as far as one column says it; "" where it does not."""
    cells = table.frame[table.key_column] if table.key_column else [""] * len(table.frame)
    return [fold(str(cell).strip()) for cell in cells]


def plainest(table: Metadata) -> dict[str, str]:
    """Column -> the plainest word for what it means, for those that are called otherwise: `Druckjahr` is year."""
    words: dict[str, str] = {}
    for column, means in meanings(table).items():
        word = (KEYS[means] if means in KEYS else SOURCES[means])[0] if means else ""
        if word and word not in words.values() and word not in table.frame.columns:
            words[column] = word
    return words


def called_now(before: Metadata, after: Metadata, column: str) -> str:
    """What a column is called after `chosen`; itself where the table has none of that name."""
    names = dict(zip(map(str, before.frame.columns), map(str, after.frame.columns), strict=True))
    return names.get(column, column)


def _kind(table: Metadata) -> str:
    return "plate" if table.key in ("plate_id", "file") else "book"


def as_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A table as imgsim reads it again. Cells stand as they are: no spreadsheet is meant to open it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def written(metadata: Metadata) -> bytes:
    """A table with its headings as they are now, as a file."""
    return as_csv([str(column) for column in metadata.frame.columns], metadata.frame.to_numpy().tolist())
