"""Images that were sent are opened in a process of their own, and large scans strip by strip, as they look."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pytest
import tifffile
from PIL import Image

from imgsim.backbones import BACKBONES
from imgsim.backbones.engines import Engine
from imgsim.backbones.known import READ_SIDE
from imgsim.errors import ImageError
from imgsim.images import strips
from imgsim.images.decoding import open_image
from imgsim.images.isolated import Isolated
from imgsim.images.plate_parts import parts_of
from imgsim.images.shaping import letterbox, squeeze
from imgsim.prepare.plate_shards import Asked, Job, open_plate
from tests.hostile import drawing


@dataclass
class ImageBytes:
    """An image file of a run."""

    plate_id: str
    data: bytes
    file: str = "a.file"

    def read(self) -> bytes:
        return self.data


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def smooth(width: int = 1413, height: int = 1801, seed: int = 1) -> Image.Image:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (12, 9, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def opener() -> Iterator[Isolated]:
    isolated = Isolated(idle=60)
    yield isolated
    isolated.close()


COLOURED, GREY = cache(smooth), cache(lambda: smooth().convert("L"))


def cut_out(image: Image.Image) -> Image.Image:
    """The same with another picture as its transparency."""
    cut = image.copy()
    cut.putalpha(smooth(seed=2).convert("L"))
    return cut


def deep() -> Image.Image:
    return Image.fromarray(np.asarray(GREY()).astype(np.uint16) * 257)


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x112] = 6
    return exif


# Each is made when it is asked for: whoever collects the tests need not wait for that.
KINDS: dict[str, Callable[[], bytes]] = {
    **{
        f"{kind} {mode}": partial(lambda kind, mode: encoded(COLOURED().convert(mode), kind), kind, mode)
        for kind in ("PNG", "TIFF")
        for mode in ("1", "L", "P", "RGB")
    },
    "PNG RGBA": lambda: encoded(cut_out(COLOURED()), "PNG"),
    "PNG LA": lambda: encoded(cut_out(GREY()), "PNG"),
    "PNG 16 bits": lambda: encoded(deep(), "PNG"),
    "TIFF 16 bits": lambda: encoded(deep(), "TIFF"),
    "PNG with a hidden grey": lambda: encoded(GREY(), "PNG", transparency=100),
    "TIFF LZW": lambda: encoded(COLOURED(), "TIFF", compression="tiff_lzw"),
    "TIFF group 4": lambda: encoded(COLOURED().convert("1"), "TIFF", compression="group4"),
    "TIFF white is zero": lambda: encoded(GREY(), "TIFF", tiffinfo={262: 0}),
    "WebP": lambda: encoded(COLOURED(), "WEBP", quality=95),
    "WebP with alpha": lambda: encoded(cut_out(COLOURED()), "WEBP", lossless=True),
    "PNG on its side": lambda: encoded(COLOURED(), "PNG", exif=turned()),
    "TIFF on its side": lambda: encoded(COLOURED(), "TIFF", exif=turned()),
    "WebP on its side": lambda: encoded(COLOURED(), "WEBP", exif=turned(), quality=95),
}


@pytest.mark.parametrize("name", KINDS)
def test_strips_show_what_pillow_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = KINDS[name]()
    whole = open_image(data, reduce_to=320)
    monkeypatch.setattr(strips, "LARGE", 0)
    reduced = open_image(data, reduce_to=320)
    assert reduced.size == whole.size and reduced.format == whole.format
    if name not in {"TIFF P"}:  # palettes of TIFFs are left to Pillow
        assert max(reduced.image.size) < max(whole.image.size)
    assert max(reduced.image.size) >= 2 * 320 or max(reduced.image.size) == max(whole.image.size)
    small = (90, 110)
    one = np.asarray(whole.image.convert("RGB").resize(small, Image.Resampling.BOX), float)
    two = np.asarray(reduced.image.convert("RGB").resize(small, Image.Resampling.BOX), float)
    assert np.abs(one - two).mean() < 2.0
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_small_copy_in_front_is_not_taken_for_the_picture(
    bits: int, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr(strips, "LARGE", 0)
    picture = np.asarray(smooth().convert("L"))
    picture = picture if bits == 8 else picture.astype(np.uint16) * 257
    for first, second in ((1, 0), (0, 1)):  # a small copy in front, or behind
        stream = io.BytesIO()
        with tifffile.TiffWriter(stream) as file:
            for small in (first, second):
                pixels = picture[::8, ::8] if small else picture
                file.write(pixels, subfiletype=small, photometric="minisblack")
        opened = open_image(stream.getvalue(), reduce_to=320)
        assert opened.size == (1413, 1801) and opened.frames == 2
        seen = np.asarray(opened.image.resize((90, 110)), float)
        wanted = np.asarray(smooth().convert("L").resize((90, 110)), float)
        assert np.abs(seen - wanted).mean() < 4


def test_exif_behind_the_pixels_turns_a_large_png(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "LARGE", 0)
    turned = Image.Exif()
    turned[0x112] = 6
    data = encoded(smooth(), "PNG", exif=turned)
    at = data.index(b"eXIf") - 4
    end = at + 12 + int.from_bytes(data[at : at + 4], "big")
    last = data.rindex(b"IEND") - 4
    moved = data[:at] + data[end:last] + data[at:end] + data[last:]
    assert open_image(moved, reduce_to=320).size == (1801, 1413)


def test_a_damaged_large_scan_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "LARGE", 0)
    data = bytearray(encoded(smooth(), "PNG"))
    data[len(data) // 2] ^= 16
    with pytest.raises(ImageError):
        open_image(bytes(data), reduce_to=320)


def test_the_process_gives_what_this_one_gives(opener: Isolated) -> None:
    data = encoded(drawing(600, 900), "PNG")
    here = open_image(data, reduce_to=320)
    for shaping in (letterbox, squeeze):
        assert (opener.shaped(data, 320, shaping, 128).array() == shaping(here.image, 128)).all()
    assert (opener.copied(io.BytesIO(data), open_image).array() == np.asarray(here.image)).all()
    shown = opener.webp(data, 300)
    assert Image.open(io.BytesIO(shown.body)).size == (200, 300) and shown.size == (600, 900)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_what_is_sent_is_shaped_as_a_plate_of_a_run(opener: Isolated, kind: str) -> None:
    """One decode for one backbone, whoever asks, also where a large scan is read reduced."""
    options = {"compression": "tiff_adobe_deflate"} if kind == "TIFF" else {}
    data = encoded(smooth(4_400, 4_000), kind, **options)
    plate = ImageBytes("p", data)
    network = BACKBONES["plates18"]
    job = Job("one", {"plates18": Engine(network, "own", None)}, 1)
    _, _, arrays = open_plate(Asked(plate, frozenset(["plates18"])), job)
    sent = opener.shaped(data, READ_SIDE, network.shaping, network.input_size).array()
    assert (network.arranged(sent) == arrays["plates18", False]).all()


def test_a_box_is_cut_out_before_it_is_shaped(opener: Isolated) -> None:
    image = drawing(600, 900)
    part = image.crop((150, 90, 450, 720))
    made = opener.shaped(encoded(image, "PNG"), 900, letterbox, 128, (0.25, 0.1, 0.75, 0.8))
    assert (made.array() == letterbox(part, 128)).all()


def test_parts_come_with_the_whole(opener: Isolated) -> None:
    image = drawing(600, 900)
    part = image.crop((150, 90, 450, 720))
    made = opener.shaped(encoded(image, "PNG"), 900, letterbox, 128, (0.25, 0.1, 0.75, 0.8), parts=True).array()
    expected = [letterbox(one, 128) for one in (part, *parts_of(part))]
    assert (made == np.stack(expected)).all()


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"%PDF", b"RIFF\0\0\0\0WEBPVP8X"])
def test_a_bad_image_is_refused_with_the_reason_and_the_next_is_opened(
    opener: Isolated, content: bytes
) -> None:
    with pytest.raises(ImageError) as refused:
        open_image(content, reduce_to=320)
    with pytest.raises(ImageError) as there:
        opener.webp(content, 320)
    assert str(there.value) == str(refused.value)
    assert opener.webp(encoded(drawing(), "PNG"), 320).body


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux")
def test_more_memory_than_is_meant_for_one_image_is_refused(opener: Isolated) -> None:
    progressive = encoded(smooth(9_000, 9_000), "JPEG", progressive=True)
    with pytest.raises(ImageError, match="progressive JPEG of 9,000 x 9,000"):
        opener.webp(progressive, 320)
    with pytest.raises(ImageError, match="more memory"):
        opener.webp(encoded(Image.new("RGB", (9_000, 9_000)), "WEBP", method=0), 320)
    assert opener.webp(encoded(Image.new("RGB", (9_000, 9_000)), "PNG"), 320).size == (9_000, 9_000)


def test_the_process_is_given_back() -> None:
    isolated = Isolated(idle=0.2)
    isolated.webp(encoded(drawing(), "PNG"), 320)
    process = isolated._process
    assert process is not None
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.poll() is not None


def test_turns_are_given_in_the_order_of_asking() -> None:
    isolated = Isolated()
    order: list[int] = []
    threads = []
    with isolated.alone(), isolated.alone():  # whoever has a turn may take it again
        for number in range(6):
            thread = threading.Thread(target=lambda n=number: _take(isolated, order, n))
            thread.start()
            threads.append(thread)
            while isolated.waiting < number + 2:
                time.sleep(0.005)
        assert not order
    for thread in threads:
        thread.join(10)
    assert order == list(range(6)) and isolated.waiting == 0


def _take(isolated: Isolated, order: list[int], number: int) -> None:
    with isolated.alone():
        order.append(number)
