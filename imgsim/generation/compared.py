"""Reading what the matching left in a generation: matches, families, local features and their index."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.errors import CollectionError, PrepareAgain
from imgsim.generation import layout

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.families import Families
    from imgsim.features.feature_store import FeatureStore
    from imgsim.features.inverted_index import FeatureIndex
    from imgsim.generation.checked_files import CheckedFiles
    from imgsim.verification.matches import Matches

Float32 = npt.NDArray[np.float32]


def read_matches(files: CheckedFiles, catalogue: Catalogue) -> Matches | None:
    """The matches of a collection; None where there are none. Raises CollectionError for damaged ones."""
    from imgsim.verification.matches import Matches

    if not files.has(layout.MATCHES):
        return None
    return Matches.from_parquet(files.content(layout.MATCHES), catalogue)


def read_similarities(
    files: CheckedFiles, backbone: str, matches: Matches, embeddings: Callable[[], Float32]
) -> Float32:
    """The similarity of each pair, float32 (n_pairs,): as a run noted it, or of the embeddings where none did.

    Raises CollectionError where what was noted is not that of the pairs.
    """
    from imgsim.retrieval.neighbours import pair_similarities

    file = layout.pairs_file(backbone)
    if not files.has(file):
        return pair_similarities(embeddings(), *matches.rows.T)
    found = files.array(file, np.float32, None)
    if found.shape != (len(matches),) or not (np.abs(found) <= 1).all():
        raise files.error(f"{file} does not hold a similarity of each of {len(matches):,} pairs")
    return found


def read_copies(files: CheckedFiles, catalogue: Catalogue) -> Matches | None:
    """The table of copies by another hand; None where there is none. Raises CollectionError for a damaged one."""
    from imgsim.verification.matches import Matches

    if not files.has(layout.COPIES):
        return None
    return Matches.from_parquet(files.content(layout.COPIES), catalogue)


def read_families(files: CheckedFiles, catalogue: Catalogue, matches: Matches | None) -> Families | None:
    """The families of a collection; None where there are none. Raises CollectionError for damaged ones."""
    from imgsim.families import Families
    from imgsim.families.family_table import checked
    from imgsim.families.relating import believed

    if not files.has(layout.FAMILIES):
        return None
    frame = checked(families_frame(files.content(layout.FAMILIES)))
    return Families(believed(frame, catalogue, matches), catalogue)


def families_frame(data: bytes) -> pd.DataFrame:
    """The table in the bytes of families.parquet. Raises CollectionError for damaged ones."""
    try:
        return pd.read_parquet(io.BytesIO(data))
    except (
        Exception
    ) as error:  # pyarrow raises its own kinds for damaged files, besides OSError and ValueError
        reason = " ".join(str(error).split())[:200]
        raise CollectionError(f"families.parquet cannot be read ({reason}).", PrepareAgain()) from None


def read_features(files: CheckedFiles, catalogue: Catalogue) -> FeatureStore | None:
    """The local features; None where there are none, or not all of them."""
    from imgsim.features.feature_store import FeatureStore

    if not all(files.has(file) for file in layout.FEATURE_FILES):
        return None
    # Gigabytes are not read for one plate: where each has a checksum its features are checked when they are asked for.
    offsets, *others = layout.FEATURE_FILES
    files.verify(offsets, whole=True)
    sums = files.array(layout.FEATURE_SUMS, np.uint64, (None,)) if files.has(layout.FEATURE_SUMS) else None
    for file in others:
        files.verify(file, whole=sums is None)
    if files.has(layout.FEATURE_TONES):
        files.verify(layout.FEATURE_TONES, whole=True)
    frame = catalogue.frame
    sizes = frame[["width", "height"]].to_numpy("int64")
    store = FeatureStore.open(files.folder / layout.FEATURES, sizes, sums)
    if len(store) != len(frame):
        raise files.error(f"features/ holds {len(store):,} plates but the catalogue has {len(frame):,}")
    return store


def read_index(files: CheckedFiles, store: FeatureStore | None) -> FeatureIndex | None:
    """The index of the local features; None where there is none."""
    from imgsim.features.inverted_index import FeatureIndex

    parts = [file for file in files.manifest["files"] if layout.is_index_file(file)]
    if not parts or store is None:
        return None
    for file in parts:
        files.verify(file, whole=True)  # a search looks into all of it
    return FeatureIndex.load(files.folder / layout.FEATURES)
