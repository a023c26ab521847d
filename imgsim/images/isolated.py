"""Opening an image that somebody sent: one at a time, in a process of its own whose memory has a bound.

A file of a few kilobytes can ask for hundreds of megabytes, and twenty people may send one in the same minute. So what
was sent is decoded by a child process that may take :data:`BUDGET` bytes more than it needs to start, opens each image
as far reduced as its use allows, and ends when nobody has asked for :data:`IDLE` seconds. Whoever asks meanwhile waits
for his turn. A decoder that crashes or hangs takes down that process, and nothing else.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Event, Lock, Timer, get_ident
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from imgsim.errors import ImageError

BUDGET = 96 * 1024 * 1024  # bytes; a grey scan of 100 megapixels, or a coloured one of 25, can be opened
IDLE = 10.0  # seconds
PATIENCE = 60.0  # seconds for one image
MOST_ANSWERED = 64 * 1024 * 1024  # bytes; no product is as large
PIECE = 1 << 20
Box = tuple[float, float, float, float]
# One thread; and memory that is freed goes back at once (glibc), instead of counting against the next image.
_LEAN = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"), "1"),
    **dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), "131072"),
}
_LENGTH = struct.Struct(">Q")


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
        """The pixels as uint8 (height, width) or (height, width, 3), read-only."""
        return np.frombuffer(self.body, np.uint8).reshape(self._shape)

    def image(self) -> Image.Image:
        """The pixels as an image, mode "L" or "RGB"; they are not copied."""
        return Image.fromarray(self.array())


class Isolated:
    """The process that opens images, started when it is needed. Any number of threads may ask it.

    Parameters
    ----------
    budget : bytes that it may take; not enforced on Windows.
    patience : seconds after which an image counts as one that hangs the decoder.
    idle : seconds after which the process is given back.
    """

    def __init__(self, budget: int = BUDGET, patience: float = PATIENCE, idle: float = IDLE) -> None:
        self.budget, self.patience, self.idle = budget, patience, idle
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: Timer | None = None
        self._turns = _Turns()

    @property
    def waiting(self) -> int:
        """How many are being served or wait for their turn."""
        return self._turns.taken

    def webp(self, data: bytes | BinaryIO, longest: int) -> Product:
        """A copy for looking at, no side longer than ``longest`` pixels, as WebP."""
        return self._ask(data, {"make": "webp", "reduce_to": longest * 3 // 4, "longest": longest})

    def grey(self, data: bytes | BinaryIO, reduce_to: int) -> Product:
        """The image in grey as :func:`.opening.open_image` opens it, no side longer than twice ``reduce_to``."""
        return self._ask(data, {"make": "grey", "reduce_to": reduce_to, "longest": 2 * reduce_to})

    def shaped(
        self,
        data: bytes | BinaryIO,
        reduce_to: int,
        shaping: Callable[[Image.Image, int], np.ndarray],
        size: int,
        box: Box | None = None,
    ) -> Product:
        """What a shaping function makes of the whole image, or of the part in a box of fractions (x0, y0, x1, y1)."""
        name = [shaping.__module__, shaping.__qualname__]
        asked = {"make": "shaped", "reduce_to": reduce_to, "shaping": name, "size": size, "box": box}
        return self._ask(data, asked)

    def alone(self) -> AbstractContextManager[None]:
        """A turn for something else that takes much memory: nobody else's image is opened meanwhile."""
        return self._turns

    def close(self) -> None:
        """End the process; the next image starts another."""
        with self._turns:
            self._end()

    def _ask(self, data: bytes | BinaryIO, asked: dict[str, Any]) -> Product:
        with self._turns:
            try:
                return self._answer(data, asked)
            finally:
                self._rest()

    def _answer(self, data: bytes | BinaryIO, asked: dict[str, Any]) -> Product:
        if self._timer is not None:
            self._timer.cancel()
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        late = Event()

        def stop() -> None:
            late.set()
            process.kill()

        watch = Timer(self.patience, stop)
        watch.daemon = True
        watch.start()
        try:
            send(process.stdin, json.dumps(asked).encode())
            send(process.stdin, data)
            head = json.loads(receive(process.stdout))
            body = receive(process.stdout)
        except (OSError, EOFError, ValueError):
            self._end()
            if late.is_set():
                raise ImageError(
                    f"it takes more than {self.patience:.0f} seconds to open. Save it again, as JPEG or PNG."
                ) from None
            raise ImageError(
                "it could not be opened in the memory that is meant for one image, or made the decoder crash. "
                "Save it again, smaller, as JPEG or PNG."
            ) from None
        finally:
            watch.cancel()
        if head["last"]:
            self._end()
        if "error" in head:
            raise ImageError(str(head["error"]))
        width, height = head["size"]
        return Product(body, str(head["sha256"]), (int(width), int(height)), tuple(head["shape"]))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        # Not multiprocessing: that would import the program's main module, and with it the whole web server.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "imgsim.images.isolated_child", str(self.budget)],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_LEAN},
            start_new_session=os.name == "posix",  # Ctrl-C in the terminal is the parent's affair
        )
        return self._process

    def _rest(self) -> None:
        self._timer = Timer(self.idle, self._close_if_idle)
        self._timer.daemon = True
        self._timer.start()

    def _close_if_idle(self) -> None:
        if not self._turns.taken:
            self.close()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        process.wait()


class _Turns(AbstractContextManager[None]):
    """A lock that is given in the order of asking, where a plain one may let somebody wait for ever.

    Whoever has it may take it again.
    """

    def __init__(self) -> None:
        self._changed = Condition(Lock())
        self._next = self._serving = self._depth = 0
        self._owner: int | None = None

    @property
    def taken(self) -> int:
        return self._next - self._serving

    def __enter__(self) -> None:
        with self._changed:
            if self._owner != get_ident():
                number, self._next = self._next, self._next + 1
                while self._serving != number:
                    self._changed.wait()
                self._owner = get_ident()
            self._depth += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._depth -= 1
            if not self._depth:
                self._owner = None
                self._serving += 1
                self._changed.notify_all()


def send(stream: Any, data: bytes | BinaryIO) -> None:
    """Write a length and so many bytes; a file is copied in pieces, so that this process never holds it whole."""
    if isinstance(data, bytes):
        stream.write(_LENGTH.pack(len(data)) + data)
    else:
        size = data.seek(0, os.SEEK_END)
        data.seek(0)
        stream.write(_LENGTH.pack(size))
        while piece := data.read(PIECE):
            stream.write(piece)
    stream.flush()


def receive(stream: Any, most: int = MOST_ANSWERED) -> bytes:
    """Read what :func:`send` wrote; EOFError where it ends before, or where it is more than ``most`` bytes."""
    length = _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]
    if length > most:
        raise EOFError(f"{length:,} bytes were announced")
    return _exactly(stream, length)


def _exactly(stream: Any, length: int) -> bytes:
    data: bytes = stream.read(length)
    if len(data) != length:
        raise EOFError
    return data
