"""Where images come from: the protocol of all sources, and what one may give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from imgsim.base.progress import Reporter


@dataclass(frozen=True)
class Page:
    """An image on this machine, of a page or of a plate; or a folder or zip of images.

    ``facts`` is what is known of it, by column of the table of metadata ("title", "book", "year" ...).
    """

    path: Path
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table of metadata that the source has for all its images."""

    path: Path


@dataclass(frozen=True)
class LeftOut:
    """Something that was named and of which there is no image, and why."""

    what: str
    reason: str


class Source(Protocol):
    """Brings images to this machine; see docs/sources.md."""

    @property
    def name(self) -> str:
        """What it is called in messages, and its folder in the collection."""
        ...

    @property
    def version(self) -> int:
        """See :class:`imgsim.base.extensions.Extension`."""
        ...

    def accepts(self, given: str) -> bool:
        """Whether it is for this source what a user names, a path or an address; told without opening anything."""
        ...

    def pages(
        self, given: Sequence[str], folder: Path, reporter: Reporter, workers: int | None = None
    ) -> Iterator[Page | Table | LeftOut]:
        """Give the images of all that was named for it, in the order of the book.

        Parameters
        ----------
        given : what the user named; it accepts each.
        folder : where it may keep what it fetches or makes. What lies there from an earlier run need not come again.
        reporter : told how far it has come, and of what a user should know.
        workers : processes that it may use; None: one a core.

        Raises
        ------
        ImgsimError
            What was named cannot be had at all. One page that cannot is a LeftOut.
        """
        ...
