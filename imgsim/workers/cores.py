"""The executor of one machine: worker processes, one a core; one that crashes or hangs costs its shard.

On the CPU every worker has one thread: on networks and geometry like ours two processes of one thread do more than one
process of two threads.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from imgsim.errors import ImgsimError
from imgsim.workers.executor import Failure, Result
from imgsim.workers.processes import available_cores, ctrl_c_held_back, end_of, made_quiet, one_thread

S = TypeVar("S")
R = TypeVar("R")

# Windows waits for 63 handles at most.
MOST_WORKERS = 60
# Shards handed out for each worker: one to work on, and others at hand when it is done.
AHEAD = 3


class Cores:
    """See :class:`imgsim.workers.executor.Executor`."""

    name, version = "cores", 1

    def map(
        self, function: Callable[[S], R], shards: Sequence[S], *, workers: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Result[R] | Failure]:  # fmt: skip
        if not shards:
            return
        workers = max(1, min(workers or available_cores(), MOST_WORKERS, len(shards)))
        pool = ProcessPool(workers, initializer=made_quiet, context=multiprocessing.get_context("spawn"))
        todo = iter(enumerate(shards))
        running: dict[Future[Any], int] = {}
        try:
            while True:
                while len(running) < AHEAD * workers and (one := next(todo, None)) is not None:
                    with ctrl_c_held_back(), one_thread():  # the first one starts the workers
                        running[pool.schedule(function, [one[1]], timeout=timeout)] = one[0]
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield _outcome(running.pop(future), future, timeout)
        finally:
            pool.stop()
            pool.join()


def _outcome(number: int, future: Future[Any], timeout: float | None) -> Result[Any] | Failure:
    try:
        return Result(number, future.result())
    except TimeoutError:
        return Failure(number, f"longer than {timeout:g} seconds", late=True)
    except ProcessExpired as error:
        return Failure(number, end_of(error.exitcode))
    except BrokenProcessPool as error:
        raise ImgsimError(f"Worker processes cannot be kept alive ({error}).") from error
