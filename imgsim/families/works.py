"""Which books are editions of one work, so that re-use between works can be told from a new edition."""

from __future__ import annotations

import re

from imgsim.catalogue import Catalogue
from imgsim.catalogue.column_words import plain_name
from imgsim.catalogue.combinations import combined
from imgsim.catalogue.values import searchable

_WORK_COLUMNS = ("work_id", "work")
_ORDINAL = (
    r"(?:\d+(?:st|nd|rd|th|d)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|new|last|prima|secunda"
    r"|tertia|altera|nova|premiere|seconde|troisieme|nouvelle|dernière|zweite|dritte|neue|tweede|derde|nieuwe)"
)
# From here on a title speaks of the edition or the volume, not of the work.
_EDITION = re.compile(
    rf"\b(?:the |a |la |die |de )?{_ORDINAL} (?:edition|editio|auflage|ausgabe|druk)\b|\beditio {_ORDINAL}\b"
    r"|\b(?:vol|vols|volume|volumes|tome|tomus|tom|band|bd|part|deel)\b \w+\b"
)
_WORDS = 8


def work_keys(catalogue: Catalogue) -> tuple[str, ...]:
    """Return a key a plate, equal for plates of one work.

    The column work_id (or work) counts where it has a value. Else author and the first words of the title, without
    case, accents and what they say of edition or volume; a book without a title is a work of its own, and so is a
    plate of no known book.
    """
    frame = catalogue.frame
    stated = next((str(name) for name in frame.columns if plain_name(str(name)) in _WORK_COLUMNS), None)
    names = [*([stated] if stated is not None else []), "title", "author", "book"]
    # Plates of one book have all of it in common: each combination is looked at once.
    first, kind = combined((catalogue.coded[name][0] for name in names), len(catalogue))
    keys = []
    for row in first.tolist():
        title, author, book = (catalogue.cells(name)[row] for name in names[-3:])
        work = catalogue.cells(stated)[row].strip() if stated is not None else ""
        keys.append(f"work {work}" if work else _key(title, author, book))
    return tuple(keys[at] or f"plate {plate}" for at, plate in zip(kind.tolist(), catalogue.plate_ids, strict=True))


def _key(title: str, author: str, book: str) -> str:
    words = _EDITION.split(searchable(title), maxsplit=1)[0].split()
    if not words:
        return f"book {book}" if book else ""
    names = searchable(author).split()
    return f"title {names[0] if names else ''}: {' '.join(words[:_WORDS])}"
