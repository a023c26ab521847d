"""A plate drawn again by another hand: parts strayed from their places, lines and tones made in another way."""

import cv2
import numpy as np

from imgsim.training.composition import Plate, paper_of


def redrawn(plate: Plate, rng: np.random.Generator) -> Plate:
    """Draw a plate again as a copyist would: uint8, the same shape.

    Everything strays smoothly by up to some hundredths of the plate, and the tone is made by another technique: as it
    was, washed, in outline, or hatched.
    """
    drawn = strayed(plate, rng)
    kind = rng.random()
    if kind < 0.25:
        return drawn
    if kind < 0.5:
        return washed(drawn, rng)
    if kind < 0.75:
        return outlined(drawn, rng)
    return hatched(drawn, rng)


def strayed(plate: Plate, rng: np.random.Generator) -> Plate:
    """Move the parts of a plate smoothly, by 1 to 5 hundredths of its longer side: uint8, the same shape."""
    height, width = plate.shape
    cells = int(rng.integers(3, 7))
    reach = max(plate.shape) * rng.uniform(0.015, 0.05)
    moves = [
        cv2.resize(
            rng.normal(0, reach / 2, (cells, cells)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        for _ in range(2)
    ]
    down, across = np.mgrid[:height, :width].astype(np.float32)
    return cv2.remap(
        plate, across + moves[0], down + moves[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper_of(plate),
    )  # fmt: skip


def washed(plate: Plate, rng: np.random.Generator) -> Plate:
    """Turn lines into tones, as a lithograph or an aquatint does."""
    smooth = cv2.GaussianBlur(plate, (0, 0), float(max(plate.shape) * rng.uniform(0.004, 0.012)))
    low, ink = float(smooth.min()), int(rng.integers(0, 60))
    tone = (smooth - low) / max(1.0, float(smooth.max()) - low)
    return (ink + tone * max(0, paper_of(plate) - ink)).astype(np.uint8)


def outlined(plate: Plate, rng: np.random.Generator) -> Plate:
    """Keep the outlines of what is drawn, as a woodcut after an engraving does (a difference of Gaussians).

    Winnemoeller, Kyprianidis, Olsen: XDoG, Computers & Graphics 36 (2012).
    """
    sigma = float(max(plate.shape) * rng.uniform(0.003, 0.007))
    grey = plate.astype(np.float32) / 255
    fine, coarse = cv2.GaussianBlur(grey, (0, 0), sigma), cv2.GaussianBlur(grey, (0, 0), 1.6 * sigma)
    edges = 1 + np.tanh(np.minimum(0, 20 * (fine - 0.97 * coarse - 0.01)))
    return np.clip(edges * paper_of(plate), 0, 255).astype(np.uint8)


def hatched(plate: Plate, rng: np.random.Generator) -> Plate:
    """Draw the tones of a plate by parallel strokes of one direction that grow with the dark."""
    tone = cv2.GaussianBlur(plate, (0, 0), float(max(plate.shape) * 0.006)).astype(np.float32)
    low, high = float(tone.min()), float(max(tone.min() + 1, paper_of(plate)))
    dark = 1 - np.clip((tone - low) / (high - low), 0, 1)
    period, angle = float(max(plate.shape) * rng.uniform(0.01, 0.02)), rng.uniform(0, np.pi)
    down, across = np.mgrid[: plate.shape[0], : plate.shape[1]].astype(np.float32)
    waves = 0.5 + 0.5 * np.cos((across * np.cos(angle) + down * np.sin(angle)) * (2 * np.pi / period))
    ink = np.clip((dark - waves * 0.8) * 6, 0, 1)
    return np.clip((1 - ink) * paper_of(plate), 0, 255).astype(np.uint8)
