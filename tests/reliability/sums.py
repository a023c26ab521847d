"""What a whole run of this folder tried and survived, row by row of docs/promises.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.tally import Tally

FOLDER = Path(__file__).parent


def row_of(name: str) -> int:
    """The row of docs/promises.md that a test module is about, by its name; 0 if it is about none."""
    found = re.match(r"test_(\d\d)_", name)
    return int(found[1]) if found else 0


def modules() -> dict[int, list[Path]]:
    """The modules of each row, in order."""
    found: dict[int, list[Path]] = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        if row := row_of(path.name):
            found.setdefault(row, []).append(path)
    return found


@dataclass
class Sums:
    """The sums of a run: tallies of each row's tests, the modules seen, and rows of which a part was left out."""

    tallies: dict[int, list[Tally]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    left_out: dict[int, str] = field(default_factory=dict)

    def start(self, row: int) -> Tally:
        """A new tally of a row."""
        tally = Tally()
        self.tallies.setdefault(row, []).append(tally)
        return tally

    def leave_out(self, items: Iterable[pytest.Item], why: str) -> None:
        """Note that tests were not run."""
        for item in items:
            if item.path.parent == FOLDER and (row := row_of(item.path.name)):
                self.left_out.setdefault(row, f"{item.name}: {why}")

    def told(self) -> list[Any]:
        """These sums in plain values, for another process."""
        counted = [[row, one.survived, one.tried] for row, tallies in self.tallies.items() for one in tallies]
        return [counted, sorted(self.seen), [[row, why] for row, why in self.left_out.items()]]

    def take(self, told: list[Any]) -> None:
        """Add what the process that ran this folder told of it; one that ran nothing here is not heard."""
        counted, seen, left_out = told
        if not counted:
            return
        for row, survived, tried in counted:
            tally = self.start(row)
            tally.tried, tally.failed = tried, ["in another process"] * (tried - survived)
        self.seen |= set(seen)
        self.left_out |= {row: why for row, why in left_out}

    def whole(self) -> dict[int, tuple[int, int]]:
        """Row -> (survived, tried), of those rows whose every test was run."""
        complete = {
            row for row, paths in modules().items() if row not in self.left_out and {p.name for p in paths} <= self.seen
        }
        return {
            row: (sum(one.survived for one in tallies), sum(one.tried for one in tallies))
            for row, tallies in sorted(self.tallies.items())
            if row in complete
        }


SUMS = pytest.StashKey[Sums]()
