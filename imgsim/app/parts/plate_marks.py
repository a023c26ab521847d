"""What is known of a plate by itself, as quiet marks on its card: where else its image is, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from imgsim.app.services import caches, text
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from imgsim.families import Families

LEGEND = (
    "Marks under a plate:\n"
    "- **in 3 books**: its image was found in so many books of this collection, by the lines or by your decisions\n"
    "- **✓ 2 decided**: pairs with this plate on which somebody decided\n"
    "- **opened**: you opened it before, in this browser, which alone knows of it\n\n"
    "The box in a plate's corner puts it in the tray; with Shift, all from the last one on."
)


def of(collection: Collection, rows: Iterable[int]) -> list[list[dict[str, str]]]:
    """The marks of each plate, as a card has them."""
    try:
        families = caches.families(collection)
    except ImgsimError:  # what is damaged is said above every page
        families = None
    decided = caches.answer(collection, "decisions by plate", _decided, keep=6)
    ids = collection.catalogue.plate_ids
    found = []
    for row in rows:
        marks = []
        if families is not None and (family := families.of(int(row))) is not None:
            marks.append(_reused(families, family))
        if number := decided[str(ids[row])]:
            title = f"{text.count(number, 'pair')} with this plate {'is' if number == 1 else 'are'} decided"
            marks.append({"kind": "reviewed", "text": f"✓ {number:,} decided", "title": title})
        found.append(marks)
    return found


def _decided(collection: Collection) -> Counter[str]:
    return Counter(plate for pair in collection.decisions for plate in pair)


def _reused(families: Families, family_id: str) -> dict[str, str]:
    family = families.family(family_id)
    books = len(family.books)
    words = f"in {books:,} books" if books > 1 else f"{len(family):,} times"
    where = f"in {text.count(books, 'book')}" if books else "in this collection"
    title = f"The image of this plate was found {len(family):,} times {where}, {family.span or 'without a year'}"
    return {"kind": "reused", "text": words, "title": title}
