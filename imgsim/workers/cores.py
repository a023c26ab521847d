"""The executor of one machine: worker processes, one a core; one that crashes or hangs costs its shard.

On the CPU every worker has one thread: on networks and geometry like ours two processes of one thread do more than one
process of two threads.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool
from pebble.common.types import CONSTS

from imgsim.errors import Change, ImgsimError, Setting
from imgsim.workers.executor import Failure, Result
from imgsim.workers.processes import available_cores, ctrl_c_held_back, end_of, made_quiet, one_thread

S = TypeVar("S")
R = TypeVar("R")

# Windows waits for 63 handles at most.
MOST_WORKERS = 60
# Shards handed out for each worker: one to work on, and others at hand when it is done.
AHEAD = 3
# Seconds after which it is looked whether the pool is still there, and how often it may not be.
LOOK_SECONDS, MOST_BROKEN = 5.0, 4
# Seconds that processes wait for the lock on their common pipe. Who is killed from outside may take it along, and the
# others would stand still for pebble's whole minute; a shard is read from the pipe in a moment.
LOCK_SECONDS = 10.0


class Cores:
    """See :class:`imgsim.workers.executor.Executor`."""

    name, version = "cores", 1

    def map(
        self, function: Callable[[S], R], shards: Sequence[S], *, workers: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Result[R] | Failure]:  # fmt: skip
        workers = max(1, min(workers or available_cores(), MOST_WORKERS, len(shards)))
        todo = deque(enumerate(shards))
        broken = 0
        CONSTS.channel_lock_timeout = LOCK_SECONDS
        while todo:
            pool = ProcessPool(workers, initializer=_ready, context=multiprocessing.get_context("spawn"))
            running: dict[Future[Any], tuple[int, S]] = {}
            try:
                while todo or running:
                    while todo and len(running) < AHEAD * workers:
                        with ctrl_c_held_back(), one_thread():  # the first one starts the workers
                            future: Future[Any] = pool.schedule(function, [todo[0][1]], timeout=timeout)
                        running[future] = todo.popleft()
                    for future in wait(running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done:
                        outcome = _outcome(running[future][0], future, timeout)
                        del running[future]
                        yield outcome
                    if running and not pool.active:
                        raise BrokenProcessPool("it gave up")
            except (BrokenProcessPool, RuntimeError) as error:
                # A pool gives up where a worker dies that has no shard yet, by whoever's hand: no shard is to blame.
                if isinstance(error, RuntimeError) and not isinstance(error, BrokenProcessPool) and pool.active:
                    raise
                broken += 1
                if broken > MOST_BROKEN:
                    raise ImgsimError(
                        f"Worker processes cannot be kept alive ({error}).", Change(Setting.LESS_MEMORY)
                    ) from error
                todo.extendleft(reversed(running.values()))
            finally:
                pool.stop()
                pool.join()


def _ready() -> None:
    made_quiet()
    CONSTS.channel_lock_timeout = LOCK_SECONDS


def _outcome(number: int, future: Future[Any], timeout: float | None) -> Result[Any] | Failure:
    try:
        return Result(number, future.result())
    except TimeoutError:
        return Failure(number, f"longer than {timeout:g} seconds", late=True)
    except ProcessExpired as error:
        return Failure(number, end_of(error.exitcode))
