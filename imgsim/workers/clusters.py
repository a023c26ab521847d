"""Clusters by address: a scheduler that runs somewhere, one on this machine, or one that a queue of jobs starts.

``tcp://host:8786`` is a scheduler of Dask that somebody has started; ``local:8`` are eight worker processes here;
``slurm.yaml`` says how jobs ask a cluster's queue for workers (https://jobqueue.dask.org). See docs/cluster.md.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.errors import ImgsimError
from imgsim.workers import EXECUTORS
from imgsim.workers.cluster import Cluster
from imgsim.workers.processes import ctrl_c_held_back
from imgsim.workers.same_software import differences, software

if TYPE_CHECKING:
    from distributed import Client

ANSWER_SECONDS = 20.0  # for the scheduler
WAIT_SECONDS = 120.0  # for the first worker; a queue may take its time
_LOCAL = re.compile(r"local:([1-9]\d{0,3})")
_SCHEDULER = re.compile(r"(tcp|tls)://\S+:\d+")
_KIND, _JOBS = "kind", "jobs"


@contextmanager
def cluster(address: str, say: Callable[[str], None], settings: Mapping[str, Path] | None = None) -> Iterator[str]:
    """Register the executor of a cluster for as long as the context lasts, and give its name.

    Parameters
    ----------
    address : see above.
    say : told how many workers there are, and where Dask's dashboard is.
    settings : environment variables that name files here; workers are to have them, too.

    Raises
    ------
    ImgsimError
        Dask is not installed; the address is none; nobody answers there; no worker comes; a worker has other software
        than this process.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ImgsimError("A cluster needs Dask, which the extra “cluster” brings. It is not installed.") from error
    with _scheduler(address) as where:
        try:
            client = Client(where, timeout=ANSWER_SECONDS, name="imgsim")
        except (OSError, ValueError) as error:
            raise ImgsimError(
                f"No Dask scheduler answers at {address} ({error}). Start one with: dask scheduler"
            ) from error
        # Images go along with the work, in pieces that Dask would warn of.
        warnings.filterwarnings("ignore", message="Sending large graph")
        with client:
            _check(client, address)
            say(f"{len(client.nthreads()):,} workers of Dask" + _dashboard(client))
            executor = Cluster(client, settings)
            EXECUTORS.register(executor)
            try:
                yield Cluster.name
            finally:
                EXECUTORS.forget(Cluster.name)
                executor.sender.forget()


@contextmanager
def _scheduler(address: str) -> Iterator[Any]:
    """What Client takes: an address, or a cluster that is there for as long as the context lasts."""
    local = _LOCAL.fullmatch(address)
    if local:
        from distributed import LocalCluster

        resource_tracker.ensure_running()  # which would let Ctrl-C through again
        with ctrl_c_held_back():  # workers end by this process's hand
            made = LocalCluster(
                n_workers=int(local[1]), threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
                memory_limit=0, silence_logs=logging.CRITICAL,
            )  # fmt: skip
        with made as here:
            yield here
    elif address.endswith((".yaml", ".yml")):
        with _of_jobs(Path(address)) as queued:
            yield queued
    elif _SCHEDULER.fullmatch(address):
        yield address
    else:
        raise ImgsimError(
            f"{address!r} is no cluster. Name a scheduler (tcp://host:8786), processes here (local:8), or a file that "
            "says how a queue starts workers (slurm.yaml)."
        )


def _of_jobs(path: Path) -> Any:
    """A cluster of dask-jobqueue, after a file: ``kind`` and ``jobs``, and what that kind takes."""
    try:
        import dask_jobqueue
        import yaml
        from dask_jobqueue.local import LocalCluster
    except ImportError as error:
        raise ImgsimError(
            "A queue of jobs needs dask-jobqueue, which is not installed. imgsim's extra “cluster” brings it."
        ) from error
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ImgsimError(f"{path} cannot be read: {error}") from error
    names = sorted(name for name in dir(dask_jobqueue) if name.endswith("Cluster") and name != "JobQueueCluster")
    kinds = {name.removesuffix("Cluster").lower(): getattr(dask_jobqueue, name) for name in names}
    kinds["local"] = LocalCluster  # jobs that are processes here: for trying a file
    kind = said.pop(_KIND, None) if isinstance(said, dict) else None
    jobs = said.pop(_JOBS, None) if isinstance(said, dict) else None
    if kind not in kinds or isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise ImgsimError(
            f"{path} must say `{_KIND}:` ({', '.join(kinds)}; it says {kind!r}) and `{_JOBS}:`, how many jobs "
            f"are asked for (it says {jobs!r}). docs/cluster.md has an example."
        )
    try:
        made = kinds[kind](**said)
        made.scale(jobs=jobs)
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        raise ImgsimError(f"{path} does not make a cluster: {error}") from error
    return made


def _check(client: Client, address: str) -> None:
    """Look whether there are workers, and whether each has this software."""
    from distributed import TimeoutError

    try:
        client.wait_for_workers(1, timeout=WAIT_SECONDS)
    except TimeoutError as error:
        raise ImgsimError(
            f"The scheduler at {address} has no worker after {WAIT_SECONDS:g} seconds. Start some; "
            "docs/cluster.md tells how."
        ) from error
    expected = software()
    for worker, answer in client.run(told, on_error="return").items():
        if isinstance(answer, OSError):  # it ended just now; who comes in its place is asked before it does anything
            continue
        if isinstance(answer, BaseException):
            raise ImgsimError(f"The worker {worker} cannot run imgsim ({answer}). Install it there as it is here.")
        if wrong := differences(expected, answer):
            what = "; ".join(wrong)
            raise ImgsimError(f"The worker {worker} has other software: {what}. Install there what is here.")


def _dashboard(client: Client) -> str:
    """Where it is, where there is one: without the package bokeh a scheduler has none."""
    there = "dashboard" in client.scheduler_info().get("services", {})
    return f"; its dashboard: {client.dashboard_link}" if there else ""


def told() -> dict[str, str]:
    """What a worker says of itself."""
    return software()
