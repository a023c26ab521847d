"""Finding, fetching, reading and checking a backbone's weights."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from imgsim.backbones.known import Backbone, missing
from imgsim.backbones.resnet import expected_shapes
from imgsim.base.download import Progress, fetch
from imgsim.base.hashing import file_sha256
from imgsim.errors import DownloadError, NameWeights, WeightsError

State = dict[str, np.ndarray]


def torch_cache() -> Path:
    """Return the folder where torch keeps downloaded weights: what torch.hub.get_dir() says, plus checkpoints.

    Worked out here, so that looking for a file does not import torch.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("TORCH_HOME") or os.path.join(cache, "torch")
    return Path(os.path.expanduser(home)) / "hub" / "checkpoints"


def fetch_weights(
    backbone: Backbone, weights: Path | None = None, *, progress: Progress | None = None
) -> Path | None:
    """Return the weights file to use; None for a backbone that needs none.

    In this order: the file that was named, the one that comes with imgsim, the one in torch's cache (if its SHA-256
    is right), a download into that cache.

    Raises
    ------
    WeightsError : the named or bundled file is missing.
    DownloadError : the file is nowhere and cannot be downloaded; the message says where to put it.
    """
    path = weights or backbone.bundled
    if path is not None:
        if not path.is_file():
            raise missing(backbone, path)
        return path
    official = backbone.official
    if official is None:
        return None
    path = torch_cache() / official.file
    try:
        return fetch(official.url, path, sha256=official.sha256, size=official.size, progress=progress)
    except DownloadError as error:
        raise DownloadError(
            f"The weights of {backbone.name} ({official.file}, {official.size / 1e6:.0f} MB) are not on this machine. "
            f"{error} Fetch {official.url} elsewhere and put it at {path}.",
            NameWeights(backbone.name, "plates18"),
        ) from error


def load_state(backbone: Backbone, path: Path) -> State:
    """Read a weights file and check that it fits the backbone's network.

    Returns the arrays that the network needs, float32, under torchvision's names, with the first convolution
    made to read `backbone.channels` channels.

    Raises WeightsError when the file is damaged, holds other arrays than the network needs, or values that are
    not finite. Nothing in the file is ever executed.
    """
    if backbone.official and path.name == backbone.official.file and path.parent == torch_cache():
        found = file_sha256(path)
        if found != backbone.official.sha256:
            raise WeightsError(
                f"{path} is damaged: its SHA-256 is {found}. Delete it; it is downloaded again."
            )
    state = _read_safetensors(path) if path.suffix == ".safetensors" else _read_torch(path)
    return _checked(backbone, state, path)


def _read_safetensors(path: Path) -> Mapping[str, np.ndarray]:
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise WeightsError(f"{path} is not a whole safetensors file: {error}.") from error


def _read_torch(path: Path) -> Mapping[str, np.ndarray]:
    import torch

    try:
        # weights_only: arrays and plain containers are read, code in the file is refused.
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # torch documents no list of errors here: a cut zip, a foreign file and refused code each raise their own.
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(f"{path} is not a file of weights that can be read safely: {first}") from error
    if isinstance(content, dict) and isinstance(content.get("state_dict"), dict):
        content = content["state_dict"]
    if not isinstance(content, dict):
        raise WeightsError(f"{path} holds no weights but {type(content).__name__}.")
    return {
        str(name).removeprefix("module."): value.detach().float().numpy()
        for name, value in content.items()
        if isinstance(value, torch.Tensor)
    }


def _checked(backbone: Backbone, state: Mapping[str, np.ndarray], path: Path) -> State:
    stem = state.get("conv1.weight")
    if stem is not None and stem.ndim == 4 and stem.shape[1] == 3 and backbone.channels == 1:
        # Three equal channels, summed beforehand: the same sums in a third of the work.
        state = {**state, "conv1.weight": stem.astype(np.float32).sum(axis=1, keepdims=True)}
    expected = expected_shapes(backbone.architecture, backbone.channels)
    for name, shape in expected.items():
        if name not in state:
            raise WeightsError(f"{path} does not fit {backbone.name}: it holds no {name}.")
        if state[name].shape != shape:
            raise WeightsError(
                f"{path} does not fit {backbone.name}: {name} is {state[name].shape}, expected {shape}."
            )
    foreign = [
        name
        for name in state
        if name not in expected and not name.startswith("fc.") and not name.endswith("num_batches_tracked")
    ]
    if foreign:
        raise WeightsError(f"{path} does not fit {backbone.name}: it also holds {foreign[0]}.")
    checked = {name: np.ascontiguousarray(state[name], dtype=np.float32) for name in expected}
    for name, values in checked.items():
        if not np.isfinite(values).all():
            raise WeightsError(f"{path} is damaged: {name} holds values that are not finite.")
        if name.endswith("running_var") and (values < 0).any():
            raise WeightsError(f"{path} is damaged: {name} holds a negative variance.")
    return checked
