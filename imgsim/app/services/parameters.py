"""The parameters of an address: under which name each field of the state travels, how it is read and written, and
what may be chosen there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from imgsim.collection.review_queue import FILTERS

SORTS = {"year": "Year", "book": "Book and page", "plate_id": "Plate id", "random": "Random"}
TIMES = {"any": "Any time", "earlier": "Earlier only", "later": "Later only"}
PAGE_SIZES = (30, 60, 120, 240)
MIN_TOP_K, MAX_TOP_K = 4, 50
PROJECTIONS = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}
VIEWS = {"plates": "Plates", "table": "Table", "scores": "Scores"}
ORDERS = {"similarity": "Similarity", "evidence": "Evidence"}
COMPARISONS = {
    "flicker": "Flicker",
    "opacity": "Opacity",
    "overlay": "Red and cyan",
    "swipe": "Swipe",
    "side": "Side by side",
    "difference": "Difference",
}

ARRANGEMENTS = {"date": "By date", "clustered": "Clustered"}
MODEL_PARTS = {"verified": "Verified pairs", "agreement": "Agreement", "scores": "Scores", "hubs": "Hubs"}
FOUND_BY = ("first", "second", "both", "neither")
MOST_SHARED = 10  # first neighbours of two backbones that are compared
DESKS = {"queue": "Pairs to judge", "worth": "What a score is worth here", "all": "All reviews"}
MOST_BOOKS = 50  # at least so many books: the highest that can be asked of a family
MAX_TEXT = 300  # letters of any other field
MOST_TEXT = 1000  # of the search box: a whole citation fits
MOST_CHOICES = 200  # values of one facet that fit in a link

Box = tuple[float, float, float, float]


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        return min(max(int(text), low), high)

    return parse


def _one_of(options: Sequence[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return parse


def _threshold(text: str) -> float:
    value = float(text)
    if not -1.0 <= value <= 1.0:
        raise ValueError(text)
    return round(value, 6)


def _precision(text: str) -> float:
    value = float(text)
    if not 0.5 <= value <= 0.99:
        raise ValueError(text)
    return round(value, 2)


def _flag(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _decades(text: str) -> tuple[int, int]:
    first, last = (int(part) for part in text.split("-"))
    return (min(first, last), max(first, last))


def _text(text: str) -> str:
    return text[:MAX_TEXT]


def _words(text: str) -> str:
    return text[:MOST_TEXT]


def _verdicts(text: str) -> tuple[str, ...]:
    return tuple(sorted({part for part in text.split("-") if part.isalpha()}))


def _box(text: str) -> Box:
    x0, y0, x1, y1 = (round(float(part), 4) for part in text.split("-"))
    if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise ValueError(text)
    return (x0, y0, x1, y1)


# The name in the address and the way to read it, for every field but `choices`.
PARSERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "collection": ("collection", _text),
    "backbone": ("backbone", _text),
    "plate": ("plate", _text),
    "text": ("text", _words),
    "decades": ("decades", _decades),
    "reused": ("reused", _flag),
    "sort": ("sort", _one_of(tuple(SORTS))),
    "seed": ("seed", _integer(0, 2**31 - 1)),
    "per_page": ("per_page", _integer(PAGE_SIZES[0], PAGE_SIZES[-1])),
    "page": ("page", _integer(1, 1_000_000)),
    "top_k": ("top_k", _integer(MIN_TOP_K, MAX_TOP_K)),
    "threshold": ("threshold", _threshold),
    "other_books": ("other_books", _flag),
    "when": ("when", _one_of(tuple(TIMES))),
    "fold": ("fold", _flag),
    "unfolded": ("unfolded", _text),
    "view": ("view", _one_of(tuple(VIEWS))),
    "projection": ("map", _one_of(tuple(PROJECTIONS))),
    "colour": ("colour", _text),
    "order": ("order", _one_of(tuple(ORDERS))),
    "verdicts": ("verdict", _verdicts),
    "other": ("with", _text),
    "compare": ("compare", _one_of(tuple(COMPARISONS))),
    "family": ("family", _text),
    "reuse_text": ("find", _text),
    "reuse_decades": ("printed", _decades),
    "reuse_books": ("books", _integer(1, MOST_BOOKS)),
    "reuse_mirrored": ("mirrored", _flag),
    "reuse_works": ("works", _flag),
    "reuse_from": ("from", _text),
    "reuse_to": ("to", _text),
    "reuse_years": ("years", _decades),
    "reuse_page": ("leaf", _integer(1, 1_000_000)),
    "arranged": ("arranged", _one_of(tuple(ARRANGEMENTS))),
    "book_a": ("book", _text),
    "book_b": ("and", _text),
    "book_page": ("sheet", _integer(1, 1_000_000)),
    "desk": ("section", _one_of(tuple(DESKS))),
    "asked": ("asked", _one_of(tuple(FILTERS))),
    "precision": ("precision", _precision),
    "box": ("box", _box),
    "versus": ("versus", _text),
    "first": ("first", _integer(1, MOST_SHARED)),
    "models": ("models", _one_of(tuple(MODEL_PARTS))),
    "found_by": ("found", _one_of(FOUND_BY)),
    "sharing": ("sharing", _integer(0, MOST_SHARED)),
    "models_page": ("part", _integer(1, 1_000_000)),
    "draw": ("draw", _integer(0, 9_999)),
}


def written(value: object) -> str:
    """A field's value as it stands in an address."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "-".join(str(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
