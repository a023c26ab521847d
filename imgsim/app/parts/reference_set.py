"""A reference set on the screen: some books, one's new ones say, against all others, on pages that list re-use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import streamlit as st

from imgsim.app.services import caches, state, text
from imgsim.collection import Collection
from imgsim.collection.between import ADDED, BOOK, FOLDER, LAST, Between, Part, parts, telling
from imgsim.collection.book_network import BookNetwork
from imgsim.errors import ImgsimError

_HELP = (
    "Your new books against those that were here, say: only what has a plate on both sides. What the chosen plates "
    "have in common with one another is left out, and so is what the others have."
)


def chosen(collection: Collection) -> Between | None:
    """The set that the address names; None where it names none, or none that can be had (which :func:`said` says)."""
    names = state.current().between
    try:
        return _made(collection, names) if names else None
    except ImgsimError:
        return None


def network(collection: Collection, between: Between | None) -> BookNetwork | None:
    """Which books share images with which, of all or of what is between the two sides alone."""
    if between is None:
        return caches.book_network(collection)
    return caches.answer(
        collection, "books between", lambda shown: shown.between(*between.names).book_network, between.names,
        keep=4, told="Looking which books share images …",
    )  # fmt: skip


def draw(collection: Collection) -> None:
    """The choice, for the sidebar; nothing where a collection has no two parts."""
    try:
        known = _parts(collection)
    except ImgsimError as error:
        st.caption(text.plain(error))
        return
    names = [name for name in state.current().between if name in known]
    offered = caches.fact(collection, "sets to choose from", lambda: _offered(collection, known), keep=1)
    if len(offered) < 2 and not names:
        return
    labels = offered | {name: _label(collection, known[name]) for name in names}
    st.multiselect(
        "Only matches between",
        list(labels),
        format_func=lambda name: labels.get(name, name),
        placeholder="any plates",
        help=_HELP,
        **state.bind("between", value=names, read=tuple),
    )
    if names:
        st.caption("and all other plates.")


def said(collection: Collection, between: Between | None) -> None:
    """Where a set is chosen, say which, and how to leave it; where it cannot be had, why."""
    names = state.current().between
    if not names:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="between_said", gap="small"):
        if between is None:
            st.warning(_why(collection, names))
        else:
            number = int(between.chosen.sum())
            rest = len(between.chosen) - number
            st.markdown(
                f"Only what is in both: **{text.plain(called(collection, between))}** ({text.count(number, 'plate')}) "
                f"and the {text.count(rest, 'other plate')}.",
                width="stretch",
            )
        _leave("between_all", "secondary")


def nothing(collection: Collection, between: Between, what: str) -> None:
    """Say that there is nothing between the two sides, and what can be done."""
    with st.container(border=True, key="between_nothing"):
        st.markdown(f"**{what} in both: {text.plain(called(collection, between))} and the other plates.**")
        st.markdown(
            "Choose other books on the left, or look at what comes nearest by eye: open a plate of these books, and "
            "ask for its neighbours in other books."
        )
        with st.container(horizontal=True):
            _leave("between_nothing_all", "primary")
            if st.button("Browse these plates", key="between_nothing_browse"):
                _browse(collection, between)


def called(collection: Collection, between: Between) -> str:
    """What is chosen, in words: the books, or how many."""
    books = dict.fromkeys(collection.catalogue.frame["book"].to_numpy()[between.chosen])
    named = [collection.catalogue.book_label(book) for book in books if book]
    if 0 < len(named) <= 2 and "" not in books:
        return " and ".join(named)
    return text.count(len(named), "book") if named else _label(collection, _parts(collection)[between.names[0]])


def _leave(key: str, kind: Literal["primary", "secondary"]) -> None:
    if st.button("Show all matches", key=key, type=kind):
        state.update(between=())
        st.rerun()  # of the whole page: the choice stands beside a part that may run alone


def _browse(collection: Collection, between: Between) -> None:
    from imgsim.app.parts import shell

    books = sorted({book for book in collection.catalogue.frame["book"].to_numpy()[between.chosen] if book})
    shell.go("browse", text="", decades=None, reused=False, choices=(("book", tuple(books)),) if books else ())


def _why(collection: Collection, names: Sequence[str]) -> str:
    try:
        known = _parts(collection)
    except ImgsimError as error:
        return text.plain(error)
    missing = [name.partition(":")[2] or name for name in names if name not in known and name != LAST]
    why = (
        f"This link names plates that are not in this collection ({', '.join(missing)})"
        if missing
        else "Every plate is chosen, and there are no others to set them against"
    )
    return text.plain(f"{why}. So all matches are shown.")


def _made(collection: Collection, names: Sequence[str]) -> Between:
    return caches.fact(collection, "reference set", lambda: collection.between(*names), tuple(names), keep=8)


def _parts(collection: Collection) -> Mapping[str, Part]:
    moments = collection.registry.moments
    return caches.fact(collection, "parts", lambda: parts(collection.catalogue, moments()), keep=1)


def _offered(collection: Collection, known: Mapping[str, Part]) -> dict[str, str]:
    """What can be chosen, by name, with what it is called."""
    return {
        part.name: _label(collection, part) for part in telling(known.values(), len(collection.catalogue))
    }


def _label(collection: Collection, part: Part) -> str:
    catalogue = collection.catalogue
    number = f"({len(part.rows):,})"
    if part.kind == BOOK:
        return f"{catalogue.book_label(part.value)} {number}"
    if part.kind == FOLDER:
        return f"Folder {part.value} {number}"
    if part.kind != ADDED:
        return f"From {part.value} {number}"
    books = {book for book in catalogue.frame["book"].to_numpy()[part.rows] if book}
    what = catalogue.book_label(books.pop()) if len(books) == 1 else text.count(len(books), "book")
    moment = datetime.fromisoformat(part.value).astimezone()
    return f"{what} {number}, added {moment.day} {moment:%b %Y, %H:%M}"
