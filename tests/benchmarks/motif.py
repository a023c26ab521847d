"""How long does the search for a detail take? Wall and processor time, by the call that the pages make.

    python -m tests.benchmarks.motif COLLECTION [--boxes 20] [--fill 13151] [--workers 2]

Boxes of a quarter and of a sixteenth of a plate are drawn round lines, on plates chosen at random. Each search opens
the scan, describes the box, asks the index and verifies what it lists; the first search of all, with nothing in
memory, is printed apart. `--fill` adds made-up plates to the local features of the collection, up to so many (see
`tests/benchmarks/candidates.py`), and indexes all of them.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from imgsim.collection import Collection, open_collection
from imgsim.errors import ImgsimError
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.features.working_copy import CLOSER, open_to_describe
from imgsim.verification.motif_search import find_motif, motif_features
from tests.benchmarks.candidates import filled


def box_in(
    store: FeatureStore, row: int, share: float, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    """A box of that share of the plate's area, of the plate's shape, round one of its features."""
    plate = store.features(row)
    size = np.array(plate.size, float)
    side = size * np.sqrt(share)
    middle = plate.points[rng.choice(np.flatnonzero(plate.vouch)), :2]
    corner = np.clip(middle - side / 2, 0, size - side)
    (left, top), (right, bottom) = corner.tolist(), (corner + side).tolist()
    return left, top, right, bottom


def report(
    collection: Collection, store: FeatureStore, index: FeatureIndex, boxes: int, workers: int | None
) -> None:
    """Search for boxes of both sizes and print how long it took."""
    rng = np.random.default_rng(0)
    plates = [row for row in range(len(collection.catalogue)) if store.features(row).vouch.sum() > 40]
    first: float | None = None
    for share in (1 / 4, 1 / 16):
        wall: list[float] = []
        cpu: list[float] = []
        found: list[int] = []
        few = 0
        while len(wall) < boxes and few < 10 * boxes:
            row = int(rng.choice(plates))
            box = box_in(store, row, share, rng)
            started, worked = time.perf_counter(), time.process_time()
            opened = open_to_describe(collection.plate_bytes(row), CLOSER)
            try:
                query = motif_features(opened.image, box, opened.size)
            except ImgsimError:
                few += 1
                continue
            hits = find_motif(query, store, index, exclude=row, workers=workers)
            wall.append(time.perf_counter() - started)
            cpu.append(time.process_time() - worked)
            found.append(len(hits))
            if first is None:
                first = wall[0]
        seconds = ", ".join(
            f"{name} median {np.median(values):.2f} s, 95 % {np.percentile(values, 95):.2f} s"
            for name, values in (("wall", wall), ("processor", cpu))
        )
        print(f"{len(wall)} boxes of 1/{1 / share:.0f} of a plate: {seconds}; {np.mean(found):.1f} hits")
    print(f"the very first search: {first or float('nan'):.2f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.motif", description=__doc__.splitlines()[0]
    )
    parser.add_argument("collection", type=Path, help="a prepared collection")
    parser.add_argument("--boxes", type=int, default=20, help="of each size (default: %(default)s)")
    parser.add_argument("--fill", type=int, default=0, help="make up plates, to so many in all")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    given = parser.parse_args()
    collection = open_collection(given.collection)
    store, index = collection.features, collection.feature_index
    if store is None or index is None:
        raise SystemExit(f"{given.collection} has no local features: prepare it without --no-verify.")
    with tempfile.TemporaryDirectory() as scratch:
        if given.fill > len(store):
            store = filled(store, given.fill, Path(scratch) / "filled")
            FeatureIndex.build(store).save(Path(scratch))
            index = FeatureIndex.load(Path(scratch))
        print(f"{len(store):,} plates, {len(store.points):,} features")
        report(collection, store, index, given.boxes, given.workers)


if __name__ == "__main__":
    main()
