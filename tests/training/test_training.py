"""Training: views, batches, the loop, resuming, the command line. Tiny plates, two or four steps."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imgsim.backbones import BACKBONES, load_state
from imgsim.backbones.known import bound_to
from imgsim.errors import ImgsimError, MetadataError, WeightsError
from imgsim.images import shaping
from imgsim.training import augment, batches, checkpoint_files, composition, from_folders, loop
from imgsim.training.__main__ import main

torch = pytest.importorskip("torch")
SIDE = 64
SMALL = 32  # the least that the network takes: most of a step's time then goes into the optimiser


def draw(seed: int) -> Image.Image:
    """Draw a plate of a few lines and blots, 90 x 120 pixels."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (90, 120), 235)
    pen = ImageDraw.Draw(image)
    for _ in range(6):
        pen.line([tuple(rng.integers(5, 85, 2)) for _ in range(3)], fill=20, width=2)
        x, y = rng.integers(5, 80, 2)
        pen.ellipse((x, y, x + 8, y + 12), outline=40)
    return image


@pytest.fixture(scope="module")
def plates_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("plates")
    for seed in range(8):
        draw(seed).save(folder / f"plate_{seed}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    return folder


def training_set(groups=None) -> batches.TrainingSet:
    plates = tuple(np.array(draw(seed)) for seed in range(8))
    names = tuple(f"plate_{seed}.png" for seed in range(8))
    return batches.TrainingSet(plates, names, np.arange(8) if groups is None else np.array(groups))


def small_recipe(**changes) -> loop.Recipe:
    return loop.Recipe(**({"size": SMALL, "batch_size": 4, "steps": 3, "warmup": 1, "seed": 3} | changes))


# ---------------------------------------------------------------- shaping


def test_letterbox_keeps_the_aspect_and_whitens_the_paper():
    plate = Image.new("L", (100, 300), 180)
    ImageDraw.Draw(plate).rectangle((40, 100, 60, 200), fill=60)
    square = shaping.letterbox(plate, 60)
    assert square.shape == (60, 60) and square.dtype == np.uint8
    rows, columns = np.nonzero(square < 128)
    assert (rows.min(), rows.max()) == (20, 39) and (columns.min(), columns.max()) == (28, 31)
    assert square[0, 0] == 255 and square[30, 22] == 255 and square[30, 30] < 5


def test_letterbox_of_extreme_shapes_and_empty_sheets():
    for size in ((1, 900), (900, 1), (1, 1), (7, 7)):
        assert shaping.letterbox(Image.new("L", size, 90), 32).shape == (32, 32)
    noise = np.random.default_rng(0).integers(200, 204, (50, 50), np.uint8)
    assert shaping.letterbox(Image.fromarray(noise), 50).min() > 200, "noise on an empty sheet stays faint"


def test_letterbox_does_not_depend_on_tone():
    plate = np.array(draw(1))
    dark = (plate * 0.6 + 20).astype(np.uint8)
    difference = shaping.letterbox(Image.fromarray(plate), 64).astype(int) - shaping.letterbox(
        Image.fromarray(dark), 64
    )
    assert np.abs(difference).max() <= 3


def test_squeeze_is_close_to_an_exact_resize():
    image = draw(2).resize((900, 1200))
    assert shaping.squeeze(image, 56).shape == (56, 56)
    assert shaping.squeeze(image.convert("RGB"), 56).shape == (56, 56, 3)
    exact = np.asarray(image.resize((56, 56), Image.Resampling.BILINEAR), dtype=int)
    assert np.abs(shaping.squeeze(image, 56) - exact).mean() < 2


# ---------------------------------------------------------------- views


@pytest.mark.parametrize("strength", [0.0, 0.35, 1.0])
def test_views_keep_shape_and_type_and_follow_the_seed(strength):
    plate, others = np.array(draw(0)), [np.array(draw(n)) for n in (1, 2)]
    for seed in range(60):
        first = augment.view(plate, SIDE, np.random.default_rng(seed), others, strength)
        assert first.shape == (SIDE, SIDE) and first.dtype == np.uint8
        assert np.array_equal(first, augment.view(plate, SIDE, np.random.default_rng(seed), others, strength))
    assert np.array_equal(plate, np.array(draw(0))), "the plate itself must stay as it is"


def test_a_plate_among_others_stands_there_whole():
    def printed(sheet):
        """The part of a sheet that has ink, as 40 x 40 grey values."""
        rows, columns = np.flatnonzero((sheet < 128).any(axis=1)), np.flatnonzero((sheet < 128).any(axis=0))
        part = sheet[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return np.asarray(Image.fromarray(part).resize((40, 40), Image.Resampling.BOX), dtype=float).ravel()

    plate, blank = np.array(draw(0)), np.full((80, 60), 250, np.uint8)
    shares = set()
    for seed in range(40):
        sheet = composition._among(plate, [blank], 600, np.random.default_rng(seed))
        assert 590 <= max(sheet.shape) <= 600
        assert np.corrcoef(printed(sheet), printed(plate))[0, 1] > 0.9
        shares.add(round(float((sheet < 128).mean() / (plate < 128).mean()), 1))
    assert len(shares) > 3, "sheets must be shared by few and by many"


def test_views_of_thin_and_tiny_plates():
    for shape in ((16, 352), (352, 16), (16, 16)):
        plate = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
        for seed in range(30):
            view = augment.view(plate, 48, np.random.default_rng(seed), [np.array(draw(1))])
            assert view.shape == (48, 48)


def test_no_strength_changes_nothing_but_the_scale():
    plate = np.array(draw(0))
    views = [augment.view(plate, SIDE, np.random.default_rng(seed), (), 0.0) for seed in range(30)]
    plain = augment.plain_view(plate, SIDE)
    for view in views:
        assert np.corrcoef(view.ravel(), plain.ravel())[0, 1] > 0.95


def test_plain_view_is_what_the_backbone_reads():
    plate = draw(4)
    read = shaping.letterbox(plate, SIDE)
    assert np.corrcoef(augment.plain_view(np.array(plate), SIDE).ravel(), read.ravel())[0, 1] > 0.98


# ---------------------------------------------------------------- batches


def test_batches_are_drawn_from_their_step_alone():
    one, two = (batches.Batches(training_set(), 4, SIDE, seed=5) for _ in range(2))
    drawn = list(one.iterate(0, 4))
    for step, (views, groups) in enumerate(drawn):
        again, same = two.batch(step)
        assert np.array_equal(views, again) and np.array_equal(groups, same)
        assert views.shape == (8, SIDE, SIDE) and len(set(groups)) == 4
    assert sorted(np.concatenate([groups for _, groups in drawn[:2]])) == list(range(8)), (
        "an epoch shows every plate"
    )


def test_worker_processes_draw_the_same_batches():
    serial = list(batches.Batches(training_set(), 4, SIDE, seed=5).iterate(1, 3))
    parallel = list(batches.Batches(training_set(), 4, SIDE, seed=5, workers=1).iterate(1, 3))
    assert len(parallel) == 2
    for (a, _), (b, _) in zip(serial, parallel, strict=True):
        assert np.array_equal(a, b)


def test_known_copies_share_a_group():
    names = ["a", "b", "c", "d"]
    assert batches.group_by_pairs(names, [("c", "a"), ("a", "d"), ("b", "elsewhere")]).tolist() == [0, 1, 0, 0]


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


def tiny_network():
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
    state = load_state(backbone, out)
    tensors, header = checkpoint_files.read_tensors(out)
    assert header["dimension"] == "512" and json.loads(header["recipe"])["plates"] == 8
    assert (
        tensors["conv1.weight"].shape == (64, 3, 7, 7)
        and tensors["layer1.0.conv1.weight"].dtype == torch.float16
    )
    assert tensors["bn1.running_var"].dtype == torch.float32
    assert out.stat().st_size < 23_000_000
    from imgsim.backbones.loading import build_network, torchvision_models

    body = torchvision_models().resnet18(weights=None)
    body.fc = torch.nn.Identity()
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
    checkpoint_files.save_weights(start, network, input_size=SIDE, mean=1.0, std=0.3, recipe={})
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


def test_pairs_file(plates_folder, tmp_path):
    pairs = tmp_path / "pairs.csv"
    with pairs.open("w", newline="") as file:
        csv.writer(file).writerows([("plate_a", "plate_b"), ("plate_1", "plate_6.png")])
    groups = from_folders.read_plates([plates_folder], pairs).groups
    assert groups.tolist() == [0, 1, 2, 3, 4, 5, 1, 7]
    pairs.write_text("plate_a,plate_b\nnone,nothing\n")
    with pytest.raises(MetadataError, match="no two plates"):
        from_folders.read_plates([plates_folder], pairs)


def test_some_plates_are_kept_aside_but_never_known_copies():
    count = 800
    plates = tuple(np.zeros((16, 16), np.uint8) for _ in range(count))
    groups = np.arange(count)
    groups[1::2] = groups[::2]
    names = tuple(f"{i}.png" for i in range(count))
    kept, aside = from_folders.split(batches.TrainingSet(plates, names, groups))
    assert len(kept) == count and not aside
    kept, aside = from_folders.split(batches.TrainingSet(plates, names, np.arange(count)))
    assert from_folders.FEWEST_HELD_OUT <= len(aside) < count / 10 and len(kept) + len(aside) == count


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
