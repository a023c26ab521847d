"""How a plate, a family, a book and a collection are cited, and what a citation says to whoever reads it.

A citation ends in what finds the picture again, however the collection has changed since:

    ... [imgsim, collection “herbals”, generation 20261122-1, book “one”, plate “b003”, picture 0123456789ab].

The picture is the beginning of the SHA-256 of the scan, which names it wherever it lies and whatever it is called.
:func:`read_citation` takes such a line apart, also where quotation marks or line ends were changed on the way;
:mod:`imgsim.collection.identifying` follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.families import Family
    from imgsim.generation.generation import Generation

SHORT = 12  # digits of a picture's hash in a citation
LEAST = 8  # digits that are taken for the beginning of one
FAMILY_ID = re.compile(r"F\d{4,12}", re.IGNORECASE)

_LONGEST = 4000  # characters that are looked at
_BARE_HASH = re.compile(rf"(?:sha256[:\s]*)?([0-9a-f]{{{LEAST},64}})", re.IGNORECASE)
_BEGINNING = re.compile(r"\[imgsim,\s+collection\s")
_QUOTE = '[“”„«»"]'
_HASH = re.compile(rf"(?:picture|sha256)[\s:]+([0-9a-f]{{{LEAST},64}})", re.IGNORECASE)
_COLLECTION = re.compile(rf"collection\s+{_QUOTE}(.+?){_QUOTE}", re.DOTALL)
_GENERATION = re.compile(r"generation\s+([A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9])")
# Ids may hold anything, quotation marks too: where a hash follows, it tells where the id ends.
_PLATE = (
    re.compile(rf"plate\s+{_QUOTE}(.+){_QUOTE},\s*picture\s", re.DOTALL),
    re.compile(rf"plate\s+{_QUOTE}(.+?){_QUOTE}", re.DOTALL),
    re.compile(r"\[(?:book\s.+,\s)?plate\s+(.+)\]\.?", re.DOTALL),  # as citations were before
)
_FAMILY = (
    re.compile(rf"family\s+{_QUOTE}(.+?){_QUOTE}", re.DOTALL),
    re.compile(r"Family\s+(\S+)\s+of\s+the\s+collection"),  # as citations were before
)
_BOOK = re.compile(rf"book\s+{_QUOTE}(.+){_QUOTE},\s*first\s+plate\s", re.DOTALL)


@dataclass(frozen=True)
class Citation:
    """What a citation names; "" for what it does not. ``plate`` of a family is its earliest, of a book its first."""

    collection: str = ""
    generation: str = ""
    plate: str = ""
    picture: str = ""
    family: str = ""
    book: str = ""


def read_citation(text: str) -> Citation | None:
    """Take a citation apart; None for a text that is none."""
    # A title may hold anything.
    start = max((found.start() for found in _BEGINNING.finditer(text)), default=0)
    text = text[start:]
    hashes = _HASH.findall(text)
    found = Citation(
        collection=_first(text, _COLLECTION),
        generation=_first(text, _GENERATION),
        plate=_first(text, *_PLATE),
        picture=hashes[-1].lower() if hashes else "",
        family=_first(text, *_FAMILY),
        book=_first(text, _BOOK),
    )
    return found if found.collection or found.plate or found.family or found.picture else None


def _first(text: str, *patterns: re.Pattern[str]) -> str:
    for pattern in patterns:
        if found := pattern.search(text):
            return " ".join(found[1].split())
    return ""


@dataclass(frozen=True)
class Asked:
    """What a text may mean: the id of a plate or a family, the beginning of a picture's hash, or a citation."""

    id: str = ""
    hash: str = ""
    citation: Citation | None = None

    @property
    def telling(self) -> bool:
        """Whether it can hardly be words of a search: a hash, a citation, or the form of a family's id."""
        return bool(self.hash or self.citation) or FAMILY_ID.fullmatch(self.id) is not None


def asked(text: str) -> Asked:
    """Understand what was typed or pasted."""
    # What finds the picture stands at the end of a citation; half a character is in no id.
    bare = text.encode("utf-8", "replace").decode().strip()[-_LONGEST:]
    hashed = _BARE_HASH.fullmatch(bare)
    return Asked(bare, hashed[1].lower() if hashed else "", None if hashed else read_citation(bare))


# ---- writing


def short_hash(sha256: str) -> str:
    """The beginning of a picture's SHA-256 that stands in citations."""
    return sha256[:SHORT]


def plate_reference(catalogue: Catalogue, row: int) -> str:
    """A plate in a text that says already which collection it is of: author, title, place, year; its id and picture."""
    plate = catalogue.record(row)
    book = f"book {plate['book']}, " if plate["book"] else ""
    return _closed(catalogue.reference(row), f"{book}{_plate(catalogue, row)}")


def plate_citation(collection: Generation, row: int) -> str:
    """A reference to a plate by which anybody finds it."""
    catalogue = collection.catalogue
    book = catalogue.record(row)["book"]
    of_book = f", book “{book}”" if book else ""
    return _closed(catalogue.reference(row), f"{_state(collection)}{of_book}, {_plate(catalogue, row)}")


def book_citation(collection: Generation, book: str) -> str:
    """A reference to a book by which anybody finds it; ImgsimError for an unknown one."""
    catalogue = collection.catalogue
    words = catalogue.book_reference(book)
    first = _plate(catalogue, int(catalogue.book_rows(book)[0]))
    return _closed(words, f"{_state(collection)}, book “{book}”, first {first}")


def family_citation(collection: Generation, family: Family, title: str = "") -> str:
    """A reference to a family: what people call it, how often and when it was printed, its earliest plate, and what
    finds it again.

    It says "earliest in this collection", and of undated plates only which comes first: an earlier printing may not
    have been scanned.
    """
    catalogue, first = collection.catalogue, family.earliest
    books = f" of {_counted(len(family.books), 'book')}" if family.books else ""
    years = family.span or "undated"
    which = "the earliest in this collection" if first.dated else "first among them"
    version = str(collection.manifest.get("imgsim", ""))
    judged = ", and by what people decided" if any(member.by_review for member in family.members) else ""
    called = f"“{title}”. " if title else ""
    lead = f"{called}One image in {_counted(len(family), 'plate')}{books}, {years}; {which}"
    words = catalogue.reference(first.row)
    place = "earliest" if first.dated else "first"
    named = f"{_state(collection)}, family “{family.id}”, {place} {_plate(catalogue, first.row)}"
    return (
        f"{lead}: {_closed(words, named)}"[:-1]
        + f", found with imgsim{' ' if version else ''}{version} by local features and geometry{judged}."
    )


def collection_citation(collection: Generation) -> str:
    """A collection's name with what tells this state of it from any other."""
    return (
        f"collection “{collection.name}” ({_counted(len(collection.catalogue), 'plate')}, prepared "
        f"{str(collection.manifest['created'])[:10]}, generation {collection.generation})"
    )


def scores_citation(collection: Generation, backbone: str) -> str:
    """A reference for similarities: the collection, and the network that gave them."""
    version = str(collection.manifest.get("imgsim", ""))
    return (
        f"imgsim{' ' if version else ''}{version}, {collection_citation(collection)}, cosine similarity of {backbone} "
        "embeddings"
    )


def _state(collection: Generation) -> str:
    return f"imgsim, collection “{collection.name}”, generation {collection.generation}"


def _plate(catalogue: Catalogue, row: int) -> str:
    plate_id = catalogue.plate_ids[row]
    return f"plate “{plate_id}”, picture {short_hash(catalogue.pictures[plate_id])}"


def _closed(words: str, named: str) -> str:
    return f"{words} [{named}]." if words else f"[{named}]."


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
