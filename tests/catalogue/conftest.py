"""What the tests of the catalogue share."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.catalogue import (
    Catalogue,
)
from tests.catalogue.ecco import DHH23, ecco_plates, joined


@pytest.fixture
def dhh23(tmp_path: Path) -> Catalogue:
    """Four plates of the study, joined with its metadata."""
    return joined(ecco_plates(), tmp_path / "metadata.csv", DHH23)[0]
