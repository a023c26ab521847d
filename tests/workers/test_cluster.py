"""A cluster of Dask, with a real scheduler and real workers: whoever dies, and whatever does not fit."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.workers import EXECUTORS, Executor, Failure, Result, clusters, same_software
from imgsim.workers import cluster as module
from imgsim.workers.cluster import run_shard
from imgsim.workers.clusters import cluster
from imgsim.workers.each import Lost, each
from tests.conftest import ROOT, offline
from tests.making import write_plates
from tests.workers.conftest import Dask, dask
from tests.workers.toy_work import dying, read_there, slowly, squared, told


@pytest.fixture
def executor(scheduler: Dask) -> Iterator[Executor]:
    with cluster(scheduler.address, lambda _: None) as name:
        yield EXECUTORS.get(name)


def test_a_plate_of_which_workers_die_and_one_that_takes_too_long_cost_themselves(executor: Executor) -> None:
    found = dict(each(executor, dying, list(range(12)), size=3, timeout=10, sound=99))
    assert isinstance(found[7], Lost) and "its worker ended" in found[7].how and not found[7].late
    assert found[8] == Lost("longer than 10 seconds", late=True)
    assert {n: one for n, one in found.items() if n not in (7, 8)} == {n: n for n in range(12) if n not in (7, 8)}


def test_workers_that_are_killed_cost_nothing(executor: Executor, scheduler: Dask) -> None:
    ended = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        while not ended.wait(random.uniform(0.3, 1.0)) and len(killed) < 3:  # over a fourth a shard is given up
            nanny = random.choice(scheduler.processes[1:])
            for child in _children(nanny.pid):
                os.kill(child, signal.SIGKILL)
                killed.append(child)

    killer = threading.Thread(target=kill)
    killer.start()
    found = {one.shard: one for one in executor.map(slowly, [[n] for n in range(150)], timeout=60)}
    ended.set()
    killer.join()
    assert killed
    assert found == {n: Result(n, [n]) for n in range(150)}


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()][-1:]


def test_a_map_that_is_closed_leaves_no_task_behind(executor: Executor) -> None:
    found = executor.map(slowly, [[n] for n in range(400)])
    next(found)
    found.close()  # type: ignore[attr-defined]
    client = executor._client  # type: ignore[attr-defined]
    until = time.monotonic() + 10
    while (left := client.run_on_scheduler(_tasks)) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == 0


def _tasks(dask_scheduler: object) -> int:
    return len(dask_scheduler.tasks)  # type: ignore[attr-defined]


def test_the_scheduler_never_holds_more_than_a_few_shards(executor: Executor) -> None:
    client, most = executor._client, 0  # type: ignore[attr-defined]
    for number, _ in enumerate(executor.map(squared, [[n] for n in range(200)])):
        if number % 20 == 0:
            most = max(most, client.run_on_scheduler(_tasks))
    assert 0 < most <= 2 * 3 * 3  # three a worker; the scheduler lets go of those that are done a moment later


def test_no_log_of_dask_keeps_the_images_that_went_along(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    assert len(list(executor.map(squared, [[n] for n in range(200)]))) == 200
    client = executor._client  # type: ignore[attr-defined]
    assert client.run_on_scheduler(_logged) + len(client.scheduler_comm.recent_message_log) < 100


def _logged(dask_scheduler: Any) -> int:
    return sum(len(one.recent_message_log) for one in dask_scheduler.stream_comms.values())


def test_what_a_function_names_travels_once_and_again_where_a_machine_has_lost_it(
    executor: Executor, scheduler: Dask, tmp_path: Path
) -> None:
    (tmp_path / "weights").write_bytes(b"\x01" * 40_000_000)
    (tmp_path / "other").write_bytes(b"\x02")
    found = executor.map(partial(read_there, folder=tmp_path), [["weights"], ["other"], ["other"]], workers=1)
    first = next(found)
    assert isinstance(first, Result)
    ((place, data),) = first.value
    assert data == b"\x01" * 40_000_000 and scheduler.folder in Path(place).parents
    sender = executor.sender  # type: ignore[attr-defined]
    assert sender.sent == 40_000_001
    (Path(place) / "other").unlink()
    assert [one.value for one in found if isinstance(one, Result)] == [[(place, b"\x02")]] * 2
    assert sender.sent == 80_000_002
    sender.forget()
    assert not Path(place).exists()


def test_variables_that_name_folders_are_set_for_the_work_alone(scheduler: Dask, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "networks.json").write_text("{}")
    with cluster(scheduler.address, lambda _: None, {"IMGSIM_TEST_FOLDER": tmp_path / "copies"}) as name:
        (one,) = EXECUTORS.get(name).map(told, [["IMGSIM_TEST_FOLDER"]])
    assert isinstance(one, Result) and str(scheduler.folder) in one.value[0]
    with cluster(scheduler.address, lambda _: None) as name:
        found = list(EXECUTORS.get(name).map(told, [["IMGSIM_TEST_FOLDER"]] * 9))
    assert {one.value[0] for one in found if isinstance(one, Result)} == {""}


def test_a_scheduler_that_ends_is_told_and_what_is_done_is_kept(tmp_path: Path) -> None:
    with dask(tmp_path, 1) as own, cluster(own.address, lambda _: None) as name:
        found = EXECUTORS.get(name).map(slowly, [[n] for n in range(4000)])
        next(found)
        own.processes[0].kill()
        with pytest.raises(ImgsimError, match="scheduler of the cluster has ended"):
            for _ in found:
                pass


# ---- what does not fit


def test_other_software_is_refused_before_work_begins(
    scheduler: Dask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "software", lambda: {**same_software.software(), "numpy": "1.0"})
    with (
        pytest.raises(ImgsimError, match=r"The worker tcp://\S+ has other software: numpy is .* there and 1.0 here"),
        cluster(scheduler.address, lambda _: None),
    ):
        pass


def test_a_worker_that_comes_later_with_other_software_does_nothing() -> None:
    with pytest.raises(ImgsimError, match="has other software: numpy is"):
        expected = {**same_software.software(), "numpy": "1.0"}
        run_shard([1], function=squared, settings={}, expected=expected, timeout=None)


def test_every_file_of_the_code_counts() -> None:
    known = same_software.software()
    assert known["numpy"] and known["imgsim's code"] and "missing" not in known.values()
    assert same_software.differences(known, {**known, "imgsim's code": "other"}) != []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nowhere", "'nowhere' is no cluster. Name a scheduler"),
        ("local:0", "is no cluster"),
        ("http://127.0.0.1:1", "is no cluster"),
        ("tcp://127.0.0.1:9", "No Dask scheduler answers at tcp://127.0.0.1:9"),
        ("missing.yaml", "missing.yaml cannot be read"),
    ],
)
def test_an_address_that_leads_nowhere(
    address: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "ANSWER_SECONDS", 2.0)
    with pytest.raises(ImgsimError, match=said), cluster(address, lambda _: None):
        pass


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: slurm", "`jobs:`, how many"),
        ("jobs: 3", "must say `kind:`"),
        ("kind: clouds\njobs: 2", "it says 'clouds'"),
        ("kind: slurm\njobs: yes", "it says True"),
        ("- 1", "must say `kind:`"),
        ("kind: [", "cannot be read"),
        ("kind: local\njobs: 1\ncores: many\nmemory: 1GB", "does not make a cluster"),
    ],
)
def test_a_file_of_a_queue_that_says_too_little(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text(text)
    with pytest.raises(ImgsimError, match=said), cluster(str(path), lambda _: None):
        pass


def test_a_queue_starts_its_workers(tmp_path: Path) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text(f"kind: local\njobs: 2\ncores: 1\nprocesses: 1\nmemory: 2GB\nlog_directory: {tmp_path}\n")
    said: list[str] = []
    with cluster(str(path), said.append) as name:
        found = list(EXECUTORS.get(name).map(squared, [[1], [2], [3]]))
    assert sorted(one.value for one in found if isinstance(one, Result)) == [[1], [4], [9]]
    assert re.match(r"[12] workers of Dask", said[0])


# ---- a whole collection


def test_a_collection_is_the_same_byte_for_byte_wherever_it_is_prepared(scheduler: Dask, tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 9)
    for name, more in (("cores", []), ("cluster", ["--cluster", scheduler.address])):
        done = _prepared(tmp_path / name, images, *more)
        assert done.wait(300) == 0
    one, other = open_collection(tmp_path / "cores"), open_collection(tmp_path / "cluster")
    assert one.matches is not None
    assert one.manifest["files"] == other.manifest["files"]
    assert not list((tmp_path / "cluster").glob("imgsim-*"))


def test_a_run_that_is_killed_goes_on_and_leaves_no_task(scheduler: Dask, tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 9)
    for seconds in (4.0, 6.0):
        run = _prepared(tmp_path / "killed", images, "--cluster", scheduler.address)
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait(30)
    assert _prepared(tmp_path / "killed", images, "--cluster", scheduler.address).wait(300) == 0
    assert _prepared(tmp_path / "cores", images).wait(300) == 0
    one, other = open_collection(tmp_path / "cores"), open_collection(tmp_path / "killed")
    assert one.manifest["files"] == other.manifest["files"]


def _prepared(out: Path, images: Path, *more: str) -> subprocess.Popen[bytes]:
    words = ["--out", str(out), "--projection", "pca", "--device", "cpu", "--quiet", *more]
    return subprocess.Popen(
        [sys.executable, "precompute.py", *words, str(images)], cwd=ROOT, env=offline(out.parent / "calls")
    )


def test_a_failure_says_how(executor: Executor) -> None:
    (found,) = executor.map(dying, [[7]], timeout=60)
    assert isinstance(found, Failure) and "its worker ended" in found.how
