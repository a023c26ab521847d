"""Which book a plate comes from: what tells books apart in this collection, or what a person says that does."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imgsim.catalogue.column_words import names_books, names_parts, plain_name, surely_names_books
from imgsim.catalogue.order import stem
from imgsim.catalogue.row_keys import PAGE, Match
from imgsim.catalogue.values import fold, whole
from imgsim.errors import MetadataError
from imgsim.images.containers import INSIDE, as_path

FOLDER, PREFIX, NONE, AUTO = "folder", "prefix", "none", "auto"
BY = {FOLDER: "folder", PREFIX: "the prefix of file names", NONE: ""}
ECCO = "ECCO id"
_LABEL = (
    r"(?:pages?|plates?|illus|illu|ill|img|image|tafel|taf|tab|tav|fols?|folio|figs?|leaf|scan|blatt|bl|pp|pl|p|f|s|n)?"
)
# The running number at the end of a name, with its label and its side: "_pl03", "-0012v", "01", "_Taf_IV".
_RUNNING = re.compile(
    rf"(?:(?:[\W_]+{_LABEL}[\W_]*)?(?<!\d)\d+|[\W_]+(?:{_LABEL}[\W_]+)?[ivxlc]+)(?:[\W_]?[a-z])?$", re.IGNORECASE
)
# A page's number may stand before that of the illustration; a year belongs to the book.
_PAGE = re.compile(rf"[\W_]+(?!1[4-9]\d\d$){_LABEL}[\W_]*\d{{1,4}}$", re.IGNORECASE)
_SAYS_NOTHING = re.compile(
    r"(?:img|image|images?|dscn?|scan|scans|bild|photo|foto|picture|page|plate|seite|tafel|tab|fig|figure|ill|illus"
    r"|illustration|untitled|unknown|file|copy|recto|verso|detail|cover|title|frontispiece|planche|pl|fol|folio)[\W\d_]*",
    re.IGNORECASE,
)
_MOST_NAMED = 5  # books that are named in a note
_LEAST = 3  # characters of a prefix that can name a book


@dataclass(frozen=True)
class Books:
    """The book of every plate, and what named them.

    Attributes
    ----------
    names : list of str, (n,)
        '' where the book is not known.
    by : str
        What named most of them: "folder", "the column 'x'", "the prefix of file names", "ECCO id"; '' for nothing.
    note : str
        What a reader should know besides; '' for nothing.
    """

    names: list[str]
    by: str
    note: str = ""

    def facts(self) -> dict[str, object]:
        """What the manifest keeps: how many books, by what, and how many plates are of no known book."""
        known = [name for name in self.names if name]
        return {
            "count": len(set(known)),
            "by": self.by if known else "",
            "unnamed": len(self.names) - len(known),
        }


def tell_apart(
    files: Sequence[str], folders: Sequence[str], ecco: Sequence[str], cells: Mapping[str, Sequence[str]],
    match: Match | None, by: str | None = None,
) -> Books:  # fmt: skip
    """Name the book of every plate.

    Parameters
    ----------
    files, folders, ecco : sequences of str, (n,)
        Path, nearest folder, and the book that ECCO's file names give ('' for none).
    cells : mapping
        Column of the table -> each plate's cell ('' for a plate without a row).
    match : Match or None
        How the table was joined.
    by : str, optional
        folder, prefix, none, or a column, as a person decided; found out if not given.

    Raises
    ------
    MetadataError
        ``by`` names a column that the table does not have.
    """
    if by and by != AUTO:
        return _by_hand(files, folders, cells, by)
    column, note = _column(files, folders, cells, match)
    # One folder may hold anything; a document is a book, also where it is the only one.
    by_folder = len(set(folders)) > 1 or (bool(files) and all(map(_is_in_document, files)))
    prefixes = [""] * len(files)
    if column is None and not by_folder:
        prefixes = _told_by_prefix(files)
        if not any(prefixes) and not all(ecco):
            column = _last_resort(cells)
    named = [whole(value) for value in cells[column]] if column is not None else [""] * len(files)
    names, how = [], Counter[str]()
    sources = (
        (ECCO, ecco), (f"the column {column!r}", named),
        (BY[FOLDER], folders if by_folder else [""] * len(files)), (BY[PREFIX], prefixes),
    )  # fmt: skip
    for row in range(len(files)):
        source, name = next(((s, values[row]) for s, values in sources if values[row]), ("", ""))
        names.append(name)
        how[source] += bool(name)
    most = how.most_common(1)
    first = most[0][0] if most and most[0][1] else ""
    rest = [f"{count:,} plates by {source}" for source, count in how.items() if count and source != first]
    if first == BY[FOLDER]:
        rest.append(_namesakes(names, files))
    return Books(names, first, "; ".join(filter(None, [note, *rest])))


def _namesakes(names: Sequence[str], files: Sequence[str]) -> str:
    """What to say of folders and documents of one name, which count as one book."""
    places: dict[str, set[str]] = defaultdict(set)
    for name, file in zip(names, files, strict=True):
        folder = posixpath.dirname(as_path(file))
        if name and posixpath.basename(folder) == name:
            places[name].add(folder)
    several = sorted(name for name, folders in places.items() if len(folders) > 1)
    shown = ", ".join(several[:_MOST_NAMED]) + (", ..." if len(several) > _MOST_NAMED else "")
    return f"folders or documents of one name count as one book ({shown})" if several else ""


def _is_in_document(file: str) -> bool:
    return file.rpartition(INSIDE)[0].lower().endswith((".pdf", ".cbz"))


def _by_hand(
    files: Sequence[str], folders: Sequence[str], cells: Mapping[str, Sequence[str]], by: str
) -> Books:
    if by == NONE:
        return Books([""] * len(files), "", "books are not told apart, as you said")
    if by == FOLDER:
        return Books(list(folders), BY[FOLDER])
    if by == PREFIX:
        return Books([_prefix(file) for file in files], BY[PREFIX])
    names = {plain_name(column): column for column in reversed(list(cells))}
    column = by if by in cells else names.get(plain_name(by), "")
    if not column:
        has = f"It has: {', '.join(cells)}" if cells else "There is no table"
        raise MetadataError(
            f"Books cannot be told apart by {by!r}: the table has no such column. {has}. "
            "Besides a column there are folder, prefix, none and auto."
        )
    return Books([whole(value) for value in cells[column]], f"the column {column!r}")


def _column(
    files: Sequence[str], folders: Sequence[str], cells: Mapping[str, Sequence[str]], match: Match | None
) -> tuple[str | None, str]:
    """The column that names books, if one does, and a note on those that claim to and do not."""
    if match is None or not match.joined:
        return None, ""
    if not match.a_row_a_plate or match.kind == PAGE:
        # Its values were found in the paths, so they group the files as books are grouped.
        return match.column, ""
    claims = [column for column in cells if names_books(column) and column != match.column]
    refused = []
    for column in claims:
        values = [fold(whole(value)) for value in cells[column]]
        why = _no_book(values, folders, files, surely_names_books(column))
        if not why:
            return column, ""
        refused.append(f"the column {column!r} does not tell books apart: {why}")
    return None, "; ".join(refused)


def _no_book(values: Sequence[str], folders: Sequence[str], files: Sequence[str], sure: bool) -> str:
    """Why values do not group files as books are grouped; '' if they do.

    ``sure`` is a column that is called book: it may name one book only, or a book for every file, where neither folders
    nor names of files say otherwise.
    """
    known = [value for value in values if value]
    different = len(set(known))
    several_folders = len(set(folders)) > 1
    if different < 2:
        told = several_folders or any(_told_by_prefix(files))
        return "it is empty" if not different else "" if sure and not told else "it has one value"
    if several_folders:
        # A book may fill several folders, and a folder may hold several books, but not both crosswise.
        if not _nested(values, folders):
            return "its values and the folders go crosswise"
        return (
            "" if different < len(known) or _same_groups(values, folders) else "it has a value for every file"
        )
    if different == len(known):
        return "" if sure else "it has a value for every file"
    prefixes = _told_by_prefix(files)
    if any(prefixes) and not _nested(values, prefixes):
        return "its values and the prefixes of file names go crosswise"
    return ""


def _nested(one: Sequence[str], two: Sequence[str]) -> bool:
    """Whether each group of one lies within a group of the other, or the other way round."""
    first, second = defaultdict(set), defaultdict(set)
    for a, b in zip(one, two, strict=True):
        if a and b:
            first[a].add(b)
            second[b].add(a)
    return all(len(group) == 1 for group in first.values()) or all(
        len(group) == 1 for group in second.values()
    )


def _same_groups(one: Sequence[str], two: Sequence[str]) -> bool:
    pairs = {(a, b) for a, b in zip(one, two, strict=True) if a}
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def _last_resort(cells: Mapping[str, Sequence[str]]) -> str | None:
    """A column of volumes, where nothing else tells books apart and each has several files."""
    for column in cells:
        if names_parts(column):
            counts = Counter(value for value in map(whole, cells[column]) if value)
            if len(counts) > 1 and min(counts.values()) > 1:
                return column
    return None


def _prefix(file: str) -> str:
    """What stands before the running number of a file's name; '' if nothing does, or no number."""
    name = stem(file)
    start = _RUNNING.sub("", name)
    while start != (shorter := _PAGE.sub("", start)):
        start = shorter
    return "" if start == name else start.rstrip("_-. ")


def _told_by_prefix(files: Sequence[str]) -> list[str]:
    """The prefix of each file's name if they tell books apart: there are several, and each has several files."""
    found = [_prefix(file) for file in files]
    counts = Counter(map(fold, found))
    several = len(counts) > 1 and all(
        count > 1 and len(prefix) >= _LEAST and not _SAYS_NOTHING.fullmatch(prefix)
        for prefix, count in counts.items()
    )
    return found if several else [""] * len(files)
