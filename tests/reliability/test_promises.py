"""docs/promises.md says of every row what was survived of what was tried, and a run that finds otherwise fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imgsim.cli import environment
from tests.reliability.sums import modules
from tests.reliability.table import PATH, PENDING, ROWS, differences, promises, with_figures


def test_every_row_is_there_and_names_its_tests() -> None:
    table, found = promises(PATH.read_text(encoding="utf-8")), modules()
    assert list(table) == list(ROWS)
    assert set(found) <= set(ROWS)
    for number, row in table.items():
        assert len(row.risk) > 20 and len(row.answer) > 20
        if number not in PENDING:
            assert list(row.tests) == found.get(number, ["a module"]), number
            assert row.figures is not None, f"row {number}: run python -m tests.reliability"


def test_figures_other_than_those_of_a_run_are_named() -> None:
    """The end of a whole run compares them so, and fails; rows that were run only in part are not compared."""
    table = promises(PATH.read_text(encoding="utf-8"))
    same = {number: row.figures for number, row in table.items() if row.figures}
    assert len(same) == len(ROWS) and differences(table, same) == {}
    survived, tried = same[31]
    other = differences(table, {**same, 31: (survived - 1, tried)})
    assert other == {31: f"the table says {(survived, tried)}, this run {(survived - 1, tried)}"}


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_whole_run_fails_where_the_table_says_otherwise(tmp_path: Path, processes: str) -> None:
    """Whether one process runs all tests of a row or several share them."""
    told = promises(PATH.read_text(encoding="utf-8"))[6].figures
    assert told is not None
    (tmp_path / "promises.md").write_text(
        with_figures(PATH.read_text(encoding="utf-8"), {6: (told[0], told[1] + 1)}), encoding="utf-8"
    )
    (tmp_path / "other_table.py").write_text(
        "import pathlib\nfrom tests.reliability import counting\n"
        f"counting.PATH = pathlib.Path({str(tmp_path / 'promises.md')!r})\n"
    )
    words = ["-n", processes, "-q", "-p", "other_table", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'temp'}"]
    here = "tests/reliability/test_promises.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "tests/reliability/test_06_archives.py", here, "--deselect", here],
        cwd=environment.REPOSITORY,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(environment.REPOSITORY)])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = f"FAILED row 6: the table says {(told[0], told[1] + 1)}, this run {told}"
    assert done.returncode == 1 and " passed" in done.stdout and said in done.stdout, done.stdout + done.stderr


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
