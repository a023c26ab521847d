"""The pages of a collection as they are shown: in order, book by book, with what people said of them since the run."""

from __future__ import annotations

import contextlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imgsim.catalogue.book_pages import ILLUSTRATION, NETWORK, BookPage, Cut, cut_file
from imgsim.catalogue.order import path_key
from imgsim.collection.collection import Collection
from imgsim.collection.page_corrections import Correction
from imgsim.errors import ImgsimError

# A box of which the network is less sure than this is worth a look: on 277 pages of 146 books, 137 of 142 illustrations
# at or above it were right, 25 of 48 below.
SURE = 0.75


@dataclass(frozen=True)
class PlacedPage:
    """A page in its book.

    Attributes
    ----------
    book : the id of the book that its plates, or those beside it, are of; else the folder that it lies in.
    label : what readers call that book.
    """

    page: BookPage
    book: str
    label: str


@dataclass(frozen=True)
class CorrectedPage(PlacedPage):
    """A page with all that people said of it, the first first."""

    said: tuple[Correction, ...] = ()
    @property
    def last(self) -> Correction | None:
        """The last word on it; None where nobody said anything."""
        return self.said[-1] if self.said else None

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Its boxes: those of the last word on it, else those of the run."""
        last = self.last
        return self.page.cuts if last is None or last.cuts is None else last.cuts

    @property
    def after(self) -> int:
        """The number of that, 0 for none: what a correction made now comes after."""
        return self.said[-1].number if self.said else 0

    @property
    def by_hand(self) -> bool:
        """Whether its boxes are those of a person."""
        return self.page.by != NETWORK if self.last is None else self.last.cuts is not None

    @property
    def waiting(self) -> bool:
        """Whether a run would cut it in another way than its plates were."""
        last = self.last
        if last is None or last.cuts is None:
            return last is not None and self.page.by != NETWORK
        return _drawn(last.cuts) != _drawn(self.page.cuts)

    @property
    def illustrated(self) -> bool:
        """Whether an illustration is on it."""
        return any(cut.kind == ILLUSTRATION for cut in self.cuts)

    @property
    def unsure(self) -> bool:
        """Whether the network is not sure of a box."""
        return any(cut.score < SURE for cut in self.cuts)


def _drawn(cuts: Sequence[Cut]) -> list[tuple[int, tuple[int, ...], str]]:
    return [(cut.number, cut.box, cut.kind) for cut in cuts]


def in_order(collection: Collection) -> list[PlacedPage]:
    """The pages, those of a book together, in the natural order of where they lie; none where there are none."""
    pages = collection.pages
    if pages is None:
        return []
    frame = collection.catalogue.frame
    books = dict(zip(zip(frame["root"], frame["file"], strict=True), frame["book"], strict=True))
    own = {page.page_id: _books(page, books) for page in pages}
    beside: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for page in pages:
        beside[_folder(page)].update(own[page.page_id])
    grouped: dict[str, list[BookPage]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: (path_key(page.file.replace("!", "/")), page.root)):
        # A page without a plate is of the book that most plates beside it are of.
        likely = own[page.page_id] or [book for book, _ in beside[_folder(page)].most_common(1)]
        grouped[likely[0] if likely else _folder(page)[1] or _name(page.root)].append(page)
    labels = {book: collection.catalogue.book_label(book) for book in grouped}
    return [PlacedPage(page, book, labels[book]) for book, found in grouped.items() for page in found]


def _books(page: BookPage, books: Mapping[tuple[str, str], str]) -> list[str]:
    found = (books.get((page.plate_root, file), "") for file in (page.plates or {}).values())
    return [book for book in found if book]


def _name(root: str) -> str:
    return root.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _folder(page: BookPage) -> tuple[str, str]:
    return page.root, page.file.replace("!", "/").rpartition("/")[0]


def corrected(placed: Sequence[PlacedPage], said: Mapping[str, Sequence[Correction]]) -> list[CorrectedPage]:
    """The same pages with what people said of them, by the SHA-256 of their scans; what fits another scan is left."""
    found = []
    for one in placed:
        own = tuple(word for word in said.get(one.page.sha256, ()) if _fits(word, one.page))
        found.append(CorrectedPage(one.page, one.book, one.label, own))
    return found


def _fits(correction: Correction, page: BookPage) -> bool:
    return (correction.width, correction.height) == (page.width, page.height)


def following(collection: Collection, shown: CorrectedPage) -> int:
    """The first number that no box of a page ever had: plates that are gone keep theirs."""
    page = shown.page
    numbers = [cut.number for cut in page.cuts]
    numbers += [cut.number for one in shown.said for cut in one.cuts or ()]
    with contextlib.suppress(ImgsimError):  # said above every page
        numbers.append(_given(collection).get((page.plate_root, cut_file(page.file, 0)), -1))
    return max(numbers, default=-1) + 1


def _given(collection: Collection) -> dict[tuple[str, str], int]:
    """The highest number that a plate of each page ever had, by root and the file of its first picture."""

    def make() -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for plate in collection.registry.plates():
            numbered = re.fullmatch(r"(.*_)(\d{1,9})\.png", plate.file, re.DOTALL)
            if numbered:
                key = plate.root, f"{numbered[1]}0.png"
                found[key] = max(found.get(key, 0), int(numbered[2]))
        return found

    return collection.answers.get("numbers of cut plates", (), make, 1)
