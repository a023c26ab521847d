"""A backbone as a torch module; the one place that imports torchvision."""

from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from imgsim.backbones.known import Backbone, bound_to
from imgsim.backbones.resnet import LEAST, convolutions
from imgsim.backbones.weights import fetch_weights, load_state
from imgsim.base.download import Progress


def torchvision_models() -> ModuleType:
    """Import torchvision.models.

    Beside a torch from another index torchvision's compiled part may not load, and then its import fails only
    because it declares the shapes of two operators that nobody defined. Declaring them lets the import pass;
    nothing here calls them. Where torchvision imports as it is, nothing is declared.
    """
    try:
        import torchvision.models as models
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        torch.library.define(
            "torchvision::nms", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        )
        torch.library.define(
            "torchvision::qnms", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        )
        import torchvision.models as models
    return models


class Network(nn.Module):
    """Normalisation, a residual network without its classifier, and unit length.

    Takes uint8 (n, channels, size, size), gives float32 (n, dimension) with rows of length 1.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, body: nn.Module, mean: tuple[float, ...], std: tuple[float, ...]):
        super().__init__()
        self.body = body
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        pixels = images.to(self.mean.dtype) / 255
        return functional.normalize(self.body((pixels - self.mean) / self.std), dim=1)


class GeneralisedMean(nn.Module):
    """The mean over all places of features (n, d, h, w), none below 0, in a power: (n, d, 1, 1)."""

    def __init__(self, power: float):
        super().__init__()
        self.power = power

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        raised = features.float().clamp(min=LEAST).pow(self.power)
        return raised.mean((2, 3), keepdim=True).pow(1 / self.power)


class _Wrapped(nn.Module):
    """A backbone that is no torchvision network, as a module."""

    def __init__(self, run):
        super().__init__()
        self.run = run

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(np.asarray(self.run(images.cpu().numpy()), dtype=np.float32))


def load_network(
    backbone: Backbone, weights: Path | None = None, *, progress: Progress | None = None
) -> nn.Module:
    """Build a backbone with its weights, in eval mode, on the CPU.

    Returns a module from uint8 (n, channels, size, size) to float32 (n, dimension), rows of length 1.
    Raises WeightsError or DownloadError as :func:`imgsim.backbones.fetch_weights` and `load_state` do.
    """
    backbone = bound_to(backbone, weights)
    if backbone.runner is not None:
        return _Wrapped(backbone.runner(weights)).eval()
    path = fetch_weights(backbone, weights, progress=progress)
    assert path is not None, "a torchvision network without weights"
    return build_network(backbone, load_state(backbone, path))


def build_network(backbone: Backbone, state: dict[str, np.ndarray], *, fold: bool = False) -> nn.Module:
    """Put checked weights into the torchvision network of the backbone.

    With `fold` the batch normalisations are folded into the convolutions: the same function, a third faster.
    """
    body = torchvision_models().get_model(backbone.architecture, weights=None)
    body.fc = nn.Identity()
    if backbone.power != 1:
        body.avgpool = GeneralisedMean(backbone.power)
    if backbone.channels != 3:
        body.conv1 = nn.Conv2d(backbone.channels, 64, kernel_size=7, stride=2, padding=3, bias=False)
    body.load_state_dict({name: torch.from_numpy(values) for name, values in state.items()}, strict=False)
    body.eval()
    if fold:
        for conv in convolutions(backbone.architecture, backbone.channels):
            folded = fuse_conv_bn_eval(body.get_submodule(conv.name), body.get_submodule(conv.norm))
            body.set_submodule(conv.name, folded)
            body.set_submodule(conv.norm, nn.Identity())
    return Network(body, backbone.mean, backbone.std).eval()
