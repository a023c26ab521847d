"""The running numbers of boxes on a page, given once: another network that finds the same pictures renames none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from imgsim.catalogue.book_pages import BookPage, Cut, overlap
from imgsim.errors import CollectionError
from imgsim.prepare.identity_stage import SAME_BOX

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation


def pages_before(live: Generation | None) -> tuple[BookPage, ...]:
    """The pages of the generation before; none where they cannot be read."""
    try:
        return tuple((live.pages if live is not None else None) or ())
    except CollectionError:
        return ()


def numbered(found: Sequence[Cut], before: Sequence[Cut]) -> tuple[Cut, ...]:
    """Boxes under the numbers that they had before; others keep theirs where no box had it, or get further ones."""
    if not before:
        return tuple(found)
    alike = sorted(
        (-share, new.number != old.number, new.number, old.number)
        for new in found for old in before if (share := overlap(new.box, old.box)) >= SAME_BOX
    )  # fmt: skip
    numbers: dict[int, int] = {}
    for _, _, new, old in alike:
        if new not in numbers and old not in numbers.values():
            numbers[new] = old
    taken = {cut.number for cut in before}
    for cut in found:
        if cut.number not in numbers:
            numbers[cut.number] = cut.number if cut.number not in taken else max(taken) + 1
            taken.add(numbers[cut.number])
    return tuple(sorted((replace(cut, number=numbers[cut.number]) for cut in found), key=lambda cut: cut.number))
