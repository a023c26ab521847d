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
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image, ImageOps

from imgsim.backbones.embedder import Embedder
from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME
from imgsim.features.descriptor_similarity import multiply_bytes
from imgsim.features.extraction import MAX_FEATURES, Features, extract
from imgsim.features.working_copy import WORKING_SIDE
from imgsim.images.decoding import open_image
from imgsim.sources.sample import LOOK_ALIKE as LOOK_ALIKE_PAIR
from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan
from imgsim.verification.verdicts import match
from imgsim.verification.verifiers import SIFT, describe_file
from tests.benchmarks.altering import _middle, _stamp, to_one_bit
from tests.benchmarks.judging import Judged, beside_cosine, confusion, goals, judge_all, pairs_of, print_false
from tests.benchmarks.retrieval import read, real_plates, rows_of, sample_plates


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
