"""What was pasted into the search box names one picture: a citation, a hash, an id of the past or of a family."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import shell
from imgsim.app.services import caches, text
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection
from imgsim.collection.citing import asked
from imgsim.collection.id_registry import Registry
from imgsim.collection.identifying import (
    ANOTHER_SCAN,
    BOOK,
    COLLECTION,
    FAMILY,
    FORMER,
    GONE,
    HERE,
    PLATE,
    Found,
    find_in,
    preferred,
)
from imgsim.errors import ImgsimError

_NAMED = {
    PLATE: marked("Plate {id}"), FAMILY: marked("Family {id}"), BOOK: marked("Book {id}"),
    COLLECTION: marked("Collection {id}"),
}  # fmt: skip
_OPEN = {
    PLATE: marked("Open the plate"), FAMILY: marked("Open the family"), BOOK: marked("Open the book"),
    COLLECTION: marked("Open the collection"),
}  # fmt: skip
_STATES = {GONE: marked("Gone."), FORMER: marked("No family any more.")}
_MOST = 6  # that are offered
_WIDTH = 110


def offer(collection: Collection, typed: str, results: int) -> bool:
    """Above the results of a search (how many there are): what the text names, with its picture and a way there.

    Returns whether it names anything.
    """
    found = _found(collection, typed, results) if typed.strip() else []
    if not found:
        return False
    with st.container(key="found", gap="small"):
        for number, one in enumerate(found[:_MOST]):
            _line(one, number)
        if len(found) > _MOST:
            st.caption(tr("{number:,} more are called so, or show this picture.", number=len(found) - _MOST))
    return True


def _found(collection: Collection, typed: str, results: int) -> list[Found]:
    """In this collection; else, for what can hardly be words of a search and finds nothing as such, in any other."""
    given = asked(typed)
    named = given.citation.collection if given.citation is not None else ""
    try:
        found = find_in(collection, given) if named in ("", collection.name) else []
        if not found and given.telling and not results:
            others = [info.name for info in caches.infos() if not info.error and info.name != collection.name]
            for name in others:
                found += find_in(caches.opened(name), given)
            if not found and named not in ("", collection.name):
                found = find_in(collection, given)
    except ImgsimError as error:
        st.warning(text.plain(error))
        return []
    # The plate of an id that is here is among the results of the search already.
    plain = not given.telling and all(one.state == HERE for one in found)
    return [] if plain else preferred(found, given)


def _line(one: Found, number: int) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"found_{number}"):
        picture = _picture(one)
        if picture is not None:
            st.image(picture, width=_WIDTH)
        with st.container(gap=None):
            date = f", {one.year}" if one.year is not None else ""
            book = f" · {tr('book {book}', book=one.book)}" if one.book and one.book != one.id else ""
            st.markdown(f"**{text.plain(tr(_NAMED[one.kind], id=one.id))}**{text.plain(book + date)}")
            file = f"{one.file} · " if one.file else ""
            scan = tr("picture {hash}", hash=one.picture[:12])
            told = (tr(_STATES.get(one.state, "")), one.told, f"{file}{scan}")
            st.caption(text.plain(" ".join(part for part in told if part)))
        with st.container(width="content", gap="small"):
            _ways(one, number)


def _ways(one: Found, number: int) -> None:
    kind = one.kind
    for target in one.successors[:2]:
        if st.button(tr("Open {id}", id=text.plain(target)), key=f"found_{number}_{target}", type="primary"):
            _go(one, kind, target)
    here = one.state == HERE or (one.state == ANOTHER_SCAN and kind != FAMILY)
    if here and st.button(tr(_OPEN[kind]), key=f"found_{number}_open", type="primary"):
        _go(one, kind, one.id)


def _go(one: Found, kind: str, target: str) -> None:
    where = {"collection": one.collection, "text": ""}
    if kind == "family":
        shell.go("reuse", **where, family=target)
    elif kind == "book":
        shell.go("book", **where, book_a=target, book_b="")
    elif kind == "collection":
        shell.go("overview", **where)
    else:
        shell.go("plate", **where, plate=target)


def _picture(one: Found) -> bytes | None:
    """The thumbnail of the plate, also of one that is gone; None where none is kept."""
    if not one.plate:
        return None
    try:
        collection = caches.opened(one.collection)
        if collection.catalogue.has(one.plate):
            return collection.thumbnail(collection.catalogue.row(one.plate))
        return Registry(collection.path).thumbnail(one.plate)
    except (ImgsimError, OSError):
        return None
