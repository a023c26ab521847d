"""The fixture that counts, and the sums of a whole run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from imgsim.reviews import FILE, Review
from tests.making import make
from tests.prepare.verifying import draw_plates
from tests.reliability.deciding import filled
from tests.reliability.sums import FOLDER, SUMS, Sums, row_of
from tests.reliability.tally import Tally


def sums_of(config: pytest.Config) -> Sums:
    """The sums of this run."""
    return config.stash.setdefault(SUMS, Sums())


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Counts attempts; the test fails in the end if one of them was not survived."""
    counted = sums_of(request.config).start(row_of(request.path.name))
    yield counted
    counted.check()


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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the sums over where several processes share the tests."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["reliability"] = sums_of(session.config).told()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the sums over."""
    told = getattr(node, "workeroutput", {}).get("reliability")
    if told:
        sums_of(node.config).take(told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was survived of what was tried, and which rows were not run as a whole."""
    sums = sums_of(config)
    if not sums.tallies:
        return
    terminalreporter.section("survived / tried, by row of docs/promises.md")
    whole = sums.whole()
    words = [f"{row}: {survived} of {tried}" for row, (survived, tried) in whole.items()]
    terminalreporter.write_line("; ".join(words) or "no row was run as a whole")
    for row, why in sorted(sums.left_out.items()):
        terminalreporter.write_line(f"not compared with the table: row {row} ({why})")


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Review]]:
    """A file of decisions as it lies on the disk, and what it holds."""
    reviews = filled(tmp_path_factory.mktemp("sound") / FILE, 130)
    return reviews.path.read_bytes(), reviews.all()


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with everything that there is, of drawn plates, two of which are the same."""
    folder = tmp_path_factory.mktemp("pristine")
    images = draw_plates(folder / "images", 5)
    first = sorted(images.iterdir())[0]
    shutil.copy(first, images / f"again{first.suffix}")
    (images / "bad.png").write_bytes(b"no image")
    table = folder / "table.csv"
    table.write_text("plate_id,title,year\nagain,Rosa,1752\nnobody,Lilium,1760\n")
    make(folder / "data" / "plates", images, matching=True, metadata=table)
    return folder / "data" / "plates"


@pytest.fixture
def attempt(pristine: Path, tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Makes a new copy of it at each call, in a data folder of its own."""
    count = 0

    def anew() -> Path:
        nonlocal count
        count += 1
        return Path(shutil.copytree(pristine, tmp_path / f"{count}" / "plates", symlinks=True))

    yield anew
    shutil.rmtree(tmp_path, ignore_errors=True)
