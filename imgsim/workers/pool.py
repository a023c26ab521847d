"""The parallel run: worker processes that each do everything a plate needs in one decode.

On the CPU every worker also runs the networks, one thread each: on these networks two processes of one thread do
more than one process of two threads. With a GPU the workers read and shape, and this process runs the networks.

A worker that crashes or takes too long over a plate is replaced; that plate is lost, and nothing else.
"""

import contextlib
import multiprocessing
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from imgsim.backbones import get_backbone
from imgsim.backbones.engines import available_cores, choose_device, prepare_engine
from imgsim.base.download import Progress
from imgsim.base.scratch import scratch_folder
from imgsim.errors import Change, ImageError, ImgsimError, Setting
from imgsim.workers.plate_work import (
    PlateFailure,
    PlateFile,
    PlateResult,
    Reader,
    needed_backbones,
    read_file,
    read_plate,
)
from imgsim.workers.processes import ctrl_c_held_back, end_of, one_thread
from imgsim.workers.worker import Batcher, Finished, Job, Reading, Task, work

# On a core small batches stay in its cache; a GPU wants more at once.
CPU_BATCH, GPU_BATCH = 16, 64
# Plates sent ahead to a worker, and how few of them are left when more are sent.
CHUNK, LOW = 16, 8
# A first start may have to read all of torch from a slow disk; a batch is short on any machine.
START_SECONDS, FORWARD_SECONDS = 180.0, 600.0
# Crashes that no plate can be blamed for: the machine lacks something, and trying on would not end.
BLAMELESS_CRASHES = 3
# Windows waits for 63 handles at most.
MOST_WORKERS = 60


def process_plates(
    files: Sequence[PlateFile],
    backbones: Mapping[str, Path | None],
    *,
    thumbnails: Path | None = None,
    device: str = "auto",
    workers: int | None = None,
    batch_size: int | None = None,
    timeout: float = 60.0,
    needs: Callable[[PlateFile], set[str]] | Mapping[str, set[str]] | None = None,
    reader: Reader = read_file,
    progress: Progress | None = None,
) -> Iterator[PlateResult | PlateFailure]:
    """Read, hash, thumbnail and embed plates; yield each as it is done, in any order.

    Parameters
    ----------
    backbones : name of each backbone, with its weights file or None for the usual one.
    thumbnails : an existing folder; ``<sha256>.webp`` is written into it where it is missing. None: no thumbnails.
    batch_size : plates in one run of a network; None for what suits the device.
    workers : processes; None for one a core, 0 for none (everything in this process, without `timeout`).
    timeout : seconds that reading one plate may take.
    needs : the backbones that a plate still needs, by plate_id or worked out from the file; all if None.
    reader : called as reader(file) for the bytes; importable by name, as worker processes call it.
    progress : told of a download of weights, in bytes.

    Raises
    ------
    ImgsimError
        When weights or the device are missing, a thumbnail cannot be written, or workers cannot be kept alive.
        A bad plate raises nothing: it is yielded as a PlateFailure.
    """
    yield from process_files(
        files,
        backbones,
        partial(read_plate, thumbnails=thumbnails, reader=reader),
        device=device,
        workers=workers,
        batch_size=batch_size,
        timeout=timeout,
        needs=needs,
        progress=progress,
    )


def process_files(
    files: Sequence[PlateFile],
    backbones: Mapping[str, Path | None],
    read: Reading,
    *,
    device: str = "auto",
    workers: int | None = None,
    batch_size: int | None = None,
    timeout: float = 60.0,
    needs: Callable[[PlateFile], set[str]] | Mapping[str, set[str]] | None = None,
    progress: Progress | None = None,
) -> Iterator[Any]:
    """Do what ``read`` does with each file, in worker processes; yield each result as it is done, in any order.

    ``read(file, backbones)`` returns a result with the attributes plate_id and embeddings (an empty dict), and the
    shaped array for each backbone; the networks fill the embeddings. Everything else as in :func:`process_plates`.
    """
    chosen = {name: get_backbone(name) for name in backbones}
    device = choose_device(device) if chosen else "cpu"
    tasks = [Task(number, file, needed_backbones(file, chosen, needs)) for number, file in enumerate(files)]
    wanted = {name for task in tasks for name in task.backbones}
    with scratch_folder() as folder:
        engines = {
            name: prepare_engine(backbone, backbones[name], device, folder, progress=progress)
            for name, backbone in chosen.items()
            if name in wanted
        }
        size = batch_size or (CPU_BATCH if device == "cpu" else GPU_BATCH)
        job = Job(engines, size, forward=device == "cpu", read=read)
        count = available_cores() if workers is None else workers
        if count == 0:
            yield from _in_process(job, tasks)
        elif tasks:
            yield from _Pool(job, min(count, MOST_WORKERS, -(-len(tasks) // 4)), timeout).run(tasks)


def _in_process(job: Job, tasks: Iterable[Task]) -> Iterator[Finished]:
    batcher = Batcher(
        {name: engine.load(job.batch_size) for name, engine in job.engines.items()}, job.batch_size
    )
    for task in tasks:
        wanted = [job.engines[name].backbone for name in task.backbones]
        try:
            plate, arrays = job.read(task.file, wanted)
        except ImageError as error:
            yield PlateFailure(task.file.plate_id, task.file.file, str(error))
        else:
            yield from (finished for _, finished in batcher.add(task.number, task.file.file, plate, arrays))
    yield from (finished for _, finished in batcher.flush())


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    deadline: float
    phase: str = "starting"
    reading: int | None = None
    queued: int = 0
    tasks: dict[int, Task] = field(default_factory=dict)


class _Pool:
    def __init__(self, job: Job, count: int, timeout: float):
        self._job = job
        self._count = count
        self._timeout = timeout
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []
        self._todo: deque[Task] = deque()
        self._crashes: Counter[int] = Counter()
        self._blameless = 0
        self._batcher: Batcher | None = None

    def run(self, tasks: Iterable[Task]) -> Iterator[Finished]:
        self._todo.extend(tasks)
        if not self._job.forward:
            forwards = {name: engine.load(self._job.batch_size) for name, engine in self._job.engines.items()}
            self._batcher = Batcher(forwards, self._job.batch_size)
        try:
            self._workers = [self._start() for _ in range(self._count)]
            while self._todo or any(worker.tasks for worker in self._workers):
                for worker in self._workers:
                    self._refill(worker)
                yield from self._step()
            if self._batcher is not None:
                yield from (finished for _, finished in self._batcher.flush())
        finally:
            self._end()

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(self._job, theirs), daemon=True)
        with ctrl_c_held_back(), one_thread():
            process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic() + START_SECONDS)

    def _refill(self, worker: _Worker) -> None:
        if worker.queued > LOW or not self._todo:
            return
        # Towards the end everybody gets a fair share, so that nobody is left with a queue while others idle.
        share = max(1, len(self._todo) // (2 * len(self._workers)))
        chunk = [self._todo.popleft() for _ in range(min(CHUNK, share, len(self._todo)))]
        worker.tasks.update((task.number, task) for task in chunk)
        worker.queued += len(chunk)
        # A worker that died just now is noticed, and its tasks taken back, when its messages are read.
        with contextlib.suppress(OSError):
            worker.connection.send(chunk)

    def _step(self) -> Iterator[Finished]:
        """Wait for something to happen, and deal with it."""
        soonest = min(worker.deadline for worker in self._workers)
        by_connection = {worker.connection: worker for worker in self._workers}
        for ready in wait(list(by_connection), timeout=min(5.0, max(0.0, soonest - time.monotonic()))):
            worker = by_connection[ready]  # type: ignore[index]
            try:
                message, content = worker.connection.recv()
            except (EOFError, OSError):
                yield from self._dead(worker)
            else:
                yield from self._hear(worker, message, content)
        now = time.monotonic()
        for worker in list(self._workers):
            # What a worker said while this process was busy elsewhere counts before its time is up.
            if now > worker.deadline and not worker.connection.poll():
                yield from self._dead(worker, late=True)

    def _hear(self, worker: _Worker, message: str, content) -> Iterator[Finished]:
        now = time.monotonic()
        worker.reading = None
        worker.phase = message
        worker.deadline = float("inf")
        if message == "reading":
            worker.reading = content
            worker.queued -= 1
            worker.deadline = now + self._timeout
        elif message == "forward":
            worker.deadline = now + FORWARD_SECONDS
        elif message == "finished":
            for number, finished in content:
                worker.tasks.pop(number, None)
                yield finished
        elif message == "shaped":
            number, plate, arrays = content
            file = worker.tasks.pop(number).file.file
            assert self._batcher is not None
            yield from (finished for _, finished in self._batcher.add(number, file, plate, arrays))
        elif message == "error":
            raise content

    def _dead(self, worker: _Worker, *, late: bool = False) -> Iterator[Finished]:
        """Bury a worker that crashed or is too late, give its tasks back, and start another one."""
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        tasks = worker.tasks
        if worker.phase == "reading" and worker.reading is not None:
            task = tasks.pop(worker.reading)
            self._crashes[task.number] += 1
            if late:
                yield _failure(task, f"reading it took longer than {self._timeout:g} seconds")
            elif self._crashes[task.number] > 1:
                yield _failure(task, f"reading it crashed the decoder twice ({end_of(worker.process)})")
            else:
                # Once more: the system may have killed the worker for memory that another plate held.
                self._todo.append(task)
        else:
            self._blameless += 1
            if self._blameless >= BLAMELESS_CRASHES:
                what = "did not answer" if late else f"ended ({end_of(worker.process)})"
                raise ImgsimError(
                    f"A worker process {what} while {'starting' if worker.phase == 'starting' else 'embedding'}, "
                    f"{self._blameless} times. It may lack memory.",
                    Change(Setting.LESS_MEMORY),
                )
        self._todo.extendleft(reversed(tasks.values()))
        if self._todo:
            self._workers.append(self._start())

    def _end(self) -> None:
        for worker in self._workers:
            worker.process.terminate()
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(timeout=5)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers = []


def _failure(task: Task, reason: str) -> PlateFailure:
    return PlateFailure(task.file.plate_id, task.file.file, reason)
