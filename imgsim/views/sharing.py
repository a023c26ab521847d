"""What several pages ask of families: which books share images, one book's part in it, the collection in numbers.

Made once and shared by all sessions, as in views/data.py, and anew after every review: the families that count are
those that people's decisions leave.
"""

from __future__ import annotations

import streamlit as st

from imgsim.borrowing import Borrowing
from imgsim.catalogue import BookDates
from imgsim.collection import Collection
from imgsim.overview import Overview
from imgsim.views import data


def borrowing(collection: Collection) -> Borrowing | None:
    """Which books share images with which; None where plates were never compared."""
    if data.families(collection) is None or collection.matches is None:
        return None
    return _borrowing(str(collection.path), collection.generation, data.revision(collection), collection)


def overview(collection: Collection) -> Overview:
    """The collection in numbers."""
    return _overview(str(collection.path), collection.generation, data.revision(collection), collection)


def dates(collection: Collection) -> BookDates:
    """When its books were printed."""
    return overview(collection).dates


@st.cache_resource(max_entries=6, show_spinner="Looking which books share images …")
def _borrowing(path: str, generation: str, revision: int, _collection: Collection) -> Borrowing:
    found, matches = data.families(_collection), _collection.matches
    assert found is not None and matches is not None  # `borrowing` has asked
    return Borrowing.from_families(found, matches, _collection.catalogue)


@st.cache_resource(max_entries=6, show_spinner="Counting plates …")
def _overview(path: str, generation: str, revision: int, _collection: Collection) -> Overview:
    return Overview(_collection.catalogue, data.reused(_collection), data.families(_collection))
