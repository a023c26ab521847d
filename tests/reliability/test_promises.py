"""docs/promises.md says of every row what was survived of what was tried; it is the last module to be run here."""

from __future__ import annotations

import pytest

from tests.reliability.sums import SUMS, Sums, modules
from tests.reliability.table import PATH, ROWS, promises, with_figures

# Rows whose tests are still to come: until then their figures may be missing from the table.
PENDING: set[int] = set()


def test_every_row_is_there_and_names_its_tests() -> None:
    table, found = promises(PATH.read_text(encoding="utf-8")), modules()
    assert list(table) == list(ROWS)
    assert set(found) <= set(ROWS)
    for number, row in table.items():
        assert len(row.risk) > 20 and len(row.answer) > 20
        if number not in PENDING:
            assert list(row.tests) == found.get(number, ["a module"]), number
            assert row.figures is not None, f"row {number}: run python -m tests.reliability"


def test_the_figures_are_those_of_this_run(request: pytest.FixtureRequest) -> None:
    """Rows that were run only in part are not compared; the end of the run says which."""
    table = promises(PATH.read_text(encoding="utf-8"))
    counted = request.config.stash.get(SUMS, Sums()).whole()
    wrong = {
        number: f"the table says {table[number].figures}, this run {figures}"
        for number, figures in counted.items()
        if figures != table[number].figures and (table[number].figures is not None or number not in PENDING)
    }
    assert wrong == {}, "run python -m tests.reliability"


def test_figures_are_written_into_their_rows_and_nothing_else_is_changed() -> None:
    text = PATH.read_text(encoding="utf-8")
    written = with_figures(text, {4: (12_345, 12_346), 31: (7, 7)})
    table = promises(written)
    assert table[4].figures == (12_345, 12_346) and table[31].figures == (7, 7)
    assert [one.name for one in table[4].tests] == [path.name for path in modules()[4]]
    before = promises(text)
    assert {number: row for number, row in table.items() if number not in (4, 31)} == {
        number: row for number, row in before.items() if number not in (4, 31)
    }
    assert with_figures(text, {}) == text
    for bad in (
        text.replace("| 31 |", "| 30 |", 1),
        with_figures(text, {4: (1, 1)}).replace("1 / 1", "1 of 1"),
    ):
        with pytest.raises(ValueError, match="row"):
            promises(bad)
