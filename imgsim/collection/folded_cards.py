"""Plates of one book in a list of neighbours, folded into one card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imgsim.collection.listing import ABOVE, BELOW


@dataclass(frozen=True)
class Card:
    """A plate in the list, with the plates of the same book that are folded under it."""

    place: int  # index into the listing's rows
    folded: tuple[int, ...]  # indices too


def fold(books: Sequence[str], unfolded: str = "", sections: Sequence[int] = ()) -> list[Card]:
    """Fold the plates of one book under its best one; those of `unfolded` stand behind it instead.

    What is verified is never folded under what is not, and what lies BELOW the line is not folded at all: the nearest
    plates are always seen.

    Parameters
    ----------
    books
        The book of every plate in the list; '' is no book, and never folded.
    sections
        The section of every plate in the list, ascending; none if all are of one.
    """
    keys = list(zip(sections or [ABOVE] * len(books), books, strict=True))
    members: dict[tuple[int, str], list[int]] = {}
    for place, key in enumerate(keys):
        members.setdefault(key, []).append(place)
    cards: list[Card] = []
    for place, (section, book) in enumerate(keys):
        own = members[section, book]
        if not book or section == BELOW:
            cards.append(Card(place, ()))
        elif place == own[0]:
            if book == unfolded:
                cards += [Card(other, ()) for other in own]
            else:
                cards.append(Card(place, tuple(own[1:])))
    return cards
