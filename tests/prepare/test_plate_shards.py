"""Images to embeddings: the same vectors by every road, and a run that survives bad plates and dying workers."""

import dataclasses
import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from imgsim.backbones import BACKBONES, Backbone, engines, fast_cpu, load_network
from imgsim.backbones.embedder import Embedder
from imgsim.errors import ImgsimError
from imgsim.images.decoding import open_image
from imgsim.prepare.engine import look_at_plates
from imgsim.prepare.plate_shards import Asked, PlateFailure, PlateResult
from tests.conftest import draw_plate
from tests.signals import interruptible
from tests.tiny import TINY, random_state


@dataclass(frozen=True)
class Plate:
    """A plate's file, kept in memory."""

    plate_id: str
    data: bytes

    @property
    def file(self) -> str:
        return f"{self.plate_id}.png"

    def read(self) -> bytes:
        return self.data


def png(image: Image.Image) -> bytes:
    return encoded(image, "PNG")


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    target = BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


def drawn(count: int) -> list[Plate]:
    return [Plate(f"plate_{number:03}", png(draw_plate(number))) for number in range(count)]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> dict[str, Path | None]:
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
    return {"tiny": None}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A weights file of random values for each architecture."""
    folder = tmp_path_factory.mktemp("weights")
    paths = {}
    for name in ("resnet18", "resnet50"):
        paths[name] = folder / f"{name}.safetensors"
        save_file(random_state(name, 3), paths[name])
    return paths


def process_plates(
    files: Sequence[Plate], backbones: Mapping[str, Path | None], **options: Any
) -> Iterator[Any]:
    """A run in which every network sees every plate."""
    return look_at_plates([Asked(file, frozenset(backbones)) for file in files], backbones, **options)


def vectors(results: Sequence[PlateResult | PlateFailure], name: str) -> dict[str, np.ndarray]:
    return {one.plate_id: one.embeddings[name] for one in results if isinstance(one, PlateResult)}


def failures(results: Sequence[PlateResult | PlateFailure]) -> dict[str, str]:
    return {one.plate_id: one.reason for one in results if isinstance(one, PlateFailure)}


# Engines


@pytest.mark.parametrize("engine", ["fast", "torch"])
@pytest.mark.parametrize("name", ["plates18", "resnet18", "resnet50"])
def test_every_engine_equals_eager_float32(
    name: str, engine: str, weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    if engine == "torch":
        monkeypatch.setattr(fast_cpu, "available", lambda: False)
    elif not fast_cpu.available():
        pytest.skip("ONNX Runtime is not installed")
    backbone = dataclasses.replace(BACKBONES[name], bundled=None)
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


# One plate however it was saved


# The run


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_does_everything_in_one_go(tiny: dict[str, Path | None], tmp_path: Path, workers: int) -> None:
    files = drawn(11)
    files[4] = Plate("plate_004", b"no image")
    seen = list(process_plates(files, tiny, thumbnails=tmp_path, device="cpu", workers=workers, batch_size=4))
    assert len(seen) == len(files)
    assert set(failures(seen)) == {"plate_004"}
    for one in seen:
        if isinstance(one, PlateResult):
            data = next(file.data for file in files if file.plate_id == one.plate_id)
            assert one.sha256 == hashlib.sha256(data).hexdigest()
            assert (one.width, one.height, one.mode, one.frames, one.bytes) == (120, 180, "L", 1, len(data))
            with Image.open(tmp_path / f"{one.sha256}.webp") as thumbnail:
                assert thumbnail.format == "WEBP" and thumbnail.size == (120, 180)
    assert len(list(tmp_path.iterdir())) == 10
    embedder = Embedder(TINY)
    for name, vector in vectors(seen, "tiny").items():
        expected = embedder.embed([open_image(next(f.data for f in files if f.plate_id == name)).image])[0]
        np.testing.assert_allclose(vector, expected, atol=1e-6)


def test_workers_and_order_do_not_change_a_vector(
    tiny: dict[str, Path | None], weights: dict[str, Path]
) -> None:
    files = drawn(9)
    wanted = {**tiny, "plates18": weights["resnet18"]}
    alone = list(process_plates(files, wanted, device="cpu", workers=0, batch_size=1))
    shared = list(process_plates(files[::-1], wanted, device="cpu", workers=2, batch_size=4))
    for name in wanted:
        one, other = vectors(alone, name), vectors(shared, name)
        assert one.keys() == other.keys() and len(one) == 9
        for plate_id, vector in one.items():
            np.testing.assert_allclose(other[plate_id], vector, atol=2e-6)


def test_a_thumbnail_that_is_there_is_kept(tiny: dict[str, Path | None], tmp_path: Path) -> None:
    (file,) = drawn(1)
    there = tmp_path / f"{hashlib.sha256(file.data).hexdigest()}.webp"
    there.write_bytes(b"kept")
    list(process_plates([file], tiny, thumbnails=tmp_path, device="cpu", workers=0))
    assert there.read_bytes() == b"kept"


def test_only_what_a_plate_needs_is_done(
    tiny: dict[str, Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BACKBONES, "other", dataclasses.replace(TINY, name="other"))
    files = drawn(3)
    needs = {"plate_000": {"tiny"}, "plate_001": {"other", "tiny"}, "plate_002": set()}
    both = {**tiny, "other": None}
    asked = [
        Asked(file, frozenset(needs[file.plate_id]), frozenset(needs[file.plate_id]) - {"other"})
        for file in files
    ]
    seen = [
        one for one in look_at_plates(asked, both, device="cpu", workers=0) if isinstance(one, PlateResult)
    ]
    assert {one.plate_id: set(one.embeddings) for one in seen} == needs
    assert {one.plate_id: set(one.mirrored) for one in seen} == {
        name: wanted - {"other"} for name, wanted in needs.items()
    }
    assert all(one.features is None for one in seen)


def blind(weights: Path | None) -> Callable[[np.ndarray], np.ndarray]:
    """See nothing in dark plates, and nonsense in white ones."""
    assert TINY.runner is not None
    network = TINY.runner(weights)

    def run(batch: np.ndarray) -> np.ndarray:
        rows = network(batch)
        rows[batch.max(axis=(1, 2, 3)) == 0] = 0
        rows[batch.min(axis=(1, 2, 3)) == 255] = np.nan
        return rows

    return run


@pytest.mark.parametrize("workers", [0, 1])
def test_a_plate_without_a_usable_vector_is_left_out(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    monkeypatch.setitem(BACKBONES, "tiny", dataclasses.replace(TINY, runner=blind))
    plain = [Plate(colour, png(Image.new("L", (40, 40), colour))) for colour in ("black", "white")]
    seen = list(process_plates([*drawn(3), *plain], {"tiny": None}, device="cpu", workers=workers))
    assert len(vectors(seen, "tiny")) == 3
    assert set(failures(seen)) == {"black", "white"}
    assert "tiny sees nothing in it" in failures(seen)["black"]


def test_weights_that_no_plate_needs_are_not_fetched(tiny: dict[str, Path | None], tmp_path: Path) -> None:
    wanted = {**tiny, "resnet18": tmp_path / "nowhere.pth"}
    asked = [Asked(file, frozenset(["tiny"])) for file in drawn(2)]
    seen = list(look_at_plates(asked, wanted, device="cpu", workers=0))
    assert len(vectors(seen, "tiny")) == 2


def test_nothing_to_do_is_done_at_once(tiny: dict[str, Path | None]) -> None:
    assert list(process_plates([], tiny, device="cpu")) == []


def test_a_full_disk_ends_the_run_with_its_reason(tiny: dict[str, Path | None], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for workers in (0, 2):
        with pytest.raises(ImgsimError, match="moved or removed"):
            list(process_plates(drawn(9), tiny, thumbnails=gone, device="cpu", workers=workers))
    assert multiprocessing.active_children() == []


# Workers that die (row 5 of the risks)


def dying(weights: Path | None) -> Callable[[np.ndarray], np.ndarray]:
    os._exit(3)


def dying_later(weights: Path | None) -> Callable[[np.ndarray], np.ndarray]:
    return lambda batch: os._exit(3)


@pytest.mark.parametrize("runner", [dying, dying_later])
def test_a_machine_that_cannot_run_the_network_is_told_so(
    runner: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BACKBONES, "tiny", dataclasses.replace(TINY, runner=runner))
    with pytest.raises(ImgsimError, match=r"ended \(exit code 3\) over a plate that is in order"):
        list(process_plates(drawn(9), {"tiny": None}, device="cpu", workers=1, batch_size=2))
    assert multiprocessing.active_children() == []


def test_a_run_that_is_left_early_leaves_no_process(tiny: dict[str, Path | None]) -> None:
    run = process_plates(drawn(40), tiny, device="cpu", workers=2, batch_size=1)
    next(run)
    assert multiprocessing.active_children()
    run.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


RUN = """
import sys, time
from pathlib import Path
from imgsim.backbones import BACKBONES
from tests.prepare.test_plate_shards import drawn, process_plates
from tests.tiny import TINY
import multiprocessing

def slow(file):
    time.sleep(0.2)
    return file.read()

if __name__ == "__main__":
    BACKBONES["tiny"] = TINY
    for number, _ in enumerate(process_plates(drawn(400), {"tiny": None}, device="cpu", workers=2, batch_size=1)):
        if number == 0:
            print(*[child.pid for child in multiprocessing.active_children()], flush=True)
        time.sleep(0.02)
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_process(tmp_path: Path, ending: signal.Signals) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True,
        preexec_fn=interruptible,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    workers = [int(pid) for pid in process.stdout.readline().split()]
    assert len(workers) == 2
    process.send_signal(ending)
    process.wait(timeout=20)
    said = process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    deadline = time.monotonic() + 20
    while any(_alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in workers)
    # One traceback, the parent's: workers say nothing.
    assert said.count("Traceback") == (1 if ending == signal.SIGINT else 0)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        # A process whose parent has not asked after it yet is dead all the same.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


# A GPU run: workers read, this process runs the networks


def test_with_a_gpu_the_networks_run_in_this_process(
    tiny: dict[str, Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = drawn(9)
    expected = vectors(list(process_plates(files, tiny, device="cpu", workers=0)), "tiny")
    monkeypatch.setattr(engines, "choose_device", lambda device: "cuda")
    here: list[int] = []

    def spy(weights: Path | None) -> Callable[[np.ndarray], np.ndarray]:
        run = TINY.runner
        assert run is not None
        network = run(weights)
        return lambda batch: (here.append(len(batch)), network(batch))[1]

    # Only this process can count here, so a run in a worker would leave the list empty.
    monkeypatch.setitem(BACKBONES, "tiny", spied(spy))
    seen = list(process_plates(files, tiny, device="cuda", workers=2, batch_size=4))
    assert sum(here) == 9 and max(here) == 4
    for plate_id, vector in vectors(seen, "tiny").items():
        np.testing.assert_allclose(vector, expected[plate_id], atol=1e-6)


def spied(runner: Callable) -> Backbone:
    return SpiedBackbone(
        **{field.name: getattr(TINY, field.name) for field in dataclasses.fields(TINY)} | {"runner": runner}
    )


class SpiedBackbone(Backbone):
    """Sent to a worker, it is the plain one again: a worker that only reads needs no network."""

    def __reduce__(self) -> tuple:
        return _plain, ()


def _plain() -> Backbone:
    return TINY
