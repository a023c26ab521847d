"""How what workers lack comes to them: they ask through Dask's events, and get it piece by piece through the scheduler.

So no machine needs an open port for another but those that Dask has already.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.workers.luggage import PREFIX, Asking, Travelling, arrived_bytes, forget, receive

if TYPE_CHECKING:
    from distributed import Client

_WANTED = "imgsim-wanted"
PIECE_BYTES = 16 * 1024 * 1024


class Sender:
    """Answers what the workers of a cluster ask for; on the side of the machine that gives the work."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._wanted: deque[dict[str, str]] = deque()
        self.offered: dict[str, Travelling] = {}
        self.sent = 0  # bytes
        client.subscribe_topic(_WANTED, lambda event: self._wanted.append(event[1]))

    def answer(self) -> None:
        """Send what was asked for since the last time."""
        while self._wanted:
            one = self._wanted.popleft()
            if one["sha256"] in self.offered:
                self._send(self.offered[one["sha256"]], one["place"], one["worker"])
            while one in self._wanted:  # asked again while it was under way
                self._wanted.remove(one)

    def _send(self, what: Travelling, place: str, worker: str) -> None:
        from distributed.comm import CommClosedError

        call = partial(self._client.run, workers=[worker])
        try:
            there = call(arrived_bytes, place, [name for name, _, _ in what.files])[worker]
            for name, size, _ in what.files:
                with open(Path(what.path, name), "rb") as file:
                    # One at least: an empty file is to be there, too.
                    for start in range(there.get(name, 0), size, PIECE_BYTES) or [size] * (name not in there):
                        file.seek(start)
                        piece = file.read(PIECE_BYTES)
                        call(receive, place, name, start, piece)
                        self.sent += len(piece)
        except (CommClosedError, OSError, KeyError, ValueError):
            return  # it ended meanwhile; who takes over its work asks anew

    def forget(self) -> None:
        """Have all workers remove what they were sent."""
        if self.offered:
            self._client.run(_forget, list(self.offered), on_error="ignore")


def asking() -> Asking:
    """How this worker asks."""
    from distributed import get_worker

    worker = get_worker()
    task = worker.get_current_task()

    def ask(sha256: str, place: str) -> None:
        worker.log_event(_WANTED, {"sha256": sha256, "place": place, "worker": worker.address})

    def wanted() -> bool:
        known = worker.state.tasks.get(task)
        return known is not None and known.state == "executing"

    return Asking(_folder(worker), ask, wanted)


def _folder(worker: Any) -> Path:
    """Where the workers of a machine keep what they were sent: beside the folder that each has for itself."""
    return Path(worker.local_directory).parent / f"{PREFIX}files"


def _forget(keys: list[str], dask_worker: Any = None) -> None:
    forget(_folder(dask_worker), keys)
