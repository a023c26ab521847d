"""The page network's weights on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from imgsim.errors import WeightsError
from imgsim.training.checkpoint_files import read_tensors, write_weights


def save_page_weights(path: Path, network: Any, recipe: dict[str, Any]) -> None:
    """Write a page network: convolutions as float16, the rest float32."""
    import torch

    state = network.state_dict()
    tensors = {
        name: value.to(torch.float16) if value.ndim == 4 else value
        for name, value in state.items()
        if not name.endswith("num_batches_tracked")
    }
    write_weights(path, tensors, {"architecture": "pages"}, recipe)


def load_page_weights(path: Path, network: Any) -> None:
    """Put a file of :func:`save_page_weights` into a network. Raises WeightsError when it does not fit."""
    tensors, _ = read_tensors(path)
    lacking, foreign = network.load_state_dict(tensors, strict=False)
    lacking = [name for name in lacking if not name.endswith("num_batches_tracked")]
    if lacking or foreign:
        raise WeightsError(
            f"{path} does not fit the page network: {[*lacking, *foreign][0]} is one too few or too many."
        )
