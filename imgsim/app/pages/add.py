"""Add plates: scans of your own, books of a library, or the sample, for a new collection or one that is here."""

from __future__ import annotations

from imgsim.app.parts import adding, shell
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection

name, title, group = "add", marked("Add plates"), marked("Collection")
State = adding.State


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(tr(title), tr("From your own books, from a library, or a sample: as a new collection, or into one."))
    adding.draw(now)


if __name__ == "__main__":
    shell.draw(name)
