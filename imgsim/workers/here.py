"""The executor without any worker: shards one after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from imgsim.workers.executor import Result

S = TypeVar("S")
R = TypeVar("R")


class InThisProcess:
    """See :class:`imgsim.workers.executor.Executor`. It can end no shard: ``timeout`` is not kept."""

    name, version = "here", 1

    def map(
        self, function: Callable[[S], R], shards: Sequence[S], *, workers: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Result[R]]:  # fmt: skip
        for number, shard in enumerate(shards):
            yield Result(number, function(shard))
