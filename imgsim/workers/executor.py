"""What runs a function over shards: the protocol of all executors, and what they give back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

S = TypeVar("S")
R = TypeVar("R")


@dataclass(frozen=True)
class Result(Generic[R]):
    """What the function returned for a shard; ``shard`` is its place among those that were given."""

    shard: int
    value: R


@dataclass(frozen=True)
class Failure:
    """A shard that cost its worker: it crashed, or was ended because it took too long.

    ``how`` says it in a few words ("exit code 7", "longer than 60 seconds"); ``late`` is True in the second case.
    """

    shard: int
    how: str
    late: bool = False


class Executor(Protocol):
    """Runs a pure function over shards, wherever that is: in this process, on this machine's cores, on a cluster.

    See docs/executors.md. Where work is done changes no result, so ``version`` is 1 and stays so.
    """

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        ...

    @property
    def version(self) -> int:
        """See :class:`imgsim.base.extensions.Extension`."""
        ...

    def map(
        self, function: Callable[[S], R], shards: Sequence[S], *, workers: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Result[R] | Failure]:  # fmt: skip
        """Yield a Result or a Failure for each shard, once, in any order, each as soon as it is there.

        Parameters
        ----------
        function : importable by name, or a partial of such a function; its arguments and results can be pickled.
        workers : how many shards are worked on at a time; None: as many as there is room for.
        timeout : seconds that one shard may take, where the executor can end one.

        Raises
        ------
        What ``function`` raises ends the whole map: a function that can live with a bad item says so in its result.
        Closing the iterator ends all work, and leaves no process behind.
        """
        ...
