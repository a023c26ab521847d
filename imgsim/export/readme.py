"""The README.txt of an export: what each file is, every column, how to cite, how it was made."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from imgsim.export.again import FIND, PREPARE, command_line
from imgsim.export.crate.persons import NOBODY
from imgsim.export.crate.statement import Statement
from imgsim.export.kind import CITATION, CRATE, ZENODO
from imgsim.export.kinds import kinds_of
from imgsim.export.request import Request
from imgsim.export.written import Written

_WIDTH = 96
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def readme(request: Request, said: Statement, written: Sequence[Written]) -> str:
    """Return the README of an export."""
    parts = [
        f"Export from imgsim, {request.date}",
        "=" * 60,
        _wrapped(said.about),
        *_sides(request),
        "",
        "Who decided what",
        "-" * 60,
        _wrapped(said.who),
        "",
        "Who made this, and under which terms",
        "-" * 60,
        _wrapped(_made(said)),
        _wrapped(said.terms),
        _wrapped(said.images),
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
            f"{said.citation}. For a plate or a family copy its citation from the app: it names the plate and "
            f"the SHA-256 of its scan, by which \"{FIND}\" and the search box of the app find it again."
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
        "",
        "How to hand it on",
        "-" * 60,
        _wrapped(
            f"This folder is an RO-Crate: {CRATE} describes it and every file in it for archives and programs. "
            f"{CITATION} says how it is cited, to GitHub and to reference managers; {ZENODO} is what Zenodo asks for "
            "of a deposit. It counts in a release of a repository on GitHub that Zenodo watches, and in a deposit by "
            "Zenodo's programming interface; whoever drags the zip onto Zenodo's page copies title, names and "
            "licence from it."
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


def _made(said: Statement) -> str:
    names = ", ".join(f"{one.name} ({one.address})" if one.orcid else one.name for one in said.makers)
    return f"To be cited by: {names}." if said.makers != (NOBODY,) else "Nobody is named as who made this export."


def _files(written: Sequence[Written]) -> list[str]:
    lines = ["Files", "-" * 60]
    for one in written:
        lines += [
            f"{one.file.name}  ({one.extent}, {one.size:,} bytes)",
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
    return [_filled(f"{_flat(name)}: {words}", "", "    ") for name, words in one.meanings]


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
