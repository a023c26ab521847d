"""Running a pure function over shards of work; a new executor is registered here."""

from __future__ import annotations

from collections.abc import Callable

from imgsim.workers.cores import Cores
from imgsim.workers.executor import Executor, Failure, Result
from imgsim.workers.here import InThisProcess
from imgsim.workers.processes import available_cores

# By name; each is called with the number of workers.
EXECUTORS: dict[str, Callable[[int], Executor]] = {
    "here": lambda workers: InThisProcess(),
    "cores": Cores,
}


def executor_for(workers: int | None) -> Executor:
    """The executor for so many worker processes: None for one a core, 0 for none at all."""
    count = available_cores() if workers is None else workers
    return EXECUTORS["cores" if count else "here"](count)


__all__ = ["EXECUTORS", "Executor", "Failure", "InThisProcess", "Result", "executor_for"]
