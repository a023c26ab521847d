"""Row 11: a disk that is full at any point of a run is named, and the collection stays as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from imgsim.cli import environment
from imgsim.collection import open_collection
from tests.making import make, write_plates
from tests.prepare.arrays import assert_equal
from tests.reliability.tally import Tally

# A file may not grow beyond so many bytes: each limit meets the run at another of the files that it writes.
LIMITS = (0, 100, 300, 700, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_000)

# The libraries are loaded once; each limit is met by a process of its own, which answers through a pipe.
_LIMITED = """
import os, resource, sys
from pathlib import Path
from imgsim.errors import ImgsimError
from tests.making import make, write_plates
out, images, spare = map(Path, sys.argv[1:4])
make(spare, write_plates(spare.parent / "spare images", 3))
for limit in map(int, sys.argv[4:]):
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            make(out, images)
            words = "finished"
        except ImgsimError as error:
            words = "said: " + str(error)
        except BaseException as error:
            words = "broke: " + repr(error)
        print(" ".join(words.split()), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
@pytest.mark.parametrize("prepared", [True, False], ids=["a second run", "the first run"])
def test_a_full_disk_is_named_and_the_collection_stays(prepared: bool, tmp_path: Path, tally: Tally) -> None:
    out, images = tmp_path / "c", write_plates(tmp_path / "images", 5)
    if prepared:
        make(out, images)
        make(tmp_path / "before", images)
    write_plates(images, 20)
    lines: list[str] = []
    process = subprocess.Popen(
        [sys.executable, "-c", _LIMITED, str(out), str(images), str(tmp_path / "spare"), *map(str, LIMITS)],
        cwd=environment.REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    for limit, line in zip(LIMITS, process.stdout, strict=False):
        lines.append(line)
        with tally.attempt(f"{limit} bytes"):
            assert line.startswith("said: "), line
            assert str(tmp_path) in line and "the disk " in line
        with tally.attempt(f"{limit} bytes: what is served"):
            if prepared:
                assert_equal(out, tmp_path / "before")
            else:
                assert not (out / "CURRENT").exists()
    assert process.wait(60) == 0, process.stderr.read()
    assert len(lines) == len(LIMITS)
    with tally.attempt("with room again, the run goes on"):
        make(out, images)
        make(tmp_path / "fresh", images)
        assert_equal(out, tmp_path / "fresh")
        assert open_collection(out).embeddings("toy").shape == (20, 32)
