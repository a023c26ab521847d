"""Reading what the matching left in a generation: matches, families, local features and their index."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.collection import layout
from imgsim.errors import CollectionError

if TYPE_CHECKING:
    from imgsim.collection.reading import Collection
    from imgsim.families import Families
    from imgsim.matches import Matches
    from imgsim.matching.index import FeatureIndex
    from imgsim.matching.store import FeatureStore


def read_matches(collection: Collection) -> Matches | None:
    """The matches of a collection; None where there are none. Raises CollectionError for damaged ones."""
    from imgsim.matches import Matches

    if not collection.has(layout.MATCHES):
        return None
    return Matches.from_parquet(collection._bytes(layout.MATCHES), collection.catalogue)


def read_families(collection: Collection) -> Families | None:
    """The families of a collection; None where there are none. Raises CollectionError for damaged ones."""
    from imgsim.families import Families
    from imgsim.families.relating import believed
    from imgsim.families.table import checked

    if not collection.has(layout.FAMILIES):
        return None
    frame = checked(families_frame(collection._bytes(layout.FAMILIES)))
    return Families(believed(frame, collection.catalogue, collection.matches), collection.catalogue)


def families_frame(data: bytes) -> pd.DataFrame:
    """The table in the bytes of families.parquet. Raises CollectionError for damaged ones."""
    try:
        return pd.read_parquet(io.BytesIO(data))
    except (
        Exception
    ) as error:  # pyarrow raises its own kinds for damaged files, besides OSError and ValueError
        reason = " ".join(str(error).split())[:200]
        raise CollectionError(
            f"families.parquet cannot be read ({reason}). Prepare the collection again."
        ) from None


def read_features(collection: Collection) -> FeatureStore | None:
    """The local features; None where there are none, or not all of them."""
    from imgsim.matching.store import FeatureStore

    if not all(collection.has(file) for file in layout.FEATURE_FILES):
        return None
    # Gigabytes are not read for one plate: where each has a checksum its features are checked when they are asked for.
    offsets, *others = layout.FEATURE_FILES
    collection.verify(offsets, whole=True)
    sums = collection._array(layout.FEATURE_SUMS, np.uint64, (None,)) if collection.has(layout.FEATURE_SUMS) else None
    for file in others:
        collection.verify(file, whole=sums is None)
    frame = collection.catalogue.frame
    sizes = frame[["width", "height"]].to_numpy("int64")
    store = FeatureStore.open(collection.folder / layout.FEATURES, sizes, sums)
    if len(store) != len(frame):
        raise collection._error(f"features/ holds {len(store):,} plates but the catalogue has {len(frame):,}")
    return store


def read_index(collection: Collection) -> FeatureIndex | None:
    """The index of the local features; None where there is none."""
    from imgsim.matching.index import FeatureIndex

    files = [file for file in collection.manifest["files"] if layout.is_index_file(file)]
    store = collection.features
    if not files or store is None:
        return None
    for file in files:
        collection.verify(file, whole=True)  # a search looks into all of it
    return FeatureIndex.load(collection.folder / layout.FEATURES)
