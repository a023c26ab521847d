"""What neighbours are asked of, and the list that conditions make of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imgsim.base.verdict_words import CODES
from imgsim.catalogue import Catalogue
from imgsim.collection.evidence import Evidence, evidence_of
from imgsim.collection.listing import TIMES, Conditions, Listing, list_under, masks_of
from imgsim.errors import ImgsimError
from imgsim.generation.generation import Generation


@dataclass(frozen=True)
class Query:
    """What neighbours are asked of: a plate of the collection (row), or an image from outside (row None).

    ``by_part`` is how near each plate is by a part, float32 (n,); None where parts are not asked.
    """

    label: str
    similarities: npt.NDArray[np.float32]  # (n,)
    row: int | None = None
    evidence: Evidence | None = None
    by_part: npt.NDArray[np.float32] | None = None


def plate_query(
    generation: Generation, row: int, similarities: npt.NDArray[np.float32],
    by_part: npt.NDArray[np.float32] | None = None,
) -> Query:  # fmt: skip
    """The query that a plate of the collection is."""
    return Query(generation.catalogue.plate_ids[row], similarities, row, evidence_of(generation, row), by_part)


def find(
    catalogue: Catalogue,
    query: Query,
    wanted: Conditions,
    *,
    verdicts: Sequence[str] = (),
    verified_first: bool = False,
) -> Listing:
    """The list of neighbours; empty only where there is no other plate.

    Parameters
    ----------
    verdicts : only plates with one of these, of :data:`imgsim.base.verdict_words.CODES`; none: all.
    verified_first : list the plates whose re-use is verified before all others.

    Raises
    ------
    ImgsimError
        For a word that is none of :data:`TIMES` or none of the verdicts, fewer than one neighbour, or a threshold that
        is no similarity.
    """
    if wanted.when not in TIMES:
        raise ImgsimError(f"neighbours are of {', '.join(TIMES)} time, not {wanted.when!r}")
    whole = isinstance(wanted.top_k, (int, np.integer)) and not isinstance(wanted.top_k, bool)
    if not whole or wanted.top_k < 1:
        raise ImgsimError(f"a list has 1 neighbour or more (top_k), not {wanted.top_k!r}")
    line = wanted.threshold
    if line is not None and not (isinstance(line, (int, float, np.floating)) and -1 <= line <= 1):
        raise ImgsimError(f"the line stands at a similarity from -1 to 1, not {line!r}")
    unknown = [code for code in verdicts if code not in CODES]
    if unknown:
        raise ImgsimError(f"a verdict is one of {', '.join(CODES)}, not {unknown[0]!r}")
    known = query.evidence
    mask = known.mask(verdicts, len(query.similarities)) if known is not None and verdicts else None
    return list_under(
        masks_of(catalogue, wanted, query.row, mask),
        query.similarities,
        wanted,
        exclude=query.row,
        verified=() if known is None else known.verified,
        copies=() if known is None else known.copies,
        verified_first=verified_first,
        by_part=query.by_part,
    )


def check_filters(
    catalogue: Catalogue, choices: Mapping[str, Sequence[str]], decades: tuple[int, int] | None
) -> None:
    """Refuse filters that would find nothing, or everything, without a word. Raises ImgsimError."""
    for column, values in choices.items():
        if column not in catalogue.frame.columns:
            raise ImgsimError(f"There is no column {column!r}. There are {', '.join(catalogue.frame.columns)}.")
        if isinstance(values, str):
            raise ImgsimError(f"The choices of {column} are a list of values, such as [{values!r}], not one text.")
    if decades is not None and decades[0] > decades[1]:
        raise ImgsimError(f"The decades {decades[0]} to {decades[1]} end before they begin: turn them round.")
