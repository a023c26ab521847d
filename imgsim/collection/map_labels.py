"""What the regions of a map are called: the words that are much more frequent among their plates than around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.collection.map_regions import FEWEST, Region, regions
from imgsim.collection.region_words import NOTHING, Counted, Vocabulary, source_of

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue


@dataclass(frozen=True)
class RegionLabel:
    """What a region is called.

    Attributes
    ----------
    words : up to three, the most telling first.
    x, y : where it stands, in units of the map: on the plate that lies in the midst of those with the first word.
    box : where most of those lie: left, bottom, right, top.
    level : the first level at which it is seen; ``until`` the first at which it is not, for then a part of the region
        has a label there; None where it stays.
    plates : how many plates of the region have the first word.
    """

    words: tuple[str, ...]
    x: float
    y: float
    box: tuple[float, float, float, float]
    level: int
    until: int | None
    plates: int


def map_labels(catalogue: Catalogue, xy: npt.NDArray[np.float32]) -> tuple[RegionLabel, ...]:
    """Return the labels of a map of the plates, float32 (n, 2): level by level, and in each the largest first.

    The same plates and points give the same labels; none where no words tell the plates apart.
    """
    source = source_of(catalogue)
    if source == NOTHING:
        return ()
    vocabulary = Vocabulary.of(catalogue, source)
    every = vocabulary.count(np.arange(len(xy)))
    made = [label for region in regions(xy) for _, label in _labelled(region, vocabulary, xy, every)]
    return tuple(sorted(made, key=lambda label: (label.level, -label.plates, label.words)))


def _labelled(
    region: Region, vocabulary: Vocabulary, xy: npt.NDArray[np.float32], around: Counted
) -> list[tuple[Region, RegionLabel]]:
    """A region and its parts, all those that have a label; ``around``: what was counted where the region is a part."""
    own = vocabulary.count(region.rows)
    found = [one for part in region.parts for one in _labelled(part, vocabulary, xy, own)]
    words = vocabulary.telling(own, around) if own.plates >= FEWEST else []
    if not words:
        return found
    rows = vocabulary.having(words[0], region.rows)
    places = xy[rows]
    spot = rows[((places - np.median(places, axis=0)) ** 2).sum(axis=1).argmin()]
    x, y = xy[spot].tolist()
    left, bottom, right, top = np.quantile(places, (0.1, 0.9), axis=0).ravel().tolist()
    until = min((part.level for part, _ in found if spot in part.rows), default=None)
    said = vocabulary.written(words)
    return [(region, RegionLabel(said, x, y, (left, bottom, right, top), region.level, until, len(rows))), *found]
