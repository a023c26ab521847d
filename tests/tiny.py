"""A backbone for tests: no torch, no weights, a millisecond a plate, the same vector every time.

It sees roughly what a plate looks like, so that copies land near each other and other plates do not. To use it in
a test: ``monkeypatch.setitem(BACKBONES, "tiny", TINY)``; worker processes get it by name from this module.
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from imgsim.backbones import Backbone
from imgsim.backbones.known import Runner
from imgsim.backbones.resnet import expected_shapes
from imgsim.images.shaping import letterbox

SIZE, DIMENSION = 16, 32


def run_tiny(weights: Path | None) -> Runner:
    """Return the network: a fixed random projection of the pixels round their mean."""
    projection = np.random.default_rng(18).normal(size=(SIZE * SIZE, DIMENSION)).astype(np.float32)

    def run(batch: np.ndarray) -> np.ndarray:
        pixels = batch.reshape(len(batch), -1).astype(np.float32) / 255
        # The constant keeps a blank plate from being a row of zeros.
        # einsum, because a matrix product rounds differently for batches of different sizes.
        return np.einsum("ij,jk->ik", pixels - pixels.mean(axis=1, keepdims=True), projection) + np.float32(0.01)

    return run


TINY = Backbone(
    name="tiny",
    dimension=DIMENSION,
    input_size=SIZE,
    channels=1,
    shaping=letterbox,
    mean=(0.5,),
    std=(0.5,),
    description="for tests",
    runner=run_tiny,
)


def random_state(architecture: str, channels: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Return weights for a residual network, random but tame: every layer's output keeps a usual size."""
    rng = np.random.default_rng(seed)
    state: dict[str, np.ndarray] = {}
    for name, shape in expected_shapes(architecture, channels).items():
        if len(shape) == 4:
            values = rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape)
        elif name.endswith("running_var"):
            values = rng.uniform(0.5, 1.5, shape)
        elif name.endswith("weight"):
            # The last normalisation of a block adds to the shortcut: small, or sums grow from block to block.
            values = rng.uniform(0.5, 1.0, shape) * (0.3 if ".bn2." in name or ".bn3." in name else 1.0)
        else:
            values = rng.normal(0, 0.1, shape)
        state[name] = values.astype(np.float32)
    return state


def write_weights(folder: Path) -> dict[str, Path]:
    """Write a weights file of random values for each architecture."""
    paths = {name: folder / f"{name}.safetensors" for name in ("resnet18", "resnet50")}
    for name, path in paths.items():
        save_file(random_state(name, 3), path)
    return paths
