"""Ways to damage a file, each the same at every run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

Damage = Callable[[Path], None]


def _rewrite(path: Path, data: bytes) -> None:
    """As a failing disk does it: another content in the same place, whoever else has a link to the file."""
    mark = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(mark.st_atime_ns, mark.st_mtime_ns))


def flipped_at(share: float, bit: int = 3) -> Damage:
    """One bit, at a share of the file's length."""

    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[min(int(len(data) * share), len(data) - 1)] ^= 1 << bit
        _rewrite(path, bytes(data))

    return damage


def cut(path: Path) -> None:
    """The last seventh is lost."""
    data = path.read_bytes()
    _rewrite(path, data[: len(data) * 6 // 7])


def grown(path: Path) -> None:
    """Something stands behind its end."""
    _rewrite(path, path.read_bytes() + b"\0\1\2")


def zeroed(path: Path) -> None:
    """As long as it was, and nothing but zeros."""
    _rewrite(path, bytes(path.stat().st_size))


def emptied(path: Path) -> None:
    """No byte left."""
    _rewrite(path, b"")


def gone(path: Path) -> None:
    """Not there."""
    path.unlink()


DAMAGES: dict[str, Damage] = {
    "flipped at the beginning": flipped_at(0.0),
    "flipped in the middle": flipped_at(0.5),
    "flipped at the end": flipped_at(1.0),
    "cut": cut,
    "grown": grown,
    "zeroed": zeroed,
    "emptied": emptied,
    "gone": gone,
}


def flips(data: bytes, count: int) -> Iterator[tuple[str, bytes]]:
    """``count`` copies with one bit flipped each, spread over the whole; with what was done."""
    for number in range(count):
        at, bit = number * len(data) // count, number % 8
        yield f"bit {bit} of byte {at}", data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
