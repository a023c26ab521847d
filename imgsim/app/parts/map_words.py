"""What the regions of the map are called: where the map fetches it, and a sentence on what these words are."""

from __future__ import annotations

import streamlit as st

from imgsim.app.services import caches, server
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection
from imgsim.collection.region_words import BOOKS, CATEGORIES, NOTHING, TITLES, source_of

_SAID = {
    TITLES: marked(
        "Labels on the map: words of their titles that are much more frequent among the plates there than around them, "
        "counted by a program. More come as you zoom in."
    ),
    CATEGORIES: marked(
        "Labels on the map: categories that are much more frequent among the plates there than around them, counted by "
        "a program. More come as you zoom in."
    ),
    BOOKS: marked(
        "Labels on the map: books that are much more frequent among the plates there than around them, counted by a "
        "program. More come as you zoom in."
    ),
}


def url(collection: Collection, backbone: str, method: str) -> str | None:
    """The address of the labels of a projection; None where no words tell the plates apart."""
    return server.regions_url(collection, backbone, method) if _source(collection) != NOTHING else None


def say(collection: Collection) -> None:
    """Say what the labels are, or why there are none."""
    source = _source(collection)
    if source == NOTHING:
        st.caption(tr("No labels on the map: the plates have no titles, categories or books that tell them apart."))
        return
    st.caption(tr(_SAID[source]))


def _source(collection: Collection) -> str:
    return caches.fact(collection, "words of the map", lambda: source_of(collection.catalogue), keep=1)
