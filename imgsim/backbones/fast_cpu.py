"""The fast engine on a CPU: ONNX Runtime, half again as fast on a core as eager torch.

It needs no torch, so a worker process starts in a third of a second and stays small. Where it cannot be imported,
torch does the same work; the vectors are equal to six digits (tests hold it).
"""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from imgsim.backbones.known import Backbone
from imgsim.backbones.onnx_graph import INPUT, OUTPUT, onnx_file
from imgsim.base.onnx_file import open_session


def available() -> bool:
    """Say whether ONNX Runtime is installed, without importing it."""
    return importlib.util.find_spec("onnxruntime") is not None


def convert(backbone: Backbone, state: Mapping[str, np.ndarray], folder: Path) -> Path:
    """Write the network into `folder` in the form that the engine loads."""
    model = folder / f"{backbone.name}.onnx"
    model.write_bytes(
        onnx_file(
            backbone.architecture, backbone.channels, backbone.input_size, backbone.dimension, state, backbone.power
        )
    )
    return model


def load(backbone: Backbone, model: Path, threads: int | None) -> Callable[[np.ndarray], np.ndarray]:
    """Load a converted network: uint8 (n, channels, size, size) to float32 (n, dimension), not yet of length 1."""
    session = open_session(model, threads or 1)
    normalised = normalisation_table(backbone)

    def run(batch: np.ndarray) -> np.ndarray:
        values = np.empty(batch.shape, np.float32)
        for channel in range(backbone.channels):
            np.take(normalised[channel], batch[:, channel], out=values[:, channel], mode="clip")
        return session.run([OUTPUT], {INPUT: values})[0]

    return run


def normalisation_table(backbone: Backbone) -> np.ndarray:
    """Return what each of the 256 pixel values becomes, float32 (channels, 256)."""
    levels = np.arange(256, dtype=np.float32) / np.float32(255)
    mean, std = (np.asarray(values, np.float32)[:, None] for values in (backbone.mean, backbone.std))
    return ((levels[None] - mean) / std).astype(np.float32)
