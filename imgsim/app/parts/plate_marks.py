"""What is known of a plate by itself, as quiet marks on its card: where else its image is, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from imgsim.app.services import caches
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from imgsim.families import Families

LEGEND = marked(
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
            title = trn(
                "{n:,} pair with this plate is decided", "{n:,} pairs with this plate are decided", number
            )
            words = trn("✓ {n:,} decided", "✓ {n:,} decided", number)
            marks.append({"kind": "reviewed", "text": words, "title": title})
        found.append(marks)
    return found


def _decided(collection: Collection) -> Counter[str]:
    return Counter(plate for pair in collection.decisions for plate in pair)


def _reused(families: Families, family_id: str) -> dict[str, str]:
    family = families.family(family_id)
    books, times = len(family.books), len(family)
    if books > 1:
        words = trn("in {n:,} book", "in {n:,} books", books)
    else:
        words = trn("{n:,} times", "{n:,} times", times)
    when = family.span_said or tr("without a year")
    if books:
        title = trn(
            "The image of this plate was found {times:,} times in {n:,} book, {when}",
            "The image of this plate was found {times:,} times in {n:,} books, {when}",
            books, times=times, when=when,
        )  # fmt: skip
    else:
        title = tr(
            "The image of this plate was found {times:,} times in this collection, {when}", times=times, when=when
        )
    return {"kind": "reused", "text": words, "title": title}
