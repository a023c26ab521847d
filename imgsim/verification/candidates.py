"""The pairs of plates that are compared line by line: the union of what all candidate sources propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.errors import ImgsimError
from imgsim.verification.candidate_sources import CANDIDATE_SOURCES, CandidateInputs, CandidateSource
from imgsim.verification.candidate_sources.protocol import Pairs, checked
from imgsim.verification.match_table import MOST_LETTERS

CANDIDATES_VERSION = 1
MOST_SOURCES = 32  # one bit each
_BETWEEN = ", "


@dataclass(frozen=True)
class Candidates:
    """Unordered pairs of rows, each once.

    pairs : int32 (m, 2), row_a < row_b, ascending; sources : uint32 (m,), a bit for each of ``names``, the first of
    them the lowest.
    """

    pairs: Pairs
    sources: npt.NDArray[np.uint32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.pairs)

    def proposed_by(self) -> list[str]:
        """The sources of each pair, in words: "cosine, local features"."""
        words = {mask: in_words(mask, self.names) for mask in set(self.sources.tolist())}
        return [words[mask] for mask in self.sources.tolist()]


def in_words(mask: int, names: Sequence[str]) -> str:
    """The names whose bits are set: "cosine, local features"."""
    return _BETWEEN.join(name for at, name in enumerate(names) if mask >> at & 1)


def masks_of(words: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.uint32]:
    """The bits of texts of :func:`in_words`, uint32 (m,); what is none of the names has none."""
    bit = {name: 1 << at for at, name in enumerate(names)}
    masks = {text: sum(bit.get(name, 0) for name in text.split(_BETWEEN)) for text in set(words)}
    return np.array([masks[text] for text in words], np.uint32)


def sources() -> tuple[CandidateSource, ...]:
    """All sources that a run asks. Raises ImgsimError where they are too many to be named of a pair."""
    every = CANDIDATE_SOURCES.all()
    if len(every) > MOST_SOURCES or len(_BETWEEN.join(one.name for one in every)) > MOST_LETTERS:
        raise ImgsimError(
            f"There are {len(every)} candidate sources with long names, but a pair can name {MOST_SOURCES} of them in "
            f"{MOST_LETTERS} letters. Give your own shorter names, or take some out."
        )
    return every


def brought_sources() -> tuple[CandidateSource, ...]:
    """Those of them that are not imgsim's own."""
    return tuple(one for one in sources() if not CANDIDATE_SOURCES.is_own(one))


def source_versions() -> dict[str, object]:
    """What the key of candidates says of their sources.

    Nothing of imgsim's own in their first version: keys from before sources had versions go on counting.
    """
    own = {one.name: one.version for one in sources() if CANDIDATE_SOURCES.is_own(one) and one.version > 1}
    brought = [CANDIDATE_SOURCES.identity(one) for one in brought_sources()]
    return {**({"sources": own} if own else {}), **({"brought": brought} if brought else {})}


def candidates_of(frame: pd.DataFrame) -> Candidates:
    """The candidates that a table of matches (see :attr:`imgsim.verification.matches.Matches.frame`) was made of."""
    names = tuple(one.name for one in sources())
    return Candidates(
        frame[["row_a", "row_b"]].to_numpy(np.int32), masks_of(frame["sources"].tolist(), names), names
    )


def candidates(inputs: CandidateInputs, top: int) -> Candidates:
    """The union of what every source proposes, for every plate the first ``top`` of each of its lists.

    Raises
    ------
    ImgsimError
        Where a source returns something else than pairs of these plates.
    """
    every, count = sources(), inputs.plates
    # One number a pair, ascending.
    found = [_asked(source, inputs, top).astype(np.int64) @ np.array([count, 1]) for source in every]
    union = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    bits = np.zeros(len(union), np.uint32)
    for at, keys in enumerate(found):
        bits[np.searchsorted(union, keys)] |= np.uint32(1 << at)
    rows = np.column_stack(np.divmod(union, max(count, 1))).astype(np.int32)
    return Candidates(rows, bits, tuple(source.name for source in every))


def _asked(source: CandidateSource, inputs: CandidateInputs, top: int) -> Pairs:
    try:
        pairs = source.pairs(inputs, top)
    except Exception as error:
        if CANDIDATE_SOURCES.is_own(source) or isinstance(error, ImgsimError):
            raise
        raise ImgsimError(
            f"The candidate source {source.name!r} fails ({type(error).__name__}: {error}). Correct it, or take it out."
        ) from error
    return checked(pairs, source, inputs.plates)
