"""Backbones' weights: found, fetched, checked, and read."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from imgsim.backbones import (
    BACKBONES,
    Backbone,
    bound_to,
    fetch_weights,
    load_state,
)
from imgsim.backbones.known import OfficialWeights
from imgsim.backbones.weights import torch_cache
from imgsim.cli.phrases import told
from imgsim.errors import DownloadError, WeightsError
from tests.server import CONTENT, DIGEST, Server, running
from tests.tiny import random_state

RESNET18, PLATES18 = BACKBONES["resnet18"], BACKBONES["plates18"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty torch cache."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def published(server: Server, sha256: str = DIGEST) -> Backbone:
    """ResNet-18 whose official weights are what the server holds."""
    return dataclasses.replace(RESNET18, official=OfficialWeights(server.url, sha256, len(CONTENT)))


# Weights that say how they want to be read


def test_weights_state_their_own_input(tmp_path: Path) -> None:
    path = tmp_path / "trained.safetensors"
    header = {"input_size": "128", "mean": "[0.9]", "std": "[0.2]", "made_by": "a test"}
    save_file(random_state("resnet18", 1), path, header)
    bound = bound_to(PLATES18, path)
    assert (bound.input_size, bound.mean, bound.std) == (128, (0.9,), (0.2,))
    assert bound.shape(Image.new("L", (50, 80))).shape == (1, 128, 128)
    save_file(random_state("resnet18", 1), path, {**header, "input_size": "96"})
    assert bound_to(PLATES18, path).input_size == 96
    save_file(random_state("resnet18", 1), path, {**header, "power": "3.0"})
    assert bound_to(PLATES18, path).power == 3


@pytest.mark.parametrize(
    "header",
    [
        {"input_size": "huge"},
        {"input_size": "100000"},
        {"mean": "[0.1, 0.2]"},
        {"mean": "what"},
        {"std": "[0.0]"},
        {"std": "[NaN]"},
        {"power": "strong"},
        {"power": "0.5"},
        {"power": "nan"},
    ],
)
def test_refuses_weights_that_state_nonsense(tmp_path: Path, header: dict[str, str]) -> None:
    path = tmp_path / "odd.safetensors"
    save_file({"x": np.zeros(1, np.float32)}, path, header)
    with pytest.raises(WeightsError, match=r"header .* not understood"):
        bound_to(PLATES18, path)


def test_weights_without_a_word_are_read_the_usual_way(weights: Path) -> None:
    assert bound_to(RESNET18, weights) == RESNET18
    assert bound_to(RESNET18, None) == RESNET18


# Finding and fetching


def test_the_bundled_weights_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundled = tmp_path / "bundled.safetensors"
    backbone = dataclasses.replace(PLATES18, bundled=bundled)
    with pytest.raises(
        WeightsError, match=r"weights of plates18 are missing: .*bundled.*Name a file of weights for plates18"
    ):
        fetch_weights(backbone)
    bundled.write_bytes(b"")
    assert fetch_weights(backbone) == bundled


def test_named_weights_come_first_and_must_exist(weights: Path, tmp_path: Path, cache: Path) -> None:
    assert fetch_weights(RESNET18, weights) == weights
    with pytest.raises(WeightsError, match=r"no weights file .*nowhere.pth.*Check the path of the weights of resnet18"):
        fetch_weights(RESNET18, tmp_path / "nowhere.pth")


def test_official_weights_are_downloaded_once_into_torchs_cache(server: Server, cache: Path) -> None:
    seen: list[int] = []
    path = fetch_weights(published(server), progress=lambda done, total: seen.append(done))
    assert path == cache / "weights.pth"
    assert path.read_bytes() == CONTENT
    assert seen[-1] == len(CONTENT)
    assert fetch_weights(published(server)) == path
    assert len(server.asked) == 1


def test_a_damaged_file_in_torchs_cache_is_fetched_again(server: Server, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "weights.pth").write_bytes(b"cut short")
    path = fetch_weights(published(server))
    assert path is not None and path.read_bytes() == CONTENT


def test_without_network_the_error_tells_every_way_out(server: Server, cache: Path) -> None:
    server.status = 404
    with pytest.raises(DownloadError) as error:
        fetch_weights(published(server))
    message = told(error.value)
    for part in (
        "weights.pth",
        server.url,
        str(cache),
        "--weights resnet18=FILE",
        "--backbone plates18",
        "404",
    ):
        assert part in message
    assert "\n" not in message


def test_the_cache_is_where_torch_says_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import torch

    for name, value in (("TORCH_HOME", str(tmp_path / "a")), ("XDG_CACHE_HOME", str(tmp_path / "b"))):
        monkeypatch.delenv("TORCH_HOME", raising=False)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        assert torch_cache() == Path(torch.hub.get_dir()) / "checkpoints"
        monkeypatch.setenv(name, value)
        assert torch_cache() == Path(torch.hub.get_dir()) / "checkpoints"


def test_official_digests_begin_as_their_file_names_end() -> None:
    for name in ("resnet18", "resnet50"):
        official = BACKBONES[name].official
        assert official is not None
        assert len(official.sha256) == 64
        assert official.sha256.startswith(official.file.removesuffix(".pth").rpartition("-")[2])


# Reading


def test_reads_safetensors_and_torch_files_alike(weights: Path, tmp_path: Path) -> None:
    import torch

    state = random_state("resnet18", 3)
    tensors = {name: torch.from_numpy(values) for name, values in state.items()}
    plain, wrapped = tmp_path / "plain.pth", tmp_path / "wrapped.pth"
    torch.save(
        {**tensors, "fc.weight": torch.zeros(1000, 512), "bn1.num_batches_tracked": torch.tensor(3)}, plain
    )
    torch.save(
        {"epoch": 3, "state_dict": {f"module.{name}": value for name, value in tensors.items()}}, wrapped
    )
    for path in (weights, plain, wrapped):
        read = load_state(RESNET18, path)
        assert read.keys() == state.keys()
        assert all(np.array_equal(read[name], values) for name, values in state.items())


def test_half_precision_is_widened(tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    save_file({name: values.astype(np.float16) for name, values in random_state("resnet18", 3).items()}, path)
    assert {values.dtype for values in load_state(RESNET18, path).values()} == {np.dtype(np.float32)}


def test_three_channels_are_folded_into_one_for_a_grey_network(weights: Path) -> None:
    state = load_state(PLATES18, weights)
    expected = random_state("resnet18", 3)["conv1.weight"].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(state["conv1.weight"], expected, rtol=1e-6)


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_refuses_damaged_and_foreign_files(tmp_path: Path, weights: Path, suffix: str) -> None:
    import torch

    whole = weights.read_bytes()
    if suffix == ".pth":
        torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "whole.pth")
        whole = (tmp_path / "whole.pth").read_bytes()
    huge = (1 << 60).to_bytes(8, "little") + whole[8:]
    path = tmp_path / f"bad{suffix}"
    for content in (
        b"",
        b"x",
        whole[:7],
        whole[:100],
        whole[: len(whole) // 2],
        whole[:-3],
        huge,
        b"<html>404</html>",
    ):
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=f"bad{suffix}"):
            load_state(RESNET18, path)


def test_refuses_weights_of_another_network(tmp_path: Path, weights: Path) -> None:
    path = tmp_path / "other.safetensors"
    state = random_state("resnet18", 3)
    changes: list[tuple[dict[str, np.ndarray], str]] = [
        ({name: values for name, values in state.items() if name != "bn1.bias"}, "holds no bn1.bias"),
        (
            {**state, "conv1.weight": state["conv1.weight"][:32]},
            r"conv1.weight is \(32, 3, 7, 7\), expected \(64",
        ),
        ({**state, "head.weight": state["bn1.bias"]}, "also holds head.weight"),
        ({**state, "bn1.bias": np.full(64, np.nan, np.float32)}, "bn1.bias holds values that are not finite"),
        ({**state, "bn1.running_var": np.full(64, -1, np.float32)}, "negative variance"),
    ]
    for changed, message in changes:
        save_file(changed, path)
        with pytest.raises(WeightsError, match=message):
            load_state(RESNET18, path)
    with pytest.raises(WeightsError, match="does not fit resnet50"):
        load_state(BACKBONES["resnet50"], weights)


def test_a_pth_that_is_no_dictionary_is_refused(tmp_path: Path) -> None:
    import torch

    torch.save(torch.zeros(3), tmp_path / "tensor.pth")
    with pytest.raises(WeightsError, match="holds no weights but Tensor"):
        load_state(RESNET18, tmp_path / "tensor.pth")
