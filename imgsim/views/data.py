"""Collections as the app holds them: opened once, shared by all sessions, never copied.

Arrays belong to the shared Collection and are read-only. Small answers are cached by the names of their inputs,
never by the arrays themselves.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from imgsim.collection import (
    Collection,
    CollectionInfo,
    current,
    data_dir,
    keeping,
    layout,
    list_collections,
    open_collection,
    open_generation,
)
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import reviews_of
from imgsim.collection.writing import mend_if_free
from imgsim.colours import Colouring, colour_plates
from imgsim.errors import CollectionError, ImgsimError
from imgsim.families import Decisions, Families, decisions_of, work_keys
from imgsim.neighbours import similarities
from imgsim.reviews import Review, Reviews
from imgsim.reviews.pictures import Unconfirmed
from imgsim.reviews.queue import Queue
from imgsim.views import evidence
from imgsim.views.state import Choices, Sort, State

_SELECTED = "_imgsim_selected"
Pair = tuple[str, str]
NEAREST = 10  # neighbours whose pairs are asked for even if their lines were never compared


class Decided(NamedTuple):
    """What stands on a pair, as in a row of `imgsim.reviews.standing_frame`."""

    decision: str
    disputed: bool
    said: str
    reviewers: str
    when: str
    note: str


def infos() -> list[CollectionInfo]:
    """What lies in the data folder, damaged collections included."""
    folder = data_dir().resolve()
    found = [path for name in ("CURRENT", "generations") for path in folder.glob(f"*/{name}")]
    return _infos(str(folder), tuple(sorted((str(path), _stamp(path)) for path in found)))


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # removed just now
        return 0


@st.cache_data(max_entries=8, show_spinner=False)
def _infos(folder: str, stamps: tuple[tuple[str, int], ...]) -> list[CollectionInfo]:
    # `stamps` is part of the key only: another generation is another answer.
    return list_collections(Path(folder))


def opened(name: str) -> Collection:
    """The live generation of a collection, by its name.

    Raises
    ------
    CollectionError
        If there is no such collection, or it cannot be used.
    """
    for info in infos():
        if info.name == name:
            return _opened(str(info.path), _generation(Path(info.path)))
    known = ", ".join(info.name for info in infos()) or "none"
    raise CollectionError(f"There is no collection “{name}” here. Choose one in the sidebar: {known}.")


def _generation(path: Path) -> str:
    found = current.live(path)
    if found is None:
        raise CollectionError(f"{path} is no longer a prepared collection. Run precompute.py again.")
    return found.generation


@st.cache_resource(max_entries=6, show_spinner="Opening the collection …")
def _opened(path: str, generation: str) -> Collection:
    collection = open_collection(Path(path))
    keeping.keep_copies(collection.path)
    if collection.told:
        mend_if_free(Path(path))
    # What was just loaded stays for good. Freezing it keeps later garbage collections from walking through it
    # (config.toml turns off Streamlit's collection after each rerun for the same reason).
    gc.collect()
    gc.freeze()
    return collection


def opened_generation(name: str, generation: str) -> Collection:
    """A generation of a collection: the live one, or one before it for as long as it is kept on disk.

    Raises
    ------
    CollectionError
        If there is no such collection or generation, or it cannot be used.
    """
    live = opened(name)
    if live.generation == generation:
        return live
    folder = live.path / layout.GENERATIONS / layout.check_name(generation, "generation")
    if not (folder / layout.MANIFEST).is_file():  # removed since it was opened, or never there
        raise CollectionError(f"{name} has no generation {generation} any more. Reload the page.")
    return _former(str(live.path), generation)


@st.cache_resource(max_entries=4, show_spinner=False)
def _former(path: str, generation: str) -> Collection:
    return open_generation(Path(path), generation)


UNREADABLE = -1  # the revision of reviews that cannot be read: not that of a collection without any


def reviews(collection: Collection) -> Reviews:
    """The reviews of a collection."""
    return reviews_of(collection)


def revision(collection: Collection) -> int:
    """A number that changes with every review; 0 where there are none, `UNREADABLE` where `unread` says why."""
    try:
        return reviews(collection).revision
    except ImgsimError:
        return UNREADABLE


def unread(collection: Collection) -> ImgsimError | None:
    """Why the reviews cannot be read; None if they can. The plates can be looked at all the same."""
    try:
        _ = standing(collection)
    except ImgsimError as error:
        return error
    return None


def withheld(collection: Collection) -> bool:
    """Whether nothing can be taken away that decisions belong to: they cannot be read, as every page says."""
    return unread(collection) is not None


def standing(collection: Collection) -> pd.DataFrame:
    """What is decided now about the pictures that are here, one row a pair (see `imgsim.reviews.standing_frame`).

    Shared, never to be changed.

    Raises
    ------
    CollectionError
        If the reviews cannot be read.
    """
    return _standing(str(collection.path), collection.generation, reviews(collection).revision, collection)


def unconfirmed(collection: Collection) -> list[Unconfirmed]:
    """Decisions about plates that are gone or show another picture, the latest first; none where unreadable."""
    try:
        return _unconfirmed(
            str(collection.path), collection.generation, reviews(collection).revision, collection
        )
    except ImgsimError:  # said above every page
        return []


def decisions(collection: Collection) -> Mapping[Pair, Decided]:
    """What is decided, by the ids of a pair in order; nothing where it cannot be read. Ask once for many pairs."""
    number = revision(collection)
    if number in (0, UNREADABLE):
        return {}
    try:
        return _by_pair(str(collection.path), collection.generation, number, collection)
    except ImgsimError:  # said above every page
        return {}


def decision(collection: Collection, plate_a: str, plate_b: str) -> Decided | None:
    """What is decided on one pair; None where nothing is."""
    return decisions(collection).get((min(plate_a, plate_b), max(plate_a, plate_b)))


def history(collection: Collection, plate_a: str, plate_b: str) -> list[Review]:
    """Every record of a pair, the oldest first; none where they cannot be read."""
    try:
        return reviews(collection).history(plate_a, plate_b)
    except ImgsimError:  # said above every page
        return []


def queue(collection: Collection, backbone: str) -> Queue | None:
    """The pairs to judge; None where plates were never compared by their lines."""
    if collection.matches is None:
        return None
    return _queue(str(collection.path), collection.generation, collection, backbone)


def families(collection: Collection) -> Families | None:
    """The families after what people decided, under their permanent ids; None where plates were never compared."""
    if collection.families is None or collection.matches is None:
        return None
    return _families(str(collection.path), collection.generation, revision(collection), collection)


def rejected(collection: Collection) -> frozenset[tuple[int, int]]:
    """The pairs of rows (a < b) that people called unrelated; none where the reviews cannot be read."""
    return _decided(str(collection.path), revision(collection), collection).rejected


def reused(collection: Collection) -> np.ndarray | None:
    """Which plates were used again, after what people decided: bool (n,), read-only; None where never compared."""
    if collection.matches is None:
        return None
    return _reused(str(collection.path), collection.generation, revision(collection), collection)


def filtered_rows(collection: Collection, state: State) -> np.ndarray:
    """The rows that pass the filters, in catalogue order: int64 (n,), read-only."""
    return _rows(str(collection.path), collection.generation, collection, *_filters(collection, state))


def ordered_rows(collection: Collection, state: State) -> np.ndarray:
    """The rows that pass the filters, in the chosen order: int64 (n,), read-only."""
    seed = state.seed if state.sort == "random" else 0
    filters = _filters(collection, state)
    return _ordered(str(collection.path), collection.generation, collection, *filters, state.sort, seed)


def _filters(collection: Collection, state: State) -> tuple[str, Choices, tuple[int, int] | None, int | None]:
    # Which plates were used again changes with every review: the revision is the filter, None for no such filter.
    again = revision(collection) if state.reused else None
    return state.text, state.choices, state.decades, again


def select(collection: Collection, rows: np.ndarray) -> None:
    """Keep the plates of the last box or lasso on the map, for this session: 4 bytes a plate."""
    st.session_state[_SELECTED] = (collection.generation, rows.astype(np.int32))


def selected_rows(collection: Collection) -> np.ndarray:
    """The plates that were selected on the map: int64 (m,); empty where none are."""
    generation, rows = st.session_state.get(_SELECTED, ("", np.empty(0, np.int32)))
    return rows.astype(np.int64) if generation == collection.generation else np.empty(0, np.int64)


def visible(collection: Collection, state: State) -> np.ndarray | None:
    """Which plates pass the filters, bool (n,); None where there are no filters."""
    if not state.filtered:
        return None
    mask = np.zeros(len(collection.catalogue), dtype=bool)
    mask[filtered_rows(collection, state)] = True
    return mask


def similarities_of(collection: Collection, backbone: str, row: int) -> np.ndarray:
    """Similarity of every plate to the one in `row`: float32 (n,), read-only."""
    return _similarities(str(collection.path), collection.generation, collection, backbone, row)


def colouring(collection: Collection, column: str) -> Colouring:
    """The map's colours by one column of the catalogue."""
    return _colouring(str(collection.path), collection.generation, collection, column)


# The path and the generation are the key; the collection itself (with its leading _) is not hashed.
# Answers are shared, not copied, so they are made read-only.


@st.cache_resource(max_entries=6, show_spinner=False)
def _standing(path: str, generation: str, revision: int, _collection: Collection) -> pd.DataFrame:
    return reviews(_collection).standing()


@st.cache_resource(max_entries=6, show_spinner=False)
def _unconfirmed(path: str, generation: str, revision: int, _collection: Collection) -> list[Unconfirmed]:
    return reviews(_collection).unconfirmed()


@st.cache_resource(max_entries=6, show_spinner=False)
def _by_pair(path: str, generation: str, revision: int, _collection: Collection) -> Mapping[Pair, Decided]:
    frame = _standing(path, generation, revision, _collection)
    names = ("plate_a", "plate_b", "decision", "disputed", "said", "reviewers", "when", "note")
    columns = (frame[name].tolist() for name in names)
    return {(a, b): Decided(*rest) for a, b, *rest in zip(*columns, strict=True)}


@st.cache_resource(max_entries=6, show_spinner="Looking for the pairs from which most is learned …")
def _queue(path: str, generation: str, _collection: Collection, backbone: str) -> Queue:
    matches = _collection.matches
    assert matches is not None  # the caller has asked
    return Queue(
        _collection.catalogue,
        matches,
        work_keys(_collection.catalogue),
        _collection.embeddings(backbone),
        _collection.neighbours(backbone)[0][:, :NEAREST],
    )


@st.cache_resource(max_entries=6, show_spinner=False)
def _families(path: str, generation: str, revision: int, _collection: Collection) -> Families:
    try:
        if revision == UNREADABLE:  # said above every page
            found = families_of(_collection, [], write=False)
        else:
            found = families_of(_collection, None if revision else [])
    except ImgsimError:
        found = families_of(_collection, [], write=False)
    assert found is not None  # the caller has asked
    return found


def _decided(path: str, revision: int, collection: Collection) -> Decisions:
    if revision in (0, UNREADABLE):
        return Decisions()
    try:
        frame = _standing(path, collection.generation, revision, collection)
        return decisions_of(frame, collection.catalogue)
    except ImgsimError:  # said above every page
        return Decisions()


@st.cache_resource(max_entries=6, show_spinner=False)
def _reused(path: str, generation: str, revision: int, _collection: Collection) -> np.ndarray:
    assert _collection.matches is not None  # the caller has asked
    decided = _decided(path, revision, _collection)
    mask = evidence.reused(_collection.matches, _collection.catalogue, decided)
    mask.setflags(write=False)
    return mask


@st.cache_resource(max_entries=256, show_spinner=False)
def _rows(
    path: str,
    generation: str,
    _collection: Collection,
    text: str,
    choices: Choices,
    decades: tuple[int, int] | None,
    again: int | None,
) -> np.ndarray:
    rows = np.array(
        _collection.catalogue.search(text, choices=dict(choices), decades=decades), dtype=np.int64
    )
    if again is not None and _collection.matches is not None:
        rows = rows[_reused(path, generation, again, _collection)[rows]]
    rows.setflags(write=False)
    return rows


@st.cache_resource(max_entries=256, show_spinner=False)
def _ordered(
    path: str,
    generation: str,
    _collection: Collection,
    text: str,
    choices: Choices,
    decades: tuple[int, int] | None,
    again: int | None,
    by: Sort,
    seed: int,
) -> np.ndarray:
    found = _rows(path, generation, _collection, text, choices, decades, again)
    rows = np.array(_collection.catalogue.order(found, by, seed=seed), dtype=np.int64)
    rows.setflags(write=False)
    return rows


@st.cache_resource(max_entries=128, show_spinner=False)
def _similarities(path: str, generation: str, _collection: Collection, backbone: str, row: int) -> np.ndarray:
    embeddings = _collection.embeddings(backbone)
    values = similarities(embeddings, embeddings[row])
    values.setflags(write=False)
    return values


@st.cache_resource(max_entries=64, show_spinner=False)
def _colouring(path: str, generation: str, _collection: Collection, column: str) -> Colouring:
    return colour_plates(_collection.catalogue, column)
