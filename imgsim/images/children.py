"""A child process for what foreign files may do to a decoder: it has a bound of memory and of time, and may die.

It is started when it is needed, answers one question after the other, and ends when nobody has asked for a while. A
decoder that crashes or hangs takes down that process, and nothing else.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from threading import Condition, Event, Lock, Timer, get_ident
from typing import Any, BinaryIO

PIECE = 1 << 20
# One thread; and memory that is freed goes back at once (glibc), instead of counting against the next image.
_LEAN = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"), "1"),
    **dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), "131072"),
}
_LENGTH = struct.Struct(">Q")


class Ended(Exception):
    """The child gave no answer: it died, or was ended because it took too long (``late``)."""

    def __init__(self, late: bool) -> None:
        super().__init__("late" if late else "died")
        self.late = late


class Child:
    """A child process that answers (see :mod:`imgsim.images.answering`). Any number of threads may ask it.

    Parameters
    ----------
    module : what it runs.
    budget : bytes that it may take beyond what it needs to start; not enforced on Windows.
    patience : seconds after which a question counts as one that hangs the decoder.
    idle : seconds after which the process is given back.
    most_answered : bytes that an answer may have.
    """

    def __init__(self, module: str, budget: int, patience: float, idle: float, most_answered: int) -> None:
        self.module, self.budget, self.patience, self.idle = module, budget, patience, idle
        self._most_answered = most_answered
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: Timer | None = None
        self._turns = _Turns()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    @property
    def waiting(self) -> int:
        """How many are being served or wait for their turn."""
        return self._turns.taken

    def alone(self) -> AbstractContextManager[None]:
        """A turn for something else that takes much memory: nobody else's question is answered meanwhile."""
        return self._turns

    def close(self) -> None:
        """End the process; the next question starts another."""
        with self._turns:
            self._end()

    def ask(self, asked: dict[str, Any], data: bytes | BinaryIO = b"") -> tuple[dict[str, Any], bytes]:
        """(facts, body) of the answer. Raises Ended where there is none."""
        with self._turns:
            try:
                return self._answer(asked, data)
            finally:
                self._rest()

    def _answer(self, asked: dict[str, Any], data: bytes | BinaryIO) -> tuple[dict[str, Any], bytes]:
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
            body = receive(process.stdout, self._most_answered)
        except (OSError, EOFError, ValueError):
            self._end()
            raise Ended(late.is_set()) from None
        finally:
            watch.cancel()
        if head["last"]:
            self._end()
        return head, body

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        # Not multiprocessing: that would import the program's main module, and with it the whole web server.
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module, str(self.budget)],
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

    def _forget(self) -> None:
        # In a forked process: the child there belongs to the parent, and so do the turns.
        self._process, self._timer, self._turns = None, None, _Turns()


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
        stream.write(_LENGTH.pack(len(data)))
        stream.write(data)
    else:
        size = data.seek(0, os.SEEK_END)
        data.seek(0)
        stream.write(_LENGTH.pack(size))
        while piece := data.read(PIECE):
            stream.write(piece)
    stream.flush()


def receive(stream: Any, most: int = 64 * PIECE) -> bytes:
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
