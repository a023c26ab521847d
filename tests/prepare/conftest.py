"""What the tests of the pipeline share as fixtures."""

from pathlib import Path

import pytest

from imgsim.backbones import BACKBONES
from tests.prepare.verifying import toy_match
from tests.tiny import TINY


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files as they are at once, though they were written a moment ago."""
    monkeypatch.setattr("imgsim.prepare.known_files._COARSE_CLOCK_NS", -(10**12))


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare plates by :func:`toy_match` instead of by their lines."""
    monkeypatch.setattr("imgsim.verification.verdicts.match", toy_match)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> dict[str, Path | None]:
    """The tiny backbone, known by its name, and that it needs no weights."""
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
    return {"tiny": None}
