"""Row 12: of two runs on one collection one works; the other ends at once and names it. A dead run holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.cli import environment
from imgsim.collection import open_collection
from tests.making import make, write_plates
from tests.reliability.tally import Tally

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork and SIGKILL are POSIX")
STARTS, RACES, KILLS = 20, 10, 10

# The command itself, with the toy network. A word on standard input starts a run in a process of its own: "hold" stops
# in the middle, "race" does not; "end" lets every run that stopped go on. Each says how it ended.
_RUNS = """
import os, sys, threading
from pathlib import Path
from imgsim.cli import prepare_command as command
from imgsim.prepare import prepare
from tests.making import ToyProcessor, make, write_plates
images, data, spare = map(Path, sys.argv[1:4])
os.environ["IMGSIM_DATA"] = str(data)
make(spare, write_plates(spare.parent / "spare images", 3))  # everything is loaded before the first of them starts

def start(name, held):
    told, tell = os.pipe()
    ours = os.fork()
    if ours:
        return ours
    def wait(done):
        if done == 1 and held is not None:
            print("working", os.getpid(), flush=True)
            os.read(held, 1)
    command.prepare = lambda options, progress, **more: prepare(
        options, progress, processor=ToyProcessor(after=wait), **more
    )
    sys.stderr = said = open(data / f"said {os.getpid()}", "w")
    code = command.main([str(images), "--name", name, "--projection", "pca", "--no-verify", "--quiet"])
    said.close()
    os._exit(code)

def ended(child):
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    words = (data / f"said {child}").read_text()
    return f"{child} {code} {' '.join(words.split())}"

for line in sys.stdin:
    what, name = line.split()
    if what == "two":
        hold, release = os.pipe()
        first = start(name, hold)
        sys.stdin.readline()  # the first is at work
        print(ended(start(name, None)), flush=True)
        os.write(release, b"x")
        print(ended(first), flush=True)
    elif what == "race":
        children = [start(name, None) for _ in range(2)]
        for child in children:
            print(ended(child), flush=True)
    elif what == "kill":
        hold, release = os.pipe()
        first = start(name, hold)
        sys.stdin.readline()
        os.kill(first, 9)
        os.waitpid(first, 0)
        print(ended(start(name, None)), flush=True)
"""


class Runs:
    """The process that starts them."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.images = write_plates(folder / "scans", 4)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _RUNS, str(self.images), str(self.data), str(folder / "spare")],
            cwd=environment.REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def tell(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def hear(self) -> tuple[str, str, str]:
        """Three words: what, or which process; its code; what it said."""
        assert self._process.stdout is not None
        first, second, *rest = self._process.stdout.readline().rstrip("\n").split(" ", 2)
        return first, second, rest[0] if rest else ""

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    started = Runs(tmp_path)
    yield started
    started.close()


def whole(runs: Runs, name: str) -> None:
    """The collection is there, and no unfinished one beside it."""
    assert len(open_collection(runs.data / name).catalogue) == 4
    assert len(list((runs.data / name / "generations").iterdir())) == 1


def test_the_second_ends_at_once_and_names_the_first(runs: Runs, tally: Tally) -> None:
    """The first does not go on before the second has ended: whoever waited for it would wait for ever."""
    for number in range(STARTS):
        with tally.attempt(f"start {number}"):
            runs.tell(f"two c{number}")
            working, holder, _ = runs.hear()
            assert working == "working"
            runs.tell("at work")
            _, code, said = runs.hear()
            assert (code, "Another run" in said, f"process {holder} on " in said) == ("1", True, True), said
            process, code, said = runs.hear()
            assert (process, code) == (holder, "0"), said
            whole(runs, f"c{number}")


def test_of_two_that_start_in_the_same_moment_one_works(runs: Runs, tally: Tally) -> None:
    for number in range(RACES):
        with tally.attempt(f"race {number}"):
            runs.tell(f"race c{number}")
            ended = [runs.hear() for _ in range(2)]
            # Both may end well: the later one then found nothing left to do.
            assert "0" in {code for _, code, _ in ended}
            assert all(code == "0" or (code == "1" and "Another run" in said) for _, code, said in ended), ended
            whole(runs, f"c{number}")


def test_a_start_after_a_kill_works(runs: Runs, tally: Tally) -> None:
    for number in range(KILLS):
        with tally.attempt(f"kill {number}"):
            runs.tell(f"kill c{number}")
            assert runs.hear()[0] == "working"
            runs.tell("at work")
            _, code, said = runs.hear()
            assert code == "0", said
            whole(runs, f"c{number}")


def test_the_command_that_users_type_says_it_too(tmp_path: Path, tally: Tally) -> None:
    from imgsim.generation.locking import locked

    images = write_plates(tmp_path / "scans", 3)
    make(tmp_path / "data" / "mine", images)
    with tally.attempt("precompute.py"), locked(tmp_path / "data" / "mine"):
        done = subprocess.run(
            [sys.executable, "precompute.py", str(images), "--name", "mine"],
            cwd=environment.REPOSITORY, env={**os.environ, "IMGSIM_DATA": str(tmp_path / "data")},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1 and done.stderr.count("\n") == 1
        assert f"process {os.getpid()} on " in done.stderr
