"""Engines: the same vectors by each of them."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from imgsim.backbones import BACKBONES, engines, fast_cpu, load_network
from imgsim.backbones.embedder import Embedder
from imgsim.errors import ImgsimError
from imgsim.images.decoding import open_image
from tests.conftest import draw_plate
from tests.prepare.looking import png
from tests.tiny import TINY, write_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_weights(tmp_path_factory.mktemp("weights"))


@pytest.mark.parametrize("engine", ["fast", "torch"])
@pytest.mark.parametrize(
    ("name", "power"), [("plates18", 1.0), ("plates18", 3.0), ("resnet18", 1.0), ("resnet50", 1.0)]
)
def test_every_engine_equals_eager_float32(
    name: str, power: float, engine: str, weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    if engine == "torch":
        monkeypatch.setattr(fast_cpu, "available", lambda: False)
    elif not fast_cpu.available():
        pytest.skip("ONNX Runtime is not installed")
    backbone = dataclasses.replace(BACKBONES[name], bundled=None, power=power)
    path = weights[backbone.architecture]
    embedder = Embedder(backbone, path, device="cpu", batch_size=2)
    shape = (3, backbone.channels, backbone.input_size, backbone.input_size)
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    images[0] = 255
    with torch.inference_mode():
        expected = load_network(backbone, path)(torch.from_numpy(images)).numpy()
    found = embedder.embed_arrays(images)
    assert found.dtype == np.float32 and found.shape == (3, backbone.dimension)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert (found * expected).sum(axis=1).min() >= 0.99999


def test_a_generalised_mean_is_what_its_paper_says(weights: dict[str, Path]) -> None:
    import torch

    backbone = dataclasses.replace(BACKBONES["plates18"], bundled=None, power=3.0)
    network = load_network(backbone, weights["resnet18"])
    images = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (2, 1, 128, 128), dtype=np.uint8))
    with torch.inference_mode():
        found = network(images).numpy()
        body = torch.nn.Sequential(*list(network.body.children())[:-2])  # all before the pooling
        places = body((images / 255 - network.mean) / network.std).double().numpy()
    pooled = np.cbrt((places**3).mean(axis=(2, 3)))
    np.testing.assert_allclose(found, pooled / np.linalg.norm(pooled, axis=1, keepdims=True), atol=2e-6)


def test_the_bundled_weights_give_the_vectors_of_eager_torch() -> None:
    import torch

    images = [open_image(png(draw_plate(number))).image for number in range(3)]
    backbone = BACKBONES["plates18"]
    embedder = Embedder("plates18", device="cpu")
    with torch.inference_mode():
        shaped = torch.from_numpy(np.stack([embedder.backbone.shape(image) for image in images]))
        expected = load_network(backbone)(shaped).numpy()
    assert (embedder.embed(images) * expected).sum(axis=1).min() >= 0.9999


def test_searching_by_image_needs_no_torch_where_the_fast_engine_is() -> None:
    if not fast_cpu.available():
        pytest.skip("ONNX Runtime is not installed")
    code = """
import sys
from PIL import Image
from imgsim.backbones.embedder import Embedder
print(Embedder("plates18", device="cpu").embed([Image.new("L", (90, 60), 200)]).shape)
print(sorted({"torch", "torchvision"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # Nothing else: what the engine's libraries print must not reach the lines of --json.
    assert done.stdout.splitlines() == ["(1, 512)", "[]"]


def test_batches_of_any_size_give_the_same_vectors(weights: dict[str, Path]) -> None:
    backbone = dataclasses.replace(BACKBONES["plates18"], bundled=None)
    images = np.random.default_rng(0).integers(0, 256, (7, 1, 128, 128), dtype=np.uint8)
    whole = Embedder(backbone, weights["resnet18"], device="cpu", batch_size=7).embed_arrays(images)
    for size in (1, 2, 3, 16):
        again = Embedder(backbone, weights["resnet18"], device="cpu", batch_size=size).embed_arrays(images)
        np.testing.assert_allclose(again, whole, atol=2e-6)
    assert Embedder(TINY).embed([]).shape == (0, TINY.dimension)


def test_devices_are_named_or_refused() -> None:
    import torch

    assert engines.choose_device("cpu") == "cpu"
    assert engines.choose_device("auto") in {"cpu", "cuda", "mps"}
    with pytest.raises(ImgsimError, match='no device "tpu"'):
        engines.choose_device("tpu")
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        assert engines.gpu_possible()
    if not torch.cuda.is_available():
        with pytest.raises(ImgsimError, match="finds no cuda device"):
            engines.choose_device("cuda")
