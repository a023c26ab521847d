"""What every executor keeps to, imgsim's own and one that a page of docs/ builds; and how one is brought."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.prepare import Options, prepare
from imgsim.workers import CORES, EXECUTORS, HERE, Executor, Failure, Result, executor_for
from imgsim.workers.clusters import cluster
from imgsim.workers.each import Lost, each
from imgsim.workers.processes import THREADS
from tests.extensions import bring, shown
from tests.making import write_plates
from tests.workers.toy_work import dead, dying, refusing, slowly, squared, told, weighed

EVERY = ("here", "cores", "threads", "cluster")


@pytest.fixture(params=EVERY)
def executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Executor]:
    bring(monkeypatch, tmp_path / "extensions", threads=shown("executors.md"))
    if request.param == "cluster":
        scheduler = request.getfixturevalue("scheduler")
        with cluster(scheduler.address, lambda _: None) as name:
            yield EXECUTORS.get(name)
    else:
        yield EXECUTORS.get(request.param)
    EXECUTORS.forget("threads")


def test_every_shard_comes_back_once_with_what_was_made_of_it(executor: Executor) -> None:
    shards = [list(range(start, start + 1 + start % 3)) for start in range(23)]
    for workers in (1, 2, 5):
        found = list(executor.map(squared, shards, workers=workers, timeout=60))
        assert all(isinstance(one, Result) for one in found)
        assert {one.shard: one.value for one in found if isinstance(one, Result)} == {
            place: squared(shard) for place, shard in enumerate(shards)
        }
        assert len(found) == len(shards)


def test_nothing_to_do_is_done_at_once(executor: Executor) -> None:
    assert list(executor.map(squared, [])) == []


def test_a_partial_takes_its_arguments_along(executor: Executor) -> None:
    (found,) = executor.map(partial(weighed, by=0.5), [[1, 2, 3]])
    assert found == Result(0, 3.0)


def test_what_the_function_raises_ends_the_map_and_leaves_no_process(executor: Executor) -> None:
    with pytest.raises(ImgsimError, match="five is not wanted"):
        list(executor.map(refusing, [[number] for number in range(9)], workers=2))
    assert multiprocessing.active_children() == []


def test_an_iterator_that_is_closed_leaves_nothing_running(executor: Executor) -> None:
    before = threading.active_count()
    found = executor.map(slowly, [[number] for number in range(60)], workers=2)
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_results_come_as_they_are_there_and_not_at_the_end(executor: Executor) -> None:
    started = time.monotonic()
    found = executor.map(slowly, [[number] for number in range(100)], workers=1)
    next(found)
    first = time.monotonic() - started
    list(found)
    assert time.monotonic() - started > first + 2.5


# -- what only processes can do


def test_a_shard_that_costs_its_worker_is_a_failure_and_the_others_are_not() -> None:
    found = {one.shard: one for one in CORES.map(dying, [[n] for n in range(12)], workers=2, timeout=4)}
    assert len(found) == 12
    assert found[7] == Failure(7, "exit code 5")
    assert found[8] == Failure(8, "longer than 4 seconds", late=True)
    assert all(found[n] == Result(n, [n]) for n in range(12) if n not in (7, 8))
    assert multiprocessing.active_children() == []


def test_an_item_that_costs_its_worker_is_lost_alone() -> None:
    found = dict(each(CORES, dying, list(range(12)), size=4, workers=2, timeout=4, sound=99))
    assert found[7] == Lost("exit code 5", late=False)
    assert found[8] == Lost("longer than 4 seconds", late=True)
    assert {n: one for n, one in found.items() if n not in (7, 8)} == {n: n for n in range(12) if n not in (7, 8)}


class Careless:
    """An executor of a user's own that answers as it was told to."""

    name, version = "careless", 1

    def __init__(self, *answers: object) -> None:
        self._answers = answers

    def map(self, *_: object, **__: object) -> Iterator[Any]:
        yield from self._answers


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((), "ended without a word of shard 0"),
        ((Result(0, [1, 2]),), "ended without a word of shard 1"),
        ((Result(0, [1, 2]), Result(0, [1, 2])), "spoke of shard 0"),
        ((Result(7, [1, 2]),), "spoke of shard 7"),
        ((Result(-1, [1, 2]),), "spoke of shard -1"),
        ((Result([0], [1, 2]),), r"spoke of shard \[0\]"),  # type: ignore[arg-type]
        (([1, 2], [3, 4]), r"gave \[1, 2\]"),
        ((None,), "gave None"),
        ((Result(0, [1]),), r"gave \[1\] for shard 0"),
        ((Result(0, None),), "gave None for shard 0"),
    ],
)
def test_an_executor_that_loses_or_invents_answers_is_refused(answers: tuple[object, ...], said: str) -> None:
    with pytest.raises(ImgsimError, match=f"'careless' {said}.* each of 2 shards"):
        list(each(Careless(*answers), squared, [1, 2, 3, 4], size=2))


def test_an_executor_that_is_refused_is_closed_at_once() -> None:
    ended = []

    class Running(Careless):
        def map(self, *_: object, **__: object) -> Iterator[Any]:
            try:
                yield from self._answers
            finally:
                ended.append(True)

    with pytest.raises(ImgsimError) as refused:
        list(each(Running(None, None), squared, [1, 2], size=1))
    assert ended == [True] and refused.tb is not None  # though the error still holds what was going on


def test_a_machine_on_which_a_sound_item_dies_is_told_so() -> None:
    with pytest.raises(ImgsimError, match=r"ended \(exit code 3\) over a plate that is in order"):
        list(each(CORES, dead, list(range(6)), size=2, workers=1, timeout=60, sound=99))
    assert multiprocessing.active_children() == []


def test_a_worker_has_one_thread_and_this_process_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS[0], "7")
    monkeypatch.delenv(THREADS[1], raising=False)
    (found,) = CORES.map(told, [THREADS], workers=1)
    assert found == Result(0, ["1"] * len(THREADS))
    assert os.environ[THREADS[0]] == "7"
    assert THREADS[1] not in os.environ


def test_without_workers_this_process_does_it() -> None:
    assert executor_for(0) is HERE and executor_for(None) is CORES and executor_for(3) is CORES
    with pytest.raises(ImgsimError, match="no executor 'clouds'"):
        executor_for(2, "clouds")


def test_a_collection_prepared_on_a_users_own_executor_is_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = shown("executors.md") + "\n" + MARKED.format(mark=tmp_path / "mark")
    bring(monkeypatch, tmp_path / "extensions", threads=code)
    images = write_plates(tmp_path / "images", 9)
    try:
        for name, executor in (("cores", None), ("threads", "threads")):
            prepare(
                Options(
                    out=tmp_path / name, inputs=[images], projections=["pca"], workers=2, executor=executor,
                    device="cpu",
                )
            )  # fmt: skip
    finally:
        EXECUTORS.forget("threads")
    assert int((tmp_path / "mark").read_text()) >= 2  # plates, and pairs or descriptions
    one, other = open_collection(tmp_path / "cores"), open_collection(tmp_path / "threads")
    assert one.matches is not None and "plates18/embeddings.npy" in one.manifest["files"]
    assert one.manifest["files"] == other.manifest["files"]


MARKED = """
from pathlib import Path
from typing import Any
_mark = Path("{mark}")
_map = Threads.map


def _counted(self, function, shards, **options):
    _mark.write_text(str(int(_mark.read_text()) + 1) if _mark.exists() else "1")
    yield from _map(self, function, shards, **options)


Threads.map = _counted
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
@pytest.mark.parametrize("after", [0.05, 0.4, 1.2])
def test_a_worker_that_is_killed_from_outside_costs_one_shard_at_most(after: float) -> None:
    def kill() -> None:
        time.sleep(after)
        workers = multiprocessing.active_children()
        if workers and workers[0].pid is not None:
            os.kill(workers[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found = {one.shard: one for one in CORES.map(slowly, [[n] for n in range(60)], workers=2, timeout=60)}
    killer.join()
    assert sorted(found) == list(range(60))
    assert sum(isinstance(one, Failure) for one in found.values()) <= 1
    assert multiprocessing.active_children() == []
