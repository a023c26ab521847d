"""The index of local features with ever more plates: what looking one up takes, and whether its copies are still found.

    python -m tests.benchmarks.index_size COLLECTION [--plates 5000 20000 60000] [--queries 200] [--work FOLDER]

COLLECTION is one of generated plates whose local features are described, also by a run that was stopped since. Plates
that have copies come first, and so many of them are looked up. The index is filled up with made-up plates
(:func:`tests.benchmarks.candidates.filled`), put together of the features of all plates, each changed as scans change
them. Of every size two indexes are built: one whose vocabulary ends at 256 branches, and one in which it grows. Found:
the share of plates with a known copy among the 20 that are listed for them. Seconds are of the processor, one thread.

With `--most 64` the first of the two ends at 64 branches instead, so that its cells are as full as those of 16 times as
many plates, and the other grows from there: the same on a smaller scale, in minutes.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
from threadpoolctl import threadpool_limits

from imgsim.collection import open_collection
from imgsim.features import vocabulary
from imgsim.features.extraction import Features
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.prepare.feature_shards import FeatureShards
from imgsim.sources.sample import LOOK_ALIKE
from imgsim.verification.candidate_sources.local_features import local_neighbours
from tests.benchmarks.candidates import TOP, filled

Copies = dict[int, set[int]]


def described(folder: Path) -> dict[str, Features]:
    """The features of all plates that have any, by plate_id."""
    collection = open_collection(folder)
    frame = collection.catalogue.frame
    if collection.features is not None:
        return dict(zip(frame["plate_id"], collection.features, strict=True))
    place = folder / "work" / "features"
    with np.load(next(iter(sorted(place.glob("*.npz")))), allow_pickle=False) as first:
        shards = FeatureShards(place, json.loads(first["records"].tobytes())["key"], print)
    shards.open()
    plates = zip(frame["plate_id"], frame["sha256"], strict=True)
    return {plate: shards.get(content) for plate, content in plates if content in shards}


def arranged(folder: Path, place: Path) -> tuple[FeatureStore, Copies]:
    """The plates, those with copies first; and the rows of the copies of each."""
    plates = described(folder)
    with (folder / "source" / "truth.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(line["plate_a"], line["plate_b"]) for line in csv.DictReader(file) if line["kind"] != LOOK_ALIKE]
    pairs = [pair for pair in pairs if plates.keys() >= set(pair)]
    known = sorted({plate for pair in pairs for plate in pair})
    np.random.default_rng(0).shuffle(known)
    row = {plate: number for number, plate in enumerate(dict.fromkeys([*known, *plates]))}
    copies: Copies = defaultdict(set)
    for a, b in pairs:
        copies[row[a]].add(row[b])
        copies[row[b]].add(row[a])
    FeatureStore.write(place, (plates[plate] for plate in row))
    return FeatureStore.open(place, [plates[plate].size for plate in row]), copies


def first(store: FeatureStore, count: int) -> FeatureStore:
    """The first plates of a store, by themselves."""
    end = store.offsets[count]
    return FeatureStore(
        store.sizes[:count], store.offsets[: count + 1], store.points[:end], store.descriptors[:end],
        store.vouch[:end], tones=store.tones[:count],
    )  # fmt: skip


def measured(store: FeatureStore, copies: Copies, queries: int) -> Iterator[tuple[str, float]]:
    """Figures of the index of these plates, by name."""
    clock = time.process_time()
    index = FeatureIndex.build(store)
    yield "to build, s", time.process_time() - clock
    lengths = np.diff(index.starts)
    yield "branches", len(index.vocabulary.coarse)
    yield "a cell's entries, as met", float(lengths @ lengths / lengths.sum())
    looked_up, clock = first(store, min(queries, len(copies))), time.process_time()
    lists = dict(local_neighbours(index, looked_up, TOP, workers=1))
    yield "a plate looked up, ms", (time.process_time() - clock) * 1000 / len(lists)
    yield "found", float(np.mean([bool(copies[row] & set(found.tolist())) for row, found in lists.items()]))
    yield "plates listed", float(np.mean([len(found) for found in lists.values()]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--plates", type=int, nargs="+", default=[5_000, 20_000, 60_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--most", type=int, default=vocabulary.MOST_BRANCHES)
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.work) as place, threadpool_limits(1):
        base, copies = arranged(given.collection, Path(place) / "base")
        print(f"{len(base):,} plates, {len(base.points) / len(base):,.0f} features each; {len(copies):,} have copies")
        for count in given.plates:
            store = filled(base, max(count, len(base)), Path(place) / str(count))
            times = []
            for name, few in ((f"{given.most} at most", count), ("grown", 0)):
                with patch.multiple(vocabulary, MANY_PLATES=few, MOST_BRANCHES=given.most):
                    figures = dict(measured(store, copies, given.queries))
                times.append(figures["a plate looked up, ms"])
                told = ", ".join(f"{key} {value:,.3g}" for key, value in figures.items())
                print(f"{count:,} plates, {name}: {told}", flush=True)
                gc.collect()
            print(f"{count:,} plates: a look-up takes {times[1] / times[0]:.2f} of its time as before", flush=True)


if __name__ == "__main__":
    main()
