"""The child of :mod:`imgsim.images.isolated`: reads requests from its input, opens one image after the other."""

from __future__ import annotations

import hashlib
import importlib
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageCms, JpegImagePlugin  # noqa: F401

from imgsim.errors import ImageError
from imgsim.images import codecs, large, strips
from imgsim.images.answering import answer_all
from imgsim.images.decoding import open_image
from imgsim.images.plate_parts import parts_of
from imgsim.images.signatures import identify
from imgsim.images.thumbnails import encode_display


def check_progressive(data: bytes, budget: int) -> None:
    """Refuse a progressive JPEG whose coefficients need more than there is: no decoder can read it reduced."""
    if not data.startswith(b"\xff\xd8"):
        return
    try:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(data)) as image:
            (width, height), coefficients = image.size, large.coefficients(image)
    except Exception:
        return  # whatever is wrong with it is said when it is opened
    need = coefficients + len(data)
    if coefficients and need > budget * 0.8:
        raise ImageError(
            f"it is a progressive JPEG of {width:,} x {height:,} pixels, which takes {need >> 20} MB to open, more "
            f"than the {budget >> 20} MB for one image. Save it as a plain (baseline) JPEG, or smaller."
        )


def area(data: bytes) -> int:
    """Pixels that the header promises; 0 where it cannot be read."""
    try:
        kind = identify(data)
        if kind == "WEBP":
            width, height = strips.webp_header(data)
        elif kind == "JXL":
            width, height = codecs.jxl_size(data)
        else:
            width, height = codecs.opened(kind, io.BytesIO(data)).size
        return int(width * height)
    except Exception:  # it is already being refused for what is wrong with it
        return 0


def made(data: bytes, asked: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """(what was asked for, the facts that go with it). Raises ImageError."""
    copied = asked["make"] == "copy"
    opened = named(asked["by"])(data) if copied else open_image(data, reduce_to=int(asked["reduce_to"]))
    facts: dict[str, Any] = {"size": opened.size, "shape": []}
    if asked["make"] == "webp":
        return encode_display(opened.image, int(asked["longest"])), facts
    if copied:
        pixels = np.asarray(opened.image, dtype=np.uint8)
    else:
        image = opened.image if asked["box"] is None else cropped(opened.image, asked["box"])
        shaping, size = named(asked["by"]), int(asked["size"])
        pixels = shaping(image, size)
        if asked["parts"]:
            pixels = np.stack([pixels, *(shaping(part, size) for part in parts_of(image))])
    return np.ascontiguousarray(pixels).tobytes(), {**facts, "shape": pixels.shape}


def named(by: Sequence[str]) -> Callable[..., Any]:
    """The function of that module and name."""
    found: Callable[..., Any] = getattr(importlib.import_module(by[0]), by[1])
    return found


def cropped(image: Image.Image, box: Any) -> Image.Image:
    """The part of an image inside a box of fractions (x0, y0, x1, y1), at least one pixel each way."""
    width, height = image.size
    x0, y0 = min(int(box[0] * width), width - 1), min(int(box[1] * height), height - 1)
    x1, y1 = max(round(box[2] * width), x0 + 1), max(round(box[3] * height), y0 + 1)
    return image.crop((x0, y0, min(x1, width), min(y1, height)))


def main(budget: int) -> None:
    """Answer until the input ends."""
    strips.load()

    def answer(asked: Mapping[str, Any], data: bytes) -> tuple[bytes, dict[str, Any]]:
        check_progressive(data, budget)
        try:
            body, facts = made(data, asked)
        except ImageError as error:
            # A decoder that gets no memory may call the image damaged.
            if "damaged" in str(error) and area(data) > budget // 16:
                raise ImageError(
                    f"{error} Or it needs more memory than is meant for one image: save it smaller."
                ) from None
            raise
        return body, {**facts, "sha256": hashlib.sha256(data).hexdigest()}

    answer_all(budget, answer)


if __name__ == "__main__":
    main(int(sys.argv[1]))
