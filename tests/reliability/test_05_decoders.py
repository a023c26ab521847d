"""Row 5: a file on which a decoder hangs or dies costs one image, and neither the run nor the app."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from imgsim.backbones import BACKBONES
from imgsim.errors import ImageError
from imgsim.images.isolated import Isolated
from imgsim.prepare.plate_shards import Asked, PlateFailure, PlateFile, read_file
from imgsim.prepare.processor import look_at_plates
from imgsim.sources.folders import find_images
from tests.hostile import drawing, encode
from tests.making import write_plate, write_plates
from tests.reliability.tally import Tally
from tests.tiny import TINY

MARK = "IMGSIM_TEST_MARK"  # names a file; worker processes have the same environment
TIMEOUT = 8  # seconds; enough for a sound plate on a busy machine
REASONS = {
    "hang": f"longer than {TIMEOUT} seconds",
    "crash": "crashed the decoder twice (exit code 7)",
    "raise": "RuntimeError: a decoder's surprise",
    "memory": "more memory than is free",
    "refuse": "damaged in its archive",
} | ({"segfault": "SIGSEGV"} if os.name == "posix" else {})


def troubled(file: PlateFile) -> bytes | Path:
    """Read a plate, or do what its name says."""
    if file.plate_id.startswith("hang"):
        time.sleep(300)
    if file.plate_id.startswith("crash"):
        os._exit(7)
    if file.plate_id.startswith("segfault"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if file.plate_id.startswith("raise"):
        raise RuntimeError("a decoder's surprise")
    if file.plate_id.startswith("memory"):
        raise MemoryError
    if file.plate_id.startswith("refuse"):
        raise ImageError("damaged in its archive")
    if file.plate_id.startswith("once"):
        # The first time, as on a system that is short of memory for a moment.
        mark = Path(os.environ[MARK])
        if not mark.exists():
            mark.touch()
            os._exit(9)
    return read_file(file)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_hangs_or_crashes_loses_one_plate(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
    monkeypatch.setenv(MARK, str(tmp_path / "mark"))
    images = write_plates(tmp_path / "images", 24)
    for number, name in enumerate([*REASONS, "once"]):
        write_plate(images / f"{name}.png", 100 + number)
    files, _ = find_images([images])
    files.sort(key=lambda file: (hash_of(file.plate_id), file.plate_id))  # the bad ones among the good ones
    started = time.monotonic()
    seen = list(
        look_at_plates(
            [Asked(file, frozenset(["tiny"])) for file in files],
            {"tiny": None},
            device="cpu",
            workers=workers,
            batch_size=4,
            timeout=TIMEOUT,
            reader=troubled,
        )
    )
    assert time.monotonic() - started < 120
    found = {one.plate_id: one for one in seen}
    assert len(seen) == len(found) == len(files)
    for name, reason in REASONS.items():
        with tally.attempt(f"{name}, {workers} workers"):
            lost = found[name]
            assert isinstance(lost, PlateFailure) and reason in lost.reason
    for name in ("once", *(f"p{number:03}" for number in range(24))):
        with tally.attempt(f"{name} beside them, {workers} workers"):
            kept = found[name]
            assert not isinstance(kept, PlateFailure) and kept.embeddings["tiny"].shape == (TINY.dimension,)
    with tally.attempt("no process is left"):
        assert multiprocessing.active_children() == []


def hash_of(name: str) -> int:
    """The same number every time."""
    return sum(position * ord(letter) for position, letter in enumerate(name, start=1)) * 7919 % 101


def test_the_apps_decoder_that_hangs_or_dies_costs_one_image(tally: Tally) -> None:
    data = encode(drawing(), "PNG")
    slow = encode(drawing(5_000, 6_000), "PNG")  # not decoded before anybody looks, however busy the machine is
    opener = Isolated(patience=0.0)
    try:
        for round_ in range(3):
            with tally.attempt(f"hang {round_}"):
                opener.patience = 0.0
                with pytest.raises(ImageError, match="more than 0 seconds"):
                    opener.webp(slow, 320)
                opener.patience = 60.0
                assert opener.webp(data, 320).body
            with tally.attempt(f"death {round_}"):
                assert opener._process is not None
                opener._process.kill()
                opener._process.wait()
                assert opener.webp(data, 320).body
    finally:
        opener.close()
