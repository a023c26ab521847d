"""The reference set of the address: some books, one's new ones say, against all others; what it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from imgsim.app.services import caches, state, text
from imgsim.collection import Collection
from imgsim.collection.between import ADDED, BOOK, FOLDER, Between, Part, parts, telling
from imgsim.collection.book_network import BookNetwork
from imgsim.errors import ImgsimError


def chosen(collection: Collection) -> Between | None:
    """The set that the address names; None where it names none, or none that can be had: `reference_bar` says why."""
    names = state.current().between
    try:
        return made(collection, names) if names else None
    except ImgsimError:
        return None


def network(collection: Collection, between: Between | None) -> BookNetwork | None:
    """Which books share images with which, of all or of what is between the two sides alone."""
    if between is None:
        return caches.book_network(collection)
    return caches.answer(
        collection, "books between", lambda shown: shown.between(*between.names).book_network, between.names,
        keep=4, told="Looking which books share images …",
    )  # fmt: skip


def called(collection: Collection, between: Between) -> str:
    """What is chosen, in words: the books, or how many."""
    books = dict.fromkeys(collection.catalogue.frame["book"].to_numpy()[between.chosen])
    named = [collection.catalogue.book_label(book) for book in books if book]
    if 0 < len(named) <= 2 and "" not in books:
        return " and ".join(named)
    return text.count(len(named), "book") if named else label(collection, parts_of(collection)[between.names[0]])


def made(collection: Collection, names: Sequence[str]) -> Between:
    """The set of these names. Raises ImgsimError where it cannot be had."""
    return caches.fact(collection, "reference set", lambda: collection.between(*names), tuple(names), keep=8)


def parts_of(collection: Collection) -> Mapping[str, Part]:
    """What can be chosen, by name. Raises CollectionError where the registry of ids cannot be read."""
    moments = collection.registry.moments
    return caches.fact(collection, "parts", lambda: parts(collection.catalogue, moments()), keep=1)


def offered(collection: Collection, known: Mapping[str, Part]) -> dict[str, str]:
    """What can be chosen, by name, with what it is called."""
    return {
        part.name: label(collection, part) for part in telling(known.values(), len(collection.catalogue))
    }


def label(collection: Collection, part: Part) -> str:
    """What a part is called on the screen."""
    catalogue = collection.catalogue
    number = f"({len(part.rows):,})"
    if part.kind == BOOK:
        return f"{catalogue.book_label(part.value)} {number}"
    if part.kind == FOLDER:
        return f"Folder {part.value} {number}"
    if part.kind != ADDED:
        return f"From {part.value} {number}"
    books = {book for book in catalogue.frame["book"].to_numpy()[part.rows] if book}
    what = catalogue.book_label(books.pop()) if len(books) == 1 else text.count(len(books), "book")
    moment = datetime.fromisoformat(part.value).astimezone()
    return f"{what} {number}, added {moment.day} {moment:%b %Y, %H:%M}"
