"""What the tests of whole runs share with those of the stages."""

from tests.prepare.conftest import no_waiting, quickly

__all__ = ["no_waiting", "quickly"]
