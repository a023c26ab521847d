"""Copies by another hand as CSV: one row for every two plates that a run found to be one picture by two hands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from imgsim.base.cells import yes
from imgsim.collection.other_hands import copy_pairs
from imgsim.export.match_lists import decided
from imgsim.export.pair_lists import pairs_csv
from imgsim.export.request import Chunk, Request
from imgsim.families import decisions_of

if TYPE_CHECKING:
    from imgsim.verification.match_row import MatchRow


def copied(request: Request) -> list[MatchRow]:
    """Return the pairs that have at least one of the plates, the surest first; those that people rejected, too."""
    return [pair for pair in _pairs(request) if request.mask[[pair.a, pair.b]].any()]


def _pairs(request: Request, rejected: Collection[tuple[int, int]] = frozenset()) -> list[MatchRow]:
    """All pairs; of a reference set only those between its two sides."""
    found, between = copy_pairs(request.collection, rejected), request.between
    return [pair for pair in found if between is None or between.crosses(pair.a, pair.b)]


def copy_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the pairs as CSV."""
    pairs, families, said = copied(request), request.families, decided(request)
    ids = request.catalogue.plate_ids
    of_people = [said.get((ids[min(pair.a, pair.b)], ids[max(pair.a, pair.b)]), ("", "", "")) for pair in pairs]
    own = {
        side: [(families.of(row) or "") if families is not None else "" for row in rows]
        for side, rows in (("a", [pair.a for pair in pairs]), ("b", [pair.b for pair in pairs]))
    }
    extra: dict[str, Sequence] = {
        "verdict": [pair.verdict for pair in pairs],
        "inliers": [pair.inliers for pair in pairs],
        "mirrored": [yes(pair.mirrored) for pair in pairs],
        "coverage_a": [f"{pair.coverage_a:.4f}" for pair in pairs],
        "coverage_b": [f"{pair.coverage_b:.4f}" for pair in pairs],
        "residual": [f"{pair.residual:.4f}" for pair in pairs],
        "first": [_first(request, pair) for pair in pairs],
        "a_family_id": own["a"],
        "b_family_id": own["b"],
        **{name: [one[at] for one in of_people] for at, name in enumerate(("decision", "said", "reviewers"))},
    }
    content = pairs_csv(
        request.catalogue, [pair.a for pair in pairs], [pair.b for pair in pairs],
        collection=request.collection.name, date=request.date, extra=extra,
    )  # fmt: skip
    yield Chunk(content, len(pairs))


def _first(request: Request, pair: MatchRow) -> str:
    one, two = (request.catalogue.date(row) for row in (pair.a, pair.b))
    return "a" if one.certainly_before(two) else "b" if two.certainly_before(one) else ""


def copied_books(request: Request) -> Counter[tuple[str, str]]:
    """Return how many copies by another hand tie every two books, by their ids in order.

    Left out are pairs that people rejected, and those that they put into one family, which is counted as such.
    """
    families, books = request.families, request.catalogue.frame["book"].to_numpy(object)
    found: Counter[tuple[str, str]] = Counter()
    for pair in _pairs(request, decisions_of(request.standing, request.catalogue).rejected):
        one, two = sorted((str(books[pair.a]), str(books[pair.b])))
        owners = {families.of(pair.a), families.of(pair.b)} if families is not None else {None}
        if one and two and one != two and (len(owners) > 1 or None in owners):
            found[one, two] += 1
    return found
