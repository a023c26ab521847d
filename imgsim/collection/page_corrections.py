"""Boxes that people drew, moved or removed on pages.

A record names the page by the SHA-256 of its scan and holds all boxes that it had from then on; undoing adds a record,
too. A run cuts pages by the last record of each, so that corrections survive every run, whatever network finds the
boxes of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from imgsim.catalogue.book_pages import Cut, checked_cuts
from imgsim.collection.marks import Mark, Marks
from imgsim.errors import CollectionError, ImgsimError


@dataclass(frozen=True)
class Correction:
    """What a person said of a page. ``cuts`` is None where it is to be again as the network finds it; ``former`` is the
    SHA-256 of the scan on which they were drawn, where they were carried over from another one, else ''."""

    number: int
    sha256: str
    width: int
    height: int
    cuts: tuple[Cut, ...] | None
    reviewer: str
    when: str
    former: str = ""


class PageCorrections:
    """The corrections of the collection in a folder. Every method raises as :class:`imgsim.base.database.Database`."""

    def __init__(self, folder: Path | str) -> None:
        self._marks = Marks(folder, "page")
        self.database, self.path = self._marks.database, self._marks.database.path

    def history(self, sha256: str) -> list[Correction]:
        """All that was said of a page, the first first."""
        return [_correction(mark) for mark in self._marks.all(sha256)]

    @property
    def revision(self) -> int:
        """A number that changes with every correction; 0 where there are none."""
        return self._marks.revision

    def by_page(self) -> dict[str, list[Correction]]:
        """All that was said of each page, the first first, by the SHA-256 of its scan."""
        found: dict[str, list[Correction]] = {}
        for mark in self._marks.all():
            found.setdefault(mark.subject, []).append(_correction(mark))
        return found

    def standing(self) -> dict[str, Correction]:
        """The last correction of each page, by the SHA-256 of its scan; pages that are as found are left out."""
        last = {sha256: said[-1] for sha256, said in self.by_page().items()}
        return {sha256: one for sha256, one in last.items() if one.cuts is not None}

    def add(
        self, sha256: str, size: tuple[int, int], cuts: Sequence[Cut] | None, reviewer: str, *,
        after: int | None = None, former: str = "",
    ) -> Correction:  # fmt: skip
        """Say what is on a page.

        Parameters
        ----------
        sha256, size : of the page's scan; width and height in pixels.
        cuts : all its boxes; None: those that the network finds.
        reviewer : whose word it is.
        after : number of the last correction that the reader saw, 0 for none. None: whatever there is.
        former : the SHA-256 of the scan of the same page from which the boxes were carried over.

        Raises
        ------
        ImgsimError
            No reviewer, a box that is none, or somebody else corrected the page meanwhile; nothing is written.
        """
        said = None if cuts is None else [[cut.number, list(cut.box), cut.kind, cut.score] for cut in cuts]
        if said is not None:
            checked_cuts(said, *size)
        body = {"size": list(size), "cuts": said, **({"former": former} if former else {})}
        return _correction(self._marks.add(sha256, body, reviewer, after=after))


def _correction(mark: Mark) -> Correction:
    try:
        width, height = (int(side) for side in mark.body["size"])
        said = mark.body["cuts"]
        cuts = None if said is None else checked_cuts(said, width, height)
        former = str(mark.body.get("former", ""))
    except (ImgsimError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CollectionError(f"The correction {mark.number} of a page is not what was written ({error}).") from None
    return Correction(mark.number, mark.subject, width, height, cuts, mark.reviewer, mark.when, former)
