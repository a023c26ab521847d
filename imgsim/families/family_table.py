"""The columns of families.parquet, and the rule in the words that the screen and the dossier use."""

from __future__ import annotations

import numpy as np
import pandas as pd

from imgsim.base.translation import marked
from imgsim.catalogue.dating import dates_of, with_dates
from imgsim.catalogue.order import in_book
from imgsim.errors import CollectionError, PrepareAgain

# Part of the key of families.parquet: change it with everything that changes a family.
FAMILIES_VERSION = 5

RULE = (
    "Plates belong to one family when the whole image agrees: one strong pair brings a plate in, two groups are joined "
    "only if most plates of the smaller one agree with plates of the other, and no join is made that more than "
    "two in three of the compared pairs deny. A plate that shares only a detail is added to the family with which it "
    "shares most, and never joins two families. What people decided about a pair goes before: plates that they call "
    "one image are in one family, and two that they call unrelated are not, unless confirmed pairs lead from one to "
    "the other."
)

COLUMNS: dict[str, str] = {
    "family_id": "str", "plate_id": "str", "place": "int32", "verdict": "str", "mirrored": "bool", "cropped": "str",
    "printing": "str", "inliers": "int32", "supports": "int32", "tied_to": "str", "negative": "bool",
}  # fmt: skip
# What people decided about the pair that ties a plate in; only in families that they corrected.
CORRECTED = COLUMNS | {"by_review": "str"}
EARLIEST = "earliest"
OF_EARLIEST, EARLIEST_OF = marked("detail of the earliest"), marked("the earliest is a detail of it")
_UNKNOWN = np.iinfo(np.int64).max


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of families.parquet and by_review with their types; CollectionError if they are not there."""
    if "negative" not in frame.columns:  # families of former versions: none was found
        frame = frame.assign(negative=False)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise CollectionError(f"Families need the column {', '.join(missing)}.", PrepareAgain())
    try:
        whole = frame if "by_review" in frame.columns else frame.assign(by_review="")
        return whole[list(CORRECTED)].astype(CORRECTED).reset_index(drop=True)
    except (TypeError, ValueError) as error:
        raise CollectionError(
            f"families.parquet holds values of a wrong kind: {error}.", PrepareAgain()
        ) from None


def ranks(frame: pd.DataFrame) -> np.ndarray:
    """Return each plate's rank in order of date, int64 (n,); then of book and the order within it; undated last.

    The order of dates is that of :attr:`~imgsim.catalogue.dates.DateInterval.order`: a plate of which only the decade
    is known comes after those of that decade with a year.
    """
    dates = dates_of(with_dates(frame)).ranks()
    books = pd.factorize(frame["book"], sort=True)[0]
    books = np.where(frame["book"].to_numpy(object) == "", len(frame), books)
    found = np.empty(len(frame), dtype=np.int64)
    found[np.lexsort((in_book(frame), books, dates))] = np.arange(len(frame))
    return found
