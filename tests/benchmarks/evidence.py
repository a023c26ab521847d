"""Does the geometry prove re-use? Verdicts against known truth, and cosine similarity alone beside them.

    python -m tests.benchmarks.evidence [--sample 240] [--seeds 404 505 606] [--plates FOLDER] [--speed 300]

Four questions, each with its table: generated plates whose truth is known; unrelated plates that share captions,
frames and stamps; real plates (`--plates` or the environment's IMGSIM_PLATES names their folder) and altered copies of
them (flipped, turned, cropped, scanned to 1 bit); and how fast, beside the plain OpenCV loop.

The pairs are every known pair of copies; and as false ones the look-alikes, for each plate its nearest non-copies by
cosine, and random pairs. Nothing is downloaded.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image, ImageOps

from imgsim.backbones.embedder import Embedder
from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME, VERDICTS
from imgsim.features.descriptor_similarity import multiply_bytes
from imgsim.features.extraction import MAX_FEATURES, WORKING_SIDE, Features, extract
from imgsim.images.decoding import open_image
from imgsim.sources.sample import LOOK_ALIKE as LOOK_ALIKE_PAIR
from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan
from imgsim.verification.verdicts import match
from imgsim.verification.verifiers import SIFT, describe_file
from tests.benchmarks.retrieval import Truth, read, real_plates, rows_of, sample_plates

NEAREST = 10
RANDOM = 1_000
FALSE = ("look-alike", "near in cosine", "random", "hard negative")

# What a pair of each kind is, if it is anything: the verdicts that are right.
RIGHT = {
    "reprint": SAME,
    "re-lettered": SAME,
    "re-engraved": SAME,
    "mirrored": MIRRORED,
    "cropped": DETAIL,
    "motif": DETAIL,
}
GOALS = {SAME: (0.99, 0.95), MIRRORED: (0.99, 0.95), DETAIL: (0.90, 0.80)}


@dataclass(frozen=True)
class Judged:
    """One pair: its kind (one of FALSE if it is no copy), its cosine, and what was found."""

    kind: str
    cosine: float
    verdict: str
    inliers: int
    printing: str
    a: int
    b: int


def pairs_of(
    embeddings: np.ndarray, truth: Truth, known_false: dict[tuple[int, int], str], seed: int
) -> dict:
    """Pairs (a, b), a < b, with their kinds: known copies, known false ones, nearest non-copies, random ones.

    Copies of one plate are copies of each other, listed or not ("copy of a copy").
    """
    pairs: dict[tuple[int, int], str] = {}
    family = list(range(len(embeddings)))

    def head(i: int) -> int:
        while family[i] != i:
            i = family[i]
        return i

    for kind, copies in truth.items():
        for a, rows in copies.items():
            for b in rows:
                pairs.setdefault((min(a, b), max(a, b)), kind)
                family[head(a)] = head(b)
    for pair, kind in known_false.items():
        pairs.setdefault(pair, kind)
    similarities = embeddings @ embeddings.T
    np.fill_diagonal(similarities, -1)
    rng = np.random.default_rng(seed)
    some = [(int(i), int(j), "random") for i, j in rng.integers(0, len(family), (RANDOM, 2)) if i != j]
    near = [
        (i, int(j), "near in cosine")
        for i in range(len(family))
        for j in np.argsort(-similarities[i])[:NEAREST]
    ]
    for i, j, kind in near + some:
        pairs.setdefault((min(i, j), max(i, j)), "copy of a copy" if head(i) == head(j) else kind)
    return pairs


def judge_all(
    pairs: dict[tuple[int, int], str], features: Sequence[Features], cosines: np.ndarray
) -> list[Judged]:
    """Match every pair."""
    out = []
    for (a, b), kind in pairs.items():
        found = match(features[a], features[b])
        out.append(
            Judged(kind, float(cosines[a] @ cosines[b]), found.verdict, found.inliers, found.printing, a, b)
        )
    return out


def confusion(judged: Iterable[Judged]) -> None:
    """Print the verdicts on each kind of pair."""
    table: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        table[one.kind].append(one)
    print(
        f"{'kind of pair':34}{'pairs':>7}"
        + "".join(f"{v:>15}" for v in VERDICTS)
        + "   inliers 0/10/50 %; same plate"
    )
    for kind in sorted(table, key=lambda k: (k in FALSE, k)):
        counts = Counter(one.verdict for one in table[kind])
        low = np.quantile([one.inliers for one in table[kind]], (0, 0.1, 0.5))
        print(
            f"{kind:34}{len(table[kind]):7}" + "".join(f"{counts[v]:15}" for v in VERDICTS)
            + "   " + " ".join(f"{x:.0f}" for x in low) + f"; {sum(bool(one.printing) for one in table[kind])}"
        )  # fmt: skip


def goals(judged: Sequence[Judged]) -> None:
    """Print precision and recall of each verdict, and of being verified at all."""
    for verdict in (SAME, MIRRORED, DETAIL):
        given = [one for one in judged if one.verdict == verdict]
        due = [one for one in judged if RIGHT.get(one.kind) == verdict]
        right = sum(RIGHT.get(one.kind) == verdict for one in given)
        copies = sum(one.kind not in FALSE for one in given)
        precision, recall = right / max(len(given), 1), right / max(len(due), 1)
        proven = sum(one.verdict != LOOK_ALIKE for one in due) / max(len(due), 1)
        print(
            f"{verdict:14} precision {precision:.3f} ({right} of {len(given)}; {copies} are copies of some kind), "
            f"recall {recall:.3f} ({right} of {len(due)}; {proven:.3f} with any proof); "
            f"goal {GOALS[verdict][0]:.2f} at {GOALS[verdict][1]:.2f}"
        )
    beside_cosine(judged)


def beside_cosine(judged: Sequence[Judged]) -> None:
    """Print the false pairs of geometry and of cosine alone at equal recall, and cosine at its best threshold."""
    true = np.array([one.kind not in FALSE for one in judged])
    proven = np.array([one.verdict != LOOK_ALIKE for one in judged])
    cosine = np.array([one.cosine for one in judged])
    found, false = int((proven & true).sum()), int((proven & ~true).sum())
    print(
        f"all copies: precision {found / max(found + false, 1):.3f}, recall {found / true.sum():.3f}, "
        f"{false} false pairs"
    )
    level = np.sort(cosine[true])[::-1][max(found, 1) - 1]
    passed = (cosine >= level) & ~true
    print(f"cosine alone at the same recall (threshold {level:.3f}): {passed.sum()} false pairs")
    order = np.argsort(-cosine, kind="stable")
    hits = np.cumsum(true[order])
    f1 = 2 * hits / (np.arange(len(order)) + 1 + true.sum())
    best = int(f1.argmax())
    print(
        f"cosine alone at its best threshold ({cosine[order[best]]:.3f}): precision {hits[best] / (best + 1):.3f}, "
        f"recall {hits[best] / true.sum():.3f}, {best + 1 - hits[best]} false pairs"
    )


def print_false(judged: Sequence[Judged], names: Sequence[str], prefix: str = "  ") -> None:
    """List the verified pairs that are no known copies, to be looked at: the surest first."""
    unlisted = [one for one in judged if one.kind in FALSE and one.verdict != LOOK_ALIKE]
    for one in sorted(unlisted, key=lambda one: -one.inliers)[:60]:
        print(f"{prefix}{one.verdict:14}{one.inliers:4}  {names[one.a]}  {names[one.b]}  ({one.kind})")


def generated(count: int, seeds: Sequence[int], embed: Callable) -> None:
    """Samples of these seeds, judged together."""
    judged: list[Judged] = []
    done = 0
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
        judged += judge_all(pairs_of(embeddings, truth, alike, seed), features, embeddings)
        print_false(judged[done:], [file.name for file in files], f"seed {seed}: ")
        done = len(judged)
    print(f"\nGenerated plates: {count} of each of the seeds {', '.join(map(str, seeds))}")
    confusion(judged)
    goals(judged)


def furniture(count: int = 40) -> None:
    """Unrelated plates with the same caption, number, imprint and frame, then the same stamp as well."""
    print(
        f"\n{count} unrelated plates with one caption, number, imprint and frame; then with one stamp as well"
    )
    specs = [PlateSpec(composition=90_000 + 16 * i, hand=i, lettering=7, scan=500 + i) for i in range(count)]
    plates = [scan(spec).convert("L") for spec in specs]
    stamp = _stamp()
    for name in ("lettering and frame", "stamp as well"):
        features = [extract(plate, plate.size) for plate in plates]
        with patch("imgsim.features.extraction.keypoint_mask", lambda plate: np.zeros(plate.shape, bool)):
            blind = [extract(plate, plate.size) for plate in plates]
        false, without = (
            sum(match(some[i], some[j]).verdict != LOOK_ALIKE for i in range(count) for j in range(i))
            for some in (features, blind)
        )
        print(
            f"{name:24} {count * (count - 1) // 2} pairs: {false} verified; {without} if everything could vouch"
        )
        for plate in plates:
            plate.paste(0, (40, plate.height - 200), stamp)


def _stamp() -> Image.Image:
    """A library's stamp as a mask, mode "L"."""
    from PIL import ImageDraw, ImageFont

    stamp = Image.new("L", (190, 130), 0)
    draw = ImageDraw.Draw(stamp)
    for inset in (2, 9):
        draw.ellipse((inset, inset, 189 - inset, 129 - inset), outline=255, width=3)
    font = ImageFont.load_default(22)
    for y, word in ((26, "MUSEUM"), (52, "FICTUM"), (80, "1753")):
        draw.text((95, y), word, fill=255, font=font, anchor="mt")
    return stamp


def real(folder: Path, embed: Callable) -> list[Features]:
    """Real plates: known pairs and clusters against hard negatives and nearest neighbours."""
    files, truth = real_plates(folder)
    row = {file.relative_to(folder / "images").as_posix(): i for i, file in enumerate(files)}
    hard = {}
    for pair in rows_of(folder / "hard_negatives.csv"):
        a, b = sorted((row[pair["file_a"]], row[pair["file_b"]]))
        hard[a, b] = "hard negative"
    embeddings = embed(read(files))
    features = [describe_file(file.read_bytes(), SIFT) for file in files]
    judged = judge_all(pairs_of(embeddings, truth, hard, 0), features, embeddings)
    print(f"\nReal plates: {len(files):,}. Pairs near in cosine may be copies that nobody has listed")
    confusion(judged)
    beside_cosine(judged)
    print_false(judged, [file.relative_to(folder / "images").as_posix() for file in files])
    altered([files[i] for i in range(0, len(files), 12)])
    return features


def altered(files: Sequence[Path]) -> None:
    """Copies of real plates, changed on purpose, against their originals and against each other's."""
    changes: dict[str, tuple[Callable[[Image.Image], Image.Image], str]] = {
        "flipped": (ImageOps.mirror, MIRRORED),
        "turned by 90 degrees": (lambda image: image.transpose(Image.Transpose.ROTATE_90), SAME),
        "turned by 180 degrees": (lambda image: image.transpose(Image.Transpose.ROTATE_180), SAME),
        "scanned to 1 bit": (to_one_bit, SAME),
        "flipped, 1 bit, turned by 3": (
            lambda image: to_one_bit(ImageOps.mirror(image).rotate(3, fillcolor=255)), MIRRORED
        ),
        "half the size": (lambda image: image.reduce(2), SAME),
        "half of each side, 1 bit": (lambda image: to_one_bit(_middle(image, 0.55)), DETAIL),
    }  # fmt: skip
    print(f"\nAltered copies of {len(files)} real plates, and each against the next plate's original")
    print(f"{'change':30}{'right':>8}{'proven':>8}{'false':>7}   inliers 0/10/50 %")
    images = [open_image(file).image.convert("L") for file in files]
    originals = [extract(image, image.size) for image in images]
    for name, (change, right) in changes.items():
        copies = [extract(copy, copy.size) for copy in map(change, images)]
        found = [match(a, b) for a, b in zip(originals, copies, strict=True)]
        false = sum(match(originals[i - 1], copy).verdict != LOOK_ALIKE for i, copy in enumerate(copies))
        low = np.quantile([one.inliers for one in found], (0, 0.1, 0.5))
        print(
            f"{name:30}{np.mean([one.verdict == right for one in found]):8.3f}"
            f"{np.mean([one.verdict != LOOK_ALIKE for one in found]):8.3f}{false:7}   "
            + " ".join(f"{x:.0f}" for x in low)
        )


def to_one_bit(image: Image.Image) -> Image.Image:
    """As a microfilm scanner makes it: enlarged, a local threshold with noise, specks; black or white."""
    import cv2

    rng = np.random.default_rng(image.width * 10_007 + image.height)
    grey = np.asarray(image.convert("L"))
    scale = max(1.0, 1000 / max(grey.shape))
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    paper = cv2.GaussianBlur(grey, (0, 0), 25).astype(float)
    level = np.minimum(paper - 0.22 * (paper - np.percentile(grey, 2)) - 6, np.percentile(grey, 70))
    black = grey + rng.normal(0, 7, grey.shape) < level
    for y, x in zip(rng.integers(0, grey.shape[0], 200), rng.integers(0, grey.shape[1], 200), strict=True):
        reach = rng.integers(1, 4)
        black[y : y + reach, x : x + reach] = True
    return Image.fromarray(~black).convert("L")


def _middle(image: Image.Image, share: float) -> Image.Image:
    width, height = (round(share * side) for side in image.size)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def speed(images: Sequence[Image.Image], pairs: int) -> None:
    """Pairs a second on one core, both orientations, beside the plain OpenCV loop on the same plates."""
    import cv2

    cv2.setNumThreads(1)
    print(f"\nDescriptors are multiplied as {'bytes' if multiply_bytes() else 'floats'} on this processor.")
    rng = np.random.default_rng(0)
    chosen = [(int(i), int(j)) for i, j in rng.integers(0, len(images), (pairs, 2)) if i != j]
    started = time.process_time()
    features = [extract(image, image.size) for image in images]
    per_plate = (time.process_time() - started) / len(images)
    started = time.process_time()
    for a, b in chosen:
        match(features[a], features[b])
    ours = (time.process_time() - started) / len(chosen)

    few = chosen[: max(10, pairs // 15)]
    small = [image.copy() for image in images]
    for image in small:
        image.thumbnail((WORKING_SIDE, WORKING_SIDE))
    print(
        f"\nCPU time on one core; {len(chosen)} pairs, both orientations ({len(few)} for the plain OpenCV loop)"
    )
    for name, plate, pair in (
        ("imgsim", per_plate, ours),
        ("plain OpenCV loop, as scanned", *_plain(images, few, 0)),
        ("plain OpenCV loop, as reduced", *_plain(small, few, MAX_FEATURES)),
    ):
        minutes = (13_151 * plate + 175_000 * pair) / 2 / 60
        print(
            f"{name:30}{1 / pair:8.1f} pairs/s {1000 * pair:8.1f} ms a pair {1000 * plate:7.0f} ms a plate; "
            f"13,151 plates and 175,000 pairs on 2 cores: {minutes:,.0f} min"
        )


def _plain(
    images: Sequence[Image.Image], chosen: Sequence[tuple[int, int]], most: int
) -> tuple[float, float]:
    """Seconds a plate and a pair with what a tutorial gives: SIFT, brute force, ratio test, RANSAC."""
    import cv2

    sift = cv2.SIFT.create(nfeatures=most)
    started = time.process_time()
    described = []
    for image in images:
        grey = np.asarray(image)
        described.append(
            [sift.detectAndCompute(side, None) for side in (grey, np.ascontiguousarray(grey[:, ::-1]))]
        )
    a_plate = (time.process_time() - started) / len(images)
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    started = time.process_time()
    for a, b in chosen:
        for points_a, descriptors_a in described[a]:
            points_b, descriptors_b = described[b][0]
            found = matcher.knnMatch(descriptors_a, descriptors_b, k=2)
            good = [m for m, n in found if m.distance < 0.8 * n.distance]
            if len(good) >= 4:
                p = np.array([points_a[m.queryIdx].pt for m in good])
                q = np.array([points_b[m.trainIdx].pt for m in good])
                cv2.findHomography(p, q, cv2.RANSAC, 4.0)
    return a_plate, (time.process_time() - started) / len(chosen)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    cli = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.evidence", description=__doc__.splitlines()[0]
    )
    cli.add_argument("--sample", type=int, default=240, help="generated plates a seed, 0 for none")
    cli.add_argument("--seeds", type=int, nargs="+", default=[404, 505, 606], help="unseen while calibrating")
    cli.add_argument("--plates", type=Path, help="the folder of real plates (default: IMGSIM_PLATES)")
    cli.add_argument("--speed", type=int, default=300, help="pairs to time, 0 for none")
    given = cli.parse_args(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    embed = Embedder("plates18", threads=1).embed
    if given.sample:
        generated(given.sample, given.seeds, embed)
        furniture()
    if given.speed:
        speed([scan(PlateSpec(16 * i, i, i, i)).convert("L") for i in range(40)], given.speed)
    folder = given.plates or (Path(os.environ["IMGSIM_PLATES"]) if os.environ.get("IMGSIM_PLATES") else None)
    if folder:
        real(folder, embed)
    else:
        print("\nReal plates: set IMGSIM_PLATES or --plates to measure them too.")


if __name__ == "__main__":
    main()
