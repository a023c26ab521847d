"""Row 24: whatever twenty readers send at once, the app's memory rises by 200 MB at most, and everybody is answered."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.e2e.serving import serve
from tests.reliability.tally import Tally
from tests.reliability.uploading import Peak, Reader, memory, put

MOST_RISE = 200 * 2**20
READERS = 20
SIDE = 9_900  # pixels: 98 megapixels, just below the ceiling


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def busy(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """An image that does not compress to nothing."""
    rng = np.random.default_rng(width)
    small = rng.integers(0, 255, (height // 40, width // 40, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR).convert(mode)


def files() -> dict[str, tuple[bytes, bool]]:
    """name -> (content, whether it is to be searched rather than refused in a sentence)."""
    huge = busy(SIDE, SIDE)
    grey = huge.convert("L")
    found = {
        "baseline.jpg": (encoded(huge, "JPEG", quality=85), True),
        "progressive.jpg": (encoded(huge, "JPEG", quality=70, progressive=True), False),
        "grey.png": (encoded(grey.point([tone // 64 * 85 for tone in range(256)]), "PNG", compress_level=1), True),
        "bitonal.tif": (encoded(busy(6_000, 8_000, "1"), "TIFF", compression="group4"), True),
    }
    del huge, grey
    for mode, colour in (("L", 200), ("RGB", "#aabbcc"), ("RGBA", (9, 9, 9, 128)), ("1", 1), ("P", 3)):
        found[f"flat_{mode}.png"] = encoded(Image.new(mode, (SIDE, SIDE), colour), "PNG", compress_level=1), True
    found["flat.tif"] = encoded(Image.new("RGB", (SIDE, SIDE), "#123456"), "TIFF", compression="tiff_lzw"), True
    found["flat.webp"] = encoded(Image.new("RGB", (SIDE, SIDE), "#123456"), "WEBP", method=0), False
    found["photo.webp"] = encoded(busy(4_000, 3_000), "WEBP", method=0), True
    found["deep.png"] = encoded(Image.fromarray(np.full((7_000, 7_000), 40_000, np.uint16)), "PNG"), True
    found["wide.png"] = encoded(Image.new("RGB", (28_000, 3_500), "#aabbcc"), "PNG", compress_level=1), True
    found["scan.jp2"] = encoded(busy(4_000, 3_000, "L"), "JPEG2000"), True
    found["noise.png"] = encoded(busy(4_500, 3_500), "PNG", compress_level=1), True
    found["bomb.png"] = encoded(Image.new("L", (20_000, 20_000)), "PNG"), False
    found["cut.jpg"] = found["baseline.jpg"][0][:-30_000], False
    found["other.png"] = b"%PDF-1.7 " * 1000, False
    found["random.tif"] = np.random.default_rng(0).bytes(15_000_000), False
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads memory as Linux tells it")
@pytest.mark.timeout(600)
def test_twenty_readers_at_once(prepared: Path, tally: Tally) -> None:
    """The memory counts of the app and everything it starts; before, one small search has loaded what searches need."""
    given = files()
    assert len(given) == READERS
    with serve(prepared) as served:
        with Reader(served.url, "sample") as first:
            assert first.bring("small.png", encoded(busy(1_200, 1_600), "PNG"))[0] == 204
        readers = [Reader(served.url, "sample") for _ in given]
        before = memory(served.process.pid)

        def bring(reader: Reader, name: str) -> tuple[int, str]:
            return reader.bring(name, given[name][0])

        with Peak(served.process.pid) as peak, ThreadPoolExecutor(READERS) as pool:
            answers = dict(zip(given, pool.map(bring, readers, given), strict=True))
        for name, (status, words) in answers.items():
            with tally.attempt(name):
                assert status == 204
                assert ("cannot be searched" in words) is not given[name][1], words[:500]
        with tally.attempt("the rise of the memory"):
            assert peak.bytes - before <= MOST_RISE, f"{(peak.bytes - before) >> 20} MB"
        with tally.attempt("what is kept of it, when nobody has searched for a while"):
            deadline = time.monotonic() + 60
            while memory(served.process.pid) - before > MOST_RISE / 2 and time.monotonic() < deadline:
                time.sleep(1)
            assert memory(served.process.pid) - before <= MOST_RISE / 2
        with tally.attempt("more than 20 MB"):
            big = b"\x89PNG\r\n\x1a\n" + bytes(20 * 2**20)
            assert readers[0].bring("large.png", big)[0] == 413
        for what, call in refused(served.url).items():
            with tally.attempt(what):
                assert call() == 400
        for reader in readers:
            reader.__exit__(None, None, None)
        assert "Traceback" not in served.said()


def refused(url: str) -> dict[str, Callable[[], int]]:
    """What is no upload of a page that is open."""
    path = "/_stcore/upload_file/nobody/nothing"
    return {
        "a session that is not": lambda: put(url, path, "a.png", b"content"),
        "a forged ticket": lambda: put(url, path, "a.png", b"imgsim-upload:" + b"0" * 32),
    }
