"""The running numbers of boxes on a page, given once: another network that finds the same pictures renames none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from imgsim.catalogue.book_pages import Cut, overlap
from imgsim.errors import CollectionError
from imgsim.prepare.identity_stage import SAME_BOX

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation


def cuts_before(live: Generation | None) -> dict[str, tuple[Cut, ...]]:
    """The boxes that each page had in the generation before, by the SHA-256 of its scan."""
    try:
        pages = live.pages if live is not None else None
    except CollectionError:
        return {}
    return {page.sha256: page.cuts for page in pages or ()}


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
