"""What the tests of sources share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.library import Library, open_library


@pytest.fixture
def library() -> Iterator[Library]:
    """A library on this machine, open while a test runs."""
    with open_library() as opened:
        yield opened
