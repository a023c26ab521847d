"""The README.txt of an export: what each file is, every column, how to cite, how it was made."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from imgsim.base.cells import GUARD
from imgsim.collection.citing import collection_citation, scores_citation
from imgsim.export.again import FIND, PREPARE, command_line
from imgsim.export.columns import meaning
from imgsim.export.kind import ExportFile
from imgsim.export.kinds import kinds_of
from imgsim.export.request import Request
from imgsim.reviews.account import Account, account

_WIDTH = 96
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True)
class Written:
    """A file as it was written: rows, bytes, SHA-256, and its beginning."""

    file: ExportFile
    rows: int
    size: int
    sha256: str
    beginning: bytes

    @property
    def columns(self) -> list[str]:
        """The columns of a CSV, [] of anything else."""
        if self.file.media_type != "text/csv":
            return []
        first = next(csv.reader(io.StringIO(self.beginning.decode("utf-8-sig"), newline="")), [])
        return [name.removeprefix(GUARD) for name in first]


def readme(request: Request, written: Sequence[Written]) -> str:
    """Return the README of an export."""
    collection = request.collection
    ids = request.catalogue.plate_ids
    chosen = None if request.rows is None else [ids[row] for row in request.chosen.tolist()]
    told = account(request.reviews, request.catalogue.pictures, chosen)
    parts = [
        f"Export from imgsim, {request.date}",
        "=" * 60,
        _wrapped(
            f"What was found in the {collection_citation(collection)} with imgsim "
            f"{collection.manifest.get('imgsim', '')}. \"Earliest\" is the earliest in this collection."
        ),
        *_sides(request),
        "",
        "Who decided what",
        "-" * 60,
        _wrapped(_who(told, [one.file.name for one in written])),
        "",
        *_files(written),
        "How to read the CSV files",
        "-" * 60,
        _wrapped(
            "UTF-8 with a byte order mark, commas, CRLF line ends. Ids stand twice: as they are, for scripts, and once "
            "more in square brackets in the column beside it, whose name ends in _text. Spreadsheets take 0904700600 "
            "or 1-2 for a number or a date when they open a file; in brackets they leave it alone. Or import the file "
            "(in Excel: Data, From Text/CSV, do not detect data types; in LibreOffice: column type Text), and "
            "every cell is what it was. In Python: pandas.read_csv(file, dtype=str, keep_default_na=False) gives "
            "every id as it is. Two things have an apostrophe before them, which is to be taken away: an id or a text "
            "that a spreadsheet would run as a formula (= + - @ first), and a text, other than an id, that it would "
            "change. imgsim.export.read_back(open(file, 'rb').read()) takes all that away."
        ),
        "",
        *_columns(written),
        "How to cite",
        "-" * 60,
        _wrapped(
            f"{scores_citation(collection, request.backbone)}; exported on {request.date}. For a plate or a family "
            "copy its citation from the app: it names the plate and the SHA-256 of its scan, by which "
            f"\"{FIND}\" and the search box of the app find it again."
        ),
        "",
        "How to make it again",
        "-" * 60,
        f"{PREPARE} {command_line(request, kinds_of([one.file for one in written]))}",
        "",
        _wrapped(
            "manifest.json holds the record of the collection: its inputs and their hashes, every parameter, the "
            "versions of all libraries, the counts; and under \"export\" what is said here, for programs. Folders are "
            "named in it without the way to them. The same collection, asked for the same on the same day, "
            "gives the same bytes."
        ),
    ]  # fmt: skip
    return _clean("\n".join(parts)) + "\n"


def _sides(request: Request) -> list[str]:
    """Of a reference set, that the lists hold only what is between its two sides."""
    if request.between is None:
        return []
    chosen = int(request.between.chosen.sum())
    said = (
        f"Neighbours, matches, copies, families and the network of books are only those between {chosen:,} plates "
        f"({', '.join(request.between.names)}) and the {len(request.catalogue) - chosen:,} others; what ties plates of "
        "one side to one another is left out. A family that has plates on both sides is listed whole."
    )
    return ["", _wrapped(said)]


def _who(told: Account, files: Sequence[str]) -> str:
    """What was decided by whom, and what a program measured."""
    measured = (
        "Similarities, verdicts, and how many points agree, over which share and how exactly, were measured by a "
        "program. It proposes families by them, and what people decided goes before."
    )
    if not told:
        return (
            f"{measured} Nobody has decided about a pair of these plates yet: look at them before you write that one "
            "was used again."
        )
    each = Counter(review.reviewer for review in told.reviews)
    names = ", ".join(f"{name} {number:,}" for name, number in sorted(each.items()))
    where = "reviews.csv" if "reviews.csv" in files else "reviews.csv of a full export"
    return (
        f"{measured} {told.sentences()} Decisions by name: {names}. {where} has every record: who decided what, when, "
        "on which evidence, about which two pictures. Look at the other pairs before you write that a plate was used "
        "again."
    )


def _files(written: Sequence[Written]) -> list[str]:
    lines = ["Files", "-" * 60]
    for one in written:
        unit = one.file.unit[one.rows != 1]
        lines += [
            f"{one.file.name}  ({one.rows:,} {unit}, {one.size:,} bytes)",
            _wrapped(one.file.about, "    "),
            f"    SHA-256 {one.sha256}",
            "",
        ]
    return lines


def _columns(written: Sequence[Written]) -> list[str]:
    lines = []
    for one in written:
        if one.columns:
            title = f"Columns of {one.file.name}"
            lines += [title, "-" * 60, *_meanings(one), ""]
    return lines


def _meanings(one: Written) -> list[str]:
    said = [(name, one.file.columns.get(name) or meaning(name, one.file.name)) for name in one.columns]
    return [_filled(f"{_flat(name)}: {words}", "", "    ") for name, words in said]


def _wrapped(text: str, indent: str = "") -> str:
    return _filled(" ".join(text.split()), indent, indent)


def _filled(text: str, first: str, others: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _flat(value: object) -> str:
    if isinstance(value, list):
        shown = ", ".join(str(one) for one in value[:20])
        return f"{shown} and {len(value) - 20:,} more, all in manifest.json" if len(value) > 20 else shown
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())


def _clean(text: str) -> str:
    """Take out what a text file has no use for; a terminal would obey some of it."""
    return "\n".join(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", line) for line in text.split("\n"))
