"""What the engine of a cluster costs, on this machine.

    python -m tests.benchmarks.engine IMAGES [--turns 2]
    python -m tests.benchmarks.engine --waiting [--plates 1000000] [--tasks 5000] [--workers 2]

The first describes the plates of a folder (vectors and local features) on this machine's cores and on a cluster of as
many workers here, by turns in one run, the first turn uncounted: seconds of each, and their ratio. The second has the
cluster's workers wait instead of work: of so many plates' shards, each with images of a usual size, it gives the first
few thousand to the engine. It prints how many tasks the scheduler held at most, how many such shards a second pass
through client and scheduler (one process here), what processor time each costs them, and their memory.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from imgsim.images.files import ImageFile
from imgsim.prepare.plate_shards import Asked
from imgsim.prepare.processor import MOST_DESCRIBED, look_at_plates
from imgsim.sources.folders import find_images
from imgsim.workers import EXECUTORS
from imgsim.workers.cluster import Cluster
from imgsim.workers.clusters import cluster
from imgsim.workers.processes import available_cores

BACKBONE = "plates18"
IMAGE_BYTES = 110_000  # of a plate of the botanical study
WAIT_SECONDS = 0.01


def wait(shard: Sequence[Asked]) -> int:
    """All that a worker does here; it has the images by then."""
    time.sleep(WAIT_SECONDS)
    return sum(len(one.file.read()) for one in shard)


def cost(folder: Path, turns: int) -> None:
    """Print the seconds of both, and the ratio."""
    asked = [Asked(file, frozenset({BACKBONE}), features=True) for file in find_images([folder])[0]]
    cores = available_cores()
    taken: dict[str, list[float]] = {"cores": [], "cluster": []}
    with cluster(f"local:{cores}", print):
        for turn in range(turns + 1):
            for name in taken:
                started = time.perf_counter()
                found = look_at_plates(asked, {BACKBONE: None}, device="cpu", workers=cores, executor=name)
                assert len(list(found)) == len(asked)
                if turn:
                    taken[name].append(time.perf_counter() - started)
    for name, seconds in taken.items():
        print(f"{len(asked):,} plates on {cores} {name}: {', '.join(f'{one:.1f}' for one in seconds)} s")
    ratios = [on / off for on, off in zip(taken["cluster"], taken["cores"], strict=True)]
    print(f"ratio {statistics.median(ratios):.3f} (from {min(ratios):.3f} to {max(ratios):.3f})")


def waiting(plates: int, tasks: int, workers: int) -> None:
    """Print what the engine itself takes."""
    with tempfile.TemporaryDirectory() as name, cluster(f"local:{workers}", print):
        Path(name, "plate.png").write_bytes(random.Random(0).randbytes(IMAGE_BYTES))
        asked = [Asked(ImageFile(f"plate{n}", "plate.png", name, IMAGE_BYTES, 0)) for n in range(plates)]
        shards = [asked[start : start + MOST_DESCRIBED] for start in range(0, plates, MOST_DESCRIBED)]
        executor = EXECUTORS.get(Cluster.name)
        client = executor._client  # type: ignore[attr-defined]
        most, started, busy = 0, time.perf_counter(), time.process_time()
        found = executor.map(wait, shards)
        for number, _ in enumerate(islice(found, tasks)):
            if number % 50 == 0:
                most = max(most, client.run_on_scheduler(_tasks))
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
        found.close()  # type: ignore[attr-defined]
        print(f"{plates:,} plates are {len(shards):,} shards; the scheduler held {most:,} at most")
        print(f"{tasks / seconds:.0f} shards a second pass; each costs {busy / tasks * 1000:.1f} ms of one core")
        print(f"client and scheduler took {_peak() / 1e9:.2f} GB of memory")


def _tasks(dask_scheduler: object) -> int:
    return len(dask_scheduler.tasks)  # type: ignore[attr-defined]


def _peak() -> int:
    """Bytes that this process has taken at most."""
    said = Path("/proc/self/status").read_text()
    return int(said.partition("VmHWM:")[2].split()[0]) * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("images", type=Path, nargs="?")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--waiting", action="store_true")
    parser.add_argument("--plates", type=int, default=1_000_000)
    parser.add_argument("--tasks", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    if given.waiting:
        waiting(given.plates, given.tasks, given.workers)
    elif given.images is None:
        parser.error("name a folder of images, or say --waiting")
    else:
        cost(given.images, given.turns)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
