"""The two residual networks as plain data: which convolutions they have, and their weights made ready to run.

Written down once here, so that a weights file can be checked, and a network built for any engine, without torch.
Names and shapes are those of torchvision's ResNet-18 and ResNet-50.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

BATCH_NORM_EPSILON = 1e-5
# Features are at least this when a power of them is averaged: the root has no slope at 0, and training needs one.
LEAST = 1e-6


@dataclass(frozen=True)
class Convolution:
    """One convolution and the batch normalisation after it."""

    name: str
    norm: str
    inputs: int
    outputs: int
    kernel: int
    stride: int

    @property
    def padding(self) -> int:
        return self.kernel // 2


@dataclass(frozen=True)
class Block:
    """A residual block: its convolutions in order, and the one on its shortcut, if any."""

    convolutions: tuple[Convolution, ...]
    shortcut: Convolution | None


# Blocks in each of the four layers, and by how much a block's output is wider than its middle.
ARCHITECTURES: dict[str, tuple[tuple[int, int, int, int], int]] = {
    "resnet18": ((2, 2, 2, 2), 1),
    "resnet50": ((3, 4, 6, 3), 4),
}


def stem(channels: int) -> Convolution:
    """Return the first convolution, which reads the image."""
    return Convolution("conv1", "bn1", channels, 64, 7, 2)


def blocks(architecture: str) -> Iterator[Block]:
    """Yield the residual blocks in order."""
    depths, expansion = ARCHITECTURES[architecture]
    inputs = 64
    for layer, depth in enumerate(depths, start=1):
        width = 32 << layer
        outputs = width * expansion
        for index in range(depth):
            prefix = f"layer{layer}.{index}."
            stride = 2 if layer > 1 and index == 0 else 1
            # torchvision puts a bottleneck's stride on its 3 x 3 convolution.
            plan = (
                [(inputs, width, 3, stride), (width, width, 3, 1)]
                if expansion == 1
                else [(inputs, width, 1, 1), (width, width, 3, stride), (width, outputs, 1, 1)]
            )
            convolutions = tuple(
                Convolution(f"{prefix}conv{n}", f"{prefix}bn{n}", *shape)
                for n, shape in enumerate(plan, start=1)
            )
            shortcut = None
            if stride != 1 or inputs != outputs:
                shortcut = Convolution(
                    f"{prefix}downsample.0", f"{prefix}downsample.1", inputs, outputs, 1, stride
                )
            yield Block(convolutions, shortcut)
            inputs = outputs


def convolutions(architecture: str, channels: int) -> Iterator[Convolution]:
    """Yield every convolution of the network."""
    yield stem(channels)
    for block in blocks(architecture):
        yield from block.convolutions
        if block.shortcut:
            yield block.shortcut


def expected_shapes(architecture: str, channels: int) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every array that a weights file must hold."""
    shapes: dict[str, tuple[int, ...]] = {}
    for conv in convolutions(architecture, channels):
        shapes[f"{conv.name}.weight"] = (conv.outputs, conv.inputs, conv.kernel, conv.kernel)
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{conv.norm}.{part}"] = (conv.outputs,)
    return shapes


def folded(conv: Convolution, state: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Fold the batch normalisation into its convolution.

    Returns the weight, float32 (outputs, inputs, kernel, kernel), and the bias, float32 (outputs,). Computed in
    float64, so that the folding adds no error of its own.
    """
    variance = state[f"{conv.norm}.running_var"].astype(np.float64)
    scale = state[f"{conv.norm}.weight"].astype(np.float64) / np.sqrt(variance + BATCH_NORM_EPSILON)
    weight = state[f"{conv.name}.weight"].astype(np.float64) * scale[:, None, None, None]
    bias = state[f"{conv.norm}.bias"] - state[f"{conv.norm}.running_mean"].astype(np.float64) * scale
    return weight.astype(np.float32), bias.astype(np.float32)
