"""Items in shards, so that an item that costs its worker costs itself alone.

A shard that was lost is done again item by item; an item that is lost then is given up. Whether it is the machine that
fails, and not the items, is found out with an item that is known to be sound.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from imgsim.errors import Change, ImgsimError, Setting
from imgsim.workers.executor import Executor, Failure, Result

T = TypeVar("T")


@dataclass(frozen=True)
class Lost:
    """An item that cost its worker twice, the second time alone. ``how`` and ``late`` as in a Failure."""

    how: str
    late: bool


def each(
    executor: Executor,
    function: Callable[[Sequence[T]], Sequence[Any]],
    items: Sequence[T],
    *,
    size: int,
    workers: int | None = None,
    timeout: float | None = None,
    sound: T | None = None,
) -> Iterator[tuple[T, Any]]:
    """Yield (item, its result or Lost) for each item, in any order, as soon as it is there.

    Parameters
    ----------
    function : takes a shard, a sequence of items, and returns as many results in their order.
    size : items in a shard.
    workers : as of the executor.
    timeout : seconds that a shard may take; one that takes longer is done again item by item, and each has as long.
    sound : an item on which the function cannot fail; None if there is none.

    Raises
    ------
    ImgsimError
        Where a worker dies of the sound item, too: nothing can be said of the items then. And where the executor does
        not answer for every shard once: items would be left out in silence.
    """
    shards = [items[start : start + size] for start in range(0, len(items), size)]
    again: list[T] = []
    crashed = False
    run = partial(_answers, executor, function, workers=workers, timeout=timeout)
    for one in run(shards):
        if isinstance(one, Failure):
            again += shards[one.shard]
            crashed = crashed or not one.late
        else:
            yield from zip(shards[one.shard], one.value, strict=True)
    if crashed and sound is not None:
        for one in run([[sound]]):
            if isinstance(one, Failure):
                raise ImgsimError(
                    f"A worker process ended ({one.how}) over a plate that is in order. It may lack memory.",
                    Change(Setting.LESS_MEMORY),
                )
    for one in run([[item] for item in again]):
        item = again[one.shard]
        yield item, Lost(one.how, one.late) if isinstance(one, Failure) else one.value[0]


def _answers(
    executor: Executor, function: Callable[[Sequence[T]], Sequence[Any]], shards: Sequence[Sequence[T]], **how: Any
) -> Iterator[Result[Sequence[Any]] | Failure]:
    """What an executor, perhaps a user's own, says of the shards, held to what it has promised."""

    def wrong(said: str) -> ImgsimError:
        return ImgsimError(
            f"The executor {executor.name!r} {said}. It must give one Result or Failure for each of "
            f"{len(shards):,} shards."
        )

    waiting = set(range(len(shards)))
    answers = executor.map(function, shards, **how)
    try:
        for one in answers:
            if not isinstance(one, (Result, Failure)):
                raise wrong(f"gave {one!r:.80}")
            if not isinstance(one.shard, int) or one.shard not in waiting:
                raise wrong(f"spoke of shard {one.shard!r:.80}, which it was not given or had answered for")
            waiting.remove(one.shard)
            value = one.value if isinstance(one, Result) else shards[one.shard]
            if not isinstance(value, Sequence) or len(value) != len(shards[one.shard]):
                raise wrong(f"gave {value!r:.80} for shard {one.shard}, which is not what was made of it")
            yield one
    finally:
        if isinstance(answers, Generator):
            answers.close()  # at once: nothing is left running, whoever still holds on to it
    if waiting:
        raise wrong(f"ended without a word of shard {min(waiting)}")
