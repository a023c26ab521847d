"""What a child of :mod:`imgsim.images.children` does: reads questions from its input, and answers one after another."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from imgsim.errors import ImageError
from imgsim.images.children import receive, send
from imgsim.images.content import MAX_BYTES

KEPT = 8 * 1024 * 1024  # bytes that decoders may keep from one question to the next
LOOK_SECONDS = 1.0

Answer = Callable[[dict[str, Any], bytes], tuple[bytes, dict[str, Any]]]


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


def answer_all(budget: int, answer: Answer, kept: int = KEPT) -> None:
    """Answer until the input ends.

    Parameters
    ----------
    answer : takes a question and the data that came with it; gives a body and facts, or raises ImageError.
    kept : the process ends itself, to start anew, when it holds so many bytes more after an answer.
    """
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a library prints must not end up in an answer
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    memory = Memory(budget)
    while True:
        try:
            asked, data = json.loads(receive(incoming)), receive(incoming, MAX_BYTES)
        except EOFError:
            return
        body = b""
        try:
            body, facts = answer(asked, data)
        except ImageError as error:
            facts = {"error": str(error)}
        except MemoryError:
            facts = {"error": f"it needs more than {budget >> 20} MB of memory to open. Save it smaller."}
        del data
        facts["last"] = memory.taken() - memory.start - len(body) > kept  # the next one would have less
        send(outgoing, json.dumps(facts).encode())
        send(outgoing, body)


def _end_with_the_parent() -> None:
    # The main thread may be deep in a decoder that never ends, and a parent that was killed cannot end it.
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(0)
