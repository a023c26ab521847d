"""The latest few of what takes long to make and is asked for again: bytes, by what was asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class KeptBytes(Generic[K]):
    """Answers of at most so many questions, for all threads; what was asked longest ago goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], bytes]) -> bytes:
        """What is kept, else what ``make`` returns; what it raises is not kept."""
        with self._lock:
            body = self._kept.get(key)
            if body is not None:
                self._kept.move_to_end(key)
                return body
        body = make()
        with self._lock:
            self._kept[key] = body
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return body
