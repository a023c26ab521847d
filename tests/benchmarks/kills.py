"""Kill a run at random moments, again and again, and look at what is left.

    python -m tests.benchmarks.kills [--kills 1000] [--seed 0]

Runs alternate between two states of a folder (plates added, removed, replaced and renamed between them). After each
kill the collection must be readable down to the last byte and be exactly one of the two states; in the end a last run
that goes on where the killed ones stopped must give the same arrays as one that was never disturbed. POSIX only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from imgsim.collection import open_collection
from imgsim.collection.id_registry import FILE, Registry
from imgsim.collection.integrity import check
from imgsim.errors import CollectionError
from imgsim.generation import layout
from imgsim.retrieval.projections import project
from tests.making import ToyProcessor, make, write_plate, write_plates

BACKBONES = ("toy", "other")
MATCHED = "matches and all that belongs to them"


def two_states(folder: Path) -> tuple[Path, Path]:
    """Two folders of plates that share most of them."""
    first, second = write_plates(folder / "a", 14), write_plates(folder / "b", 16, first=2)
    write_plate(second / "p005.png", 500)
    (second / "p007.png").rename(second / "a-new-name.png")
    return first, second


def fingerprint(collection: Path, unnamed: bool = False) -> dict[str, bytes]:
    """Every array, the plates' names and contents, the matches; raises if anything of it is damaged.

    ``unnamed``: a run was killed before it wrote CURRENT for the first time, and that alone may be missing.
    """
    found = open_collection(collection)
    frame = found.catalogue.frame
    result = {"catalogue": json.dumps(frame[["plate_id", "sha256"]].to_numpy().tolist()).encode()}
    for name in found.backbones:
        indices, similarities = found.neighbour_table(name)
        arrays = [found.embeddings(name), indices, similarities, found.background(name)]
        arrays += [found.projection(name, method) for method in found.projections(name)]
        result[name] = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    matches, families, store = found.matches, found.found_families, found.features
    if matches is not None:
        if families is None or store is None or found.feature_index is None:
            raise AssertionError("there are matches without what belongs to them")
        parts = [
            matches.to_parquet(),
            (found.folder / layout.FAMILIES).read_bytes(),
            store.descriptors.tobytes(),
        ]
        parts += [np.ascontiguousarray(found.mirrored(name)).tobytes() for name in found.backbones]
        result[MATCHED] = b"".join(parts)
    for row in range(len(frame)):
        found.thumbnail(row)
    expected = {layout.CURRENT} if unnamed else set()
    problems = [one for one in check(collection).problems if one.file not in expected]
    damaged = [one for one in problems if not one.file.startswith("work/")]
    if damaged:
        raise AssertionError(f"the check finds damage: {damaged[0]}")
    return result


def named(collection: Path) -> dict[str, str]:
    """Plate id -> content, of every plate that ever had an id."""
    return {plate.plate_id: plate.sha256 for plate in Registry(collection).plates()}


def with_ids(collection: Path, ids: Path) -> None:
    """A new collection that knows the ids of another one."""
    collection.mkdir()
    shutil.copy(ids / FILE, collection / FILE)


def run(out: Path, images: Path) -> None:
    """One run of the pipeline, slowed down a little, so that kills meet it at work."""
    # The maps of kilobytes take no time: without this, kills would meet little but the start and the end.
    processor = ToyProcessor(after=lambda done: time.sleep(0.002), after_group=lambda done: time.sleep(0.004))
    make(out, images, processor, backbones=BACKBONES, matching=True)


def state_of(found: dict[str, bytes], undisturbed: list[dict[str, bytes]]) -> str:
    """Which of the two states a collection is in; a new one may still be without matches."""
    for number, whole in enumerate(undisturbed):
        if found == whole:
            return f"state {number}"
        if found == {name: value for name, value in whole.items() if name != MATCHED}:
            return f"state {number}, not compared yet"
    raise AssertionError("the collection is neither of the two states")


def kill_runs(kills: int, seed: int, folder: Path) -> dict[str, object]:
    """Do it; returns counts. Raises AssertionError at the first collection that is not whole."""
    randomness = random.Random(seed)
    states = two_states(folder)
    # Ids tell of a collection's past. Where every plate has its id already, both states have the same one whatever came
    # before; and no run, killed or not, may change any.
    ids = folder / "ids"
    for images in states:
        run(ids, images)
    names = named(ids)
    undisturbed = []
    for number, images in enumerate(states):
        with_ids(folder / f"undisturbed-{number}", ids)
        started = time.perf_counter()
        run(folder / f"undisturbed-{number}", images)
        seconds = time.perf_counter() - started
        undisturbed.append(fingerprint(folder / f"undisturbed-{number}"))
    out = folder / "killed"
    seen: Counter[str] = Counter()
    wanted = 0
    for number in range(kills):
        if number % 25 == 0:
            shutil.rmtree(out, ignore_errors=True)  # the very first run of a collection is killed as well
            with_ids(out, ids)
        child = os.fork()
        if child == 0:
            try:
                run(out, states[wanted])
                os._exit(0)
            except BaseException as error:
                print(f"kill {number}: the run failed by itself: {error!r}", file=sys.stderr, flush=True)
                os._exit(1)
        time.sleep(randomness.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            raise AssertionError(f"run {number} failed by itself")
        killed = os.WIFSIGNALED(status)
        seen["killed" if killed else "had finished"] += 1
        # How long a run takes depends on what else the machine does: two in three are to be met at work.
        seconds *= 1.05 if killed else 0.9
        if named(out) != names:
            raise AssertionError("a plate has lost its id")
        unnamed = not (out / layout.CURRENT).exists()
        if unnamed:
            try:
                open_collection(out)
            except CollectionError:
                seen["nothing yet"] += 1
                continue
            seen["CURRENT not yet written"] += 1  # but the generation is whole, as is seen below
        found = fingerprint(out, unnamed)
        seen[state_of(found, undisturbed)] += 1
        if found == undisturbed[wanted]:
            wanted = 1 - wanted  # reached: on to the other state
    for number, images in enumerate(states):
        run(out, images)
        if fingerprint(out) != undisturbed[number]:
            raise AssertionError("the resumed result is not that of an undisturbed run")
    left = sorted(path.name for path in (out / "generations").iterdir())
    if len(left) > 2:
        raise AssertionError(f"generations were left behind: {left}")
    return {"kills": kills, **seen}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    project(np.eye(3, dtype=np.float32), None, "pca")  # load scikit-learn and OpenCV once, not in every child
    import cv2

    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory(prefix="imgsim-kills-") as folder:
        print(json.dumps(kill_runs(given.kills, given.seed, Path(folder))))


if __name__ == "__main__":
    main()
