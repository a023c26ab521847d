"""Answers that are made once: the latest few of each question, shared by all who ask."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
# Of arrays of one question so many bytes are kept: of 13,151 plates hundreds of searches, of a million a few.
MOST_BYTES = 48 * 2**20


class Answers:
    """The latest answers of each question, by what else was asked. They are shared: nobody may change them."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[Hashable, Any]] = {}
        self._making: dict[tuple[str, Hashable], threading.RLock] = {}
        self._lock = threading.Lock()

    def get(self, question: str, key: Hashable, make: Callable[[], T], keep: int) -> T:
        """The answer to a question: the one that is kept, else what ``make`` returns; the latest ``keep`` are kept.

        Of arrays fewer are kept where they are large: see :data:`MOST_BYTES`. While one thread makes an answer others
        that ask for the same wait, and nobody else does; what ``make`` raises is not kept.
        """
        with self._lock:
            kept = self._kept.setdefault(question, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                found: T = kept[key]
                return found
            making = self._making.setdefault((question, key), threading.RLock())
        with making:
            with self._lock:
                if key in kept:  # another thread has made it meanwhile
                    found = kept[key]
                    return found
            try:
                answer = make()
                with self._lock:
                    kept[key] = answer
                    while len(kept) > keep or (len(kept) > 1 and _size(kept.values()) > MOST_BYTES):
                        kept.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop((question, key), None)
            return answer

    def known(self, question: str, key: Hashable) -> bool:
        """Whether an answer is kept, so that asking costs nothing."""
        return key in self._kept.get(question, ())


def _size(answers: Iterable[Any]) -> int:
    """The bytes of those that are arrays."""
    return sum(int(getattr(answer, "nbytes", 0)) for answer in answers)
