"""The executor of many machines: shards as tasks of Dask's scheduler, which keeps the workers.

Dask (https://distributed.dask.org) is loaded here and nowhere else. A worker that dies hands its shards to others; a
shard over which workers die again and again is given up by the scheduler (its setting ``allowed-failures``), and is a
Failure here.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, TypeVar

from imgsim.errors import ImgsimError, StartAgain
from imgsim.workers.executor import Failure, Result
from imgsim.workers.luggage import carried, packed, unpacked, whole
from imgsim.workers.processes import environment
from imgsim.workers.same_software import check_same, software
from imgsim.workers.sending import Sender, asking

if TYPE_CHECKING:
    from distributed import Client, Future

S = TypeVar("S")
R = TypeVar("R")

# Shards handed out for each thread of a worker: the scheduler never holds more tasks, however many plates there are.
AHEAD = 3
# Bytes of images that may be under way to workers: the scheduler holds them until they are done.
MOST_BYTES = 512 * 1024 * 1024
# Seconds after which it is looked which shards take too long, and how many workers there are.
LOOK_SECONDS = 1.0
_LATE = "imgsim-late"
_SAY_SECONDS = 1.0  # that a worker has to say that it ends itself


class Cluster:
    """See :class:`imgsim.workers.executor.Executor`.

    Parameters
    ----------
    client : of a scheduler that has workers.
    settings : environment variables that name files here; workers are to have them, too.
    """

    name, version = "cluster", 1

    def __init__(self, client: Client, settings: Mapping[str, Path] | None = None) -> None:
        self._client, self._settings = client, dict(settings or {})
        self.sender = Sender(client)
        self._late: set[str] = set()
        self._room, self._counted = 1, 0.0
        client.subscribe_topic(_LATE, lambda event: self._late.add(event[1]))

    def map(
        self, function: Callable[[S], R], shards: Sequence[S], *, workers: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Result[R] | Failure]:  # fmt: skip
        from concurrent.futures import CancelledError

        from distributed.comm import CommClosedError

        (sent, settings), travelling = packed([function, self._settings])
        self.sender.offered |= travelling
        run = partial(run_shard, function=sent, settings=settings, expected=software(), timeout=timeout)
        todo, suspects = deque(enumerate(shards)), deque[tuple[int, S]]()
        running: dict[Future, tuple[int, S, int]] = {}
        alone, under_way = False, 0
        try:
            while todo or running or suspects:
                if not todo and not running:
                    # Who was at work where another's shard killed the worker is innocent: each is tried alone.
                    todo.append(suspects.popleft())
                    alone = True
                room = 1 if alone else AHEAD * self._threads()
                while todo and len(running) < min(workers or room, room) and under_way < MOST_BYTES:
                    place, shard = todo.popleft()
                    taken, size = carried(shard)
                    under_way += size
                    running[self._client.submit(run, taken, pure=False)] = place, shard, size
                for future in self._done(running):
                    place, shard, size = running.pop(future)
                    under_way -= size
                    outcome = self._outcome(place, future, timeout)
                    if isinstance(outcome, Failure) and not outcome.late and not alone:
                        suspects.append((place, shard))
                    else:
                        yield outcome
        except (CommClosedError, CancelledError) as error:
            running = {}  # nobody is there who could be told
            raise ImgsimError(
                "The scheduler of the cluster has ended, or cannot be reached any more. What is done is kept.",
                StartAgain(),
            ) from error
        finally:
            if running and self._client.status == "running":
                self._client.cancel(list(running), force=True)

    def _threads(self) -> int:
        """Of all workers; asked for once in a while, for it is asked of the scheduler."""
        now = time.monotonic()
        if now - self._counted > LOOK_SECONDS:
            self._room, self._counted = max(1, self._client.run_on_scheduler(_threads)), now
            _forget_messages(self._client.scheduler_comm)
        return self._room

    def _done(self, running: Mapping[Future, object]) -> list[Future]:
        """Those that are done, or take too long; it may be none, for it waits only so long."""
        from distributed import TimeoutError, wait

        try:
            done = list(wait(list(running), timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            done = []
        self.sender.answer()
        # Otherwise the scheduler would try it on one worker after the other, each for as long.
        late = [future for future in running if future.key in self._late and future not in done]
        if late:
            self._client.cancel(late, force=True)
        return done + late

    def _outcome(self, place: int, future: Future, timeout: float | None) -> Result[Any] | Failure:
        from distributed import KilledWorker

        if future.key in self._late:
            self._late.discard(future.key)
            return Failure(place, f"longer than {timeout:g} seconds", late=True)
        try:
            return Result(place, future.result())
        except KilledWorker as error:
            return Failure(place, f"its worker ended, as did {error.allowed_failures} others")


def _threads(dask_scheduler: Any) -> int:
    """How many threads all workers have; on the scheduler, which forgets what it has sent to them."""
    for comm in dask_scheduler.stream_comms.values():
        _forget_messages(comm)
    return sum(worker.nthreads for worker in dask_scheduler.workers.values())


def _forget_messages(comm: Any) -> None:
    """Dask keeps the last thousand messages of each connection for its developers: here a gigabyte of images each."""
    getattr(comm, "recent_message_log", []).clear()


def run_shard(
    shard: S, *, function: Callable[[S], R], settings: dict[str, Any], expected: dict[str, str], timeout: float | None
) -> R:
    """What a worker does with a shard. One that takes too long ends its worker, which is the only way to end it."""
    check_same(expected)
    for at_last in (False, True):
        run, set_to = unpacked([function, settings], asking)
        try:
            # Another's work may come after this one's.
            with environment({name: str(path) for name, path in set_to.items()}), _limited(timeout):
                return run(shard)
        except Exception:
            # Another run that has ended takes away what it had sent, and this machine may tidy its folder.
            if at_last or whole([function, settings]):
                raise
    raise AssertionError("not reached")


@contextmanager
def _limited(timeout: float | None) -> Iterator[None]:
    if timeout is None:
        yield
        return
    from distributed import get_worker

    worker = get_worker()
    timer = Timer(timeout, _end, [worker, worker.get_current_task()])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end(worker: Any, key: str) -> None:
    worker.log_event(_LATE, key)
    time.sleep(_SAY_SECONDS)
    os._exit(1)
