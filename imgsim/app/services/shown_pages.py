"""The pages of books as the screen shows them: in order, with what people corrected, and whether that can be done."""

from __future__ import annotations

from functools import partial

from imgsim.app.services.kept_answers import fact
from imgsim.base.database.connecting import barred
from imgsim.base.translation import tr
from imgsim.collection import Collection
from imgsim.collection.corrected_pages import CorrectedPage, corrected, in_order
from imgsim.collection.page_corrections import PageCorrections
from imgsim.errors import ImgsimError


def corrections(collection: Collection) -> PageCorrections:
    """What people said of the pages of a collection."""
    return PageCorrections(collection.path)


def all_pages(collection: Collection) -> list[CorrectedPage]:
    """The pages in order; where corrections cannot be read, as the last run left them."""
    placed = fact(collection, "pages in order", partial(in_order, collection), keep=1)
    said = corrections(collection)
    try:
        number = said.revision
        return fact(collection, "corrected pages", lambda: corrected(placed, said.by_page()), number, keep=2)
    except ImgsimError:  # said above every page, and by `barred_by`
        return corrected(placed, {})


def barred_by(collection: Collection) -> str:
    """Why nobody can correct a page now, in a sentence; "" where that can be done."""
    said = corrections(collection)
    try:
        _ = said.revision
    except ImgsimError as error:
        unread = tr("What people corrected cannot be read, so nothing can be added to it.")
        return f"{unread} {error.what}"
    why = barred(said.path)
    return tr("Nothing can be corrected now: {why}", why=why) if why else ""


def row_of(collection: Collection, root: str, file: str) -> int | None:
    """The row of the plate that lies there; None where there is none."""

    def rows() -> dict[tuple[str, str], int]:
        frame = collection.catalogue.frame
        return {place: row for row, place in enumerate(zip(frame["root"], frame["file"], strict=True))}

    return fact(collection, "rows by file", rows, keep=1).get((root, file))
