"""The README.txt of an export: what each file is, every column, how to cite, how it was made."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imgsim.cells import GUARD
from imgsim.export.columns import meaning
from imgsim.export.kinds import ExportFile, kinds_of
from imgsim.export.request import Request, command_line

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
    # Not above: a dossier needs families, families reviews, and reviews the CSV of this package.
    from imgsim.dossier import collection_citation

    collection = request.collection
    parts = [
        f"Export from imgsim, {request.date}",
        "=" * 60,
        _wrapped(
            f"What was found in the {collection_citation(collection)} with imgsim "
            f"{collection.manifest.get('imgsim', '')}. Everything here was measured by a program, not judged: look at "
            "the plates before you write that one was used again. \"Earliest\" is the earliest in this collection."
        ),
        "",
        *_files(written),
        "How to read the CSV files",
        "-" * 60,
        _wrapped(
            "UTF-8 with a byte order mark, commas, CRLF line ends. An apostrophe before a cell keeps a spreadsheet "
            "from taking it for a number, a date or a formula, as with ids that begin with a zero: take one "
            "apostrophe away and the text is what it was. In Python: imgsim.export.read_back(open(file, 'rb').read()), "
            "or pandas.read_csv(file, dtype=str) where the apostrophes do not matter."
        ),
        "",
        *_columns(written),
        "How to cite",
        "-" * 60,
        _wrapped(
            f"imgsim {collection.manifest.get('imgsim', '')}, {collection_citation(collection)}, cosine similarity of "
            f"{request.backbone} embeddings; exported on {request.date}."
        ),
        "",
        "How to make it again",
        "-" * 60,
        f"python precompute.py {command_line(request, kinds_of([one.file for one in written]))}",
        "",
        _wrapped(
            "manifest.json holds the record of the collection: its inputs and their hashes, every parameter, the "
            "versions of all libraries, the counts; and under \"export\" what is said here, for programs. Folders are "
            "named in it without the way to them. The same collection, asked for the same on the same day, "
            "gives the same bytes."
        ),
    ]  # fmt: skip
    return _clean("\n".join(parts)) + "\n"


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
            lines += [title, "-" * 60, *_meanings(one.columns, one.file.name), ""]
    return lines


def _meanings(columns: Iterable[str], file: str) -> list[str]:
    return [_filled(f"{_flat(name)}: {meaning(name, file)}", "", "    ") for name in columns]


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
