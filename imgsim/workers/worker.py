"""A worker process: reads the plates it is sent, embeds them in batches, and reports each step to its parent.

The parent needs to know at every moment which plate a worker is busy with, so that a crash or a hang costs that
plate alone; hence the small messages.
"""

import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from imgsim.backbones import Backbone
from imgsim.backbones.engines import Engine, Forward
from imgsim.errors import ImageError, ImgsimError
from imgsim.workers.plate_work import PlateFailure, PlateFile, PlateResult

Finished = PlateResult | PlateFailure
# What is done with a file: a result and the shaped array for each backbone, see process_files.
Reading = Callable[[PlateFile, Sequence[Backbone]], tuple[Any, dict[str, np.ndarray]]]


@dataclass(frozen=True)
class Task:
    """One plate to do: its number in the run, and the backbones it still needs."""

    number: int
    file: PlateFile
    backbones: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """What all workers of a run share.

    With `forward` False a worker only reads and shapes; the parent runs the networks (on a GPU).
    """

    engines: Mapping[str, Engine]
    batch_size: int
    forward: bool
    read: Reading


class Batcher:
    """Collects shaped plates until a batch is full, runs the network, and gives back plates that lack nothing."""

    def __init__(self, forwards: Mapping[str, Forward], batch_size: int):
        self._forwards = forwards
        self._batch_size = batch_size
        self._waiting: dict[str, list[tuple[int, np.ndarray]]] = {name: [] for name in forwards}
        self._plates: dict[int, PlateResult] = {}
        self._missing: dict[int, int] = {}
        self._files: dict[int, str] = {}

    def add(
        self, number: int, file: str, plate: PlateResult, arrays: Mapping[str, np.ndarray]
    ) -> Iterator[tuple[int, Finished]]:
        """Take a plate in; yield the plates that are complete now."""
        if not arrays:
            yield number, plate
            return
        self._plates[number] = plate
        self._missing[number] = len(arrays)
        self._files[number] = file
        for name, array in arrays.items():
            self._waiting[name].append((number, array))
            if len(self._waiting[name]) >= self._batch_size:
                yield from self._run(name)

    def flush(self) -> Iterator[tuple[int, Finished]]:
        """Run what waits, however little it is; yield the plates that are complete then."""
        for name, waiting in self._waiting.items():
            if waiting:
                yield from self._run(name)

    def _run(self, name: str) -> Iterator[tuple[int, Finished]]:
        waiting, self._waiting[name] = self._waiting[name], []
        vectors = self._forwards[name](np.stack([array for _, array in waiting]))
        for (number, _), vector in zip(waiting, vectors, strict=True):
            self._plates[number].embeddings[name] = vector.copy()
            self._missing[number] -= 1
            if not self._missing[number]:
                yield number, self._complete(number)

    def _complete(self, number: int) -> Finished:
        del self._missing[number]
        file, plate = self._files.pop(number), self._plates.pop(number)
        for name, vector in plate.embeddings.items():
            # No cosine can be taken of such a row; found later, it would end the run.
            if not np.isfinite(vector).all() or not vector.any():
                return PlateFailure(
                    plate.plate_id, file, f"{name} sees nothing in it: its embedding is empty"
                )
        return plate


def work(job: Job, connection: Connection) -> None:
    """Serve the parent until it closes the connection."""
    # Ctrl-C reaches the whole group of processes; the parent ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whatever a library prints must not end up between the lines of --json.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    incoming: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, incoming), daemon=True).start()
    try:
        if job.forward:
            forwards = {name: engine.load(job.batch_size, threads=1) for name, engine in job.engines.items()}
            batcher = Batcher(forwards, job.batch_size)
        connection.send(("ready", None))
        while True:
            if incoming.empty() and job.forward:
                connection.send(("forward", None))
                _report(connection, list(batcher.flush()))
                connection.send(("idle", None))
            task = incoming.get()
            connection.send(("reading", task.number))
            try:
                plate, arrays = job.read(task.file, [job.engines[name].backbone for name in task.backbones])
            except ImageError as error:
                failure = PlateFailure(task.file.plate_id, task.file.file, str(error))
                _report(connection, [(task.number, failure)])
                continue
            if job.forward:
                connection.send(("forward", None))
                _report(connection, list(batcher.add(task.number, task.file.file, plate, arrays)))
            else:
                connection.send(("shaped", (task.number, plate, arrays)))
    except ImgsimError as error:
        connection.send(("error", error))
    except ConnectionError:
        # The parent is gone or has hung up: nothing is left to do.
        pass


def _report(connection: Connection, finished: list[tuple[int, Finished]]) -> None:
    connection.send(("finished", finished))


def _listen(connection: Connection, incoming: "queue.SimpleQueue[Task]") -> None:
    """Take tasks in as they come, so that the parent never waits to hand them out; end with the parent."""
    try:
        while True:
            for task in connection.recv():
                incoming.put(task)
    except (EOFError, OSError):
        # The main thread may be deep in a decoder; an orphan must not go on.
        os._exit(0)
