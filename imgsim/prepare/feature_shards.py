"""Local features by content, kept as they come in shards (:mod:`imgsim.base.shards`)."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import npz_bytes, parse_npz
from imgsim.base.shards import Shards
from imgsim.errors import CollectionError

if TYPE_CHECKING:
    from imgsim.features.extraction import Features

_EVERY_S, _MOST = 2.0, 64
_ARRAYS = {"records": np.uint8, "points": np.float32, "descriptors": np.uint8, "vouch": np.bool_}


class FeatureShards:
    """Features by content in ``work/features``; at most a few shards are in memory."""

    def __init__(self, folder: Path, key: str, note: Callable[[str], None]) -> None:
        self._key = key
        self._shards: Shards[tuple[str, Features]] = Shards(folder, self, note, every=_EVERY_S, most=_MOST)
        self._where: dict[str, tuple[Path, int]] = {}
        self._added: set[str] = set()  # some of them not written yet
        self._read = functools.lru_cache(maxsize=6)(_read_shard)

    def open(self) -> None:
        """See what earlier runs left. A damaged shard is removed, with a note; one of other features too."""
        self._shards.open()

    def learn(self, path: Path) -> bool:
        """See :class:`imgsim.base.shards.Form`."""
        key, plates, _ = _read_shard(path)
        if key == self._key:
            self._know(path, [plate[0] for plate in plates])
        return key == self._key

    def encode(self, results: Sequence[tuple[str, Features]]) -> bytes:
        """See :class:`imgsim.base.shards.Form`."""
        return _shard(self._key, dict(results))

    def wrote(self, path: Path, results: Sequence[tuple[str, Features]]) -> None:
        """See :class:`imgsim.base.shards.Form`."""
        self._know(path, list(dict(results)))

    def _know(self, path: Path, contents: Sequence[str]) -> None:
        for place, content in enumerate(contents):
            self._where.setdefault(content, (path, place))

    def __contains__(self, content: str) -> bool:
        return content in self._where or content in self._added

    def add(self, content: str, features: Features) -> None:
        """Keep a plate's features; written within a few seconds."""
        self._added.add(content)
        self._shards.add((content, features))

    def flush(self) -> None:
        """Write what has been added since the last shard."""
        self._shards.flush()

    def get(self, content: str) -> Features:
        """The features of a plate; KeyError if there are none."""
        from imgsim.features.extraction import Features

        path, place = self._where[content]
        _, plates, arrays = self._read(path)
        start = sum(plate[3] for plate in plates[:place])
        part = slice(start, start + plates[place][3])
        return Features(
            (plates[place][1], plates[place][2]),
            arrays["points"][part],
            arrays["descriptors"][part],
            arrays["vouch"][part],
            plates[place][4],
        )


def _shard(key: str, plates: dict[str, Features]) -> bytes:
    records = {"key": key, "plates": [[c, *f.size, len(f.points), f.tone] for c, f in plates.items()]}
    return npz_bytes(
        records=np.frombuffer(json.dumps(records).encode(), dtype=np.uint8),
        points=np.concatenate([f.points for f in plates.values()]),
        descriptors=np.concatenate([f.descriptors for f in plates.values()]),
        vouch=np.concatenate([f.vouch for f in plates.values()]),
    )


def _read_shard(path: Path) -> tuple[str, list[tuple[str, int, int, int, float]], dict[str, npt.NDArray[Any]]]:
    arrays = parse_npz(path.read_bytes(), path.name, _ARRAYS)
    try:
        records = json.loads(arrays["records"].tobytes())
        plates = [
            (str(c), int(w), int(h), int(count), float(tone)) for c, w, h, count, tone in records["plates"]
        ]
        key = str(records["key"])
    except (KeyError, TypeError, ValueError) as error:
        raise CollectionError(f"{path.name} is of an unknown form ({error!r})") from None
    total = sum(plate[3] for plate in plates)
    if (
        arrays["points"].shape != (total, 4)
        or arrays["descriptors"].shape[:1] != (total,)
        or arrays["vouch"].shape != (total,)
    ):
        raise CollectionError(f"{path.name} has another number of features than it says")
    return key, plates, arrays
