"""What workers are given to do, in a module that is loaded in no time: each process of a pool imports it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from imgsim.errors import ImgsimError


def squared(shard: Sequence[int]) -> list[int]:
    return [number * number for number in shard]


def weighed(shard: Sequence[int], *, by: float) -> float:
    return sum(shard) * by


def refusing(shard: Sequence[int]) -> list[int]:
    if 5 in shard:
        raise ImgsimError("five is not wanted")
    return list(shard)


def slowly(shard: Sequence[int]) -> list[int]:
    time.sleep(0.05)
    return list(shard)


def dying(shard: Sequence[int]) -> list[int]:
    if 7 in shard:
        os._exit(5)
    if 8 in shard:
        time.sleep(600)
    return list(shard)


def dead(shard: Sequence[int]) -> list[int]:
    os._exit(3)


def told(shard: Sequence[str]) -> list[str]:
    return [os.environ.get(name, "") for name in shard]


def read_there(shard: Sequence[str], folder: Path) -> list[tuple[str, bytes]]:
    return [(str(folder), (folder / name).read_bytes()) for name in shard]
