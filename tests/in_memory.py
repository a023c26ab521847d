"""A real Collection whose parts are given instead of read from a disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.catalogue import Catalogue
from imgsim.catalogue.book_pages import BookPages
from imgsim.collection import Collection
from imgsim.errors import CollectionError
from imgsim.families import Families, find_families
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.retrieval.neighbours import all_neighbours, pair_similarities, random_pair_quantiles
from imgsim.verification.matches import Matches


@dataclass(frozen=True)
class Parts:
    """What a generation would hold: the plates, their pairs, one backbone's embeddings and maps."""

    catalogue: Catalogue
    matches: Matches | None = None
    copies: Matches | None = None
    embeddings: npt.NDArray[np.float32] | None = None
    kept: int = 6
    maps: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    thumbnails: Callable[[int], Path] | None = None
    scans: Sequence[bytes] = ()  # files of the plates; none where they are gone
    pages: BookPages | None = None


@dataclass(frozen=True)
class InMemory(Collection):
    """A collection of given parts, with one backbone named "toy"."""

    parts: Parts = field(kw_only=True, repr=False, compare=False)

    @property
    def catalogue(self) -> Catalogue:
        return self.parts.catalogue

    @property
    def are_compared(self) -> bool:
        return self.parts.matches is not None

    @property
    def matches(self) -> Matches | None:
        return self.parts.matches

    @property
    def copies(self) -> Matches | None:
        return self.parts.copies

    @property
    def pages(self) -> BookPages | None:
        return self.parts.pages

    @property
    def found_families(self) -> Families | None:
        matches = self.parts.matches
        if matches is None:
            return None
        return self.once("families", lambda: Families(find_families(self.catalogue.frame, matches), self.catalogue))

    @property
    def features(self) -> FeatureStore | None:
        return None

    @property
    def feature_index(self) -> FeatureIndex | None:
        return None

    @property
    def backbones(self) -> tuple[str, ...]:
        return ("toy",)

    def compared_similarities(self, backbone: str) -> npt.NDArray[np.float32] | None:
        matches = self.parts.matches
        return None if matches is None else pair_similarities(self.embeddings(backbone), *matches.rows.T)

    def embeddings(self, backbone: str) -> npt.NDArray[np.float32]:
        if backbone != "toy":
            raise CollectionError(f"The collection {self.name} has no embeddings of {backbone!r}.")
        assert self.parts.embeddings is not None, "this collection was made without embeddings"
        return self.parts.embeddings

    def neighbour_table(self, backbone: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        vectors = self.embeddings(backbone)
        return self.once("neighbours", lambda: all_neighbours(vectors, self.parts.kept))

    def background(self, backbone: str) -> npt.NDArray[np.float32]:
        vectors = self.embeddings(backbone)
        return self.once("background", lambda: random_pair_quantiles(vectors))

    def projections(self, backbone: str) -> tuple[str, ...]:
        return tuple(self.parts.maps)

    def projection(self, backbone: str, method: str) -> npt.NDArray[np.float32]:
        return self.parts.maps[method]

    def thumbnail_path(self, row: int) -> Path:
        assert self.parts.thumbnails is not None, "this collection was made without thumbnails"
        return self.parts.thumbnails(row)

    def plate_bytes(self, row: int) -> bytes:
        if not self.parts.scans:
            raise CollectionError("the scans are gone")
        return self.parts.scans[row]

    plate_content = plate_bytes

    def thumbnail(self, row: int) -> bytes:
        try:
            return self.thumbnail_path(row).read_bytes()
        except OSError as error:
            raise CollectionError("gone") from error


def in_memory(
    catalogue: Catalogue,
    matches: Matches | None = None,
    *,
    manifest: dict[str, Any],
    name: str = "herbals",
    path: Path | None = None,
    generation: str = "g1",
    **parts: Any,
) -> InMemory:
    """A collection of these plates and pairs; `parts` are those of :class:`Parts`."""
    place = path or Path("nowhere") / name
    return InMemory(name, place, generation, manifest, parts=Parts(catalogue, matches, **parts))
