"""Row 25: manifests that are whole, and say what none would say."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.base.arrays import npy_bytes
from imgsim.base.hashing import file_sha256
from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from imgsim.generation import layout
from tests.pages import visit
from tests.reliability.tally import Tally
from tests.reliability.whole import shown


def leaves(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value in a manifest, containers included; of long ones the first two."""
    if where:
        yield where
    if isinstance(value, dict):
        for key in list(value)[: 2 if where[:1] in (("files",), ("keys",)) else None]:
            yield from leaves(value[key], (*where, key))
    elif isinstance(value, list):
        for number in range(min(2, len(value))):
            yield from leaves(value[number], (*where, number))


def changed(manifest: dict[str, Any], where: tuple[Any, ...], value: Any) -> dict[str, Any]:
    other = copy.deepcopy(manifest)
    part: Any = other
    for step in where[:-1]:
        part = part[step]
    part[where[-1]] = value
    return other


VALUES: list[Any] = [
    None, True, "", "x" * 300, "</td><script>", 0, -1, 10**15, 10**400, 1.5, 1e308, [], ["x"], [[1]], {}, {"x": [None]},
    "\ud800",
]  # fmt: skip


def sealed_anyhow(manifest: dict[str, Any]) -> bytes:
    """With the right hash, also of what has no UTF-8."""
    try:
        return layout.sealed(manifest)
    except UnicodeEncodeError:
        text = json.dumps({layout.SEAL: "0" * 64, **{k: v for k, v in manifest.items() if k != layout.SEAL}})
        digest = layout.hashlib.sha256(text.encode()).hexdigest()
        return text.replace("0" * 64, digest, 1).encode()


def test_forged_manifests_are_refused_or_shown(
    attempt: Callable[[], Path], tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = attempt()
    place = open_collection(path).folder / layout.MANIFEST
    manifest = json.loads(place.read_bytes())
    accepted: dict[int, dict[str, Any]] = {number: manifest for number in range(len(VALUES))}
    for where in leaves(manifest):
        for number, value in enumerate(VALUES):
            with tally.attempt(f"{where} = {value!r:.40}"):
                place.write_bytes(sealed_anyhow(changed(manifest, where, value)))
                try:
                    found = open_collection(path)
                    _ = found.catalogue, [found.embeddings(name) for name in found.backbones]
                except CollectionError:
                    continue
                # What it stood in may have been replaced by a value that was believed.
                with contextlib.suppress(KeyError, IndexError, TypeError):
                    accepted[number] = changed(accepted[number], where, value)
    without = manifest
    for where in leaves(manifest):
        with tally.attempt(f"{where} is missing"):
            other = copy.deepcopy(manifest)
            part: Any = other
            for step in where[:-1]:
                part = part[step]
            del part[where[-1]]
            place.write_bytes(layout.sealed(other))
            try:
                open_collection(path)
            except CollectionError:
                continue
            if len(where) == 1:
                without = {key: value for key, value in without.items() if key != where[0]}
            elif where[0] in without and len(where) == 2:
                without = {**without, where[0]: {k: v for k, v in without[where[0]].items() if k != where[1]}}
    # All that was believed, at once, on each page.
    for what, forged in [*((repr(VALUES[number])[:30], one) for number, one in accepted.items()), ("nothing", without)]:
        other_path = attempt()
        forged_place = other_path / layout.GENERATIONS / place.parent.name / layout.MANIFEST
        forged_place.write_bytes(sealed_anyhow(forged))
        monkeypatch.setenv("IMGSIM_DATA", str(other_path.parent))
        for page, query in {
            "about": {}, "compare": {"plate": "again", "other": "again"}, "plate": {"plate": "again"}, "models": {},
            "overview": {}, "browse": {},
        }.items():  # fmt: skip
            with tally.attempt(f"{page} with {what} wherever it is believed"):
                app = visit(page, **query)
                assert not [one for one in app.error if "Something went wrong" in str(one.value)]


def test_a_forged_array_of_the_right_hash_shows_nothing_else(attempt: Callable[[], Path], tally: Tally) -> None:
    path = attempt()
    collection = open_collection(path)
    sums = np.array(np.load(collection.folder / layout.FEATURE_SUMS, allow_pickle=False))
    for what, other in {"fewer": sums[:-1], "others": sums + np.uint64(1)}.items():
        with tally.attempt(what):
            data = npy_bytes(other)
            target = collection.folder / layout.FEATURE_SUMS
            target.unlink()
            target.write_bytes(data)
            manifest = json.loads((collection.folder / layout.MANIFEST).read_bytes())
            manifest["files"][layout.FEATURE_SUMS] = {"size": len(data), "sha256": file_sha256(target)}
            (collection.folder / layout.MANIFEST).write_bytes(layout.sealed(manifest))
            with pytest.raises(CollectionError):
                shown(open_collection(path))
