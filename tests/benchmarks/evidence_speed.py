"""How fast pairs are compared, beside the loop of a tutorial."""

import time
from collections.abc import Sequence

import numpy as np
from PIL import Image

from imgsim.features.descriptor_similarity import multiply_bytes
from imgsim.features.extraction import MAX_FEATURES, extract
from imgsim.features.working_copy import WORKING_SIDE
from imgsim.verification.verdicts import match


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
