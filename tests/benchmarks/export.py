"""Time and memory of a large export: python -m tests.benchmarks.export [PLATES]. Random embeddings, no files."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, SAME
from imgsim.collection import Collection
from imgsim.export import Request, available, files_of, zip_chunks
from imgsim.retrieval.neighbours import all_neighbours
from imgsim.verification.matches import Matches
from tests.in_memory import in_memory
from tests.kin import catalogue_of, matches_of, pair

TITLES = 400


def collection_of(count: int) -> Collection:
    """A collection as large as asked for: 512 numbers a plate, 50 neighbours, 10 pairs compared of each plate."""
    rng = np.random.default_rng(0)
    plates = {
        f"{n // 30:010d}{n % 30:04d}0_{n % 3}": (f"{n // 30:010d}", 1700 + n // 30 % 100)
        for n in range(count)
    }
    titles = [f"The {i}th book of plants, with their descriptions, places and virtues" for i in range(TITLES)]
    catalogue = catalogue_of(
        plates,
        title=[titles[n % TITLES] for n in range(count)],
        author=["Blackwell, Elizabeth, 1707-1758."] * count,
        place=["London"] * count,
    )
    embeddings = rng.normal(size=(count, 512)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    neighbours = all_neighbours(embeddings, 50)
    ids = catalogue.plate_ids
    pairs: list[dict[str, Any]] = []
    for a in range(count):
        for b in sorted({int(b) for b in neighbours[0][a, :10]} - set(range(a + 1))):
            kind = SAME if (a * 31 + b) % 400 == 0 else DETAIL if (a + b) % 97 == 0 else LOOK_ALIKE
            pairs.append(pair(ids[a], ids[b], kind))
    matches: Matches = matches_of(catalogue, pairs)
    manifest = {"created": "2026-11-22T00:00:00Z", "imgsim": "0.1.0"}
    return in_memory(
        catalogue, matches, manifest=manifest, name="large", embeddings=embeddings, kept=50,
        maps={"pca": embeddings[:, :2]},
    )  # fmt: skip


def measure(what: str, request: Request, kinds: list[str], zipped: bool = True) -> None:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, started, size, rows = memory("VmRSS"), time.perf_counter(), 0, 0
    files = files_of(kinds, request)
    if zipped:
        for data in zip_chunks(request, files):
            size += len(data)
    else:
        for chunk in (chunk for file in files for chunk in file.chunks(request)):
            size, rows = size + len(chunk.data), rows + chunk.rows
    seconds = time.perf_counter() - started
    print(
        f"{what:<46} {seconds:7.1f} s {size / 1e6:9.1f} MB {rows:>9,} rows  memory +{memory('VmHWM') - before:.0f} MB",
        flush=True,
    )


def memory(what: str) -> float:
    """What this process holds (VmRSS), or held at most (VmHWM), in MB. Linux only."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 13_151
    collection = collection_of(count)
    matches = collection.matches
    assert matches is not None
    print(f"{count:,} plates, {len(matches):,} pairs, {memory('VmRSS'):.0f} MB before", flush=True)
    plain = Request(collection, "2026-11-22", "toy", top_k=50, look_alikes=True)
    measure("neighbours as CSV", plain, ["neighbours"], zipped=False)
    measure("neighbours, zipped", plain, ["neighbours"])
    other = Request(collection, "2026-11-22", "toy", top_k=50, other_books=True)
    measure("neighbours of other books, compared anew", other, ["neighbours"], zipped=False)
    for kind in ("matches", "families", "network", "plates", "books", "map"):
        measure(kind, plain, [kind], zipped=False)
    kinds = [kind for kind in available(plain) if kind != "map-page"]
    measure("everything but the map as a page, zipped", plain, kinds)


if __name__ == "__main__":
    main()
