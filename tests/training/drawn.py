"""Tiny plates to train on."""

import numpy as np
from PIL import Image, ImageDraw

from imgsim.training import batches, loop

SMALL = 32  # the least that the network takes: most of a step's time then goes into the optimiser


def draw(seed: int) -> Image.Image:
    """Draw a plate of a few lines and blots, 90 x 120 pixels."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (90, 120), 235)
    pen = ImageDraw.Draw(image)
    for _ in range(6):
        pen.line([tuple(rng.integers(5, 85, 2)) for _ in range(3)], fill=20, width=2)
        x, y = rng.integers(5, 80, 2)
        pen.ellipse((x, y, x + 8, y + 12), outline=40)
    return image


def training_set(groups=None) -> batches.TrainingSet:
    """Eight plates, each a group of its own unless groups are given."""
    plates = tuple(np.array(draw(seed)) for seed in range(8))
    names = tuple(f"plate_{seed}.png" for seed in range(8))
    return batches.TrainingSet(plates, names, np.arange(8) if groups is None else np.array(groups))


def small_recipe(**changes) -> loop.Recipe:
    """Three steps of four small plates."""
    return loop.Recipe(**({"size": SMALL, "batch_size": 4, "steps": 3, "warmup": 1, "seed": 3} | changes))
