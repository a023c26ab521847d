"""The registry of backbones: each a network with its weights and its preprocessing, bound together.

Importing this package imports neither torch nor torchvision; :func:`load_network` does, and only there.
"""

from pathlib import Path

from imgsim.backbones.brought import backbone as get_backbone
from imgsim.backbones.brought import names as backbone_names
from imgsim.backbones.known import BACKBONES, Backbone, bound_to
from imgsim.backbones.weights import fetch_weights, load_state

__all__ = [
    "BACKBONES", "Backbone", "backbone_names", "bound_to", "fetch_weights", "get_backbone", "load_network",
    "load_state",
]  # fmt: skip


def load_network(backbone: Backbone, weights: Path | None = None, *, progress=None):
    """Build the backbone's torch network in eval mode; see :func:`imgsim.backbones.loading.load_network`."""
    from imgsim.backbones.loading import load_network as load

    return load(backbone, weights, progress=progress)
