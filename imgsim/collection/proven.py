"""The strongest thing that is proven of each plate, of all pairs that it is in; what people decided goes before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.base.translation import marked
from imgsim.base.verdict_words import COPY, DETAIL, MIRRORED, NEGATIVE, SAME
from imgsim.collection.other_hands import copy_pairs
from imgsim.families.ties import confirmed_verdict
from imgsim.reviews.decision_words import SAME_PLATE

if TYPE_CHECKING:
    from imgsim.collection.collection import Collection

# From the strongest to the weakest. That two are prints of one plate only people say.
STRENGTHS = (SAME_PLATE, SAME, MIRRORED, NEGATIVE, DETAIL, COPY)
NOTHING = marked("nothing proven")


def proven(collection: Collection) -> list[str]:
    """Return one of :data:`STRENGTHS` or :data:`NOTHING` for each plate, in catalogue order.

    A pair that somebody called unrelated proves nothing, one that somebody confirmed what was said of it; pairs about
    which people differ, or nobody is sure, what the lines say.
    """
    matches, constraints = collection.matches, collection.constraints
    found = np.full(len(collection.catalogue), len(STRENGTHS))

    def heed(rows: npt.ArrayLike, said: str) -> None:
        plates = np.asarray(rows, dtype=np.int64).ravel()
        found[plates] = np.minimum(found[plates], STRENGTHS.index(said))

    if matches is not None:
        ends = matches.rows
        verdicts = matches.column("verdict")
        judged = np.array([*constraints.confirmed, *constraints.rejected], dtype=np.int64).reshape(-1, 2)
        open_to_lines = np.ones(len(ends), dtype=bool)
        places = matches.positions(*judged.T)
        open_to_lines[places[places >= 0]] = False
        for verdict in (SAME, MIRRORED, NEGATIVE, DETAIL):
            heed(ends[open_to_lines & (verdicts == verdict)], verdict)
    heed([(pair.a, pair.b) for pair in copy_pairs(collection, constraints.rejected)], COPY)
    for pair, decision in constraints.confirmed.items():
        seen = matches.between(*pair) if matches is not None else None
        lines = seen if seen is not None and seen.verified else None
        said = confirmed_verdict(decision, lines is not None and lines.mirrored, lines is not None and lines.negative)
        heed(pair, SAME_PLATE if decision == SAME_PLATE else said)
    return [(*STRENGTHS, NOTHING)[place] for place in found.tolist()]
