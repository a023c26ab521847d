"""The fixture that counts, and the sums of a whole run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.reliability.tally import Tally

SUMS = pytest.StashKey[dict[int, list[Tally]]]()


def row_of(name: str) -> int:
    """The row of docs/promises.md that a test module is about, by its name; 0 if it is about none."""
    found = re.search(r"test_(\d\d)_", name)
    return int(found[1]) if found else 0


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Counts attempts; the test fails in the end if one of them was not survived."""
    counted = Tally()
    request.config.stash.setdefault(SUMS, {}).setdefault(row_of(request.path.name), []).append(counted)
    yield counted
    counted.check()
