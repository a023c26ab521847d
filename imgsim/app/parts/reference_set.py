"""The reference set of the address: some books, one's new ones say, against all others; what it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from imgsim.app.services import caches, moments, state, text
from imgsim.base.translation import number, tr
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
        keep=4, told=tr("Looking which books share images …"),
    )  # fmt: skip


def called(collection: Collection, between: Between) -> str:
    """What is chosen, in words: the books, or how many."""
    books = dict.fromkeys(collection.catalogue.frame["book"].to_numpy()[between.chosen])
    named = [collection.catalogue.book_label(book) for book in books if book]
    if 0 < len(named) <= 2 and "" not in books:
        return named[0] if len(named) == 1 else tr("{one} and {other}", one=named[0], other=named[1])
    if named:
        return text.count(len(named), "book", "books")
    return label(collection, parts_of(collection)[between.names[0]])


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
    plates = len(part.rows)
    if part.kind == BOOK:
        return f"{catalogue.book_label(part.value)} ({number(plates)})"
    if part.kind == FOLDER:
        return tr("Folder {folder} ({plates:,})", folder=part.value, plates=plates)
    if part.kind != ADDED:
        return tr("From {source} ({plates:,})", source=part.value, plates=plates)
    books = {book for book in catalogue.frame["book"].to_numpy()[part.rows] if book}
    what = catalogue.book_label(books.pop()) if len(books) == 1 else text.count(len(books), "book", "books")
    when = moments.minute(datetime.fromisoformat(part.value).astimezone())
    return tr("{what} ({plates:,}), added {when}", what=what, plates=plates, when=when)
