"""What the tests of the pipeline share as fixtures."""

import pytest

from tests.prepare.verifying import toy_match


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files as they are at once, though they were written a moment ago."""
    monkeypatch.setattr("imgsim.prepare.known_files._COARSE_CLOCK_NS", -(10**12))


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare plates by :func:`toy_match` instead of by their lines."""
    monkeypatch.setattr("imgsim.verification.verdicts.match", toy_match)
