"""What pages compute of a collection, kept in the collection itself: once for all readers.

:func:`answer` is for what decisions shape, and is made anew after every decision; :func:`fact` for what they do not. A
collection is one generation, so another generation has answers of its own. Where decisions cannot be read every page
says so, and shows the plates all the same, as if nobody had decided anything.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from imgsim.reviews import Review

T = TypeVar("T")


def unread(collection: Collection) -> ImgsimError | None:
    """Why the reviews cannot be read; None if they can. The plates can be looked at all the same."""
    try:
        _ = collection.standing
    except ImgsimError as error:
        return error
    return None


def counted(collection: Collection) -> Collection:
    """The collection as the screen shows it: without decisions where they cannot be read."""
    return collection if unread(collection) is None else collection.without_decisions


def answer(
    collection: Collection,
    question: str,
    make: Callable[[Collection], T],
    *key: Hashable,
    keep: int,
    told: str = "",
) -> T:
    """What decisions shape: made once for all readers, and anew after every decision.

    Parameters
    ----------
    collection
        What it is an answer of.
    question
        Which question, of all that are asked of a collection.
    make
        Makes the answer of the collection that it is given, which is the one that counts: that with decisions, or that
        without where they cannot be read. What it makes must follow from that and the key alone: what was read of
        decisions before may be older than the revision under which the answer is kept. Nobody may change the answer.
    key
        What else was asked.
    keep
        How many of the latest answers to this question are kept, those to earlier decisions among them.
    told
        What a reader is told who has to wait for it; nothing if left out.
    """
    shown = counted(collection)
    return _kept(shown, question, (shown.revision, *key), lambda: make(shown), keep, told)


def fact(
    collection: Collection, question: str, make: Callable[[], T], *key: Hashable, keep: int, told: str = ""
) -> T:
    """What no decision shapes: made once for all readers. See :func:`answer`."""
    return _kept(collection, question, key, make, keep, told)


def records(collection: Collection) -> list[Review]:
    """Every record of every pair, the oldest first; none where they cannot be read."""
    return counted(collection).records


def _kept(
    shown: Collection, question: str, key: Hashable, make: Callable[[], T], keep: int, told: str
) -> T:
    with waiting(told, not told or shown.answers.known(question, key)):
        return shown.answers.get(question, key, make, keep)


def waiting(words: str, known: bool) -> contextlib.AbstractContextManager[object]:
    """A spinner where there is something to wait for: it leaves an empty place on the page."""
    return contextlib.nullcontext() if known else st.spinner(words)
