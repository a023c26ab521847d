"""A plugin of pytest, for whole runs: what was survived of what was tried is counted, and compared with the table.

tests/conftest.py loads it, for where several processes share the tests none of them sees all, and the one that hands
them out reads no folder of tests.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from tests.reliability.sums import FOLDER, SUMS, Sums
from tests.reliability.table import PATH, differences, promises

COMPARED = "test_promises.py"  # where it is collected, rows that were run as a whole are compared
_WRONG = pytest.StashKey[dict[int, str]]()


def sums_of(config: pytest.Config) -> Sums:
    """The sums of this run."""
    return config.stash.setdefault(SUMS, Sums())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note which modules are run, and which of them only in part."""
    sums = sums_of(config)
    ours = [item for item in items if item.path.parent == FOLDER]
    sums.seen |= {item.path.name for item in ours}
    sums.leave_out(
        (item for item in ours if any("::" in word and item.path.name in word for word in config.args)),
        "only some tests were asked for",
    )


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note what -k, -m and --deselect leave out."""
    if items:
        sums_of(items[0].config).leave_out(items, "deselected")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note what was skipped."""
    report = yield
    if report.skipped:
        sums_of(item.config).leave_out(
            [item], str(report.longrepr[-1] if isinstance(report.longrepr, tuple) else "")
        )
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the sums of a process over."""
    told = getattr(node, "workeroutput", {}).get("reliability")
    if told:
        sums_of(node.config).take(told)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the sums over where several processes share the tests; else the run fails where the table says otherwise."""
    sums = sums_of(session.config)
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["reliability"] = sums.told()
    elif COMPARED in sums.seen:
        wrong = differences(promises(PATH.read_text(encoding="utf-8")), sums.whole())
        session.config.stash[_WRONG] = wrong
        if wrong:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was survived of what was tried, which rows were not run as a whole, and what the table says else."""
    sums = sums_of(config)
    if not sums.tallies:
        return
    terminalreporter.section("survived / tried, by row of docs/promises.md")
    whole = sums.whole()
    words = [f"{row}: {survived} of {tried}" for row, (survived, tried) in whole.items()]
    terminalreporter.write_line("; ".join(words) or "no row was run as a whole")
    for row, why in sorted(sums.left_out.items()):
        terminalreporter.write_line(f"not compared with the table: row {row} ({why})")
    for row, what in config.stash.get(_WRONG, {}).items():
        terminalreporter.write_line(f"FAILED row {row}: {what}; run python -m tests.reliability", red=True)
