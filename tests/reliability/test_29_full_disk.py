"""Decisions on a disk that is full, or that cannot be written: they count, and nothing can be added."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection.id_registry import Present, Registry
from imgsim.errors import ImgsimError
from imgsim.reviews import FILE, Reviews
from tests.reliability.tally import Tally
from tests.reviews.first_form import first_form

PLATES = [f"p{number:03d}" for number in range(40)]


def pictures() -> dict[str, str]:
    return {plate: hashlib.sha256(plate.encode()).hexdigest() for plate in PLATES}


def new(folder: Path) -> None:
    """As this imgsim writes it."""
    for plate in PLATES[1:]:
        Reviews(folder / FILE, pictures).record(PLATES[0], plate, "same plate", reviewer="Ada")


def old(folder: Path) -> None:
    """Of the first form, which cannot be brought up to date where nothing can be written."""
    first_form(folder / FILE, *[(PLATES[0], plate) for plate in PLATES[1:9]])


def old_with_empty_log(folder: Path) -> None:
    """Of the first form and with a write-ahead log, as earlier versions left it when all were gone."""
    old(folder)
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def with_a_log(folder: Path) -> None:
    """With the last decisions in a write-ahead log alone, as an earlier version that was killed left it."""
    old_with_empty_log(folder)
    with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("INSERT INTO reviews SELECT NULL, 'f0000000-0000-4000-8000-000000000000', 'p001', 'p002', "
            "decision, reviewer, note, \"when\", evidence, undoes FROM reviews LIMIT 1")  # fmt: skip
        connection.commit()
        kept = {one.name: one.read_bytes() for one in folder.iterdir() if not one.name.endswith("-shm")}
    for one in folder.iterdir():
        one.unlink()
    for name, content in kept.items():
        (folder / name).write_bytes(content)


def after_a_kill(folder: Path) -> None:
    """Half written, with the journal that tells what was there before."""
    new(folder)
    path = folder / FILE
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 2")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DROP TRIGGER append_only_update")
        connection.execute("UPDATE reviews SET note = 'half' || number")
        kept = {name: (folder / name).read_bytes() for name in (FILE, f"{FILE}-journal")}
        connection.execute("ROLLBACK")
    for name, content in kept.items():
        (folder / name).write_bytes(content)


KINDS: dict[str, tuple[Callable[[Path], None], int]] = {
    "new": (new, 39), "old": (old, 8), "old with an empty log": (old_with_empty_log, 8), "with a log": (with_a_log, 9),
    "after a kill": (after_a_kill, 39),
}  # fmt: skip


def apart(act: Callable[[], Any]) -> Any:
    """What a function answers in a process of its own; its error is raised here."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def run() -> None:
        try:
            theirs.send((True, act()))
        except BaseException as error:
            theirs.send((False, f"{type(error).__name__}: {error}"))

    person = context.Process(target=run)
    person.start()
    assert ours.poll(60)
    done, answer = ours.recv()
    person.join()
    if not done:
        raise AssertionError(answer)
    return answer


def no_byte_can_be_written() -> None:
    """From here on every write to a file fails, as on a full disk; root is no exception."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def counts_and_nothing_is_added(folder: Path, expected: int) -> None:
    reviews = Reviews(folder / FILE, pictures)
    before = (folder / FILE).read_bytes()
    for _ in range(2):
        assert len(reviews.all()) == expected
        assert len(reviews.standing()) == expected
        assert reviews.revision >> 32 == expected
        assert [one.decision for one in reviews.history(PLATES[0], PLATES[3])] == ["same plate"]
    for act in (
        lambda: reviews.record(PLATES[5], PLATES[6], "unsure", reviewer="Ada", note="x" * 4000),
        lambda: reviews.undo("Ada"),
    ):
        try:
            act()
        except ImgsimError as error:
            assert any(word in str(error) for word in ("full", "written", "disk")), str(error)
        else:
            raise AssertionError("something was added")
    assert len(reviews.all()) == expected and (folder / FILE).read_bytes() == before


@pytest.mark.parametrize("kind", ["new", "old", "old with an empty log"])
def test_decisions_count_where_no_byte_can_be_written(kind: str, tmp_path: Path, tally: Tally) -> None:
    make, expected = KINDS[kind]
    make(tmp_path)
    for name in ("as it is", "without copies"):
        if name == "without copies":
            shutil.rmtree(tmp_path / "backups", ignore_errors=True)

        def act() -> None:
            no_byte_can_be_written()
            counts_and_nothing_is_added(tmp_path, expected)

        with tally.attempt(f"{kind}, {name}"):
            apart(act)


def test_ids_can_be_asked_for_where_no_byte_can_be_written(tmp_path: Path, tally: Tally) -> None:
    registry = Registry(tmp_path)
    registry.record(
        [Present(plate, "0" * 64, "r", f"{plate}.png") for plate in PLATES], "2026-01-01T00:00:00+00:00"
    )
    for log in ("DELETE", "WAL"):
        with contextlib.closing(sqlite3.connect(registry.path)) as connection:
            connection.execute(f"PRAGMA journal_mode = {log}")

        def act() -> int:
            no_byte_can_be_written()
            return len(registry.plates())

        with tally.attempt(log):
            assert apart(act) == len(PLATES)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 2 MB; skipped where none can be mounted (which needs root)."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no disk can be mounted here ({error}); the limit on file sizes is tried all the same")
    if done.returncode:
        pytest.skip(
            f"no disk can be mounted here ({done.stderr.strip()}); the limit on file sizes is tried all the same"
        )
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Leave no room at all."""
    with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.mark.parametrize("kind", list(KINDS))
def test_decisions_count_on_a_full_disk(kind: str, small_disk: Path, tally: Tally) -> None:
    make, expected = KINDS[kind]
    make(small_disk)
    fill(small_disk)
    if kind != "after a kill":
        with tally.attempt(f"{kind}, full"):
            counts_and_nothing_is_added(small_disk, expected)
    else:
        with tally.attempt(f"{kind}, full"):
            assert len(Reviews(small_disk / FILE, pictures).all()) == expected
    (small_disk / "filler").unlink()
    with tally.attempt(f"{kind}, after room was made"):
        reviews = Reviews(small_disk / FILE, pictures)
        reviews.record(PLATES[5], PLATES[6], "unsure", reviewer="Ada")
        assert len(reviews.all()) == expected + 1 and reviews.problems() == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_decisions_count_on_a_read_only_disk(kind: str, small_disk: Path, tally: Tally) -> None:
    make, expected = KINDS[kind]
    make(small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with tally.attempt(f"{kind}, read-only"):
        counts_and_nothing_is_added(small_disk, expected)
