"""The plates that a network is trained on, held in memory as small grey arrays, and the batches of their views."""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from PIL import Image

from imgsim.errors import Change, ImgsimError, Setting
from imgsim.training import augment, composition

# The longer side of a plate in memory. Views of up to 176 px are drawn at twice their size from it.
LONGEST = 352
FEWEST_PLATES = 8

# One view of a pair nearly as it is, the other changed in full: two copies differ once, not twice, from each other,
# and a short training learns sooner from the easier pairs.
STRENGTHS = (0.35, 1.0)


@dataclass(frozen=True)
class TrainingSet:
    """Plates to train on. `groups` int64 (n,): plates of one group are known copies of one picture."""

    plates: tuple[composition.Plate, ...]
    files: tuple[str, ...]
    groups: np.ndarray
    skipped: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.plates)


def small_grey(image: Image.Image, longest: int = LONGEST) -> composition.Plate:
    """Return the image as a grey plate whose longer side is at most `longest` pixels: uint8 (h, w)."""
    grey = image if image.mode == "L" else image.convert("L")
    grey.thumbnail((longest, longest), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.array(grey, dtype=np.uint8)


def group_by_pairs(files: Sequence[str], pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    """Number the files so that those tied by known pairs share a number: int64 (n,). Unknown files are ignored."""
    row = {file: i for i, file in enumerate(files)}
    parent = list(range(len(files)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i] = parent[parent[i]]
        return i

    for a, b in pairs:
        if a in row and b in row:
            first, second = sorted((root(row[a]), root(row[b])))
            parent[second] = first
    return np.array([root(i) for i in range(len(files))], dtype=np.int64)


class Batches:
    """Batches of view pairs, each drawn from its step number alone, so that a resumed run sees the same ones."""

    def __init__(self, data: TrainingSet, batch_size: int, size: int, seed: int, workers: int = 0) -> None:
        self.data, self.batch_size, self.size, self.seed, self.workers = data, batch_size, size, seed, workers
        self.members: dict[int, np.ndarray] = {
            int(g): np.flatnonzero(data.groups == g) for g in np.unique(data.groups)
        }
        self.groups = np.array(sorted(self.members))

    def batch(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Return uint8 (2 n, size, size) views, the pairs n apart, and int64 (n,) their groups."""
        rng = np.random.default_rng((self.seed, step))
        groups = self._order(step)
        views = np.empty((2, len(groups), self.size, self.size), np.uint8)
        for i, group in enumerate(groups):
            members = self.members[int(group)]
            pick = rng.choice(members, 2, replace=len(members) < 2)
            for side in (0, 1):
                others = [
                    self.data.plates[int(n)] for n in rng.integers(len(self.data), size=composition.MOST_OTHERS)
                ]
                views[side, i] = augment.view(
                    self.data.plates[int(pick[side])], self.size, rng, others, STRENGTHS[side]
                )
        return views.reshape(-1, self.size, self.size), groups

    def _order(self, step: int) -> np.ndarray:
        # Every epoch shuffles anew and leaves out the rest that fills no batch: other plates each time.
        n = min(self.batch_size, len(self.groups))
        per_epoch = len(self.groups) // n
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng((self.seed, 1_000_003, epoch)).permutation(self.groups)
        return order[place * n : (place + 1) * n]

    def iterate(self, first: int, last: int | None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the batches from step `first` on, up to step `last`, drawn ahead by worker processes."""
        if self.workers < 1:
            step = first
            while last is None or step < last:
                yield self.batch(step)
                step += 1
            return
        pool = ProcessPoolExecutor(
            self.workers, get_context("spawn"), initializer=_start_worker, initargs=(self,)
        )
        waiting: list[Future[tuple[np.ndarray, np.ndarray]]] = []
        step = first
        try:
            while True:
                while len(waiting) < 2 * self.workers + 1 and (last is None or step < last):
                    waiting.append(pool.submit(_draw, step))
                    step += 1
                if not waiting:
                    return
                yield waiting.pop(0).result()
        except BrokenProcessPool as error:
            raise ImgsimError(
                "A process that draws views was stopped from outside; perhaps memory ran out.",
                Change(Setting.NO_WORKERS),
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_worker_batches: Batches | None = None


def _start_worker(batches: Batches) -> None:
    global _worker_batches
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's: it saves a checkpoint first
    cv2.setNumThreads(1)
    _worker_batches = batches


def _draw(step: int) -> tuple[np.ndarray, np.ndarray]:
    assert _worker_batches is not None
    return _worker_batches.batch(step)
