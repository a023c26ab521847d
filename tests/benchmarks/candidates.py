"""Are re-used plates among the candidates? Recall@20 of every source and of their union; and motif search.

    python -m tests.benchmarks.candidates [--plates FOLDER] [--cache FOLDER] [--fill 13151] [--motifs 300] [--workers 2]

The real plates that `--plates` or the environment's IMGSIM_PLATES names are searched, together with mirrored copies:
of every pair one plate is flipped left to right and added. A query is a plate with known copies of that kind; a source
finds it if one of them is among the 20 plates that it lists for the query (`local features`: 20 as the plate stands
and 20 mirrored, without those that do not stand out). `pairs` counts the true pairs that the union proposes.

Motif search cuts a box of a quarter of its picture out of one plate of each pair (and of every fifth chapbook
woodcut) and looks for the other plate, and for its mirrored copy.

`--fill` adds made-up plates to the local features, up to so many plates, to show time, memory and recall at full size:
each is put together at random from the features of all real plates, changed a little. Their embeddings cannot be made
up, so cosine is measured among the real plates alone. Features and embeddings are kept in `--cache`, if it is named.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.backbones.embedder import Embedder
from imgsim.features.extraction import FEATURES_VERSION, Features, extract
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.features.working_copy import WORKING_SIDE
from imgsim.images.decoding import open_image
from imgsim.retrieval.neighbours import all_neighbours
from imgsim.verification.candidate_sources.local_features import local_neighbours
from imgsim.verification.candidate_sources.mirror_image import mirrored_neighbours
from imgsim.verification.motif_search import LEAST_FEATURES, find_motif, motif_features
from tests.benchmarks.retrieval import CHAPBOOKS, Truth, add_pair, real_plates

TOP = 20
MIRRORED = "mirrored copy of the other plate"
OWN_MIRROR = "mirrored copy of the plate itself"
BACKBONE = "plates18"
Lists = list[np.ndarray]


def mirrored_copies(truth: Truth, count: int) -> list[int]:
    """Choose one plate of each pair (of every third chapbook woodcut) to be flipped; note them in the truth.

    Returns the rows that are flipped; their copies are the rows from ``count`` on.
    """
    pairs = [
        (kind, a, b) for kind, copies in truth.items() for a, rows in copies.items() for b in rows if a < b
    ]
    flipped: list[int] = []
    for number, (kind, a, b) in enumerate(pairs):
        if b in flipped or a in flipped or (kind == CHAPBOOKS and number % 3):
            continue
        flipped.append(b)
        add_pair(truth, MIRRORED, a, count + len(flipped) - 1)
        add_pair(truth, OWN_MIRROR, b, count + len(flipped) - 1)
    return flipped


def images(files: Sequence[Path], flipped: Sequence[int]) -> Iterator[tuple[Image.Image, tuple[int, int]]]:
    """Open the plates, then the flipped ones: (image, size of the original)."""
    for file in files:
        opened = open_image(file, reduce_to=WORKING_SIDE)
        yield opened.image, opened.size
    for row in flipped:
        opened = open_image(files[row], reduce_to=WORKING_SIDE)
        yield opened.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), opened.size


def features_of(files: Sequence[Path], flipped: Sequence[int], folder: Path, workers: int) -> FeatureStore:
    """Describe all plates, or read what a run before left in the folder."""
    folder = folder / f"features-{FEATURES_VERSION}-{len(files)}-{len(flipped)}"
    if not (folder / "sizes.npy").exists():
        sizes = []
        start = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:

            def described() -> Iterator[Features]:
                opened = images(files, flipped)
                while batch := [next(opened, None) for _ in range(32)]:
                    jobs = [job for job in batch if job is not None]
                    for features in pool.map(lambda job: extract(*job), jobs):
                        sizes.append(features.size)
                        yield features
                    if len(jobs) < len(batch):
                        return

            FeatureStore.write(folder, described())
        np.save(folder / "sizes.npy", np.array(sizes))
        print(f"described in {time.perf_counter() - start:.0f} s")
    return FeatureStore.open(folder, np.load(folder / "sizes.npy", allow_pickle=False))


def embeddings_of(
    files: Sequence[Path], flipped: Sequence[int], folder: Path
) -> tuple[np.ndarray, np.ndarray]:
    """Embed all plates as they stand and flipped left to right, or read what a run before left in the folder."""
    path = folder / f"embeddings-{BACKBONE}-{len(files)}-{len(flipped)}.npy"
    if not path.exists():
        embedder = Embedder(BACKBONE)
        rows: list[np.ndarray] = []
        for image, _ in images(files, flipped):
            rows.append(embedder.embed([image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]))
        np.save(path, np.stack(rows, axis=1))
    plain, mirror = np.load(path, allow_pickle=False)
    return plain, mirror


def filled(store: FeatureStore, count: int, folder: Path, seed: int = 0) -> FeatureStore:
    """Add made-up plates, up to so many."""
    rng = np.random.default_rng(seed)
    total, lengths = len(store.points), np.diff(store.offsets)

    def plates() -> Iterator[Features]:
        yield from store
        for _ in range(count - len(store)):
            rows = np.sort(rng.integers(0, total, int(rng.choice(lengths))))
            descriptors = store.descriptors[rows].astype(np.float32)
            changed = descriptors + 20 * rng.standard_normal(descriptors.shape, np.float32) * (descriptors > 0)
            points = store.points[rows].copy()
            points[:, :2] = rng.uniform(0, (1200, 1800), (len(rows), 2))
            points[:, 3] = rng.uniform(0, 2 * np.pi, len(rows))
            yield Features(
                (1200, 1800),
                points,
                np.clip(changed, 0, 255).astype(np.uint8),
                store.vouch[rows],
            )

    FeatureStore.write(folder, plates())
    return FeatureStore.open(
        folder, np.concatenate([store.sizes, np.full((count - len(store), 2), (1200, 1800))])
    )


def report(truth: Truth, sources: dict[str, Lists]) -> None:
    """Print recall@20 of each source and of the union for every kind of re-use."""
    union = [np.unique(np.concatenate(lists)) for lists in zip(*sources.values(), strict=True)]
    columns = {**sources, "union": union}
    sets = {name: [set(rows.tolist()) for rows in lists] for name, lists in columns.items()}
    print(
        f"\n{'recall@20 by kind of re-use (queries)':48}"
        + "".join(f"{name:>16}" for name in columns)
        + "  pairs"
    )
    every: dict[str, list[bool]] = {name: [] for name in [*columns, "pairs"]}
    for kind, copies in truth.items():
        line = f"{f'{kind} ({len(copies)})':48}"
        for name, lists in sets.items():
            hits = [bool(rows & lists[query]) for query, rows in copies.items()]
            line += f"{np.mean(hits):16.3f}"
            if kind != OWN_MIRROR:
                every[name] += hits
        proposed = [
            b in sets["union"][a] or a in sets["union"][b]
            for a, rows in copies.items()
            for b in rows
            if a < b
        ]
        if kind != OWN_MIRROR:
            every["pairs"] += proposed
        print(f"{line}{np.mean(proposed):7.3f}")
    means = "".join(f"{np.mean(hits):{16 if name != 'pairs' else 7}.3f}" for name, hits in every.items())
    print(f"{'all but the last kind':48}{means}")
    lengths = "".join(f"{np.mean([len(rows) for rows in lists]):16.1f}" for lists in columns.values())
    print(f"{'plates listed for a query':48}{lengths}")


def motifs(
    files: Sequence[Path], truth: Truth, flipped: Sequence[int], store: FeatureStore, index: FeatureIndex,
    most: int, workers: int,
) -> None:  # fmt: skip
    """Cut boxes, look for them, print recall@10 and time."""
    rng = np.random.default_rng(0)
    relatives: dict[int, set[int]] = {}
    for copies in truth.values():
        for query, rows in copies.items():
            relatives.setdefault(query, set()).update(rows)
    jobs = [
        (kind, query, rows)
        for kind, copies in truth.items()
        if kind != OWN_MIRROR
        for number, (query, rows) in enumerate(copies.items())
        if query < len(files) and (kind != CHAPBOOKS or number % 5 == 0)
    ]
    places: dict[str, list[int]] = {}
    times, strangers, orientation = [], [], []
    for kind, query, rows in [jobs[i] for i in np.sort(rng.permutation(len(jobs))[:most])]:
        own = store.features(query)
        low, high = np.percentile(own.points[own.vouch, :2], (3, 97), axis=0)
        side = (high - low) / 2
        corner = np.clip(own.points[rng.choice(np.flatnonzero(own.vouch)), :2] - side / 2, low, high - side)
        opened = open_image(files[query], reduce_to=WORKING_SIDE)
        start = time.perf_counter()
        features = motif_features(opened.image, (*corner, *(corner + side)), opened.size)
        hits = find_motif(features, store, index, exclude=query, workers=workers)
        times.append(time.perf_counter() - start)
        known = relatives[query] | {
            len(files) + flipped.index(r) for r in [query, *relatives[query]] if r in flipped
        }
        strangers.append(sum(hit.row not in known for hit in hits))
        listed = [hit for hit in hits if hit.row in rows or hit.row not in known]
        place = next((i for i, hit in enumerate(listed) if hit.row in rows), 999)
        if place < 999:
            orientation.append(listed[place].mirrored == (kind == MIRRORED))
        places.setdefault(kind, []).append(place)
    print(f"\nmotif search (boxes of at least {LEAST_FEATURES} features): recall@1 @10 @60")
    for kind, found in [*places.items(), ("all", [place for some in places.values() for place in some])]:
        print(
            f"{f'{kind} ({len(found)})':48}"
            + " ".join(f"{np.mean(np.array(found) < n):.3f}" for n in (1, 10, 60))
        )
    print(
        f"orientation right: {np.mean(orientation):.3f}; other plates listed for a box: {np.mean(strangers):.2f}; "
        f"seconds, median {np.median(times):.2f}, 95 % {np.percentile(times, 95):.2f}, first {times[0]:.2f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    named = os.environ.get("IMGSIM_PLATES")
    parser.add_argument("--plates", type=Path, default=Path(named) if named else None)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--fill", type=int, default=0, help="make up plates, to so many in all")
    parser.add_argument("--motifs", type=int, default=300, help="boxes to look for")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if options.plates is None:
        parser.error("name the folder of real plates: --plates FOLDER, or IMGSIM_PLATES")
    with tempfile.TemporaryDirectory() as scratch:
        cache = options.cache or Path(scratch)
        cache.mkdir(parents=True, exist_ok=True)
        files, truth = real_plates(options.plates)
        flipped = mirrored_copies(truth, len(files))
        store = features_of(files, flipped, cache, options.workers)
        plain, mirror = embeddings_of(files, flipped, cache)
        real = len(store)
        if options.fill > real:
            store = filled(store, options.fill, Path(scratch) / "filled")
        print(
            f"{len(files):,} real plates, {len(flipped):,} mirrored copies, {len(store) - real:,} made-up plates; "
            f"{len(store.points):,} features, {store.vouch.mean():.0%} vouching"
        )
        start = time.perf_counter()
        index = FeatureIndex.build(store)
        print(f"index of {len(index.plates):,} features built in {time.perf_counter() - start:.0f} s")
        index.save(Path(scratch))
        index = FeatureIndex.load(Path(scratch))
        start = time.perf_counter()
        local: Lists = []
        for row, others in local_neighbours(index, store, TOP, workers=options.workers):
            local.append(others[others < real])
            if row == real - 1:
                break
        each = (time.perf_counter() - start) / real
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"looked up in both orientations: {1000 * each:.0f} ms a plate, {each * len(store):.0f} s for all; "
            f"memory at most {peak:.1f} GB"
        )
        report(
            truth,
            {
                "cosine": list(all_neighbours(plain, TOP)[0]),
                "mirrored query": list(mirrored_neighbours(plain, mirror, TOP)),
                "local features": local,
            },
        )
        if options.motifs:
            motifs(files, truth, flipped, store, index, options.motifs, options.workers)


if __name__ == "__main__":
    main()
