"""Opening an image that somebody sent: one at a time, in a process of its own whose memory has a bound.

A file of a few kilobytes can ask for hundreds of megabytes, and twenty people may send one in the same minute. So what
was sent is decoded by a child process that may take :data:`BUDGET` bytes more than it needs to start, opens each image
as far reduced as its use allows, and ends when nobody has asked for :data:`IDLE` seconds. Whoever asks meanwhile waits
for his turn. A decoder that crashes or hangs takes down that process, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images.children import Child, Ended
from imgsim.images.decoding import OpenedImage

BUDGET = 96 * 1024 * 1024  # bytes; a grey scan of 100 megapixels, or a coloured one of 25, can be opened
IDLE = 10.0  # seconds
PATIENCE = 60.0  # seconds for one image
MOST_ANSWERED = 64 * 1024 * 1024  # bytes; no product is as large
Box = tuple[float, float, float, float]

@dataclass(frozen=True)
class Product:
    """What came of an image.

    Attributes
    ----------
    body : what was asked for.
    sha256 : of the file.
    size : width and height of the original, upright.
    """

    body: bytes
    sha256: str
    size: tuple[int, int]
    _shape: tuple[int, ...]

    def array(self) -> np.ndarray:
        """The pixels as uint8 (height, width) or (height, width, 3), stacked where parts were asked for; read-only."""
        return np.frombuffer(self.body, np.uint8).reshape(self._shape)

    def image(self) -> Image.Image:
        """The pixels as an image, mode "L" or "RGB"; they are not copied."""
        return Image.fromarray(self.array())


class Isolated(Child):
    """The process that opens images, started when it is needed. Any number of threads may ask it.

    Parameters
    ----------
    budget : bytes that it may take; not enforced on Windows.
    patience : seconds after which an image counts as one that hangs the decoder.
    idle : seconds after which the process is given back.
    """

    def __init__(self, budget: int = BUDGET, patience: float = PATIENCE, idle: float = IDLE) -> None:
        super().__init__("imgsim.images.isolated_child", budget, patience, idle, MOST_ANSWERED)

    def webp(self, data: bytes | BinaryIO, longest: int) -> Product:
        """A copy for looking at, no side longer than ``longest`` pixels, as WebP."""
        return self._ask(data, {"make": "webp", "reduce_to": longest * 3 // 4, "longest": longest})

    def copied(self, data: bytes | BinaryIO, copy: Callable[[bytes], OpenedImage]) -> Product:
        """The pixels of what a function of some module opens of the file."""
        return self._ask(data, {"make": "copy", "by": [copy.__module__, copy.__qualname__]})

    def shaped(
        self,
        data: bytes | BinaryIO,
        reduce_to: int,
        shaping: Callable[[Image.Image, int], np.ndarray],
        size: int,
        box: Box | None = None,
        parts: bool = False,
    ) -> Product:
        """What a shaping function makes of the whole image, or of the part in a box of fractions (x0, y0, x1, y1).

        With ``parts`` one array for it and one for each of its parts (:mod:`imgsim.images.plate_parts`), stacked.
        """
        by = [shaping.__module__, shaping.__qualname__]
        asked = {"make": "shaped", "reduce_to": reduce_to, "by": by, "size": size, "box": box, "parts": parts}
        return self._ask(data, asked)

    def _ask(self, data: bytes | BinaryIO, asked: dict[str, Any]) -> Product:
        try:
            head, body = self.ask(asked, data)
        except Ended as ended:
            if ended.late:
                raise ImageError(
                    f"it takes more than {self.patience:.0f} seconds to open. Save it again, as JPEG or PNG."
                ) from None
            raise ImageError(
                "it could not be opened in the memory that is meant for one image, or made the decoder crash. "
                "Save it again, smaller, as JPEG or PNG."
            ) from None
        if "error" in head:
            raise ImageError(str(head["error"]))
        width, height = head["size"]
        return Product(body, str(head["sha256"]), (int(width), int(height)), tuple(head["shape"]))
