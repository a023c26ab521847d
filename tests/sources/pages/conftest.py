"""What the tests of pages share."""

from __future__ import annotations

import pytest

from imgsim.sources.pages import PageDetector, load_detector


@pytest.fixture(scope="session")
def detector() -> PageDetector:
    """The bundled one."""
    return load_detector()
