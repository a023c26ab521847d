"""``python -m tests.reliability``: try everything, and write what was survived into docs/promises.md."""

from __future__ import annotations

import sys

import pytest

from tests.reliability.sums import FOLDER, SUMS, Sums
from tests.reliability.table import PATH, with_figures


class Recorder:
    """Keeps the sums of the run."""

    sums = Sums()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.sums = session.config.stash.get(SUMS, self.sums)


def main(arguments: list[str]) -> int:
    """Run the folder, or what the arguments name of it; only rows that were run as a whole are written."""
    kept = Recorder()
    # The table is what this run is to make: its own test would compare it with the run before.
    named = any(word.partition("::")[0].endswith(".py") for word in arguments)
    words = [*([] if named else [str(FOLDER)]), "--ignore", str(FOLDER / "test_promises.py"), *arguments]
    code = int(pytest.main(words, plugins=[kept]))
    figures = kept.sums.whole()
    PATH.write_text(with_figures(PATH.read_text(encoding="utf-8"), figures), encoding="utf-8", newline="\n")
    survived, tried = (sum(pair[at] for pair in figures.values()) for at in (0, 1))
    print(f"{PATH.name}: {len(figures)} rows written, {survived:,} of {tried:,} survived")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
