"""Do families come out whole and apart? Pairwise precision and recall, and how many are split or merged.

    python -m tests.benchmarks.families [--sample 240] [--seeds 101 102 103] [--plates FOLDER] [--work FOLDER]

Three parts. *Simulated*: families of 2 to 20 plates whose true pairs are found with some recall, and false pairs
thrown in, some of them repeated between copies; the rule stands beside the connected components of the same pairs.
*Generated*: a sample of plates for every seed, prepared by precompute.py, against its truth (`--sample 0` leaves it
out). *Real*: the plates that `--plates` or IMGSIM_PLATES names, likewise; the largest families are listed with how
many of their pairs are known to be true. `--work` keeps what was prepared, and uses what is there.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME
from imgsim.catalogue import Catalogue
from imgsim.collection import Collection, open_collection
from imgsim.families import Families, find_families
from imgsim.sources.sample import generate
from imgsim.verification.matches import Matches
from tests.benchmarks.grouping import (
    HEADING,
    Groups,
    Score,
    components,
    groups_of,
    pairs_within,
    score,
    verified,
)
from tests.kin import catalogue_of, matches_of, pair

ROOT = Path(__file__).resolve().parents[2]


def simulated(seed: int, families: int, recall: float, false: float) -> tuple[Catalogue, Matches, Groups]:
    """Families of 2 to 20 plates, as many single plates, and what a matcher of that quality would say of them.

    False pairs, ``false`` times as many as there are true ones, are mostly weak; every other one is repeated by a copy
    of one of its plates. Of the other pairs between two plates' families that a false pair links, half were compared.
    """
    rng = np.random.default_rng(seed)
    sizes = 2 + np.minimum(rng.geometric(0.3, families) - 1, 18)
    owners = np.repeat(np.arange(families), sizes)
    owners = np.concatenate([owners, families + np.arange(families)])
    rng.shuffle(owners)
    names = [f"p{row:05}" for row in range(len(owners))]
    true = [set(np.flatnonzero(owners == at).tolist()) for at in range(families)]
    made: dict[tuple[int, int], dict] = {}
    for a, b in sorted(pairs_within(true)):
        if rng.random() < recall:
            verdict = str(rng.choice([SAME, MIRRORED, DETAIL], p=[0.8, 0.1, 0.1]))
            inliers = max(12, int(rng.lognormal(4.6 if verdict != DETAIL else 3.9, 0.7)))
            made[a, b] = pair(names[a], names[b], verdict, inliers)
        else:
            made[a, b] = pair(names[a], names[b], LOOK_ALIKE)
    every = {row: true[owner] if owner < families else {row} for row, owner in enumerate(owners.tolist())}
    for number in range(int(false * len(made))):
        a, b = sorted(rng.choice(len(owners), 2, replace=False).tolist())
        if b in every[a]:
            continue
        verdict = str(rng.choice([SAME, DETAIL]))
        strength = 12 + rng.exponential(8)
        again = sorted(every[b] - {b})[:1] if number % 2 else []
        for other in (b, *again):
            key = (min(a, other), max(a, other))
            made[key] = pair(names[key[0]], names[key[1]], verdict, int(strength + rng.exponential(3)))
        for one in every[a]:
            for two in every[b]:
                key = (min(one, two), max(one, two))
                if rng.random() < 0.5:
                    made.setdefault(key, pair(names[key[0]], names[key[1]], LOOK_ALIKE))
    catalogue = catalogue_of({name: (f"b{row % 97}", 1700 + row % 100) for row, name in enumerate(names)})
    return catalogue, matches_of(catalogue, made.values()), true


def report_simulated(seeds: Sequence[int]) -> None:
    """Print the rule beside the connected components, for several shares of false pairs."""
    print("\nSimulated: 400 families of 2 to 20 plates and 400 single plates")
    print(HEADING)
    for recall in (1.0, 0.9, 0.7):
        for false in (0.0, 0.01, 0.05, 0.2):
            rule, naive = [], []
            for seed in seeds:
                catalogue, matches, true = simulated(seed, 400, recall, false)
                rule.append(score(groups_of(catalogue, matches), true))
                naive.append(score(components(verified(matches)), true))
            print(f"recall {recall:.0%}, false pairs {false:.0%} of the true")
            for name, scores in (("  the rule", rule), ("  connected components", naive)):
                print(f"{name:44}{mean(scores)}")


def mean(scores: Sequence[Score]) -> Score:
    """Mean figures, counts rounded."""
    columns = [np.mean([getattr(s, name) for s in scores]) for name in Score.__dataclass_fields__]
    return Score(*(float(c) if 2 <= at <= 3 else round(float(c)) for at, c in enumerate(columns)))  # type: ignore[arg-type]


def report_speed() -> None:
    """Print how long 200,000 pairs take."""
    catalogue, matches, _ = simulated(1, 3000, 0.9, 0.5)
    _ = matches.frame
    start = time.perf_counter()
    frame = find_families(catalogue.frame, matches)
    seconds = time.perf_counter() - start
    print(
        f"\nSpeed: {len(matches):,} pairs of {len(catalogue):,} plates, {len(frame):,} in families: {seconds:.1f} s"
    )


def prepared(folder: Path, *arguments: str | Path) -> Collection:
    """Prepare a collection with precompute.py, unless the folder holds it already with its matches."""
    if not (folder / "CURRENT").exists() or open_collection(folder).matches is None:
        command = [
            sys.executable,
            "precompute.py",
            *map(str, arguments),
            "--out",
            str(folder),
            "--projection",
            "pca",
        ]
        subprocess.run([*command, "--quiet"], cwd=ROOT, check=True)
    return open_collection(folder)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a CSV with a heading."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def both(collection: Collection) -> tuple[Matches, Families]:
    """Its matches and families, found anew."""
    matches = collection.matches
    if matches is None:
        raise SystemExit(f"{collection.path} has no matches: prepare it without --no-verify.")
    return matches, Families(find_families(collection.catalogue.frame, matches), collection.catalogue)


def report_sample(count: int, seeds: Sequence[int], work: Path) -> None:
    """Generate and prepare samples, and compare their families with the truth."""
    print(f"\nGenerated: {count} plates a seed, prepared by precompute.py")
    print(HEADING)
    for seed in seeds:
        paths = generate(work / f"plates-{count}-{seed}", count, seed)
        collection = prepared(work / f"sample-{count}-{seed}", paths.images, "--metadata", paths.metadata)
        catalogue = collection.catalogue
        truth = [
            (catalogue.row(pair["plate_a"]), catalogue.row(pair["plate_b"]), pair["kind"])
            for pair in rows_of(paths.truth)
        ]
        true = components((a, b) for a, b, kind in truth if kind != LOOK_ALIKE)
        matches, families = both(collection)
        groups = [set(family.rows) for family in families.ordered()]
        print(f"{f'seed {seed}, the rule':44}{score(groups, true)}")
        print(f"{f'seed {seed}, connected components':44}{score(components(verified(matches)), true)}")
        within = pairs_within(groups)
        for kind in sorted({kind for *_, kind in truth} - {LOOK_ALIKE}):
            of_kind = [(min(a, b), max(a, b)) for a, b, k in truth if k == kind]
            said: Counter[str] = Counter()
            for a, b in of_kind:
                match = matches.between(a, b)
                said[match.verdict if match else "not compared"] += 1
            print(
                f"    {kind:14} {sum(p in within for p in of_kind):3} of {len(of_kind):3} in a family; {dict(said)}"
            )


def report_real(folder: Path, work: Path, most: int) -> None:
    """Prepare the real plates, compare with what is known of them, and list the largest families."""
    collection = prepared(work / "real", folder / "images", "--metadata", folder / "metadata.csv")
    catalogue = collection.catalogue
    row = {file: at for at, file in enumerate(catalogue.frame["file"])}

    def named(path: Path) -> list[tuple[int, int]]:
        pairs = ((row[p["file_a"]], row[p["file_b"]]) for p in rows_of(path))
        return [(min(p), max(p)) for p in pairs]

    clusters: dict[str, set[int]] = defaultdict(set)
    for member in rows_of(folder / "chapbook_clusters.csv"):
        clusters[member["cluster"]].add(row[member["file"]])
    known = named(folder / "pairs.csv") + sorted(pairs_within(clusters.values()))
    hard = set(named(folder / "hard_negatives.csv"))
    true = components(known)
    matches, families = both(collection)
    groups = [set(family.rows) for family in families.ordered()]
    print(f"\nReal: {len(catalogue):,} plates. Not every true pair is known: precision is a lower bound")
    print(HEADING)
    print(f"{'the rule':44}{score(groups, true)}")
    print(f"{'connected components':44}{score(components(verified(matches)), true)}")
    within = pairs_within(groups)
    print(
        f"known pairs in a family: {len(within & set(known)):,} of {len(set(known)):,}; "
        f"known look-alikes: {len(within & hard)}"
    )
    print(
        f"\nThe {most} largest families (known pairs, pairs), then every one with a pair that is not known:"
    )
    ranked = sorted(families.ordered(), key=lambda family: -len(family))
    for at, family in enumerate(ranked):
        pairs = pairs_within([set(family.rows)])
        sure = len(pairs & set(known))
        if at < most or sure < len(pairs):
            files = ", ".join(str(catalogue.frame["file"].iloc[m.row]) for m in family.members[:6])
            print(f"  {len(family):3} plates, {sure:3} of {len(pairs):3} known: {files}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    cli = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.families", description=__doc__.splitlines()[0]
    )
    cli.add_argument(
        "--sample", type=int, default=240, help="how many generated plates a seed (default: %(default)s)"
    )
    cli.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103], help="of the samples")
    cli.add_argument("--plates", type=Path, help="the folder of real plates (default: IMGSIM_PLATES)")
    cli.add_argument("--work", type=Path, help="keep what is prepared here, and use what is there")
    cli.add_argument("--most", type=int, default=20, help="how many of the largest real families to list")
    given = cli.parse_args(arguments)
    report_simulated(given.seeds)
    report_speed()
    with tempfile.TemporaryDirectory() as temporary:
        work = (given.work or Path(temporary)).resolve()
        if given.sample:
            report_sample(given.sample, given.seeds, work)
        named = given.plates or (
            Path(os.environ["IMGSIM_PLATES"]) if os.environ.get("IMGSIM_PLATES") else None
        )
        if named:
            report_real(named.resolve(), work, given.most)
        else:
            print("\nReal plates: set IMGSIM_PLATES or --plates to measure them too.")


if __name__ == "__main__":
    main()
