"""A reference set on the pages that list re-use: the choice, what is said above the list, and where nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from imgsim.app.parts import reference_set, shell
from imgsim.app.services import caches, state, text
from imgsim.base.translation import language, marked, tr, trn
from imgsim.collection import Collection
from imgsim.collection.between import LAST, Between
from imgsim.errors import ImgsimError

_HELP = marked(
    "Your new books against those that were here, say: only what has a plate on both sides. What the chosen plates "
    "have in common with one another is left out, and so is what the others have."
)


def draw(collection: Collection) -> None:
    """The choice, for the sidebar; nothing where a collection has no two parts."""
    try:
        known = reference_set.parts_of(collection)
    except ImgsimError as error:
        st.caption(text.plain(error))
        return
    names = [name for name in state.current().between if name in known]
    offered = caches.fact(
        collection, "sets to choose from", lambda: reference_set.offered(collection, known), language(), keep=4
    )
    if len(offered) < 2 and not names:
        return
    labels = offered | {name: reference_set.label(collection, known[name]) for name in names}
    st.multiselect(
        tr("Only matches between"),
        list(labels),
        format_func=lambda name: labels.get(name, name),
        placeholder=tr("any plates"),
        help=tr(_HELP),
        **state.bind("between", value=names, read=tuple),
    )
    if names:
        st.caption(tr("and all other plates."))


def said(collection: Collection) -> Between | None:
    """The set that is chosen, and say which it is, and how to leave it; where it cannot be had, why."""
    names, between = state.current().between, reference_set.chosen(collection)
    if not names:
        return None
    with st.container(horizontal=True, vertical_alignment="center", key="between_said", gap="small"):
        if between is None:
            st.warning(_why(collection, names))
        else:
            number = int(between.chosen.sum())
            rest = len(between.chosen) - number
            both = trn(
                "Only what is in both: **{chosen}** ({plates}) and the {n:,} other plate.",
                "Only what is in both: **{chosen}** ({plates}) and the {n:,} other plates.",
                rest,
                chosen=text.plain(reference_set.called(collection, between)),
                plates=text.count(number, "plate", "plates"),
            )
            st.markdown(both, width="stretch")
        _leave("between_all", "secondary")
    return between


def nothing(collection: Collection, between: Between, what: str) -> None:
    """Say that there is nothing between the two sides, and what can be done.

    Parameters
    ----------
    what : the sentence that says so, marked for translation, with {chosen} for the chosen books or plates.
    """
    with st.container(border=True, key="between_nothing"):
        called = text.plain(reference_set.called(collection, between))
        st.markdown(tr(what, chosen=called))
        st.markdown(
            tr(
                "Choose other books on the left, or look at what comes nearest by eye: open a plate of these books, "
                "and ask for its neighbours in other books."
            )
        )
        with st.container(horizontal=True):
            _leave("between_nothing_all", "primary")
            if st.button(tr("Browse these plates"), key="between_nothing_browse"):
                _browse(collection, between)


def _leave(key: str, kind: Literal["primary", "secondary"]) -> None:
    if st.button(tr("Show all matches"), key=key, type=kind):
        state.update(between=())
        st.rerun()  # of the whole page: the choice stands beside a part that may run alone


def _browse(collection: Collection, between: Between) -> None:
    books = sorted({book for book in collection.catalogue.frame["book"].to_numpy()[between.chosen] if book})
    shell.go("browse", text="", decades=None, reused=False, choices=(("book", tuple(books)),) if books else ())


def _why(collection: Collection, names: Sequence[str]) -> str:
    try:
        known = reference_set.parts_of(collection)
    except ImgsimError as error:
        return text.plain(error)
    missing = [name.partition(":")[2] or name for name in names if name not in known and name != LAST]
    if missing:
        why = tr(
            "This link names plates that are not in this collection ({names}). So all matches are shown.",
            names=", ".join(missing),
        )
    else:
        why = tr("Every plate is chosen, and there are no others to set them against. So all matches are shown.")
    return text.plain(why)
