"""Backbones' networks, against an independent oracle."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.backbones import (
    BACKBONES,
    load_network,
)
from tests.tiny import TINY, random_state

RESNET18, PLATES18 = BACKBONES["resnet18"], BACKBONES["plates18"]


def test_a_network_gives_torchvisions_features(weights: Path) -> None:
    """The oracle: torchvision's own network and transforms, called as a notebook calls them."""
    import torch

    from imgsim.backbones.loading import torchvision_models

    body = torchvision_models().resnet18(weights=None)
    state = {name: torch.from_numpy(values) for name, values in random_state("resnet18", 3).items()}
    body.load_state_dict(state, strict=False)
    body.fc = torch.nn.Identity()
    body.eval()
    from torchvision import transforms

    normalise = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
    )
    images = np.random.default_rng(0).integers(0, 256, (3, 224, 224, 3), dtype=np.uint8)
    with torch.inference_mode():
        expected = body(torch.stack([normalise(Image.fromarray(image)) for image in images])).numpy()
        found = load_network(RESNET18, weights)(torch.from_numpy(images.transpose(0, 3, 1, 2).copy())).numpy()
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert found.dtype == np.float32 and found.shape == (3, 512)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert (found * expected).sum(axis=1).min() > 0.999999


def test_a_grey_network_equals_the_coloured_one_on_grey(weights: Path) -> None:
    import torch

    grey = dataclasses.replace(PLATES18, mean=(0.5,), std=(0.25,), bundled=None)
    coloured = dataclasses.replace(RESNET18, mean=(0.5,) * 3, std=(0.25,) * 3, input_size=160)
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (2, 1, 160, 160), dtype=np.uint8))
    with torch.inference_mode():
        one = load_network(grey, weights)(images)
        three = load_network(coloured, weights)(images.expand(-1, 3, -1, -1))
    np.testing.assert_allclose(one, three, atol=1e-6)


def test_a_backbone_that_runs_itself_is_a_network_too() -> None:
    import torch

    network = load_network(TINY)
    assert network(torch.zeros(2, 1, 16, 16, dtype=torch.uint8)).shape == (2, TINY.dimension)


def test_torchvision_is_imported_even_where_its_compiled_part_is_not() -> None:
    """What an import without the operators raises is staged; the second import then finds them declared."""
    code = """
import builtins, json, torch
from imgsim.backbones.loading import torchvision_models
real, failures, defined = builtins.__import__, [], []


def fake(name, *rest, **more):
    if name == "torchvision.models" and not failures:
        failures.append(name)
        raise RuntimeError("operator torchvision::nms does not exist")
    return real(name, *rest, **more)
builtins.__import__ = fake
torch.library.define = lambda name, *rest, **more: defined.append(name)
print(json.dumps([torchvision_models().__name__, defined]))
"""
    # In a process of its own, because operators can be declared once only. Where the real import needs them too,
    # the staged error comes first and this test shows as much as it can: that they are declared.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        assert "torchvision::nms" in done.stderr
        return
    name, defined = json.loads(done.stdout)
    assert name == "torchvision.models"
    assert defined == ["torchvision::nms", "torchvision::qnms"]
