"""Do what libraries add to their scans, or do to them, lead to wrong verdicts?

    python -m tests.benchmarks.aids FOLDER

FOLDER holds images and truth.csv, which names for each its path in FOLDER (column file), its kind, and its base: two
images show one picture where their bases agree. A kind that shares bases with the kind "original" is compared with it
base by base; of any other kind all pairs are no copies. These are compared twice: as they are, and without the marks
that are learned to repeat over the plates of that kind.
Nothing is downloaded.
"""

import argparse
import csv
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.features.extraction import Features, without_vote
from imgsim.verification.repeated_parts import repeated_parts
from imgsim.verification.verdicts import match
from imgsim.verification.verifiers import SIFT, describe_file

ORIGINAL = "original"


def main(words: list[str]) -> None:
    """Print, kind by kind, how many copies are found, or how many false pairs are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="images and their truth.csv")
    folder = parser.parse_args(words).folder
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds[row["kind"]][row["base"]] = row["file"]

    def described(kind: str) -> dict[str, Features]:
        return {base: describe_file((folder / file).read_bytes(), SIFT) for base, file in kinds[kind].items()}

    originals = described(ORIGINAL) if ORIGINAL in kinds else {}
    for kind in sorted(set(kinds) - {ORIGINAL}):
        found = described(kind)
        if shared := originals.keys() & found.keys():
            copies = sum(match(originals[base], found[base]).verdict != LOOK_ALIKE for base in shared)
            print(f"{kind:24}{copies:5} of {len(shared):5} copies found")
        else:
            plates = list(found.values())
            marks = repeated_parts(plates)
            learned = [
                without_vote(plate, [mark[row] for mark in marks if row in mark]) for row, plate in enumerate(plates)
            ]
            false, still = (
                sum(match(a, b).verdict != LOOK_ALIKE for a, b in combinations(some, 2)) for some in (plates, learned)
            )
            pairs = len(plates) * (len(plates) - 1) // 2
            print(
                f"{kind:24}{false:5} of {pairs:5} pairs that are no copies taken for some; {still} without "
                f"{len(marks)} marks that repeat"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
