"""Weights and checkpoints as safetensors: nothing in them is ever executed, and each is written whole or not at all."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imgsim.errors import ImgsimError, WeightsError


def write_tensors(path: Path, tensors: dict[str, Any], header: dict[str, str]) -> None:
    """Write torch tensors under a temporary name, then put the file in place. Raises ImgsimError."""
    from safetensors import SafetensorError
    from safetensors.torch import save

    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(
            save({name: value.detach().cpu().contiguous() for name, value in tensors.items()}, header)
        )
        os.replace(temporary, path)
    except (OSError, SafetensorError) as error:
        temporary.unlink(missing_ok=True)
        raise ImgsimError(
            f"{path} cannot be written: {error}. Is the disk full, or the folder read-only?"
        ) from error


def read_tensors(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a safetensors file: its torch tensors and its header. Raises WeightsError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path} cannot be read as safetensors: {error}. Give another file.") from error


def save_weights(
    path: Path, network: Any, *, input_size: int, mean: float, std: float, power: float, recipe: dict
) -> None:
    """Write a trained one-channel network under torchvision's names, with what reading it rightly needs.

    Convolutions are kept as float16; batch norms stay float32, because a small variance would vanish. The first
    convolution is spread over three channels, so that the file also fits torchvision's own ResNet-18.
    """
    import torch

    with torch.inference_mode():
        blank = torch.zeros(1, 1, input_size, input_size, device=next(network.parameters()).device)
        dimension = network.eval()(blank).shape[1]
    tensors = {}
    for name, value in network.state_dict().items():
        if name == "conv1.weight" and value.shape[1] == 1:
            value = value.repeat(1, 3, 1, 1) / 3
        tensors[name] = value.to(torch.float16) if value.ndim > 1 else value
    header = {
        "architecture": "resnet18",
        "dimension": str(dimension),
        "input_size": str(input_size),
        "mean": json.dumps([mean]),
        "std": json.dumps([std]),
        "power": str(power),
        "shaping": "letterbox",
    }
    write_weights(path, tensors, header, recipe)


def write_weights(path: Path, tensors: dict[str, Any], header: dict[str, str], recipe: dict[str, Any]) -> None:
    """Write trained weights; the header also says who made them, how and when."""
    made = {
        "made_by": "imgsim.training",
        "recipe": json.dumps(recipe, sort_keys=True),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }
    write_tensors(path, tensors, header | made)


def load_weights(path: Path, network: Any) -> dict[str, str]:
    """Put a weights file (imgsim's or torchvision's ResNet-18) into a one-channel network; return its header.

    Raises WeightsError when the file does not fit.
    """
    import torch

    from imgsim.backbones import BACKBONES, load_state

    state = load_state(BACKBONES["plates18"], path)
    network.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()}, strict=False)
    return read_tensors(path)[1] if path.suffix == ".safetensors" else {}
