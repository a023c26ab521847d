"""From which scan size on do lines tell an impression from a careful copy? Error rates of "probably the same plate".

    python -m tests.benchmarks.printing [--sample 40] [--seed 7] [--plates FOLDER]

Pairs of two kinds are compared at many scan sizes, both scans reduced, or one of them: impressions of one plate
(reprints and re-lettered plates; real ones: page scans against their crops, the same cut in two books or twice in one)
and copies by another hand (a steady hand strays by 1 to 3 plate units, 0.7 to 2.1 thousandths of the diagonal; others
by 3 to 7). The table says of how many "probably the same plate" would be said, by the longer side of the agreeing part
in the smaller scan, as it is looked at, if there were no limit to it; and of how many it is said. Only pairs that are
found to be whole images are counted; of others nothing is ever said.

The list of real pairs calls the cuts of `holbein_1903` and those of 1833 copies of each other. A comparison of the
editions (dodedans.com, Holbein, Douce 1858) says that later editions print the blocks of 1833, but for
three that were cut anew: the usurer, the senator and the countess. So these three and the other 46 have a line each.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.base.verdict_words import MIRRORED, PROBABLY_SAME_PLATE, SAME
from imgsim.features.extraction import Features, extract
from imgsim.images.decoding import open_image
from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan
from imgsim.verification.impressions import LEAST_ACROSS, across, reason
from imgsim.verification.verdicts import match
from tests.benchmarks.retrieval import REAL_KINDS, rows_of

SIZES = (200, 250, 300, 350, 400, 450, 500, 560, 640, None)
EDGES = (0, 200, 250, 300, 350, 400, LEAST_ACROSS, 500, 1000)
CUT_ANEW = ("holbein_douce/img025.jpg", "holbein_douce/img033.jpg", "holbein_douce/img039.jpg")

Pair = tuple[str, Image.Image, Image.Image]


def generated(count: int, seed: int) -> Iterator[Pair]:
    """Plates with an impression, copies by a steady and another hand, and two mirrored plates each."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        composition, hand, lettering, scanned = (int(value) * 16 for value in rng.integers(1_000, 200_000, 4))
        first = PlateSpec(composition, hand, lettering, scanned)
        other = replace(first, scan=scanned + 16)
        copy = replace(other, hand=hand + 112, lettering=lettering + 16)
        kinds = {
            "impression": replace(other, lettering=lettering + 16 * int(rng.integers(2))),
            "copy, steady hand": replace(copy, wander=float(rng.uniform(1, 3))),
            "copy": replace(copy, wander=float(rng.uniform(3, 7))),
            "mirrored, as an offset": replace(other, mirrored=True),
            "mirrored copy": replace(copy, mirrored=True, wander=float(rng.uniform(2, 5))),
        }
        plate = scan(first).convert("L")
        for kind, spec in kinds.items():
            yield kind, plate, scan(spec).convert("L")


def real(folder: Path) -> Iterator[Pair]:
    """The known pairs of real plates."""
    for row in rows_of(folder / "pairs.csv"):
        kind = REAL_KINDS[row["relation"]]
        if kind == "re-engraved close copy":
            kind = "Holbein, cut anew" if row["file_b"] in CUT_ANEW else "Holbein, listed as copies"
        a, b = (open_image(folder / "images" / row[name]).image.convert("L") for name in ("file_a", "file_b"))
        yield kind, a, b


def at_sizes(a: Image.Image, b: Image.Image) -> Iterator[tuple[Features, Features]]:
    """Features of both plates at all sizes: both reduced, the one, the other."""
    described = [{size: described_at(image, size) for size in SIZES} for image in (a, b)]
    pairs = {(size, size) for size in SIZES} | set(product(SIZES, [None])) | set(product([None], SIZES))
    seen = set()
    for size_a, size_b in sorted(pairs, key=str):
        one, other = described[0][size_a], described[1][size_b]
        # A scan that is no larger than a size stays as it is, and counts once.
        if (one.size, other.size) not in seen:
            seen.add((one.size, other.size))
            yield one, other


def described_at(image: Image.Image, size: int | None) -> Features:
    """The features of a scan whose longer side is reduced to a size."""
    share = min(1.0, size / max(image.size)) if size else 1.0
    if share < 1:
        smaller = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        image = image.resize(smaller, Image.Resampling.LANCZOS)
    return extract(image, image.size)


def judge(pairs: Iterator[Pair]) -> None:
    """Print how often PROBABLY_SAME_PLATE would be said in each range of sizes, and how often it is."""
    free: dict[str, dict[float, list[bool]]] = defaultdict(lambda: defaultdict(list))
    said: dict[str, list[bool]] = defaultdict(list)
    allowed: dict[str, int] = defaultdict(int)
    for kind, *images in pairs:
        for a, b in at_sizes(*images):
            found = match(a, b)
            if found.verdict not in (SAME, MIRRORED) or found.residuals is None:
                continue
            large = min(across(found.region_a, a.size), across(found.region_b, b.size))
            shared = min(found.coverage_a, found.coverage_b)
            why = reason(found.residuals, detail=False, mirrored=False, across=np.inf, coverage=shared)
            free[kind][max(edge for edge in EDGES if edge <= large)].append(why == "exact")
            said[kind].append(found.printing == PROBABLY_SAME_PLATE)
            allowed[kind] += large >= LEAST_ACROSS
    ranges = [f"{low:.0f} to {high:.0f}" for low, high in pairwise(EDGES)]
    ranges = [f"below {EDGES[1]}", *ranges[1:-1], f"{EDGES[-2]} and more"]
    print(
        f"{'agreeing part, px':28}"
        + "".join(f"{name:>15}" for name in ranges)
        + "   said, of those large enough"
    )
    for kind, cells in free.items():
        shown = [f"{sum(cells[edge])} of {len(cells[edge])}" if cells[edge] else "" for edge in EDGES[:-1]]
        print(
            f"{kind:28}"
            + "".join(f"{cell:>15}" for cell in shown)
            + f"   {sum(said[kind])} of {allowed[kind]}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    cli = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.printing", description=__doc__.splitlines()[0]
    )
    cli.add_argument(
        "--sample", type=int, default=40, help="generated plates, each with five others; 0 for none"
    )
    cli.add_argument("--seed", type=int, default=7)
    cli.add_argument("--plates", type=Path, help="the folder of real plates (default: IMGSIM_PLATES)")
    given = cli.parse_args(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if given.sample:
        print(f"Generated plates: {given.sample}, seed {given.seed}")
        judge(generated(given.sample, given.seed))
    folder = given.plates or (Path(os.environ["IMGSIM_PLATES"]) if os.environ.get("IMGSIM_PLATES") else None)
    if folder:
        print("\nReal plates")
        judge(real(folder))
    else:
        print("\nReal plates: set IMGSIM_PLATES or --plates to measure them too.")


if __name__ == "__main__":
    main()
