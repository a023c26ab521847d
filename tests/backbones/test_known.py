"""Backbones: what they are, and the keys that name their vectors."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from imgsim.backbones import (
    BACKBONES,
    get_backbone,
)
from imgsim.backbones.resnet import convolutions, expected_shapes
from imgsim.errors import WeightsError
from imgsim.images import shaping
from tests.tiny import random_state

RESNET18, PLATES18 = BACKBONES["resnet18"], BACKBONES["plates18"]


# What they are


def test_importing_them_imports_neither_torch_nor_torchvision() -> None:
    code = (
        "import sys, imgsim.backbones, imgsim.workers; print({'torch', 'torchvision'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(WeightsError, match=r'"resnet99".*plates18, resnet18, resnet50'):
        get_backbone("resnet99")


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_shapes_any_image_into_what_its_network_reads(name: str, mode: str) -> None:
    backbone = BACKBONES[name]
    array = backbone.shape(Image.new(mode, (90, 400), "white"))
    assert array.shape == (backbone.channels, backbone.input_size, backbone.input_size)
    assert array.dtype == np.uint8


def test_the_whole_plate_enters_the_network() -> None:
    """Marks in the four corners of a tall plate are seen: nothing is cropped away."""
    plate = np.full((1200, 400), 255, np.uint8)
    for rows in (slice(0, 80), slice(-80, None)):
        for columns in (slice(0, 80), slice(-80, None)):
            plate[rows, columns] = 0
    for backbone in BACKBONES.values():
        array = backbone.shape(Image.fromarray(plate))[0]
        dark_rows, dark_columns = np.nonzero(array < 64)
        assert dark_rows.min() < 5 and dark_rows.max() > backbone.input_size - 6
        assert np.unique(dark_columns).size < backbone.input_size / 1.5


def test_squeezes_as_the_study_did() -> None:
    """torchvision's Resize((224, 224)) on the RGB image is the oracle."""
    from imgsim.backbones.loading import torchvision_models

    torchvision_models()
    from torchvision import transforms

    noise = np.random.default_rng(0).integers(0, 256, (700, 500, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((1000, 1400), Image.Resampling.BICUBIC)
    expected = np.asarray(transforms.Resize((224, 224))(image), np.int16).transpose(2, 0, 1)
    found = RESNET18.shape(image).astype(np.int16)
    # Noise is the hardest case for reducing in two steps; on a scan they differ by a grey level or two.
    assert np.abs(found - expected).max() <= 12
    assert np.abs(found - expected).mean() < 2


def test_architectures_are_those_of_torchvision() -> None:
    from imgsim.backbones.loading import torchvision_models

    for name in ("resnet18", "resnet50"):
        network = torchvision_models().get_model(name, weights=None)
        theirs = {key: tuple(value.shape) for key, value in network.state_dict().items() if value.ndim}
        ours = expected_shapes(name, 3)
        assert {key: shape for key, shape in theirs.items() if not key.startswith("fc.")} == ours
        modules = dict(network.named_modules())
        for conv in convolutions(name, 3):
            assert modules[conv.name].stride == (conv.stride, conv.stride)
            assert modules[conv.name].padding == (conv.padding, conv.padding)


# Keys


def test_a_key_changes_with_whatever_changes_the_vectors(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.safetensors"
    save_file(random_state("resnet18", 3, seed=1), other)
    variants = [
        dataclasses.replace(RESNET18, input_size=192),
        dataclasses.replace(RESNET18, mean=(0.5, 0.5, 0.5)),
        dataclasses.replace(RESNET18, std=(0.5, 0.5, 0.5)),
        dataclasses.replace(RESNET18, shaping=shaping.letterbox),
        dataclasses.replace(RESNET18, architecture="resnet50"),
        dataclasses.replace(RESNET18, power=3.0),
    ]
    keys = [
        RESNET18.key(),
        RESNET18.key(weights),
        RESNET18.key(other),
        *(one.key(weights) for one in variants),
    ]
    monkeypatch.setitem(shaping.SHAPING_VERSIONS, "squeeze", 99)
    keys.append(RESNET18.key(weights))
    assert len(set(keys)) == len(keys)


def test_a_key_is_the_same_for_the_same_weights_elsewhere(weights: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(weights.read_bytes())
    assert RESNET18.key(copy) == RESNET18.key(weights)


def test_a_key_notices_weights_replaced_under_the_same_name(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(weights.read_bytes())
    before = RESNET18.key(path)
    save_file(random_state("resnet18", 3, seed=1), path)
    assert RESNET18.key(path) != before


def test_a_key_needs_its_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weights file"):
        RESNET18.key(tmp_path / "nowhere.pth")
