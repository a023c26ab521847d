"""Copies by another hand: how often the verdict is right, and how many copies it misses.

    IMGSIM_COPIES=FOLDER python -m tests.benchmarks.copies [--generated 40] [--plates FOLDER] [--near 2]

Generated plates are drawn anew by other hands, with other hatching, other letters and strokes that stray, reversed too;
false are other plants of the same species by the same and by other hands, and other subjects of one hand with one frame
and one set of letters. Real plates (`--plates` or the environment's IMGSIM_PLATES names their folder): the known pairs
as they are and with one of the two reversed; false are the hard negatives and each plate's nearest of other pictures
(among which may be copies that nobody has listed: those that are found are listed, to be looked at). IMGSIM_COPIES
names the folder of the networks. Nothing is downloaded.
"""

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageOps

from imgsim.backbones.embedder import Embedder
from imgsim.base.verdict_words import COPY, LOOK_ALIKE
from imgsim.collection.plate_copies import LEAST_IN_BOOK
from imgsim.features.extraction import Features
from imgsim.images.decoding import open_image
from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan
from imgsim.verification.verifiers import COPIES, SIFT
from tests.benchmarks.judging import pairs_of
from tests.benchmarks.retrieval import read, real_plates, rows_of

T = TypeVar("T")
NEAR = "near in cosine"


@dataclass(frozen=True)
class Asked:
    """One pair: what it is, whether it is a copy, and what the two verifiers say."""

    kind: str
    true: bool
    proven: bool
    copy: bool
    reversed: bool
    inliers: int
    names: str


class Asking:
    """Asks about pairs, and keeps what was said and how long that took."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._spent, self._described, self._compared = [0.0, 0.0], 0, 0

    def describe(self, image: Image.Image) -> Features:
        """Describe a plate for the verifier of copies."""
        return self._timed(0, lambda: COPIES.describe(image, image.size))

    def ask(
        self, kind: str, true: bool, sides: Sequence[Features], lines: Callable[[], bool], names: str, least: int = 0
    ) -> None:
        """Ask about a pair; ``lines`` tells whether its lines agree, ``least`` how many places are needed at least."""
        found = self._timed(1, lambda: COPIES.compare(*sides))
        copy = found.verdict == COPY and found.inliers >= least
        # False ones are few, and only of those is it of interest what their lines say.
        proven = lines() if true or copy else False
        self.asked.append(Asked(kind, true, proven, copy, found.mirrored, found.inliers, names))

    def _timed(self, what: int, work: Callable[[], T]) -> T:
        started = time.process_time()
        try:
            return work()
        finally:
            self._spent[what] += time.process_time() - started
            self._described += what == 0
            self._compared += what == 1

    def report(self, title: str) -> None:
        """Print what was said of each kind, and how often it was right."""
        print(f"\n{title}")
        print(f"{'kind of pair':42}{'pairs':>7}{'lines agree':>13}{'copies':>8}{'reversed':>10}   inliers 0/10/50 %")
        kinds: dict[str, list[Asked]] = defaultdict(list)
        for one in self.asked:
            kinds[one.kind].append(one)
        for kind, some in sorted(kinds.items(), key=lambda item: not item[1][0].true):
            low = np.quantile([one.inliers for one in some], (0, 0.1, 0.5))
            counts = Counter(proven=sum(one.proven for one in some), copy=sum(one.copy for one in some))
            print(
                f"{kind:42}{len(some):7}{counts['proven']:13}{counts['copy']:8}"
                f"{sum(one.copy and one.reversed for one in some):10}   " + " ".join(f"{x:.0f}" for x in low)
            )
        left = [one for one in self.asked if not one.proven]
        for words, asked in (("of all pairs", self.asked), ("of pairs whose lines do not agree, as a run asks", left)):
            said, due = [one for one in asked if one.copy], [one for one in asked if one.true]
            right = sum(one.true for one in said)
            print(
                f"{words}: precision {right / max(1, len(said)):.3f} ({right} of {len(said)}), "
                f"recall {right / max(1, len(due)):.3f} ({right} of {len(due)}); goal of precision 0.98"
            )
        for one in self.asked:
            if one.copy and not one.true and not one.proven:
                print(f"  called a copy: {one.inliers:4}  {one.names}  ({one.kind})")
        describing, comparing = (
            1000 * spent / max(1, count)
            for spent, count in zip(self._spent, (self._described, self._compared), strict=True)
        )
        print(
            f"one core: {describing:.0f} ms a plate, {comparing:.0f} ms a pair; with 1.5 pairs a plate "
            f"{describing / 1.5 + comparing:.0f} ms a pair in all"
        )


def generated(count: int) -> None:
    """Plates drawn anew, and others of the same subject."""
    asking = Asking()
    for at in range(count):
        composition = 16 * (1000 + at)
        first = _drawn(PlateSpec(composition, composition, composition + 3, composition + 7))
        points, lines = asking.describe(first), SIFT.describe(first, first.size)
        for kind, true, spec in _others(composition):
            other = _drawn(spec)
            proven = partial(_agree, lines, other)
            asking.ask(kind, true, [points, asking.describe(other)], proven, f"{composition}")
    asking.report(f"Generated plates: {count}, each with what other hands made of it and with what is like it")


def _agree(lines: Features, other: Image.Image) -> bool:
    return SIFT.compare(lines, SIFT.describe(other, other.size)).verdict != LOOK_ALIKE


def _others(composition: int) -> Iterator[tuple[str, bool, PlateSpec]]:
    """(kind, whether it is a copy, the plate) of what is set beside a plate."""
    hand, letters = composition + 5000, composition + 5003
    for wander in (0, 12, 16, 20, 24):
        spec = PlateSpec(composition, hand, letters, composition + 77, wander=float(wander))
        yield f"drawn anew, strays {wander:2}", True, spec
    for wander in (12, 20):
        spec = PlateSpec(composition, hand, letters, composition + 78, wander=float(wander), mirrored=True)
        yield f"drawn anew and reversed, strays {wander}", True, spec
    for who, other in (("same hand", composition), ("other hand", hand)):
        spec = PlateSpec(composition + 9000, other, letters, composition + 79, species_of=composition)
        yield f"same species, {who}", False, spec
    same = composition, composition + 3  # one hand, and one frame and set of letters
    yield "other subject, same hand and letters", False, PlateSpec(composition + 9100, *same, composition + 81)
    yield "other subject, other hand", False, PlateSpec(composition + 9200, hand, letters, composition + 82)


def _drawn(spec: PlateSpec) -> Image.Image:
    return scan(spec).convert("L").reduce(2)


def real(folder: Path, near: int) -> None:
    """Known pairs of real plates, hard negatives, and each plate's nearest of other pictures."""
    files, truth = real_plates(folder)
    names = [file.relative_to(folder / "images").as_posix() for file in files]
    row = {name: at for at, name in enumerate(names)}
    hard = {
        (min(a, b), max(a, b)): "hard negative"
        for a, b in ((row[pair["file_a"]], row[pair["file_b"]]) for pair in rows_of(folder / "hard_negatives.csv"))
    }
    embeddings = Embedder("plates18", threads=1).embed(read(files))
    similarities = embeddings @ embeddings.T
    np.fill_diagonal(similarities, -1)
    nearest = np.argsort(-similarities, axis=1)[:, :10]
    asking, rng = Asking(), np.random.default_rng(0)

    @cache
    def opened(at: int) -> Image.Image:
        image = open_image(files[at], reduce_to=640).image.convert("L")
        return ImageOps.contain(image, (640, 640))

    @cache
    def described(at: int, lines: bool, mirrored: bool) -> Features:
        image = ImageOps.mirror(opened(at)) if mirrored else opened(at)
        return SIFT.describe(image, image.size) if lines else asking.describe(image)

    def ask(kind: str, true: bool, a: int, b: int, mirrored: bool = False) -> None:
        def sides(lines: bool) -> list[Features]:
            return [described(a, lines, False), described(b, lines, mirrored)]

        def lines() -> bool:
            return SIFT.compare(*sides(True)).verdict != LOOK_ALIKE

        one_book = files[a].parent == files[b].parent
        least = LEAST_IN_BOOK if one_book and files[a].parent.name != "chapbooks" else 0  # those are of many books
        asking.ask(kind, true, sides(False), lines, f"{names[a]}  {names[b]}", least)

    kept: Counter[int] = Counter()
    for (a, b), kind in pairs_of(embeddings, truth, hard, 0).items():
        if kind in ("random", "copy of a copy"):
            continue
        if kind == NEAR:
            side = a if b in nearest[a] else b
            if kept[side] >= near:
                continue
            kept[side] += 1
            ask(kind, False, a, b)
        elif kind == "hard negative":
            ask(kind, False, a, b)
        elif "chapbook" not in kind or rng.random() < 0.2:
            ask(kind, True, a, b)
            if "chapbook" not in kind:
                ask(f"{kind[:32]}, reversed", True, a, b, mirrored=True)
    asking.report(f"Real plates: {len(files):,}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    cli = argparse.ArgumentParser(prog="python -m tests.benchmarks.copies", description=__doc__.splitlines()[0])
    cli.add_argument("--generated", type=int, default=40, help="generated plates, 0 for none")
    cli.add_argument("--plates", type=Path, help="the folder of real plates (default: IMGSIM_PLATES)")
    cli.add_argument("--near", type=int, default=2, help="nearest other pictures of each plate")
    given = cli.parse_args(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    import cv2

    cv2.setNumThreads(1)
    if given.generated:
        generated(given.generated)
    folder = given.plates or (Path(os.environ["IMGSIM_PLATES"]) if os.environ.get("IMGSIM_PLATES") else None)
    if folder:
        real(folder, given.near)
    else:
        print("\nReal plates: set IMGSIM_PLATES or --plates to measure them too.")


if __name__ == "__main__":
    main()
