"""Reading a prepared collection. Nothing is believed before its size and SHA-256 agree with the manifest."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.collection import layout
from imgsim.errors import CollectionError, ImgsimError
from imgsim.spreadsheets import read_back

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.collection.calibration import Calibration
    from imgsim.families import Families
    from imgsim.matches import Matches
    from imgsim.matching.index import FeatureIndex
    from imgsim.matching.store import FeatureStore

T = TypeVar("T")


@dataclass(frozen=True)
class Collection:
    """One generation of a prepared collection. Everything is loaded when first asked for, and is read-only.

    It stays readable while a newer generation is being written and for as long as that is the newest but one.
    Methods raise CollectionError where a file is missing, damaged, or does not fit the catalogue.
    """

    name: str
    path: Path
    generation: str
    manifest: dict[str, Any] = field(repr=False)
    told: str = ""  # what was wrong when it was opened, though it could be
    _loaded: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: Any = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def folder(self) -> Path:
        """The folder of this generation."""
        return self.path / layout.GENERATIONS / self.generation

    @property
    def backbones(self) -> tuple[str, ...]:
        """Names of the backbones, in the order in which they were added."""
        return tuple(self.manifest["backbones"])

    @property
    def catalogue(self) -> Catalogue:
        """The plates, one row each; its order is the order of every array."""

        def load() -> Catalogue:
            from imgsim.catalogue import Catalogue

            self._bytes(layout.CATALOGUE)
            catalogue = Catalogue.from_parquet(self.folder / layout.CATALOGUE)
            if len(catalogue) != self.manifest["counts"]["plates"]:
                raise self._error(
                    f"catalogue.parquet has {len(catalogue):,} plates but the manifest counts "
                    f"{self.manifest['counts']['plates']:,}"
                )
            return catalogue

        return self._once("catalogue", load)

    @property
    def skipped(self) -> pd.DataFrame:
        """What could not be used: columns file and reason."""
        return self._once(layout.SKIPPED, lambda: self._listed(layout.SKIPPED))

    @property
    def unjoined(self) -> pd.DataFrame | None:
        """Rows without a plate and plates without a row: what, line, name, file, reason; None without a table."""
        if not self.has(layout.UNJOINED):
            return None
        return self._once(layout.UNJOINED, lambda: self._listed(layout.UNJOINED))

    def embeddings(self, backbone: str) -> npt.NDArray[np.float32]:
        """float32 (n_plates, dim), unit rows."""
        facts = self._backbone(backbone)
        return self._array(layout.embeddings_file(backbone), np.float32, (None, facts["dimension"]))

    def neighbours(self, backbone: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """(indices int32 (n_plates, k), similarities float32 (n_plates, k)), nearest first, never the plate itself."""
        self._backbone(backbone)
        file = layout.neighbours_file(backbone)

        def load() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
            arrays = layout.parse_npz(
                self._bytes(file), f"{file} of {self.name}", {"indices": np.int32, "similarities": np.float32}
            )
            indices, similarities = arrays["indices"], arrays["similarities"]
            self._check_rows(file, indices.shape)
            if indices.shape != similarities.shape or indices.ndim != 2:
                raise self._error(
                    f"{file} has {indices.shape} neighbours but {similarities.shape} similarities"
                )
            if indices.size and (indices.min() < 0 or indices.max() >= len(indices)):
                raise self._error(f"{file} names plates that are not in the catalogue")
            return indices, similarities

        return self._once(file, load)

    def background(self, backbone: str) -> npt.NDArray[np.float32]:
        """float32 (10001,): quantiles of the similarity of random pairs; empty for fewer than two plates."""
        self._backbone(backbone)
        return self._array(layout.background_file(backbone), np.float32, None)

    def calibration(self, backbone: str) -> Calibration:
        """Where the line across a list of neighbours stands, and what it means here; found once."""

        def load() -> Calibration:
            from imgsim.collection.calibration import calibration

            return calibration(self, backbone)

        self._backbone(backbone)
        return self._once(("calibration", backbone), load)

    def projections(self, backbone: str) -> tuple[str, ...]:
        """Methods for which there are coordinates."""
        return tuple(self._backbone(backbone)["projections"])

    def projection(self, backbone: str, method: str) -> npt.NDArray[np.float32]:
        """float32 (n_plates, 2)."""
        if method not in self.projections(backbone):
            raise CollectionError(
                f"The collection {self.name} has no projection {method!r} for {backbone}. "
                f"Run: python precompute.py --name {self.name} --backbone {backbone} --projection pca umap tsne"
            )
        return self._array(layout.projection_file(backbone, method), np.float32, (None, 2))

    def mirrored(self, backbone: str) -> npt.NDArray[np.float32] | None:
        """float32 (n_plates, dim): the embeddings of the plates flipped left to right; None where not prepared."""
        facts, file = self._backbone(backbone), layout.mirrored_file(backbone)
        return self._array(file, np.float32, (None, facts["dimension"])) if self.has(file) else None

    @property
    def matches(self) -> Matches | None:
        """What local features say of pairs of plates; None if they were never compared (``--no-verify``)."""
        from imgsim.collection import evidence

        return self._once(layout.MATCHES, lambda: evidence.read_matches(self))

    @property
    def families(self) -> Families | None:
        """The plates tied together by matches; None if plates were never compared."""
        from imgsim.collection import evidence

        return self._once(layout.FAMILIES, lambda: evidence.read_families(self))

    @property
    def features(self) -> FeatureStore | None:
        """The local features of all plates, mapped into memory; None where not prepared."""
        from imgsim.collection import evidence

        return self._once(layout.FEATURES, lambda: evidence.read_features(self))

    @property
    def feature_index(self) -> FeatureIndex | None:
        """The index of the local features; None where not prepared."""
        from imgsim.collection import evidence

        return self._once("feature index", lambda: evidence.read_index(self))

    @property
    def in_progress(self) -> bool:
        """Whether a run is at work on the collection now: what is missing may be on its way."""
        from imgsim.collection.writing import is_locked

        return is_locked(self.path)

    def has(self, file: str) -> bool:
        """Whether the generation holds a file."""
        return file in self.manifest["files"]

    @property
    def thumbnail_dir(self) -> Path:
        """The folder of <sha256>.webp files."""
        return self.folder / layout.THUMBNAILS

    def thumbnail_path(self, row: int) -> Path:
        """The thumbnail of a plate."""
        return self.folder / layout.thumbnail_file(str(self.catalogue.frame["sha256"].iloc[row]))

    @property
    def thumbnail_sums(self) -> dict[str, str] | None:
        """SHA-256 of each thumbnail by its file; None for a generation of an older imgsim, which noted none."""
        if not self.has(layout.THUMBNAIL_SUMS):
            return None
        file = layout.THUMBNAIL_SUMS
        return self._once(file, lambda: layout.parse_sums(self._bytes(file), f"{file} of {self.name}"))

    def thumbnail(self, row: int) -> bytes:
        """The thumbnail of a plate, as WebP. Raises CollectionError where it is gone, or not what was written."""
        path, sums = self.thumbnail_path(row), self.thumbnail_sums
        try:
            data = path.read_bytes()
        except OSError as error:
            raise self._error(f"the thumbnail {path.name} cannot be read ({error.strerror})") from None
        if sums is not None and sums.get(f"{layout.THUMBNAILS}/{path.name}") != hashlib.sha256(data).hexdigest():
            raise self._error(f"the thumbnail {path.name} is not what was written")
        return data

    def plate_bytes(self, row: int) -> bytes:
        """The plate's own file, as it lies in the folder or zip that the collection was made from.

        Raises ImgsimError if it is no longer there, or lies outside the folders that were prepared.
        """
        from imgsim.images.sources import read_image

        record = self.catalogue.frame.iloc[row]
        root, file = str(record["root"]), str(record["file"])
        if root not in self.manifest["inputs"]["roots"]:
            raise self._error(f"the plate {record['plate_id']} lies outside the inputs of the collection")
        try:
            return read_image(root, file)
        except (OSError, ImgsimError) as error:
            raise CollectionError(
                f"The scan of {record['plate_id']} is no longer where it was ({Path(root) / file}): {error} "
                f"If the folder has moved, run: python precompute.py FOLDER --name {self.name}"
            ) from None

    def staleness(self) -> list[str]:
        """Sentences saying what has changed in the inputs since; empty if nothing has. Looks at every input file."""
        from imgsim.collection.staleness import staleness

        return staleness(self)

    def check_sizes(self) -> None:
        """Whether every file is there, as large as it was, and the lists are what they were; raises CollectionError."""
        if self.manifest["generation"] != self.generation:
            raise self._error(f"its manifest is that of {self.manifest['generation']}")
        for file, facts in self.manifest["files"].items():
            try:
                size = (self.folder / file).stat().st_size
            except OSError as error:
                raise self._error(f"{file} cannot be read ({error.strerror})") from None
            if size != facts["size"]:
                raise self._error(f"{file} has {size:,} bytes instead of {facts['size']:,}")
        for file in (layout.CATALOGUE, layout.SKIPPED):
            self.verify(file)

    def verify(
        self, file: str, *, whole: bool = False, progress: Callable[[int], None] | None = None
    ) -> None:
        """Compare one file of the generation with the manifest, unless that was done; raises CollectionError.

        Of a file that is mapped into memory (gigabytes of local features) the size and the header are compared, and
        its SHA-256 only if ``whole``: the app must not read it all to start. ``progress`` is told the bytes read.
        """
        if ("verified", file) in self._loaded:
            return
        if not layout.is_mapped(file):
            self._bytes(file)
            return
        path = self.folder / file
        try:
            size = path.stat().st_size
            with path.open("rb") as stream:
                layout.npy_header(stream, size, f"{file} of {self.name}")
            same = not whole or layout.file_sha256(path, progress) == self.manifest["files"][file]["sha256"]
        except OSError as error:
            raise self._error(f"{file} cannot be read ({error.strerror})") from None
        if size != self.manifest["files"][file]["size"] or not same:
            raise self._error(f"the content of {file} is not what was written")
        if whole:
            self._loaded["verified", file] = True

    # -- helpers

    def _error(self, what: str) -> CollectionError:
        return CollectionError(
            f"The collection {self.name} is damaged: {what}. Run: python precompute.py --name {self.name}"
        )

    def _backbone(self, backbone: str) -> dict[str, Any]:
        facts = self.manifest["backbones"].get(backbone)
        if facts is None:
            raise CollectionError(
                f"The collection {self.name} has no embeddings of {backbone!r} (it has {', '.join(self.backbones)}). "
                f"Run: python precompute.py --name {self.name} --backbone {backbone}"
            )
        return facts

    def _once(self, key: object, load: Callable[[], T]) -> T:
        # One thread loads, the others wait: two copies of a large array would be worse.
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = load()
            return self._loaded[key]

    def _array(
        self, file: str, dtype: type[np.generic], shape: tuple[int | None, ...] | None
    ) -> npt.NDArray[Any]:
        def load() -> npt.NDArray[Any]:
            array = layout.parse_npy(self._bytes(file), f"{file} of {self.name}", dtype)
            if shape is not None:
                self._check_rows(file, array.shape)
                if len(shape) != array.ndim or any(
                    b not in (None, a) for a, b in zip(array.shape, shape, strict=True)
                ):
                    raise self._error(f"{file} has the shape {array.shape}")
            return array

        return self._once(file, load)

    def _listed(self, file: str) -> pd.DataFrame:
        return read_back(self._bytes(file))

    def _check_rows(self, file: str, shape: tuple[int, ...]) -> None:
        plates = self.manifest["counts"]["plates"]
        if not shape or shape[0] != plates:
            raise self._error(
                f"{file} has {shape[0] if shape else 0:,} rows but the catalogue has {plates:,} plates"
            )

    def _bytes(self, file: str) -> bytes:
        facts, path = self.manifest["files"][file], self.folder / file
        try:
            if path.stat().st_size != facts["size"]:
                raise self._error(f"{file} has {path.stat().st_size:,} bytes instead of {facts['size']:,}")
            data = path.read_bytes()
        except OSError as error:
            raise self._error(f"{file} cannot be read ({error.strerror})") from None
        if hashlib.sha256(data).hexdigest() != facts["sha256"]:
            raise self._error(f"the content of {file} is not what was written")
        self._loaded["verified", file] = True
        return data
