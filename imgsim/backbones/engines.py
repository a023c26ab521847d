"""What runs a network: torch on any device, a faster engine on the CPU."""

import importlib.metadata
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from imgsim.backbones import fast_cpu
from imgsim.backbones.known import Backbone, bound_to
from imgsim.backbones.weights import fetch_weights, load_state
from imgsim.base.download import Progress
from imgsim.errors import Change, ImgsimError, Setting

Forward = Callable[[np.ndarray], np.ndarray]

_GPU_DEVICES = ("/dev/kfd", "/dev/dxg")


@dataclass(frozen=True)
class Engine:
    """A network made ready for one engine; small enough to be sent to a worker process, which loads it.

    Attributes
    ----------
    kind : "fast" (see :mod:`imgsim.backbones.fast_cpu`), "torch", or "own" for a backbone that runs itself.
    model : the file that the engine loads.
    """

    backbone: Backbone
    kind: str
    model: Path | None
    device: str = "cpu"

    def load(self, batch_size: int, threads: int | None = None) -> Forward:
        """Return a function from uint8 (n, channels, size, size), n <= batch_size, to float32 (n, dimension)."""
        if self.kind == "own":
            assert self.backbone.runner is not None
            return unit_rows(self.backbone.runner(self.model))
        assert self.model is not None
        if self.kind == "fast":
            return unit_rows(fast_cpu.load(self.backbone, self.model, threads))
        return _torch_forward(self.backbone, self.model, self.device, threads)


def prepare_engine(
    backbone: Backbone, weights: Path | None, device: str, folder: Path, *, progress: Progress | None = None
) -> Engine:
    """Fetch, read and check the weights, and write into `folder` what the engine for this device loads."""
    backbone = bound_to(backbone, weights)
    if backbone.runner is not None:
        return Engine(backbone, "own", weights or backbone.bundled)
    path = fetch_weights(backbone, weights, progress=progress)
    assert path is not None, "a torchvision network without weights"
    state = load_state(backbone, path)
    if device == "cpu" and fast_cpu.available():
        return Engine(backbone, "fast", fast_cpu.convert(backbone, state, folder))
    model = folder / f"{backbone.name}.safetensors"
    save_file(state, model)
    return Engine(backbone, "torch", model, device)


def unit_rows(forward: Forward) -> Forward:
    """Wrap a network so that its rows have length 1 (a row of zeros stays zeros, for the caller to refuse)."""

    def run(batch: np.ndarray) -> np.ndarray:
        vectors = np.asarray(forward(batch), dtype=np.float32)
        lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
        return (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)

    return run


def choose_device(device: str) -> str:
    """Return "cpu", "cuda" or "mps" for one of those or "auto"; ImgsimError if it is not there."""
    if device == "cpu":
        return device
    if device not in {"auto", "cuda", "mps"}:
        raise ImgsimError(f'There is no device "{device}". Choose auto, cpu, cuda or mps.')
    if device == "auto" and not gpu_possible():
        return "cpu"
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        raise ImgsimError(f"torch finds no {device} device on this machine.", Change(Setting.DEVICE))
    return device


def gpu_possible() -> bool:
    """Say whether a GPU may be there. Where it certainly is not, torch need not be loaded (seconds) to find out."""
    try:
        if "+cpu" in importlib.metadata.version("torch"):
            return False
    except importlib.metadata.PackageNotFoundError:
        return False
    # The devices that NVIDIA's, AMD's and Windows' own Linux drivers make.
    return (
        sys.platform != "linux" or any(Path("/dev").glob("nvidia*")) or any(map(os.path.exists, _GPU_DEVICES))
    )


def _torch_forward(backbone: Backbone, model: Path, device: str, threads: int | None) -> Forward:
    import torch

    from imgsim.backbones.loading import build_network

    if threads:
        torch.set_num_threads(threads)
    if device == "cuda":
        # Rounding to 10 bits inside convolutions is the default there; similarities are promised in float32.
        torch.backends.cudnn.allow_tf32 = False
    network = build_network(backbone, load_state(backbone, model), fold=True).to(device)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def run(batch: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return network(torch.from_numpy(np.ascontiguousarray(batch)).to(device)).float().cpu().numpy()

    return run
