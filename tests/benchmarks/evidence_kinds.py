"""Pairs of every kind whose truth is known, and what is found of them: generated, altered and real plates."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.features.extraction import Features, extract
from imgsim.images.decoding import open_image
from imgsim.sources.sample import LOOK_ALIKE as LOOK_ALIKE_PAIR
from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan
from imgsim.verification.verdicts import match
from imgsim.verification.verifiers import SIFT, describe_file
from tests.benchmarks.altering import COPIES, LONGEST, _stamp, as_file, small
from tests.benchmarks.judging import FALSE, Judged, confusion, goals, judge_all, pairs_of, print_false
from tests.benchmarks.retrieval import Truth, read, real_plates, rows_of, sample_plates
from tests.reliability.test_34_cards_rulers_watermarks import AIDS

OTHERS = 5  # plates that each altered copy is no copy of, and is compared with


@dataclass
class Score:
    """Of one kind: how many of its pairs are copies and proven, and how many are none and are taken for some."""

    copies: int = 0
    proven: int = 0
    others: int = 0
    false: int = 0

    def add(self, *, copy: bool, proven: bool) -> None:
        """Count a pair."""
        if copy:
            self.copies, self.proven = self.copies + 1, self.proven + proven
        else:
            self.others, self.false = self.others + 1, self.false + proven


Scores = defaultdict[str, Score]


def generated(scores: Scores, count: int, seeds: Sequence[int], embed: Callable) -> None:
    """Samples of these seeds, judged together."""
    judged: list[Judged] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as temporary:
            files, truth = sample_plates(Path(temporary), count, seed)
            row = {file.stem: i for i, file in enumerate(files)}
            alike = {}
            for pair in rows_of(Path(temporary) / "truth.csv"):
                if pair["kind"] == LOOK_ALIKE_PAIR:
                    a, b = sorted((row[pair["plate_a"]], row[pair["plate_b"]]))
                    alike[a, b] = "look-alike"
            embeddings = embed(read(files))
            features = [describe_file(file.read_bytes(), SIFT) for file in files]
        found = judge_all(pairs_of(embeddings, truth, alike, seed), features, embeddings)
        print_false(found, [file.name for file in files], f"seed {seed}: ")
        judged += found
    print(f"\nGenerated plates: {count} of each of the seeds {', '.join(map(str, seeds))}")
    confusion(judged)
    goals(judged)
    _count(scores, "generated", judged)


def furniture(scores: Scores, count: int = 24) -> None:
    """Unrelated plates with the same caption, number, imprint and frame, then the same stamp as well."""
    specs = [PlateSpec(composition=90_000 + 16 * i, hand=i, lettering=7, scan=500 + i) for i in range(count)]
    plates = [scan(spec).convert("L") for spec in specs]
    stamp = _stamp()
    for name in ("caption and frame in common", "and a stamp as well"):
        _none(scores[f"generated: {name}"], [extract(plate, plate.size) for plate in plates])
        for plate in plates:
            plate.paste(0, (40, plate.height - 200), stamp)


def altered(scores: Scores, folder: Path, count: int, seed: int) -> None:
    """Copies of real plates, changed on purpose, against their originals and others; and what libraries add."""
    rng = np.random.default_rng(seed)
    books: dict[str, list[Path]] = defaultdict(list)
    for file in real_plates(folder)[0]:
        books[file.parent.name].append(file)
    books.pop("chapbooks", None)
    every = [file for own in books.values() for file in rng.permutation(np.array(own, object))[:3]]
    # Twelve more, to stand beside the plates on fold-outs, and to have cards and rulers laid beside them.
    chosen = [every[i] for i in rng.permutation(len(every))[: count + 12]]
    images = [small(open_image(file).image.convert("L"), LONGEST) for file in chosen]
    plates, rest = images[:count], images[count:]
    originals = [describe_file(as_file(plate), SIFT) for plate in plates]
    for kind, change in COPIES.items():
        name = f"altered: {kind}"
        for at, plate in enumerate(plates):
            copy = describe_file(as_file(change(plate, rng, rest)), SIFT)
            for step in range(min(OTHERS, count - 1) + 1):
                other = (at + step) % count
                proven = match(originals[other], copy).verdict != LOOK_ALIKE
                scores[name].add(copy=not step, proven=proven)
                if bool(step) == proven:
                    wrong = "FALSE" if step else "missed"
                    print(f"  {name}, seed {seed}: {wrong} {chosen[at].name}, {chosen[other].name}")
    for kind, add in AIDS.items():
        shown = [add(plate) for plate in rest[: max(6, count // 2)]]
        _none(scores[f"altered: {kind}"], [describe_file(as_file(plate), SIFT) for plate in shown])


def real(scores: Scores, folder: Path, most: int | None, embed: Callable) -> None:
    """Real plates: known pairs and clusters against hard negatives and nearest neighbours; so many of each, or all."""
    files, truth = real_plates(folder)
    row = {file.relative_to(folder / "images").as_posix(): i for i, file in enumerate(files)}
    hard = {}
    for pair in rows_of(folder / "hard_negatives.csv"):
        a, b = sorted((row[pair["file_a"]], row[pair["file_b"]]))
        hard[a, b] = "hard negative"
    some = _some(truth, most) | {i for pair in list(hard)[:most] for i in pair}
    keep = sorted(some) if most is not None else list(range(len(files)))
    at = {old: new for new, old in enumerate(keep)}

    def known(rows: Iterable[int]) -> set[int]:
        return {at[one] for one in rows if one in at}

    truth = {kind: {at[a]: known(rows) for a, rows in copies.items() if a in at} for kind, copies in truth.items()}
    hard = {(at[a], at[b]): kind for (a, b), kind in hard.items() if a in at and b in at}
    files = [files[old] for old in keep]
    embeddings = embed(read(files))
    features = [describe_file(file.read_bytes(), SIFT) for file in files]
    judged = judge_all(pairs_of(embeddings, truth, hard, 0), features, embeddings)
    print(f"\nReal plates: {len(files):,}. Pairs near in cosine may be copies that nobody has listed")
    confusion(judged)
    print_false(judged, [file.relative_to(folder / "images").as_posix() for file in files])
    _count(scores, "real", judged)


def _some(truth: Truth, most: int | None) -> set[int]:
    """The rows of so many pairs of each kind, the first ones; None: of all."""
    rows: set[int] = set()
    for copies in truth.values():
        pairs = sorted({(min(a, b), max(a, b)) for a, others in copies.items() for b in others})
        rows |= {one for pair in pairs[:most] for one in pair}
    return rows


def _count(scores: Scores, what: str, judged: Iterable[Judged]) -> None:
    for one in judged:
        scores[f"{what}: {one.kind}"].add(copy=one.kind not in FALSE, proven=one.verdict != LOOK_ALIKE)


def _none(score: Score, features: Sequence[Features]) -> None:
    """Count all pairs of plates of which no two are copies."""
    for a, b in combinations(features, 2):
        score.add(copy=False, proven=match(a, b).verdict != LOOK_ALIKE)
