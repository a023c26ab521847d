"""Images to embeddings: everything in one go, the same vectors by every road."""

import dataclasses
import hashlib
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsim.backbones import BACKBONES, Backbone, engines
from imgsim.backbones.embedder import Embedder
from imgsim.errors import ImgsimError
from imgsim.images.decoding import open_image
from imgsim.images.plate_parts import PARTS
from imgsim.prepare.plate_shards import Asked, PlateResult
from imgsim.prepare.processor import look_at_plates
from tests.prepare.looking import Plate, drawn, failures, png, process_plates, vectors
from tests.tiny import TINY, write_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_weights(tmp_path_factory.mktemp("weights"))

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
        Asked(
            file, frozenset(needs[file.plate_id]), frozenset(needs[file.plate_id]) - {"other"},
            parts=frozenset(needs[file.plate_id]) - {"tiny"},
        )
        for file in files
    ]
    seen = [
        one for one in look_at_plates(asked, both, device="cpu", workers=0) if isinstance(one, PlateResult)
    ]
    assert {one.plate_id: set(one.embeddings) for one in seen} == needs
    assert {one.plate_id: set(one.mirrored) for one in seen} == {
        name: wanted - {"other"} for name, wanted in needs.items()
    }
    assert {one.plate_id: {name: rows.shape for name, rows in one.parts.items()} for one in seen} == {
        "plate_000": {}, "plate_001": {"other": (PARTS, TINY.dimension)}, "plate_002": {},
    }  # fmt: skip
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
