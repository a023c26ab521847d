"""What proposes pairs of plates to be compared line by line, and all that it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from imgsim.errors import ImgsimError, PrepareAgain

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.features.feature_store import FeatureStore
    from imgsim.features.inverted_index import FeatureIndex

Float32 = npt.NDArray[np.float32]
Pairs = npt.NDArray[np.int32]


@dataclass(frozen=True)
class CandidateInputs:
    """What a candidate source may look at. All of it is of the same plates, in the catalogue's order.

    Attributes
    ----------
    embeddings : mapping of backbone to float32 (n, dim)
        Unit rows.
    mirrored_embeddings : mapping of backbone to float32 (n, dim)
        The same of the plates flipped left to right; may lack some or all backbones.
    parts : mapping of backbone to float32 (n, PARTS, dim)
        The same of the plates' parts (:mod:`imgsim.images.plate_parts`); may lack some or all backbones.
    store, index
        The local features of all plates, and their index; None where plates were not described.
    catalogue
        The plates with their metadata; None where pairs are asked for without any.
    progress : callable, optional
        ``progress(done, total)`` in plates, for a source that takes long.
    workers : int, optional
        Threads that a source may use; all cores if None. The pairs do not depend on it.

    Raises
    ------
    ImgsimError
        Where the parts are of different numbers of plates.
    """

    embeddings: Mapping[str, Float32] = field(default_factory=dict)
    mirrored_embeddings: Mapping[str, Float32] = field(default_factory=dict)
    store: FeatureStore | None = None
    index: FeatureIndex | None = None
    catalogue: Catalogue | None = None
    progress: Callable[[int, int], None] | None = None
    workers: int | None = None
    parts: Mapping[str, Float32] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = self._counts()
        if len(counts) > 1:
            raise ImgsimError(
                f"Embeddings and local features are of {' and '.join(map(str, sorted(counts)))} plates.",
                PrepareAgain(),
            )

    @property
    def plates(self) -> int:
        """How many plates there are, n."""
        return max(self._counts(), default=0)

    def _counts(self) -> set[int]:
        parts = [*self.embeddings.values(), *self.mirrored_embeddings.values(), *self.parts.values()]
        return {len(part) for part in (*parts, self.store, self.index, self.catalogue) if part is not None}


class CandidateSource(Protocol):
    """Proposes pairs; see docs/candidate-sources.md."""

    @property
    def name(self) -> str:
        """What is said of a pair that it proposed: "cosine"."""
        ...

    @property
    def version(self) -> int:
        """Raised when it proposes others than before."""
        ...

    def pairs(self, inputs: CandidateInputs, k: int) -> Pairs:
        """The pairs of rows that are worth comparing.

        Parameters
        ----------
        k : how many others are proposed for each plate at most, in each list that the source makes of a plate's
            neighbours (by each backbone; as the plate stands, and mirrored). At least 1.

        Returns
        -------
        int32 (m, 2)
            Row a below row b, each pair once, ascending; none where the source has nothing to go by. The same for the
            same inputs.
        """
        ...


def unordered(rows: npt.ArrayLike, others: npt.ArrayLike) -> Pairs:
    """Pairs as a source returns them, from rows and what each of them is paired with, both (m,), in any order."""
    ends = np.column_stack((np.asarray(rows, np.int64), np.asarray(others, np.int64)))
    ends = ends[ends[:, 0] != ends[:, 1]]
    # One number a pair: so sorted ten times as fast as rows of two.
    count = int(ends.max(initial=0)) + 1
    return np.column_stack(np.divmod(np.unique(ends.min(1) * count + ends.max(1)), count)).astype(np.int32)


def neighbour_pairs(lists: Iterable[npt.NDArray[np.integer]]) -> Pairs:
    """The pairs in lists of neighbours, int (n, k) each: row i of a list has the neighbours of plate i."""
    found = [(np.repeat(np.arange(len(one)), one.shape[1]), one.ravel()) for one in lists]
    if not found:
        return np.zeros((0, 2), np.int32)
    rows, others = (np.concatenate(side) for side in zip(*found, strict=True))
    return unordered(rows, others)


def checked(found: object, source: CandidateSource, plates: int) -> Pairs:
    """What a source returned, if it is what it must be. Raises ImgsimError that says what is not."""
    wrong = ""
    if not isinstance(found, np.ndarray) or found.dtype != np.int32 or found.ndim != 2 or found.shape[1] != 2:
        shape = f"{found.dtype} {found.shape}" if isinstance(found, np.ndarray) else type(found).__name__
        wrong = f"int32 (m, 2) is wanted, not {shape}"
    elif len(found) and (found.min() < 0 or found.max() >= plates):
        wrong = f"rows run from 0 to {plates - 1:,}, but it names {found.min():,} to {found.max():,}"
    elif (found[:, 0] >= found[:, 1]).any():
        wrong = "row a is not below row b, or a plate is paired with itself"
    elif len(found) > 1 and (np.diff(found.astype(np.int64) @ np.array([plates, 1])) <= 0).any():
        wrong = "pairs are not ascending, or one comes twice"
    if wrong:
        raise ImgsimError(
            f"The candidate source {source.name!r} returns no list of pairs: {wrong}. Correct it, or take it out."
        )
    return np.asarray(found, np.int32)
