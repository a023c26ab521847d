"""One prepared state of a collection, read-only."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.arrays import parse_npz
from imgsim.errors import CollectionError, ImgsimError, PrepareAgain, PrepareImages
from imgsim.generation import compared, layout
from imgsim.generation.checked_files import CheckedFiles
from imgsim.generation.locking import is_locked

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.catalogue.book_pages import BookPages
    from imgsim.families import Families
    from imgsim.features.feature_store import FeatureStore
    from imgsim.features.inverted_index import FeatureIndex
    from imgsim.verification.matches import Matches
    from imgsim.verification.verifiers import Verifier

T = TypeVar("T")


@dataclass(frozen=True)
class Generation(CheckedFiles):
    """One generation of a prepared collection. Everything is loaded when first asked for, and is read-only.

    It stays readable while a newer generation is being written and for as long as that is the newest but one.
    Methods raise CollectionError where a file is missing, damaged, or does not fit the catalogue.
    """

    @property
    def backbones(self) -> tuple[str, ...]:
        """Names of the backbones, in the order in which they were added."""
        return tuple(self.manifest["backbones"])

    @property
    def catalogue(self) -> Catalogue:
        """The plates, one row each; its order is the order of every array."""

        def load() -> Catalogue:
            from imgsim.catalogue import Catalogue

            self.content(layout.CATALOGUE)
            catalogue = Catalogue.from_parquet(self.folder / layout.CATALOGUE)
            if len(catalogue) != self.manifest["counts"]["plates"]:
                raise self.error(
                    f"catalogue.parquet has {len(catalogue):,} plates but the manifest counts "
                    f"{self.manifest['counts']['plates']:,}"
                )
            return catalogue

        return self.once("catalogue", load)

    @property
    def skipped(self) -> pd.DataFrame:
        """What could not be used: columns file and reason."""
        return self.once(layout.SKIPPED, lambda: self.listed(layout.SKIPPED))

    @property
    def unjoined(self) -> pd.DataFrame | None:
        """Rows without a plate and plates without a row: what, line, name, file, reason; None without a table."""
        if not self.has(layout.UNJOINED):
            return None
        return self.once(layout.UNJOINED, lambda: self.listed(layout.UNJOINED))

    @property
    def pages(self) -> BookPages | None:
        """The pages that plates were cut out of, and those without one; None where every plate is a file itself."""
        if not self.has(layout.PAGES):
            return None

        def load() -> BookPages:
            from imgsim.catalogue.book_pages import BookPages

            pages = BookPages.from_parquet(io.BytesIO(self.content(layout.PAGES)))
            if not pages.with_roots(self.manifest["inputs"]["roots"]):
                raise self.error("a page lies outside the inputs of the collection")
            return pages

        return self.once(layout.PAGES, load)

    def page_bytes(self, page_id: str) -> bytes:
        """The scan of a page, as it lies where the collection was made from. Raises ImgsimError if it is gone."""
        from imgsim.images.files import read_image

        if self.pages is None:
            raise ImgsimError(f"There is no page {page_id[:80]!r} in this collection.")
        page = self.pages.page(page_id)
        try:
            return read_image(self._now(page.root), page.file)
        except (OSError, ImgsimError) as error:
            raise self._moved(f"page {page_id}", Path(page.root) / page.file, error) from None

    def embeddings(self, backbone: str) -> npt.NDArray[np.float32]:
        """float32 (n_plates, dim), unit rows."""
        facts = self._backbone(backbone)
        return self.array(layout.embeddings_file(backbone), np.float32, (None, facts["dimension"]))

    def neighbour_table(self, backbone: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """(indices int32 (n_plates, k), similarities float32 (n_plates, k)), nearest first, never the plate itself."""
        self._backbone(backbone)
        file = layout.neighbours_file(backbone)

        def load() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
            arrays = parse_npz(
                self.content(file), f"{file} of {self.name}", {"indices": np.int32, "similarities": np.float32}
            )
            indices, similarities = arrays["indices"], arrays["similarities"]
            self.check_rows(file, indices.shape)
            if indices.shape != similarities.shape or indices.ndim != 2:
                raise self.error(
                    f"{file} has {indices.shape} neighbours but {similarities.shape} similarities"
                )
            if indices.size and (indices.min() < 0 or indices.max() >= len(indices)):
                raise self.error(f"{file} names plates that are not in the catalogue")
            return indices, similarities

        return self.once(file, load)

    def background(self, backbone: str) -> npt.NDArray[np.float32]:
        """float32 (10001,): quantiles of the similarity of random pairs; empty for fewer than two plates."""
        self._backbone(backbone)
        return self.array(layout.background_file(backbone), np.float32, None)

    def projections(self, backbone: str) -> tuple[str, ...]:
        """Methods for which there are coordinates."""
        return tuple(self._backbone(backbone)["projections"])

    def projection(self, backbone: str, method: str) -> npt.NDArray[np.float32]:
        """float32 (n_plates, 2)."""
        if method not in self.projections(backbone):
            raise CollectionError(
                f"The collection {self.name} has no projection {method!r} for {backbone}.",
                PrepareAgain(str(self.path), backbone, ("pca", "umap", "tsne")),
            )
        return self.array(layout.projection_file(backbone, method), np.float32, (None, 2))

    def mirrored(self, backbone: str) -> npt.NDArray[np.float32] | None:
        """float32 (n_plates, dim): the embeddings of the plates flipped left to right; None where not prepared."""
        facts, file = self._backbone(backbone), layout.mirrored_file(backbone)
        return self.array(file, np.float32, (None, facts["dimension"])) if self.has(file) else None

    def part_embeddings(self, backbone: str) -> npt.NDArray[np.float32] | None:
        """float32 (n_plates, PARTS, dim): the embeddings of the plates' parts; None where not prepared."""
        from imgsim.images.plate_parts import PARTS

        facts, file = self._backbone(backbone), layout.parts_file(backbone)
        return self.array(file, np.float32, (None, PARTS, facts["dimension"])) if self.has(file) else None

    @property
    def are_compared(self) -> bool:
        """Whether plates were compared by their lines; no file is read for it, unlike for :attr:`matches`."""
        return self.has(layout.MATCHES)

    @property
    def matches(self) -> Matches | None:
        """What local features say of pairs of plates; None if they were never compared (``--no-verify``)."""
        return self.once(layout.MATCHES, lambda: compared.read_matches(self, self.catalogue))

    def compared_similarities(self, backbone: str) -> npt.NDArray[np.float32] | None:
        """float32 (n_pairs,): of each pair of :attr:`matches`, in its order; None where plates were never compared."""
        self._backbone(backbone)
        matches = self.matches
        if matches is None:
            return None
        read = partial(compared.read_similarities, self, backbone, matches, partial(self.embeddings, backbone))
        return self.once(("similarities of pairs", backbone), read)

    @property
    def copies(self) -> Matches | None:
        """What the verifier of copies says of first neighbours whose lines do not agree; None if it was not asked."""
        return self.once(layout.COPIES, lambda: compared.read_copies(self, self.catalogue))

    @property
    def found_families(self) -> Families | None:
        """The families as the run found them, whatever people decided; None if plates were never compared."""
        return self.once(layout.FAMILIES, lambda: compared.read_families(self, self.catalogue, self.matches))

    @property
    def features(self) -> FeatureStore | None:
        """The local features of all plates, mapped into memory; None where not prepared."""
        return self.once(layout.FEATURES, lambda: compared.read_features(self, self.catalogue))

    @property
    def feature_index(self) -> FeatureIndex | None:
        """The index of the local features; None where not prepared."""
        return self.once("feature index", lambda: compared.read_index(self, self.features))

    @property
    def verifier(self) -> Verifier:
        """What described the plates and compared them. Raises ImgsimError where it is a user's own that is not here."""
        from imgsim.verification.verifiers import SIFT, VERIFIERS

        return VERIFIERS.get(self.manifest["parameters"].get("verifier", SIFT.name))

    @property
    def in_progress(self) -> bool:
        """Whether a run is at work on the collection now: what is missing may be on its way."""
        return is_locked(self.path)

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
        return self.once(file, lambda: layout.parse_sums(self.content(file), f"{file} of {self.name}"))

    def thumbnail(self, row: int) -> bytes:
        """The thumbnail of a plate, as WebP. Raises CollectionError where it is gone, or not what was written."""
        path, sums = self.thumbnail_path(row), self.thumbnail_sums
        try:
            data = path.read_bytes()
        except OSError as error:
            raise self.error(f"the thumbnail {path.name} cannot be read ({error.strerror})") from None
        if sums is not None and sums.get(f"{layout.THUMBNAILS}/{path.name}") != hashlib.sha256(data).hexdigest():
            raise self.error(f"the thumbnail {path.name} is not what was written")
        return data

    def plate_bytes(self, row: int) -> bytes:
        """The plate's own image, as it lies in the folder, zip or document that the collection was made from.

        Raises ImgsimError if it is no longer there, or lies outside the folders that were prepared.
        """
        from imgsim.images.files import read_image

        return self._original(row, read_image)

    def plate_content(self, row: int) -> bytes | Path:
        """The same for opening it: of a very large file the path, from which it is read piece by piece."""
        from imgsim.images.files import find_image

        return self._original(row, find_image)

    def _original(self, row: int, read: Callable[[str, str], T]) -> T:
        record = self.catalogue.frame.iloc[row]
        root, file = str(record["root"]), str(record["file"])
        if root not in self.manifest["inputs"]["roots"]:
            raise self.error(f"the plate {record['plate_id']} lies outside the inputs of the collection")
        try:
            return read(self._now(root), file)
        except (OSError, ImgsimError) as error:
            raise self._moved(str(record["plate_id"]), Path(root) / file, error) from None

    def _now(self, root: str) -> str:
        """Where a folder of scans lies now: what is kept within the collection's own folder moves with it."""
        from imgsim.images.archives import name_problem

        _, kept, inside = root.replace("\\", "/").rpartition(f"/{layout.SOURCE}/")
        moved = self.path / layout.SOURCE / inside
        if Path(root).is_dir() or not kept or name_problem(inside) or not moved.is_dir():
            return root
        return str(moved)

    def _moved(self, what: str, place: Path, error: Exception) -> CollectionError:
        return CollectionError(
            f"The scan of {what} is no longer where it was ({place}): {error}",
            PrepareImages(str(self.path), moved=True),
        )

    def _backbone(self, backbone: str) -> dict[str, Any]:
        facts = self.manifest["backbones"].get(backbone)
        if facts is None:
            raise CollectionError(
                f"The collection {self.name} has no embeddings of {backbone!r} (it has {', '.join(self.backbones)}).",
                PrepareAgain(str(self.path), backbone),
            )
        return facts
