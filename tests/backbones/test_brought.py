"""Networks that a user brings: the page that explains them is run as it stands, and what is wrong is said."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from imgsim.backbones import backbone_names, get_backbone
from imgsim.backbones.brought import POOLINGS, VARIABLE, folder
from imgsim.backbones.embedder import Embedder
from imgsim.cli import environment
from imgsim.collection import open_collection
from imgsim.errors import WeightsError
from imgsim.images.decoding import open_image
from imgsim.prepare import Options, prepare
from tests.making import write_plates

PAGE = (environment.REPOSITORY / "docs" / "backbones.md").read_text(encoding="utf-8")
FACTS = {"file": "net.onnx", "dimension": 4, "input_size": 32, "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4]}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "backbones"))
    (tmp_path / "backbones").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "backbones"


def write(
    path: Path, operators: list[Any], weights: dict[str, np.ndarray], shape: list[Any], channels: int = 3
) -> None:
    """An ONNX file with the input "in" of `channels` x 32 x 32 and the output "out"."""
    given = helper.make_tensor_value_info("in", TensorProto.FLOAT, ["n", channels, 32, 32])
    made = helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)
    kept = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    graph = helper.make_graph(operators, "g", [given], [made], kept)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


def convolution(path: Path, channels: int = 3) -> np.ndarray:
    """Four filters over patches of 8 pixels: (n, 4, 4, 4). Returns the filters."""
    filters = np.random.default_rng(5).normal(size=(4, channels, 8, 8)).astype(np.float32)
    node = helper.make_node("Conv", ["in", "w"], ["out"], strides=[8, 8])
    write(path, [node], {"w": filters}, ["n", 4, 4, 4], channels)
    return filters


def describe(here: Path, **changes: Any) -> None:
    facts = {**FACTS, "pooling": "places", **changes}
    (here / "net.json").write_text(json.dumps({name: value for name, value in facts.items() if value is not None}))


def test_the_page_is_run_as_it_stands(here: Path, tmp_path: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(code.splitlines()) < 40
    script = tmp_path / "made.py"
    script.write_text(code, encoding="utf-8")
    subprocess.run([sys.executable, str(script)], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert "mine" in backbone_names()
    images = write_plates(tmp_path / "images", 6)
    options = Options(
        out=tmp_path / "c", inputs=[images], backbones=("plates18", "mine"), projections=("pca",), matching=False,
        workers=2,
    )  # fmt: skip
    prepare(options)
    collection = open_collection(tmp_path / "c")
    vectors = collection.embeddings("mine")
    assert vectors.shape == (6, 64)
    network = Embedder("mine")
    opened = [open_image(path.read_bytes()).image for path in sorted(images.glob("*.png"))]
    np.testing.assert_allclose(network.embed(opened), vectors, atol=1e-6)
    fields = set(re.findall(r"`(\w+)`(?=[^|]*\| )", PAGE.split("| --- | --- |")[1]))
    assert {"file", "dimension", "input_size", "mean", "std", "colour", "shaping", "pooling", "output"} <= fields
    assert all(f"`{pooling}`" in PAGE for pooling in POOLINGS)


def test_the_vectors_are_those_of_the_network_itself(here: Path, tmp_path: Path) -> None:
    """Against the same sums by numpy, in float64: normalised, convolved, pooled, of length 1."""
    filters = convolution(here / "net.onnx").astype(np.float64)
    describe(here)
    backbone = get_backbone("net")
    data = (write_plates(tmp_path / "i", 1) / "p000.png").read_bytes()
    square = backbone.read(data)
    assert square.shape == (3, 32, 32) and square.dtype == np.uint8
    x = (square / 255 - np.array(FACTS["mean"])[:, None, None]) / np.array(FACTS["std"])[:, None, None]
    patches = x.reshape(3, 4, 8, 4, 8)
    places = np.einsum("cyhxw,fchw->fyx", patches, filters)
    wanted = places.mean(axis=(1, 2))
    found = Embedder("net").embed_arrays(square[None])[0]
    np.testing.assert_allclose(found, wanted / np.linalg.norm(wanted), atol=1e-5)


def test_each_pooling_makes_one_vector(here: Path) -> None:
    reshape = helper.make_node("Reshape", ["in", "to"], ["out"])
    values = np.arange(2 * 3 * 32 * 32, dtype=np.uint8).reshape(2, 3, 32, 32)
    x = (values / 255 - np.array(FACTS["mean"])[:, None, None]) / np.array(FACTS["std"])[:, None, None]
    for pooling, shape, wanted in (
        ("none", [-1, 3072], x.reshape(2, 3072)),
        ("places", [-1, 3, 32, 32], x.mean(axis=(2, 3))),
        ("first token", [-1, 96, 32], x.reshape(2, 96, 32)[:, 0]),
        ("tokens", [-1, 96, 32], x.reshape(2, 96, 32).mean(axis=1)),
    ):
        kept = numpy_helper.from_array(np.array(shape, np.int64), "to")
        given = helper.make_tensor_value_info("in", TensorProto.FLOAT, ["n", 3, 32, 32])
        made = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", *shape[1:]])
        graph = helper.make_graph([reshape], "g", [given], [made], [kept])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        onnx.save(model, here / "net.onnx")
        describe(here, pooling=pooling, dimension=wanted.shape[1])
        found = Embedder("net").embed_arrays(values)
        np.testing.assert_allclose(found, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-5)


def test_grey_networks_get_one_channel(here: Path, tmp_path: Path) -> None:
    convolution(here / "net.onnx", channels=1)
    describe(here, colour="grey", mean=[0.9], std=0.3)
    backbone = get_backbone("net")
    data = (write_plates(tmp_path / "i", 1) / "p000.png").read_bytes()
    assert backbone.channels == 1 and backbone.mean == (0.9,) and backbone.std == (0.3,)
    assert backbone.read(data).shape == (1, 32, 32)
    assert Embedder("net").embed_arrays(backbone.read(data)[None]).shape == (1, 4)


@pytest.mark.parametrize(
    "change",
    [
        lambda here: describe(here, mean=[0.5, 0.4, 0.31]), lambda here: describe(here, std=[0.2, 0.3, 0.41]),
        lambda here: describe(here, pooling="none"), lambda here: describe(here, output="out"),
        lambda here: convolution_of_another_seed(here), lambda here: (here / "net.onnx.data").write_bytes(b"more"),
        lambda here: describe(here, input_size=64),
    ],
    ids=["mean", "std", "pooling", "output", "file", "beside", "size"],
)  # fmt: skip
def test_whatever_shapes_a_vector_is_in_its_key(here: Path, change: Callable[[Path], object]) -> None:
    convolution(here / "net.onnx")
    describe(here)
    before = get_backbone("net").key()
    assert get_backbone("net").key() == before
    describe(here, description="other words")
    assert get_backbone("net").key() == before
    change(here)
    assert get_backbone("net").key() != before


def convolution_of_another_seed(here: Path) -> None:
    filters = np.random.default_rng(6).normal(size=(4, 3, 8, 8)).astype(np.float32)
    write(
        here / "net.onnx", [helper.make_node("Conv", ["in", "w"], ["out"], strides=[8, 8])], {"w": filters},
        ["n", 4, 4, 4],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dimension": None}, "dimension is missing"), ({"colours": "rgb"}, "no field colours"),
        ({"colour": "blue"}, "colour is one of grey, rgb, not 'blue'"), ({"pooling": "max"}, "pooling is one of"),
        ({"file": "../net.onnx"}, "in the same folder"), ({"file": "other.onnx"}, "there is no ONNX file"),
        ({"input_size": 32.5}, "whole number from 16 to 1,024, not 32.5"), ({"dimension": True}, "not True"),
        ({"mean": [0.5]}, "mean has 3 numbers"), ({"std": [0.2, 0.3, 0]}, "above 0"),
        ({"std": [0.2, 0.3, "x"]}, "std has 3 numbers"), ({"shaping": "letterbox"}, "the shaping is squeeze"),
    ],
)  # fmt: skip
def test_a_description_that_is_wrong_says_where(here: Path, changes: dict[str, Any], words: str) -> None:
    convolution(here / "net.onnx")
    describe(here, **changes)
    with pytest.raises(WeightsError, match=re.escape(words)) as error:
        get_backbone("net")
    assert "net.json" in str(error.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dimension": 5}, "dimension says 5"), ({"pooling": "none"}, "wants an output of 2 axes"),
        ({"input_size": 48}, "refuses 3 channels of 48 x 48"), ({"output": "nowhere"}, "refuses"),
        ({"colour": "grey", "mean": [0.5], "std": [0.5]}, "refuses 1 channels"),
    ],
)  # fmt: skip
def test_a_network_that_is_not_as_described_is_refused_before_anything_is_prepared(
    here: Path, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    convolution(here / "net.onnx")
    describe(here, **changes)
    with pytest.raises(WeightsError, match=re.escape(words)):
        Embedder("net")


def test_what_is_no_onnx_file_or_no_json_is_said(here: Path) -> None:
    describe(here)
    (here / "net.onnx").write_bytes(b"no network")
    with pytest.raises(WeightsError, match="cannot be read as an ONNX file"):
        Embedder("net")
    (here / "net.json").write_text("{")
    with pytest.raises(WeightsError, match=r"net\.json cannot be read as JSON"):
        get_backbone("net")


def test_own_names_stay_and_foreign_ones_are_not_listed(here: Path) -> None:
    for name in ("plates18", "Bad Name", "ok-net"):
        (here / f"{name}.json").write_text("{}")
    assert backbone_names()[-1] == "ok-net" and "Bad Name" not in backbone_names()
    assert backbone_names().count("plates18") == 1 and get_backbone("plates18").bundled is not None
    with pytest.raises(WeightsError, match=re.escape(str(folder()))):
        get_backbone("nothing")
