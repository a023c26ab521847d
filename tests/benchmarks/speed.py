"""How fast precompute is: the loop that a notebook would write and ours, side by side on the same plates.

    python -m tests.benchmarks.speed [--plates 192] [--repeat 3] [--images FOLDER] [--backbone NAME ...]

Plates come from --images, else from the folder that IMGSIM_PLATES names, else from the generated sample. Every
measurement runs in a process of its own, the rivals in turn, and the median of the repeats is printed. ResNet-18 and
ResNet-50 run with random weights unless torch's cache holds the real ones: speed does not depend on them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.speed_stages import ceiling, naive, ours, same

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("naive", "ours", "ours, thumbnails too", "decode alone", "forward alone")
QUERIES = 40


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--plates", type=int, default=192, help="how many plates to read")
    parser.add_argument("--repeat", type=int, default=3, help="how often to measure; the median counts")
    parser.add_argument("--images", type=Path, help="a folder of plates")
    parser.add_argument("--backbone", nargs="+", default=["plates18", "resnet18", "resnet50"])
    parser.add_argument("--rows", type=int, default=13_151, help="plates in the search for all neighbours")
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    parser.add_argument("--weights", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.stage:
        print(json.dumps(run_stage(chosen)))
        return
    with tempfile.TemporaryDirectory(prefix="imgsim-speed-") as folder:
        chosen.images = chosen.images or find_plates(chosen.plates, Path(folder))
        print(
            f"{chosen.plates} plates of {chosen.images}, {os.cpu_count()} cores, median of {chosen.repeat}\n"
        )
        for name in chosen.backbone:
            compare(name, chosen, Path(folder))
        compare_search(chosen)


def find_plates(count: int, folder: Path) -> Path:
    """Return the folder of real plates, or write generated ones."""
    if named := os.environ.get("IMGSIM_PLATES"):
        return Path(named) / "images"
    from imgsim.sources.sample import generate

    print(f"generating {count} plates (IMGSIM_PLATES names no real ones) ...", flush=True)
    return generate(folder / "sample", count).images


def compare(name: str, chosen: argparse.Namespace, folder: Path) -> None:
    """Print one backbone's table."""
    weights, note = usable_weights(name, folder)
    measured: dict[str, list[dict]] = {stage: [] for stage in STAGES}
    for _ in range(chosen.repeat):
        for stage, results in measured.items():
            results.append(in_process(stage, name, weights, chosen, folder))
    rates = {stage: statistics.median(one["rate"] for one in results) for stage, results in measured.items()}
    print(f"{name} ({note})")
    print(f"  {'stage':22} {'plates/s':>9} {'to naive':>9} {'start, s':>9} {'peak MB':>9}")
    for stage, results in measured.items():
        start = statistics.median(one["start"] for one in results)
        peak = max(one["peak"] for one in results)
        print(
            f"  {stage:22} {rates[stage]:9.1f} {rates[stage] / rates['naive']:8.2f}x {start:9.1f} {peak:9.0f}"
        )
    decode, forward = rates["decode alone"], rates["forward alone"]
    both = 1 / (1 / decode + 1 / forward)
    print(
        f"  ours is {rates['ours'] / min(decode, forward):.0%} of the slower ceiling (each has all cores to itself),"
    )
    print(f"  and {rates['ours'] / both:.0%} of {both:.1f} plates/s, where the same cores must do both.")
    vectors = {
        stage: np.load(folder / f"{name} {stage}.npy", allow_pickle=False) for stage in ("naive", "ours")
    }
    # plates18 sees letterboxed plates, which no notebook does: its vectors are not meant to be the same.
    if name != "plates18":
        print(f"  {cosines(vectors['ours'], vectors['naive'])} to the naive loop's vectors, end to end")
    same = in_process("same", name, weights, chosen, folder)
    print(f"  cosine {same['lowest']:.7f} at least to eager float32 from the same pixels\n", flush=True)


def usable_weights(name: str, folder: Path) -> tuple[Path, str]:
    from safetensors.numpy import save_file

    from imgsim.backbones import BACKBONES
    from imgsim.backbones.weights import torch_cache
    from tests.tiny import random_state

    backbone = BACKBONES[name]
    if backbone.bundled:
        return backbone.bundled, "bundled weights"
    if backbone.official and (torch_cache() / backbone.official.file).is_file():
        return torch_cache() / backbone.official.file, "ImageNet weights"
    path = folder / f"{name}.safetensors"
    save_file(random_state(backbone.architecture, 3), path)
    return path, "random weights: the ImageNet ones are not on this machine"


def in_process(stage: str, name: str, weights: Path, chosen: argparse.Namespace, folder: Path) -> dict:
    """Measure one stage in a process of its own; add its peak memory, children included, in MB."""
    command = [sys.executable, "-m", "tests.benchmarks.speed", "--stage", stage, "--backbone", name]
    command += ["--weights", str(weights), "--plates", str(chosen.plates), "--images", str(chosen.images)]
    command += ["--out", str(folder / f"{name} {stage}.npy")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(resident(pid) for pid in family(process.pid)))
        # Adding up a process's pages costs time of its own.
        time.sleep(0.25)
    assert process.stdout is not None
    said = process.stdout.read().splitlines()
    if process.returncode:
        raise SystemExit(f"{stage} of {name} ended with {process.returncode}")
    return {**json.loads(said[-1]), "peak": peak}


def family(pid: int) -> list[int]:
    """Return a process and its descendants (on Linux; elsewhere the process alone)."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in family(int(child)))]


def resident(pid: int) -> float:
    """Return the memory that a process holds, without what it shares with others of its kind twice, in MB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    except (OSError, ValueError):
        return 0.0


def run_stage(chosen: argparse.Namespace) -> dict:
    from imgsim.sources.folders import find_images

    (name,) = chosen.backbone
    files = find_images([chosen.images])[0]
    order = np.random.default_rng(0).permutation(len(files))[: chosen.plates]
    files = [files[index] for index in sorted(order)]
    files *= -(-chosen.plates // len(files))
    files = files[: chosen.plates]
    if chosen.stage == "naive":
        return naive(name, chosen.weights, files, chosen.out)
    if chosen.stage.startswith("ours"):
        return ours(name, chosen.weights, files, chosen.out, thumbnails="thumbnails" in chosen.stage)
    if chosen.stage == "same":
        return same(name, chosen.weights, files[:24])
    return ceiling(chosen.stage.split()[0], name, chosen.weights, files)


def cosines(ours: np.ndarray, theirs: np.ndarray) -> str:
    similar = (ours * theirs).sum(axis=1)
    return f"cosine {similar.min():.5f} at least, {np.median(similar):.5f} in the median"


def compare_search(chosen: argparse.Namespace) -> None:
    """All neighbours of all plates: one sklearn call a query against ours."""
    from sklearn.metrics.pairwise import cosine_similarity

    from imgsim.retrieval.neighbours import all_neighbours

    print(
        f"all neighbours, k = 50, {chosen.rows:,} random plates (sklearn: {QUERIES} queries, the rest reckoned)"
    )
    for dimension in (512, 2048):
        vectors = np.random.default_rng(0).normal(size=(chosen.rows, dimension)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        theirs, mine = [], []
        for _ in range(chosen.repeat):
            start = time.perf_counter()
            for query in range(QUERIES):
                np.argsort(-cosine_similarity(vectors[query : query + 1], vectors)[0])[:51]
            theirs.append((time.perf_counter() - start) / QUERIES * chosen.rows)
            start = time.perf_counter()
            all_neighbours(vectors, 50)
            mine.append(time.perf_counter() - start)
        naive_s, ours_s = statistics.median(theirs), statistics.median(mine)
        print(
            f"  {dimension:5} numbers: sklearn {naive_s:8.1f} s, ours {ours_s:6.1f} s, {naive_s / ours_s:.0f}x"
        )


if __name__ == "__main__":
    main()
