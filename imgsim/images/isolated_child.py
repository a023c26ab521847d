"""The child of :mod:`imgsim.images.isolated`: reads requests from its input, opens one image after the other."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from PIL import Image, ImageCms, JpegImagePlugin  # noqa: F401

from imgsim.errors import ImageError
from imgsim.images import strips
from imgsim.images.decoding import FORMATS, MAX_BYTES, open_image
from imgsim.images.isolated import receive, send
from imgsim.images.shaping import REDUCING_GAP
from imgsim.images.signatures import identify
from imgsim.images.thumbnails import encode_display, fitted

KEPT = 8 * 1024 * 1024  # bytes that decoders may keep from one image to the next


class Memory:
    """What this process may take: ``budget`` bytes more than now; beyond, decoders fail with a MemoryError."""

    def __init__(self, budget: int) -> None:
        self.start = self.taken()
        with suppress(ImportError, OSError, ValueError):  # not everywhere can it be bounded
            import resource

            if self.start:
                resource.setrlimit(resource.RLIMIT_DATA, (self.start + budget, self.start + budget))

    @staticmethod
    def taken() -> int:
        """Bytes of data that the process has now; 0 where the system does not say."""
        with suppress(OSError, StopIteration), open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmData")) * 1024
        return 0


def check_progressive(data: bytes, budget: int) -> None:
    """Refuse a progressive JPEG whose coefficients need more than there is: no decoder can read it reduced."""
    if not data.startswith(b"\xff\xd8"):
        return
    try:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(data)) as image:
            (width, height), layers = image.size, image.layer
            progressive = bool(image.info.get("progressive"))
        across, down = (max(part[axis] for part in layers) for axis in (1, 2))
    except Exception:
        return  # whatever is wrong with it is said when it is opened
    # Two bytes a coefficient, of each component as finely as it is sampled.
    samples = sum(part[1] * part[2] for part in layers) / (across * down)
    need = int(2 * samples * width * height) + len(data)
    if progressive and need > budget * 0.8:
        raise ImageError(
            f"it is a progressive JPEG of {width:,} x {height:,} pixels, which takes {need >> 20} MB to open, more "
            f"than the {budget >> 20} MB for one image. Save it as a plain (baseline) JPEG, or smaller."
        )


def area(data: bytes) -> int:
    """Pixels that the header promises; 0 where it cannot be read."""
    try:
        kind = identify(data)
        width, height = strips.webp_header(data) if kind == "WEBP" else FORMATS[kind](io.BytesIO(data)).size
        return int(width * height)
    except Exception:  # it is already being refused for what is wrong with it
        return 0


def made(data: bytes, asked: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """(what was asked for, the facts that go with it). Raises ImageError."""
    opened = open_image(data, reduce_to=int(asked["reduce_to"]))
    facts: dict[str, Any] = {"size": opened.size, "shape": []}
    if asked["make"] == "webp":
        return encode_display(opened.image, int(asked["longest"])), facts
    if asked["make"] == "grey":
        size = fitted(opened.image.size, int(asked["longest"]))
        image = opened.image.convert("L")
        if size != image.size:
            image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
        pixels = np.asarray(image, dtype=np.uint8)
    else:
        module, name = asked["shaping"]
        image = opened.image if asked["box"] is None else cropped(opened.image, asked["box"])
        pixels = getattr(importlib.import_module(module), name)(image, int(asked["size"]))
    return np.ascontiguousarray(pixels).tobytes(), {**facts, "shape": pixels.shape}


def cropped(image: Image.Image, box: Any) -> Image.Image:
    """The part of an image inside a box of fractions (x0, y0, x1, y1), at least one pixel each way."""
    width, height = image.size
    x0, y0 = min(int(box[0] * width), width - 1), min(int(box[1] * height), height - 1)
    x1, y1 = max(round(box[2] * width), x0 + 1), max(round(box[3] * height), y0 + 1)
    return image.crop((x0, y0, min(x1, width), min(y1, height)))


def main(budget: int) -> None:
    """Answer until the input ends."""
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a library prints must not end up in an answer
    strips.load()
    memory = Memory(budget)
    while True:
        try:
            asked, data = json.loads(receive(incoming)), receive(incoming, MAX_BYTES)
        except EOFError:
            return
        body = b""
        try:
            check_progressive(data, budget)
            body, facts = made(data, asked)
            facts["sha256"] = hashlib.sha256(data).hexdigest()
        except ImageError as error:
            facts = {"error": str(error)}
            # A decoder that gets no memory may call the image damaged.
            if "damaged" in str(error) and area(data) > budget // 16:
                facts["error"] += " Or it needs more memory than is meant for one image: save it smaller."
        except MemoryError:
            facts = {"error": f"it needs more than {budget >> 20} MB of memory to open. Save it smaller."}
        del data
        facts["last"] = memory.taken() - memory.start - len(body) > KEPT  # the next image would have less
        send(outgoing, json.dumps(facts).encode())
        send(outgoing, body)


if __name__ == "__main__":
    main(int(sys.argv[1]))
