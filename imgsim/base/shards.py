"""Results of a run, kept as they come: the next run goes on where this one was stopped.

They are appended as shards, each written whole under a name of its own every few seconds: a run that is killed loses
the results of the last shard that it had not written. What a shard holds is never wrong later, for each result lies
under what it was made of; it may only be no longer needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from imgsim.base.writing import write_whole
from imgsim.errors import CollectionError

T = TypeVar("T")
R = TypeVar("R", contravariant=True)


class Form(Protocol[R]):
    """What the shards of one kind hold, and what is known from them."""

    def encode(self, results: Sequence[R]) -> bytes:
        """Results as the bytes of a shard."""

    def learn(self, path: Path) -> bool:
        """Read a shard of an earlier run; False where it is of no use any more. Raises CollectionError if damaged."""

    def wrote(self, path: Path, results: Sequence[R]) -> None:
        """Hear that results lie in a shard now."""


class Shards(Generic[T]):
    """The shards in a folder, and the results that are still to be written.

    Parameters
    ----------
    folder : where they lie, as ``000000.npz``, ``000001.npz`` ...
    form : what they hold.
    note : told of each that is damaged; it is removed, and its work done again.
    every : seconds after which what was added is written.
    most : results after which it is written at the latest; None: no limit.
    """

    def __init__(
        self,
        folder: Path,
        form: Form[T],
        note: Callable[[str], None],
        *,
        every: float = 2.0,
        most: int | None = None,
    ) -> None:
        self.folder, self._form, self._note = folder, form, note
        self._every, self._most = every, most
        self._pending: list[T] = []
        self._written = time.monotonic()
        self._number = 0

    def open(self) -> None:
        """See what earlier runs left, the oldest first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for leftover in self.folder.glob(".*.tmp"):
            leftover.unlink(missing_ok=True)
        for path in sorted(self.folder.glob("*.npz")):
            try:
                of_use = self._form.learn(path)
            except (CollectionError, OSError) as error:
                self._note(f"{path.name} of an earlier run is damaged and is done again ({error})")
                of_use = False
            if not of_use:
                path.unlink(missing_ok=True)
            elif path.stem.isdigit():
                self._number = max(self._number, int(path.stem) + 1)

    def add(self, *results: T) -> None:
        """Keep results; they are written within seconds."""
        self._pending += results
        full = self._most is not None and len(self._pending) >= self._most
        if full or time.monotonic() - self._written > self._every:
            self.flush()

    def flush(self) -> None:
        """Write what has been added since the last shard, and make it known."""
        pending, self._pending = self._pending, []
        self._written = time.monotonic()
        if not pending:
            return
        path = self.folder / f"{self._number:06d}.npz"
        write_whole(path, self._form.encode(pending))
        self._number += 1
        self._form.wrote(path, pending)
