"""What people observed of a pair: numbered places, the words at them, and the writing of them; a part of Compare."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from imgsim.app.components.compare_view import MOST_POINTS
from imgsim.app.parts import reviewer
from imgsim.app.services import caches, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.observations import Observation, Observations, Place, numbered
from imgsim.collection.registration import Registration
from imgsim.errors import ImgsimError

_FAILED = "_imgsim_unobserved"
Points = dict[int, Place]


def of_pair(collection: Collection, row_a: int, row_b: int) -> list[Observation]:
    """The observations on two plates as they are here, seen from A; nothing where they cannot be read."""
    catalogue = collection.catalogue
    return [one for one in _every(collection, row_a, row_b) if one.of_these(catalogue.pictures)]


def _every(collection: Collection, row_a: int, row_b: int) -> list[Observation]:
    ids = [str(collection.catalogue.plate_ids[row]) for row in (row_a, row_b)]
    try:
        kept = Observations(collection.path)
        every = caches.fact(collection, "observations", kept.standing, kept.revision, keep=2)
    except ImgsimError:  # said above every page
        return []
    return [one.seen_from(ids[0]) for one in every if set(one.pair) == set(ids)]


def points(collection: Collection, row_a: int, row_b: int, found: Registration | None) -> Points:
    """The places of a pair by number: those that were written about, and telling ones of those that agree."""
    telling = telling_points(found) if found is not None else ()
    return numbered(telling, of_pair(collection, row_a, row_b))


def telling_points(found: Registration) -> np.ndarray:
    """At most 24 of the places that agree, spread over the plate: float64 (m, 4), x and y in A, x and y in B."""
    a, b = np.asarray(found.points_a, float), np.asarray(found.points_b, float)
    if not len(a):
        return np.zeros((0, 4))
    most = min(24, MOST_POINTS, len(a))
    # Each next point is the one farthest from those taken.
    taken = [int(np.argmin(a.sum(axis=1)))]
    away = np.linalg.norm(a - a[taken[0]], axis=1)
    while len(taken) < most:
        taken.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(a - a[taken[-1]], axis=1))
    order = sorted(taken, key=lambda i: (a[i, 1], a[i, 0]))
    return np.column_stack((a[order], b[order]))


def sent(collection: Collection, row_a: int, row_b: int) -> dict[str, Any]:
    """What the component shows: the words, who may write, and whether there is something to take back."""
    name = reviewer.name()
    ids = [str(collection.catalogue.plate_ids[row]) for row in (row_a, row_b)]
    try:
        undo = bool(name) and Observations(collection.path).can_undo(ids, name)
    except ImgsimError:
        undo = False
    said = [
        {"number": one.number, "text": one.text, "by": f"{one.reviewer}, {one.when[:10]}"}
        for one in of_pair(collection, row_a, row_b)
    ]
    return {"said": said, "signed": bool(name), "undo": undo}


def told(collection: Collection, row_a: int, row_b: int) -> None:
    """What went wrong with the last observation, and what cannot be shown."""
    if failed := st.session_state.pop(_FAILED, ""):
        st.error(text.plain(failed))
    left = len(_every(collection, row_a, row_b)) - len(of_pair(collection, row_a, row_b))
    if left:
        st.caption(
            trn(
                "{n:,} observation on this pair was written when one of the plates had another picture, and would "
                "lie in a wrong place: they are kept, and not shown here.",
                "{n:,} observations on this pair were written when one of the plates had another picture, and would "
                "lie in a wrong place: they are kept, and not shown here.",
                left,
            )
        )


def write(collection: Collection, rows: tuple[int, int], places: Points, number: int, words: str) -> None:
    """Write down what the reader observes at a numbered place of the plates in two rows."""
    if number not in places:
        st.session_state[_FAILED] = tr(
            "There is no point {number} on this pair any more. Choose one that is drawn.", number=number
        )
        return
    ids = [str(collection.catalogue.plate_ids[row]) for row in rows]
    shown = (collection.catalogue.pictures[ids[0]], collection.catalogue.pictures[ids[1]])
    seen = Observation(ids[0], ids[1], shown, number, places[number], words, reviewer.name(), "")
    try:
        Observations(collection.path).write(seen)
    except ImgsimError as error:
        st.session_state[_FAILED] = str(error)


def undo(collection: Collection, plate_a: str, plate_b: str) -> None:
    """Take back the reader's last observation on the pair."""
    try:
        Observations(collection.path).undo((plate_a, plate_b), reviewer.name())
    except ImgsimError as error:
        st.session_state[_FAILED] = str(error)
