"""What the tests of decisions share."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.reviews import FILE, Reviews
from tests.reviews.people import pictures


@pytest.fixture
def reviews(tmp_path: Path) -> Reviews:
    """An empty file of decisions on those plates."""
    return Reviews(tmp_path / FILE, pictures)
