"""The table of docs/promises.md: one row a promise, with what was survived of what was tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from imgsim.cli import environment
from tests.reliability.sums import modules

PATH = environment.REPOSITORY / "docs" / "promises.md"
ROWS = range(1, 35)
UNMEASURED = "not yet measured"
# Rows whose tests are still to come: until then their figures may be missing from the table.
PENDING: set[int] = set()
_LINE = re.compile(
    r"^\| (?P<number>\d+) \| (?P<risk>[^|]+) \| (?P<answer>[^|]+) \| (?P<figures>[^|]+) \| (?P<tests>[^|]+) \|$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Promise:
    """A row: what could go wrong, what imgsim does, (survived, tried) or None, and the files of its tests."""

    number: int
    risk: str
    answer: str
    figures: tuple[int, int] | None
    tests: tuple[Path, ...]


def promises(text: str) -> dict[int, Promise]:
    """The rows of the table, by number.

    Raises
    ------
    ValueError : a number that comes twice, or figures that are none.
    """
    found: dict[int, Promise] = {}
    for line in _LINE.finditer(text):
        number, figures = int(line["number"]), line["figures"].strip()
        if number in found:
            raise ValueError(f"row {number} comes twice")
        counted = re.fullmatch(r"([\d,]+) / ([\d,]+)", figures)
        if not counted and figures != UNMEASURED:
            raise ValueError(f"row {number}: {figures!r} is neither 'survived / tried' nor {UNMEASURED!r}")
        found[number] = Promise(
            number,
            line["risk"].strip(),
            line["answer"].strip(),
            (_number(counted[1]), _number(counted[2])) if counted else None,
            tuple((PATH.parent / one).resolve() for one in re.findall(r"\]\(([^)]+)\)", line["tests"])),
        )
    return found


def differences(table: Mapping[int, Promise], counted: Mapping[int, tuple[int, int]]) -> dict[int, str]:
    """What the table says otherwise than a run that counted (survived, tried), by row."""
    return {
        number: f"the table says {table[number].figures}, this run {figures}"
        for number, figures in counted.items()
        if figures != table[number].figures and (table[number].figures is not None or number not in PENDING)
    }


def with_figures(text: str, figures: Mapping[int, tuple[int, int]]) -> str:
    """The same text, with (survived, tried) of some rows put in, and links to the modules that counted them."""
    files = modules()

    def put(line: re.Match[str]) -> str:
        number = int(line["number"])
        if number not in figures:
            return line[0]
        survived, tried = figures[number]
        links = ", ".join(f"[{path.stem}](../tests/reliability/{path.name})" for path in files[number])
        return f"| {number} | {line['risk']} | {line['answer']} | {survived:,} / {tried:,} | {links} |"

    return _LINE.sub(put, text)


def _number(text: str) -> int:
    return int(text.replace(",", ""))
