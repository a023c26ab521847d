"""Answers that are made once: the latest few of each question, shared by all who ask."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Answers:
    """The latest answers of each question, by what else was asked. They are shared: nobody may change them."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[Hashable, Any]] = {}
        self._making: dict[tuple[str, Hashable], threading.RLock] = {}
        self._lock = threading.Lock()

    def get(self, question: str, key: Hashable, make: Callable[[], T], keep: int) -> T:
        """The answer to a question: the one that is kept, else what ``make`` returns; the latest ``keep`` are kept.

        While one thread makes an answer others that ask for the same wait, and nobody else does; what ``make`` raises
        is not kept.
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
                    while len(kept) > keep:
                        kept.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop((question, key), None)
            return answer

    def known(self, question: str, key: Hashable) -> bool:
        """Whether an answer is kept, so that asking costs nothing."""
        return key in self._kept.get(question, ())
