"""Training: the loss, resuming, the weights, the command line. Tiny plates, two or four steps."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.backbones import BACKBONES, load_state
from imgsim.backbones.known import bound_to
from imgsim.errors import ImgsimError, WeightsError
from imgsim.images import shaping
from imgsim.training import batches, checkpoint_files, from_folders, loop
from imgsim.training.__main__ import main
from tests.training.drawn import draw, small_recipe, training_set

torch = pytest.importorskip("torch")
SIDE = 64
SMALL = 32  # the least that the network takes: most of a step's time then goes into the optimiser


# ---------------------------------------------------------------- loss


def test_loss_against_a_plain_computation():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(6, 5))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    groups = np.array([7, 8, 7])  # the first and the last pair show copies of one picture
    expected = []
    for i in range(6):
        partner = (i + 3) % 6
        allowed = [j for j in range(6) if j != i and (j == partner or groups[j % 3] != groups[i % 3])]
        scores = {j: np.exp(rows[i] @ rows[j] / 0.1) for j in allowed}
        expected.append(-np.log(scores[partner] / sum(scores.values())))
    loss, recall = loop.contrastive_loss(torch.from_numpy(rows), torch.from_numpy(groups), 0.1)
    assert float(loss) == pytest.approx(np.mean(expected), rel=1e-6)
    assert 0 <= float(recall) <= 1


def test_loss_is_small_when_partners_agree():
    rows = torch.eye(4).repeat(2, 1)
    loss, recall = loop.contrastive_loss(rows, torch.arange(4), 0.05)
    assert float(loss) < 1e-6 and float(recall) == 1


# ---------------------------------------------------------------- runs


def options(folder: Path, out: Path, **changes) -> from_folders.Options:
    given: dict[str, Any] = {
        "recipe": small_recipe(),
        "input_size": SMALL,
        "workers": 0,
        "threads": 1,
        "device": "cpu",
    } | changes
    return from_folders.Options(inputs=(folder,), out=out, **given)


def tiny_network(power: float = 1.0):
    """Stand in for the ResNet-18 where only the loop is tested: two convolutions, one with a batch norm."""
    nn = torch.nn
    first = nn.Sequential(nn.Conv2d(1, 8, 5, stride=4), nn.BatchNorm2d(8), nn.ReLU())
    return nn.Sequential(first, nn.Conv2d(8, 16, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def test_a_stopped_run_resumes_to_the_same_weights(plates_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "new_network", tiny_network)
    whole = from_folders.train(options(plates_folder, tmp_path / "whole.safetensors"), lambda _: None)

    def stop(progress: from_folders.Progress) -> None:
        if progress.stage == "training" and progress.done == 2 and not progress.note:
            raise KeyboardInterrupt

    out = tmp_path / "stopped.safetensors"
    with pytest.raises(KeyboardInterrupt):
        from_folders.train(options(plates_folder, out), stop)
    checkpoint = options(plates_folder, out).checkpoint
    assert checkpoint.exists() and not out.exists()
    with pytest.raises(ImgsimError, match="Resume from it"):
        from_folders.train(options(plates_folder, out), lambda _: None)
    with pytest.raises(WeightsError, match="learning_rate"):
        from_folders.train(
            options(plates_folder, out, resume=True, recipe=small_recipe(learning_rate=0.5)), lambda _: None
        )
    from_folders.train(options(plates_folder, out, resume=True), lambda _: None)
    assert not checkpoint.exists()
    first, second = checkpoint_files.read_tensors(whole)[0], checkpoint_files.read_tensors(out)[0]
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


def test_the_weights_load_as_plates18_and_into_torchvision(plates_folder, tmp_path):
    reports: list[from_folders.Progress] = []
    out = from_folders.train(
        options(plates_folder, tmp_path / "w.safetensors", recipe=small_recipe(steps=2)), reports.append
    )
    backbone = bound_to(BACKBONES["plates18"], out)
    assert backbone.input_size == SMALL and backbone.mean == (loop.MEAN,) and backbone.std == (loop.STD,)
    assert backbone.power == loop.Recipe().power == 3
    state = load_state(backbone, out)
    tensors, header = checkpoint_files.read_tensors(out)
    assert header["dimension"] == "512" and json.loads(header["recipe"])["plates"] == 8
    assert (
        tensors["conv1.weight"].shape == (64, 3, 7, 7)
        and tensors["layer1.0.conv1.weight"].dtype == torch.float16
    )
    assert tensors["bn1.running_var"].dtype == torch.float32
    assert out.stat().st_size < 23_000_000
    from imgsim.backbones.loading import GeneralisedMean, build_network, torchvision_models

    body = torchvision_models().resnet18(weights=None)
    body.fc = torch.nn.Identity()
    body.avgpool = GeneralisedMean(backbone.power)
    body.load_state_dict({name: value.float() for name, value in tensors.items()})
    views = np.stack([shaping.letterbox(draw(seed), SMALL) for seed in range(2)])
    ours = build_network(backbone, state)(torch.from_numpy(views)[:, None]).detach().numpy()
    grey = torch.from_numpy((views / 255.0 - loop.MEAN) / loop.STD).float()[:, None].expand(-1, 3, -1, -1)
    theirs = torch.nn.functional.normalize(body.eval()(grey)).detach().numpy()
    assert np.abs(ours - theirs).max() < 1e-4
    assert [report.stage for report in reports][-1] == "done"
    assert reports[-1].done == 2 and reports[-1].remaining_s == 0
    timed = [report for report in reports if report.stage == "training" and not report.note]
    assert all(report.views_per_second > 0 and report.remaining_s is not None for report in timed)


def test_starting_weights_are_used(plates_folder, tmp_path):
    network = loop.new_network()
    start = tmp_path / "start.safetensors"
    checkpoint_files.save_weights(start, network, input_size=SIDE, mean=1.0, std=0.3, power=1.0, recipe={})
    again = loop.new_network()
    checkpoint_files.load_weights(start, again)
    for (name, a), b in zip(network.state_dict().items(), again.state_dict().values(), strict=True):
        assert torch.allclose(a.float(), b.float(), atol=2e-3), name


def test_too_few_images(tmp_path):
    draw(0).save(tmp_path / "only.png")
    with pytest.raises(ImgsimError, match=r"1 usable images .* at least 8"):
        from_folders.read_plates([tmp_path])


def test_unreadable_images_are_counted(plates_folder):
    plates = from_folders.read_plates([plates_folder])
    assert len(plates) == 8 and plates.skipped[0][0] == "broken.png"


def test_training_lowers_the_loss():
    torch.manual_seed(0)
    trainer = loop.Trainer(tiny_network(), small_recipe(steps=40, learning_rate=0.01, batch_size=8))
    views, groups = batches.Batches(training_set(), 8, SIDE, 3).batch(0)
    losses = [trainer.learn(views, groups)[0] for _ in range(40)]
    assert losses[-1] < losses[0] - 0.1
    assert trainer.progress() == 1 and trainer.rate() == pytest.approx(0)


def test_held_out_recall_is_a_share():
    plates = [np.array(draw(seed)) for seed in range(4)]
    assert 0 <= from_folders.held_out_recall(tiny_network(), plates, SMALL, "cpu") <= 1


@pytest.mark.parametrize(
    "content", [b"", b"no safetensors at all", b'\x10\x00\x00\x00\x00\x00\x00\x00{"a":1}']
)
def test_bad_starting_weights(plates_folder, tmp_path, capsys, content):
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(content)
    out = str(tmp_path / "out.safetensors")
    assert (
        main([str(plates_folder), "--out", out, "--weights", str(bad), "--steps", "1", "--workers", "0"]) == 1
    )
    assert "bad.safetensors" in capsys.readouterr().err


def test_command_line(plates_folder, tmp_path, capsys):
    out = tmp_path / "cli.safetensors"
    arguments = [str(plates_folder), "--out", str(out), "--size", "32", "--batch-size", "4", "--workers", "0"]
    assert main([*arguments, "--steps", "2", "--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "8 plates, 1 skipped" in printed and "step 2 of 2" in printed and out.exists()
    assert bound_to(BACKBONES["plates18"], out).input_size == 32
    assert main([*arguments, "--resume"]) == 1
    assert "no checkpoint" in capsys.readouterr().err
    for wrong in (["--steps", "0"], ["--size", "8"], ["--minutes", "-1"], ["--steps", "1", "--epochs", "1"]):
        with pytest.raises(SystemExit):
            main([*arguments, *wrong])
