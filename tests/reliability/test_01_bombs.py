"""Row 1: images of hundreds of megapixels in a file of some kilobytes are refused before they are decoded."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from imgsim.cli import environment
from imgsim.collection import open_collection
from imgsim.images.decoding import MAX_PIXELS
from tests import large_images
from tests.bombs import BOMBS
from tests.e2e.serving import serve
from tests.herbals import make_herbals
from tests.hostile import drawing, encode, write_tree
from tests.making import write_plates
from tests.reliability.tally import Tally
from tests.reliability.uploading import Peak, Reader, memory

MOST_RISE = 150 * 2**20
MOST_OF_AN_ORIGINAL = 300 * 2**20
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="resource is not there on Windows")

# Everything is loaded, and one image opened, before the memory is looked at.
_CHILD = """
import json, resource, sys, warnings, zlib
from pathlib import Path
from imgsim.errors import ImageError
from imgsim.images.decoding import open_image
from tests.bombs import BOMBS
from tests.hostile import chunk, drawing, encode
from tests.making import make
warnings.simplefilter("error")
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
"""
_OPEN = """
open_image(encode(drawing(64, 64), "PNG"))
for name, data in given():
    before = peak()
    try:
        open_image(data)
        said = "opened"
    except ImageError as error:
        said = str(error)
    print(json.dumps([name, said, peak() - before]), flush=True)
"""
_BOMBS = """
def given():
    for name, bomb in BOMBS.items():
        yield name, bomb()
"""
# A gigabyte of text in the head of a small image; packed piece by piece, so that the test itself stays small.
_TEXTS = """
def given():
    whole = encode(drawing(64, 64), "PNG")
    for kind, lead in ((b"zTXt", b"note\\0\\0"), (b"iTXt", b"note\\0\\1\\0\\0\\0"), (b"iCCP", b"note\\0\\0")):
        packer = zlib.compressobj(1)
        packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(600)) + packer.flush()
        yield kind.decode(), whole[:33] + chunk(kind, lead + packed) + whole[33:]
"""
# Originals that are large and no bombs, as a run reads them.
_LARGE = """
from imgsim.images import strips
from imgsim.sources.folders import find_images
strips.load()
for image in find_images([Path(sys.argv[1])])[0]:
    before = peak()
    opened = open_image(image.content(), reduce_to=960)
    print(json.dumps([image.plate_id, opened.size, opened.image.size, peak() - before]), flush=True)
"""
_RUN = """
out, good, bad = map(Path, sys.argv[1:])
make(out, good)
before = peak()
make(out, bad)
print(json.dumps(peak() - before))
"""


def child(code: str, *words: Path) -> list[str]:
    """What a Python of its own says."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD + code, *map(str, words)],
        cwd=environment.REPOSITORY, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@POSIX
def test_bombs_are_refused_before_they_are_decoded(tally: Tally) -> None:
    lines = child(_BOMBS + _OPEN)
    assert len(lines) == len(BOMBS)
    for line in lines:
        name, said, rise = json.loads(line)
        with tally.attempt(name):
            assert f"more than the {MAX_PIXELS:,}" in said
            assert rise < MOST_RISE, f"{rise >> 20} MB"


@POSIX
def test_originals_up_to_a_gigapixel_are_read_reduced(tmp_path: Path, tally: Tally) -> None:
    makers: dict[str, tuple[Callable[[Path, int, int], Path], int, int]] = {
        "jpeg of a gigapixel.jpg": (large_images.jpeg, 40_000, 25_000), "png.png": (large_images.png, 20_000, 12_800),
        "tiff.tif": (large_images.tiff, 20_000, 16_000),
        "big tiff.tif": (partial(large_images.tiff, big=True), 16_000, 16_000),
        "fax of a gigapixel.tif": (large_images.fax, 40_000, 24_960),
    }  # fmt: skip
    for name, (make_one, width, height) in makers.items():
        make_one(tmp_path / name, width, height)
    found = {name: facts for name, *facts in map(json.loads, child(_LARGE, tmp_path))}
    for name, (_, width, height) in makers.items():
        with tally.attempt(name):
            size, opened, rise = found[name.partition(".")[0]]
            assert size == [width, height] and max(opened) >= 1920 and opened[0] * opened[1] <= 25_000_000
            assert rise < MOST_OF_AN_ORIGINAL, f"{rise >> 20} MB"


@POSIX
def test_what_unpacks_to_far_too_much_beside_the_pixels_is_refused_or_ignored(tally: Tally) -> None:
    for line in child(_TEXTS + _OPEN):
        name, _, rise = json.loads(line)
        with tally.attempt(name):
            assert rise < MOST_RISE, f"{rise >> 20} MB"


@POSIX
def test_bombs_in_a_folder_and_in_a_zip_are_listed_by_a_run(tmp_path: Path, tally: Tally) -> None:
    good = write_plates(tmp_path / "good", 4)
    bad = write_tree(write_plates(tmp_path / "bad", 4), {name: bomb() for name, bomb in BOMBS.items()})
    with zipfile.ZipFile(bad / "scans.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, bomb in BOMBS.items():
            archive.writestr(f"in {name}", bomb())
    (said,) = child(_RUN, tmp_path / "c", good, bad)
    with tally.attempt("the rise of the run's memory"):
        assert json.loads(said) < MOST_RISE, f"{json.loads(said) >> 20} MB"
    collection = open_collection(tmp_path / "c")
    reasons = dict(zip(collection.skipped["file"], collection.skipped["reason"], strict=True))
    assert len(collection.catalogue) == 4
    for name in BOMBS:
        for file in (name, f"scans.zip!in {name}"):
            with tally.attempt(file):
                assert f"more than the {MAX_PIXELS:,}" in reasons[file]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads memory as Linux tells it")
def test_bombs_that_are_sent_are_refused_by_the_app(tmp_path: Path, tally: Tally) -> None:
    with serve(make_herbals(tmp_path)) as app, Reader(app.url, "herbals") as reader:
        assert reader.bring("small.png", encode(drawing(400, 500), "PNG"))[0] == 204
        for name, bomb in BOMBS.items():
            before = memory(app.process.pid)
            with Peak(app.process.pid) as peak, tally.attempt(name):
                status, words = reader.bring(name, bomb())
                assert status == 204
                assert "cannot be searched" in words and "pixels" in words
                time.sleep(0.1)
            with tally.attempt(f"{name}: the rise of the memory"):
                assert peak.bytes - before < MOST_RISE, f"{(peak.bytes - before) >> 20} MB"
        assert "Traceback" not in app.said()
