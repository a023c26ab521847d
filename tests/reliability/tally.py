"""Counting what was tried and what was survived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest


@dataclass
class Tally:
    """What one test tried.

    Every attempt is made, also after one that failed, so that the figures say how many fail; the test fails in the
    end, naming each.
    """

    tried: int = 0
    failed: list[str] = field(default_factory=list)

    @contextmanager
    def attempt(self, what: str, times: int = 1) -> Iterator[None]:
        """Count what happens inside as tried ``times`` times; an exception there means that it was not survived."""
        self.tried += times
        try:
            yield
        except (Exception, pytest.fail.Exception) as error:  # `pytest.raises` fails with the latter
            self.failed += [f"{what}: {type(error).__name__}: {error}"[:600]] * times

    @property
    def survived(self) -> int:
        """How many attempts went as promised."""
        return self.tried - len(self.failed)

    def check(self) -> None:
        """Raise AssertionError unless everything was survived, and something was tried at all."""
        assert self.tried, "nothing was tried"
        assert not self.failed, f"{len(self.failed)} of {self.tried}:\n" + "\n".join(self.failed[:20])
