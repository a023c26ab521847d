"""What a collection shows, all of it, to compare one with another."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from imgsim.collection import Collection, open_collection


def shown(collection: Collection) -> dict[str, str]:
    """A hash of everything that a page may show; raises where something cannot be shown."""
    frame = collection.catalogue.frame
    found: dict[str, bytes] = {"catalogue": frame.to_csv().encode(), "skipped": collection.skipped.to_csv().encode()}
    for name in collection.backbones:
        arrays = [collection.embeddings(name), *collection.neighbour_table(name), collection.background(name)]
        arrays += [collection.projection(name, method) for method in collection.projections(name)]
        mirrored = collection.mirrored(name)
        arrays += [mirrored] if mirrored is not None else []
        found[name] = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    matches, families = collection.matches, collection.found_families
    if matches is not None and families is not None:
        found["matches"] = matches.to_parquet()
        found["families"] = families.frame.to_csv().encode()
    store, index = collection.features, collection.feature_index
    if store is not None and index is not None:
        found["features"] = b"".join(
            f.points.tobytes() + f.descriptors.tobytes() + f.vouch.tobytes() for f in store
        )
        rows, scores = zip(*(index.query(f, k=5) for f in store), strict=True)
        found["index"] = b"".join(one.tobytes() for one in (*rows, *scores))
    found["thumbnails"] = b"".join(collection.thumbnail(row) for row in range(len(frame)))
    return {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}


def shown_of(path: Path) -> dict[str, str]:
    """The same of the collection in a folder, opened anew."""
    return shown(open_collection(path))
