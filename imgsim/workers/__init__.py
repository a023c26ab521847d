"""Running a pure function over shards of work: on which executor, and those that users bring (docs/executors.md)."""

from __future__ import annotations

from imgsim.base.extensions import Registry
from imgsim.workers.cores import Cores
from imgsim.workers.executor import Executor, Failure, Result
from imgsim.workers.here import InThisProcess

HERE, CORES = InThisProcess(), Cores()
EXECUTORS: Registry[Executor] = Registry("executor", ["map"], [HERE, CORES])
register = EXECUTORS.register


def executor_for(workers: int | None, name: str | None = None) -> Executor:
    """The executor of a name; None for this machine's cores, or for this process where there are to be no workers."""
    if name is not None:
        return EXECUTORS.get(name)
    return HERE if workers == 0 else CORES


__all__ = ["EXECUTORS", "Executor", "Failure", "Result", "executor_for", "register"]
