"""How worker processes are started, what they do first, and what is said of how they ended."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def available_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def end_of(code: int) -> str:
    """An exit code in words: the signal that ended the process, if one did."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


@contextlib.contextmanager
def ctrl_c_held_back() -> Iterator[None]:
    """Let a process be started that inherits a blocked Ctrl-C, so that it dies by its parent's hand and silently."""
    if os.name != "posix":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def made_quiet() -> None:
    """What a worker does before all else: it keeps to one thread and to itself, and ends with its parent."""
    os.environ.update(
        dict.fromkeys(THREADS, "1")
    )  # one that replaces another is started later than the first ones
    # Whatever a library prints must not end up between the lines of --json.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        # The main thread may be deep in a decoder; an orphan must not go on.
        os._exit(0)


def one_thread() -> contextlib.AbstractContextManager[None]:
    """Let a process be started whose matrix products take one thread: there is a process for every core already.

    The libraries read these names when they are loaded, and threads of two processes on one core wait for one another.
    """
    return environment(dict.fromkeys(THREADS, "1"))


@contextlib.contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Have variables of the environment set for as long as the context lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
