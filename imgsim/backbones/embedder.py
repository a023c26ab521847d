"""Embedding images that are already in memory: what the search page and small scripts use."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.backbones.brought import backbone as get_backbone
from imgsim.backbones.engines import choose_device, prepare_engine
from imgsim.backbones.known import Backbone
from imgsim.base.download import Progress
from imgsim.base.scratch import scratch_folder


class Embedder:
    """A backbone, loaded and ready. Preprocessing and vectors are those of precompute.

    On the CPU unless another device is named: one image takes it a twentieth of a second, and only to look for a
    GPU all of torch would have to be loaded. Any number of threads may share one.

    Raises WeightsError or DownloadError when the weights cannot be had, ImgsimError for an unknown device.
    """

    def __init__(
        self,
        backbone: Backbone | str,
        weights: Path | None = None,
        device: str = "cpu",
        threads: int | None = None,
        *,
        batch_size: int = 32,
        progress: Progress | None = None,
    ):
        chosen = get_backbone(backbone) if isinstance(backbone, str) else backbone
        with scratch_folder() as folder:
            engine = prepare_engine(chosen, weights, choose_device(device), folder, progress=progress)
            self._forward = engine.load(batch_size, threads)
        self.backbone = engine.backbone
        self.batch_size = batch_size

    def embed(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Embed opened images ("L" or "RGB"): float32 (n, dimension), rows of length 1."""
        rows = np.empty((len(images), self.backbone.dimension), np.float32)
        for start in range(0, len(images), self.batch_size):
            batch = [self.backbone.shape(image) for image in images[start : start + self.batch_size]]
            rows[start : start + len(batch)] = self._forward(np.stack(batch))
        return rows

    def embed_arrays(self, arrays: np.ndarray) -> np.ndarray:
        """Embed shaped arrays, uint8 (n, channels, size, size): float32 (n, dimension), rows of length 1."""
        rows = np.empty((len(arrays), self.backbone.dimension), np.float32)
        for start in range(0, len(arrays), self.batch_size):
            batch = arrays[start : start + self.batch_size]
            rows[start : start + len(batch)] = self._forward(np.asarray(batch, dtype=np.uint8))
        return rows
