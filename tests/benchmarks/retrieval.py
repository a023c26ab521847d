"""How well do backbones find re-used plates? Recall@1, @5, @20 and mAP for each kind of re-use.

    python -m tests.benchmarks.retrieval [--sample 240] [--plates FOLDER] [--altered 60] [--weights plates18=FILE]

Two collections with known truth are searched: generated plates (`--sample 0` leaves them out) and real plates, if
`--plates` or the environment's IMGSIM_PLATES names their folder (images/, pairs.csv, chapbook_clusters.csv). Each
backbone whose weights are on this machine is measured beside two baselines, an untrained ResNet-18 and a perceptual
hash (64 bits of a cosine transform), both of which see the whole plate. The networks that `--parts` names stand there
once more with parts: two plates are as near as a part of either is to the other (`imgsim.retrieval.part_scores`), and
so is an altered plate to another. `--weights plates18=A --weights plates18=B` sets two files beside each other. Of the
real plates so many as `--altered` says are also altered in every way of `tests.benchmarks.altering`, but for fold-outs,
laid on a larger sheet, and looked for among all.

A query is a plate with known copies of that kind; it is found at k if one of them is among its first k neighbours.
Other known relatives of the query are left out of its list. Nothing is downloaded.
"""

import argparse
import csv
import os
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.images.decoding import open_image
from imgsim.sources.sample import LOOK_ALIKE, generate
from tests.benchmarks import altering
from tests.benchmarks.contestants import Embed, Gallery, contestants

LONGEST = 512
Truth = dict[str, dict[int, set[int]]]  # kind -> query row -> rows of its copies

REAL_KINDS = {
    "re-engraved close copy (1833 wood copy)": "re-engraved close copy",
    "same print: raw page scan vs cleaned, cropped, re-coloured version": "page scan against cleaned crop",
    "same cut, other book": "same cut, other book",
    "same cut, other book, rotated 90 degrees": "turned by 90 degrees, re-arranged",
    "same cut, other book (re-arranged/cropped)": "turned by 90 degrees, re-arranged",
    "same cut printed twice in the book, separate scans": "same cut twice in a book",
    "same cut printed twice, rotated 90 degrees": "same cut twice in a book",
}
CHAPBOOKS = "chapbook woodcut, best mate"


@dataclass(frozen=True)
class Score:
    """Of one backbone on one kind: `recall` at 1, 5 and 20 and `precision` (mAP), all 0 to 1, over `queries`."""

    queries: int
    recall: tuple[float, float, float]
    precision: float

    def __str__(self) -> str:
        return " ".join(f"{value:.2f}" for value in (*self.recall, self.precision))


def score(similarities: np.ndarray, truth: Truth) -> dict[str, Score]:
    """Rank all plates for each query, ties by row, and score each kind of re-use; `similarities` (n, n)."""
    relatives: dict[int, set[int]] = defaultdict(set)
    for copies in truth.values():
        for query, rows in copies.items():
            relatives[query] |= rows
    scores = {}
    for kind, copies in truth.items():
        first, precision = [], []
        for query, rows in copies.items():
            order = np.argsort(-similarities[query], kind="stable")
            order = order[~np.isin(order, [query, *(relatives[query] - rows)])]
            places = np.flatnonzero(np.isin(order, list(rows)))
            first.append(places[0])
            precision.append(np.mean(np.arange(1, len(places) + 1) / (places + 1)))
        found = np.array(first)
        recall = (float((found < 1).mean()), float((found < 5).mean()), float((found < 20).mean()))
        scores[kind] = Score(len(found), recall, float(np.mean(precision)))
    return scores


def score_altered(similarities: np.ndarray, rows: Sequence[int], relatives: dict[int, set[int]]) -> Score:
    """Rank all plates for each query, an altered plate, ties against it: found is the plate that it was made of.

    Parameters: `similarities` (m, n) of the queries, and the `rows` that they were made of; known `relatives` are left
    out of the lists.
    """
    own = similarities[np.arange(len(rows)), rows]
    for query, row in enumerate(rows):
        similarities[query, [row, *relatives.get(row, ())]] = -np.inf
    places = (similarities >= own[:, None]).sum(axis=1)
    recall = (float((places < 1).mean()), float((places < 5).mean()), float((places < 20).mean()))
    return Score(len(rows), recall, float(np.mean(1 / (places + 1))))


def add_pair(truth: Truth, kind: str, a: int, b: int) -> None:
    """Note that a and b are copies of each other."""
    truth.setdefault(kind, {}).setdefault(a, set()).add(b)
    truth[kind].setdefault(b, set()).add(a)


def sample_plates(folder: Path, count: int, seed: int) -> tuple[list[Path], Truth]:
    """Generate a sample and read its truth; look-alikes are no copies."""
    paths = generate(folder, count, seed)
    files = sorted(paths.images.glob("*.png"))
    row = {file.stem: i for i, file in enumerate(files)}
    truth: Truth = {}
    for pair in rows_of(paths.truth):
        if pair["kind"] != LOOK_ALIKE:
            add_pair(truth, pair["kind"], row[pair["plate_a"]], row[pair["plate_b"]])
    return files, truth


def real_plates(folder: Path) -> tuple[list[Path], Truth]:
    """List the real plates and read their known copies."""
    root = folder / "images"
    files = sorted(path for path in root.rglob("*") if path.suffix in {".jpg", ".png"})
    row = {path.relative_to(root).as_posix(): i for i, path in enumerate(files)}
    truth: Truth = {kind: {} for kind in REAL_KINDS.values()}
    for pair in rows_of(folder / "pairs.csv"):
        add_pair(truth, REAL_KINDS[pair["relation"]], row[pair["file_a"]], row[pair["file_b"]])
    clusters: dict[str, list[int]] = defaultdict(list)
    for member in rows_of(folder / "chapbook_clusters.csv"):
        clusters[member["cluster"]].append(row[member["file"]])
    for members in clusters.values():
        for i, a in enumerate(members):
            for b in members[:i]:
                add_pair(truth, CHAPBOOKS, a, b)
    return files, truth


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a CSV with a heading."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(files: Sequence[Path]) -> list[Image.Image]:
    """Open the plates, at most 512 pixels a side."""
    images = []
    for file in files:
        image = open_image(file, reduce_to=LONGEST).image
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.BILINEAR)
        images.append(image)
    return images


def report(
    title: str, files: Sequence[Path], truth: Truth, networks: dict[str, Embed], parted: Sequence[str],
    altered: int = 0, seed: int = 0,
) -> None:  # fmt: skip
    """Embed the plates with each network and print the table, and how similar random and true pairs are."""
    print(f"\n{title}: {len(files):,} plates. Recall@1 @5 @20 and mAP")
    images = read(files)
    galleries = {name: Gallery(embed, images, name in parted) for name, embed in networks.items()}
    tables = {
        name + end: score(similarities, truth)
        for name, gallery in galleries.items()
        for end, similarities in gallery.among().items()
    }
    print(f"{'kind of re-use (queries)':46}" + "".join(f"{name:24}" for name in tables))
    for kind in truth:
        queries = next(iter(tables.values()))[kind].queries
        print(f"{f'{kind} ({queries})':46}" + "".join(f"{table[kind]!s:24}" for table in tables.values()))
    if altered:
        report_altered(files, truth, networks, galleries, altered, seed)
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, len(files), (2, 200_000))
    a, b = a[a != b], b[a != b]
    true = [(query, row) for copies in truth.values() for query, rows in copies.items() for row in rows]
    for name, gallery in galleries.items():
        rows = gallery.rows
        chance = np.quantile(np.einsum("ij,ij->i", rows[a], rows[b]), [0.5, 0.9, 0.99, 0.999])
        copies = [float(rows[i] @ rows[j]) for i, j in true]
        print(
            f"{name}: random pairs 50/90/99/99.9 %: {' '.join(f'{q:.3f}' for q in chance)}; copies 5/10/25/50 %: "
            f"{' '.join(f'{q:.3f}' for q in np.quantile(copies, [0.05, 0.1, 0.25, 0.5]))}"
        )


def report_altered(
    files: Sequence[Path], truth: Truth, networks: dict[str, Embed], galleries: dict[str, Gallery], count: int,
    seed: int,
) -> None:  # fmt: skip
    """Print how often plates that were altered find what they were made of."""
    relatives: dict[int, set[int]] = defaultdict(set)
    for copies in truth.values():
        for query, rows in copies.items():
            relatives[query] |= rows
    rng = np.random.default_rng(seed)
    chosen = [int(row) for row in rng.permutation(len(files))[:count]]
    plates = [altering.small(open_image(files[row]).image.convert("L"), altering.LONGEST) for row in chosen]
    # Of a fold-out a plate is so small a part that no vector holds it.
    kinds = {kind: change for kind, change in altering.COPIES.items() if "fold-out" not in kind} | altering.SHEETS
    for kind, change in kinds.items():
        images = [altering.small(change(plate, rng, [plates[at - 1]]), LONGEST) for at, plate in enumerate(plates)]
        scores = [
            score_altered(similarities, chosen, relatives)
            for name, embed in networks.items()
            for similarities in galleries[name].of(embed, images).values()
        ]
        print(f"{f'altered: {kind} ({count})':46}" + "".join(f"{one!s:24}" for one in scores))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    cli = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.retrieval", description=__doc__.splitlines()[0]
    )
    cli.add_argument(
        "--sample", type=int, default=240, help="how many generated plates (default: %(default)s)"
    )
    cli.add_argument("--seed", type=int, default=18, help="of the sample and the untrained network")
    cli.add_argument("--folder", type=Path, help="keep the sample here, and use the one that is there")
    cli.add_argument("--plates", type=Path, help="the folder of real plates (default: IMGSIM_PLATES)")
    cli.add_argument("--altered", type=int, default=60, help="how many real plates are altered (default: %(default)s)")
    cli.add_argument("--weights", action="append", default=[], metavar="NAME=FILE", help="weights to measure")
    cli.add_argument(
        "--parts", nargs="*", default=["plates18"], metavar="NAME",
        help="networks that also see parts (default: plates18)",
    )  # fmt: skip
    given = cli.parse_args(arguments)
    named = [(name, Path(file)) for name, _, file in (item.partition("=") for item in given.weights)]
    networks = contestants(named, given.seed)
    if given.sample:
        with tempfile.TemporaryDirectory() as temporary:
            files, truth = sample_plates(given.folder or Path(temporary), given.sample, given.seed)
            report(f"Generated plates (seed {given.seed})", files, truth, networks, given.parts)
    real = given.plates or (Path(os.environ["IMGSIM_PLATES"]) if os.environ.get("IMGSIM_PLATES") else None)
    if real:
        files, truth = real_plates(real)
        report("Real plates", files, truth, networks, given.parts, given.altered, given.seed)
    else:
        print("\nReal plates: set IMGSIM_PLATES or --plates to measure them too.")


if __name__ == "__main__":
    main()
