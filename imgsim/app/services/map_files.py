"""The files that the map fetches: points, colours, ties, what it says of a plate, and what a search finds."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from functools import partial
from hashlib import sha256

import numpy as np

from imgsim.app.components import encode_labels, encode_mask, encode_points, encode_tones
from imgsim.app.components.plate_map.array_encoding import encode_ties
from imgsim.app.services import caches, parameters
from imgsim.base.translation import language, tr
from imgsim.catalogue import DateInterval
from imgsim.catalogue.combinations import combined
from imgsim.charts.decided_colours import LABELS
from imgsim.collection import Collection
from imgsim.collection.map_labels import RegionLabel, map_labels
from imgsim.errors import ImgsimError

BINARY = "application/octet-stream"


def mark(file: bytes) -> str:
    """What tells a file from the same one before a decision: it stands in the address that asks for it."""
    return sha256(file).hexdigest()[:16]


def points(collection: Collection, backbone: str, file: str) -> bytes:
    """The points of a projection, asked for as ``umap.bin``. Raises ImgsimError if there is none of that name."""
    return encode_points(_projection(collection, backbone, _stem(file)))


def region_labels(collection: Collection, backbone: str, method: str) -> tuple[RegionLabel, ...]:
    """What the regions of a projection are called. Raises ImgsimError if there is none of that name."""
    made = partial(map_labels, collection.catalogue, _projection(collection, backbone, method))
    return caches.fact(collection, "labels of a map", made, backbone, method, keep=6)


def regions(collection: Collection, backbone: str, file: str) -> bytes:
    """What the regions of a projection are called, asked for as ``umap.json``: what `RegionLabel` has, as JSON."""
    found = region_labels(collection, backbone, _stem(file, "json"))
    named = [asdict(label) | {"words": ", ".join(label.words)} for label in found]
    return json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def tones(collection: Collection, file: str) -> bytes:
    """Which colour each point has by a column, or by what is decided. Raises ImgsimError if there is no such column."""
    column = _stem(file)
    if column not in LABELS and column not in collection.catalogue.frame.columns:
        raise ImgsimError(f"There is no column {column[:80]!r}.")
    return encode_tones(caches.colouring(collection, column).tones)


def ties(collection: Collection) -> bytes:
    """Which points the families tie to which."""
    return encode_ties(caches.family_ties(collection))


def labels(collection: Collection) -> bytes:
    """What the map shows under the pointer, in the language that is spoken."""
    catalogue = collection.catalogue
    # A title is shortened once for all its plates, and a date and a place are said once.
    first, kind = combined((catalogue.coded[name][0] for name in ("title", "book")), len(catalogue))
    named = [catalogue.cells("title")[row].strip() or catalogue.cells("book")[row] for row in first.tolist()]
    short = [catalogue.short_title(row) if name else "" for row, name in zip(first.tolist(), named, strict=True)]
    titles = [short[of] or plate for of, plate in zip(kind.tolist(), catalogue.plate_ids, strict=True)]
    first, kind = combined((catalogue.dates.codes, catalogue.coded["place"][0]), len(catalogue))
    said = [_detail(catalogue.date(row), catalogue.cells("place")[row]) for row in first.tolist()]
    details = [said[of] for of in kind.tolist()]
    return encode_labels(catalogue.plate_ids, titles, catalogue.frame["sha256"].tolist(), details)


def _detail(date: DateInterval, place: str) -> str:
    return ", ".join(part for part in (date.said if date.dated else tr("no year"), place) if part)


def packed_labels(collection: Collection) -> bytes:
    """The same, packed with gzip and kept: of 13,151 plates it takes half a second of the processor."""
    # A harder level takes twice the time for a hundredth less.
    made = partial(_packed, collection)
    return caches.fact(collection, "what the map shows under the pointer", made, language(), keep=4)


def _packed(collection: Collection) -> bytes:
    return gzip.compress(labels(collection), compresslevel=5, mtime=0)


def found(collection: Collection, text: str) -> bytes:
    """The mask of the plates that a search finds; of none where nothing is looked for."""
    mask = np.zeros(len(collection.catalogue), dtype=bool)
    if wanted := parameters.words(text).strip():
        mask[collection.catalogue.search(wanted)] = True
    return encode_mask(mask).encode()


def _projection(collection: Collection, backbone: str, method: str) -> np.ndarray:
    if backbone not in collection.backbones or method not in collection.projections(backbone):
        raise ImgsimError(f"There is no map {method[:80]!r} of {backbone[:80]!r}.")
    return np.asarray(collection.projection(backbone, method), dtype=np.float32)


def _stem(file: str, kind: str = "bin") -> str:
    stem, _, suffix = file.rpartition(".")
    if suffix != kind:
        raise ImgsimError(f"The map has no file {file[:80]!r}.")
    return stem
