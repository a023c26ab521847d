"""Training the page network: a few steps of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from imgsim.base.onnx_file import open_session
from imgsim.errors import ImgsimError, WeightsError
from imgsim.sources.pages import load_detector
from imgsim.sources.pages.page_graph import INPUT, OUTPUTS, page_graph
from imgsim.sources.pages.page_maps import entered
from imgsim.training import loop
from imgsim.training.__main__ import main
from imgsim.training.pages import page_batches, page_run
from imgsim.training.pages.page_batches import PageBatches
from imgsim.training.pages.page_loss import page_loss
from imgsim.training.pages.page_network import PageNetwork, parameters_of
from imgsim.training.pages.page_weights import load_page_weights, save_page_weights
from tests.training.pages.pressed import small_stock, write_labelled


@pytest.fixture(autouse=True)
def small_pages(monkeypatch) -> None:
    """Pages of a quarter of the size: most of a step is then not the network."""
    monkeypatch.setattr(page_batches, "LONG", 256)
    monkeypatch.setattr(page_batches, "SHORT", 192)
    torch.set_num_threads(1)


def test_the_graph_answers_as_the_network_does(tmp_path) -> None:
    torch.manual_seed(3)
    network = PageNetwork()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)  # type: ignore[arg-type]
            torch.nn.init.uniform_(module.running_var, 0.5, 2)  # type: ignore[arg-type]
    save_page_weights(tmp_path / "w.safetensors", network, {})
    load_page_weights(tmp_path / "w.safetensors", network)  # float16 now, as the file is
    given = entered(np.random.default_rng(1).integers(0, 256, (2, 96, 64), np.uint8))
    with torch.inference_mode():
        wanted = network.eval()(torch.from_numpy(given))
    session = open_session(page_graph(load_file(tmp_path / "w.safetensors")), 1)
    for said, true in zip(session.run(list(OUTPUTS), {INPUT: given}), wanted, strict=True):
        assert np.allclose(said, true.numpy(), rtol=1e-3, atol=1e-3 * float(true.abs().max()))


def test_the_network_is_small() -> None:
    assert 1_000_000 < parameters_of(PageNetwork()) < 5_000_000


def test_steps_lower_the_loss() -> None:
    torch.manual_seed(1)
    network = PageNetwork()
    trainer = loop.Trainer(network, loop.Recipe(learning_rate=2e-3, warmup=2, steps=16))
    batch = PageBatches(small_stock(), (), 2, 1).batch(0)
    given = torch.from_numpy(entered(batch.pixels))
    losses = [trainer.descend(lambda: page_loss(network(given), batch))[0] for _ in range(16)]
    assert np.isfinite(losses).all() and losses[-1] < 0.75 * losses[0]


def options(tmp_path, name: str, **changes) -> page_run.PageOptions:
    recipe = loop.Recipe(batch_size=1, steps=4, learning_rate=1e-3, warmup=1, seed=3)
    labelled = tmp_path / "labelled"
    if not labelled.exists():
        write_labelled(labelled)
    given = {"generated": 3, "labelled": labelled, "threads": 1} | changes
    return page_run.PageOptions(tmp_path / name, recipe, **given)


def test_a_stopped_run_resumes_to_the_same_weights(tmp_path) -> None:
    page_run.train_pages(options(tmp_path, "whole.safetensors"), lambda progress: None)

    def stop(progress) -> None:
        if progress.stage == "pages" and progress.done == 2:
            raise KeyboardInterrupt

    broken = options(tmp_path, "broken.safetensors")
    with pytest.raises(KeyboardInterrupt):
        page_run.train_pages(broken, stop)
    with pytest.raises(ImgsimError, match="left from a run"):
        page_run.train_pages(broken, lambda progress: None)
    page_run.train_pages(options(tmp_path, "broken.safetensors", resume=True), lambda progress: None)
    whole, resumed = (load_file(tmp_path / f"{name}.safetensors") for name in ("whole", "broken"))
    assert (
        all(np.array_equal(whole[name], resumed[name]) for name in whole) and not broken.checkpoint.exists()
    )
    assert load_detector(tmp_path / "whole.safetensors").key


def test_another_run_is_not_resumed(tmp_path) -> None:
    def stop(progress) -> None:
        if progress.stage == "pages":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        page_run.train_pages(options(tmp_path, "a.safetensors"), stop)
    with pytest.raises(WeightsError, match="another run"):
        page_run.train_pages(
            options(tmp_path, "a.safetensors", generated=4, resume=True), lambda progress: None
        )
    with pytest.raises(WeightsError, match="no checkpoint"):
        page_run.train_pages(options(tmp_path, "b.safetensors", resume=True), lambda progress: None)


def test_weights_that_do_not_fit_are_refused(tmp_path) -> None:
    network = torch.nn.Linear(2, 2)
    save_page_weights(tmp_path / "w.safetensors", network, {})
    with pytest.raises(WeightsError, match="does not fit"):
        load_page_weights(tmp_path / "w.safetensors", PageNetwork())


def test_the_command_trains(tmp_path, capsys) -> None:
    words = [
        "pages",
        "--out",
        str(tmp_path / "w.safetensors"),
        "--generated",
        "2",
        "--steps",
        "1",
        "--batch-size",
        "1",
    ]
    assert main([*words, "--threads", "1"]) == 0
    assert "Weights written" in capsys.readouterr().out
    assert main([*words, "--labelled", str(tmp_path)]) == 1
    assert "pages.csv" in capsys.readouterr().err
