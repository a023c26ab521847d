"""Collections as the app holds them: opened once, shared by all sessions, never copied.

Arrays and answers belong to the shared Collection, which is one generation, and are read-only. Whatever pages compute
of it is kept there, too (`imgsim.app.services.kept_answers`). Streamlit's own caches hold only what is no answer of a
collection, and say so: the collections themselves, networks, files that are served, and what lies in folders beside the
generations.
"""
from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from imgsim.app.services.kept_answers import answer as answer
from imgsim.app.services.kept_answers import counted as counted
from imgsim.app.services.kept_answers import fact as fact
from imgsim.app.services.kept_answers import unread as unread
from imgsim.app.services.kept_answers import waiting
from imgsim.app.services.room import Room
from imgsim.app.services.state import State
from imgsim.base.places import data_dir
from imgsim.base.translation import tr
from imgsim.charts import decided_colours
from imgsim.charts.colours import Colouring
from imgsim.collection import (
    Collection,
    CollectionInfo,
    keeping,
    list_collections,
    open_collection,
    open_generation,
    settings,
)
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.collection import Pair
from imgsim.collection.decided import Decided
from imgsim.collection.overview_counts import Overview
from imgsim.collection.registration import Registration
from imgsim.collection.review_queue import Queue
from imgsim.errors import CollectionError, ImgsimError, PrepareAgain
from imgsim.families import Families
from imgsim.generation import current, layout
from imgsim.generation.current import mend_if_free
from imgsim.reviews import Review, Reviews
from imgsim.reviews.pictures import Unconfirmed


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


# Of the data folder, not of a collection.
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
            place = str(info.path), _generation(Path(info.path))
            with waiting(tr("Opening the collection …"), place in _room):
                found = _opened(*place)
            for other in _room.use(place, found.manifest["counts"]["plates"]):
                _opened.clear(*other)
            return found
    known = ", ".join(info.name for info in infos()) or tr("none")
    raise CollectionError(
        tr("There is no collection “{name}” here. Choose one in the sidebar: {known}.", name=name, known=known)
    )


def title_of(name: str) -> str:
    """What a collection is called on the screen, by its name."""
    return settings.title(data_dir() / name)


def _generation(path: Path) -> str:
    found = current.live(path)
    if found is None:
        raise CollectionError(tr("{folder} is no longer a prepared collection.", folder=path), PrepareAgain(str(path)))
    return found.generation

_room = Room()  # what was opened once, for which nobody waits again


# The collections themselves: with one that makes room its answers go.
@st.cache_resource(max_entries=6, show_spinner=False)
def _opened(path: str, generation: str) -> Collection:
    collection = open_collection(Path(path))
    # Whoever still looks at a generation before has it, with its answers, until the page is drawn anew.
    for before in _room.former(path, generation):
        _opened.clear(*before)
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
        raise CollectionError(tr("{name} has no generation {n} any more. Reload the page.", name=name, n=generation))
    return _former(str(live.path), generation)


# And those of before, for pages that were open during a run.
@st.cache_resource(max_entries=4, show_spinner=False)
def _former(path: str, generation: str) -> Collection:
    return open_generation(Path(path), generation)


# ---- what people decided


def reviews(collection: Collection) -> Reviews:
    """The reviews of a collection."""
    return collection.reviews


def revision(collection: Collection) -> int:
    """A number that changes with every decision, and where decisions can no longer be read."""
    return counted(collection).revision


def withheld(collection: Collection) -> bool:
    """Whether nothing can be taken away that decisions belong to: they cannot be read, as every page says."""
    return unread(collection) is not None


def standing(collection: Collection) -> pd.DataFrame:
    """What is decided now about the pictures that are here, one row a pair. Raises CollectionError if unreadable."""
    return collection.standing


def unconfirmed(collection: Collection) -> list[Unconfirmed]:
    """Decisions about plates that are gone or show another picture, the latest first; none where unreadable."""
    return counted(collection).unconfirmed


def decisions(collection: Collection) -> Mapping[Pair, Decided]:
    """What is decided, by the ids of a pair in order; nothing where it cannot be read. Ask once for many pairs."""
    return counted(collection).decisions


def decision(collection: Collection, plate_a: str, plate_b: str) -> Decided | None:
    """What is decided on one pair; None where nothing is."""
    return counted(collection).decision(plate_a, plate_b)


def history(collection: Collection, plate_a: str, plate_b: str) -> list[Review]:
    """Every record of a pair, the oldest first; none where they cannot be read."""
    try:
        return collection.reviews.history(plate_a, plate_b)
    except ImgsimError:  # said above every page
        return []


# ---- what follows from it


def families(collection: Collection) -> Families | None:
    """The families after what people decided, under their permanent ids; None where plates were never compared."""
    return counted(collection).families


def reused(collection: Collection) -> np.ndarray | None:
    """Which plates were used again, after what people decided: bool (n,), read-only; None where never compared."""
    return counted(collection).reused


def book_network(collection: Collection) -> BookNetwork | None:
    """Which books share images with which; None where plates were never compared."""
    shown = counted(collection)
    with waiting(tr("Looking which books share images …"), shown.knows("book network")):
        return shown.book_network


def overview(collection: Collection) -> Overview:
    """The collection in numbers."""
    shown = counted(collection)
    with waiting(tr("Counting plates …"), shown.knows("overview")):
        return shown.overview


def queue(collection: Collection, backbone: str) -> Queue | None:
    """The pairs to judge; None where plates were never compared by their lines."""
    told = tr("Looking for the pairs from which most is learned …")
    with waiting(told, collection.loaded(("review queue", backbone))):
        return collection.review_queue(backbone)


def registration(collection: Collection, row_a: int, row_b: int) -> Registration:
    """One plate laid on another. Raises ImgsimError where a scan cannot be read."""
    a, b = (str(collection.catalogue.plate_ids[row]) for row in (row_a, row_b))
    return fact(
        collection, "registration", lambda: collection.register(a, b), row_a, row_b,
        keep=128, told=tr("Laying one plate on the other …"),
    )  # fmt: skip


# ---- plates


def filtered_rows(collection: Collection, state: State) -> np.ndarray:
    """The rows that pass the filters, in catalogue order: int64 (n,), read-only."""
    # Links get mangled: a column that is not here filters nothing.
    known = {name: values for name, values in state.choices if name in collection.catalogue.frame.columns}
    return counted(collection).search(state.text, choices=known, decades=state.decades, reused=state.reused)


def ordered_rows(collection: Collection, state: State) -> np.ndarray:
    """The rows that pass the filters, in the chosen order: int64 (n,), read-only."""
    seed = state.seed if state.sort == "random" else 0

    def make(shown: Collection) -> np.ndarray:
        rows = filtered_rows(shown, state)
        ordered = np.array(shown.catalogue.order(rows, state.sort, seed=seed), dtype=np.int64)
        ordered.setflags(write=False)
        return ordered

    key = (state.text, state.choices, state.decades, state.reused, state.sort, seed)
    return answer(collection, "ordered", make, *key, keep=256)


def visible(collection: Collection, state: State) -> np.ndarray | None:
    """Which plates pass the filters, bool (n,); None where there are no filters."""
    if not state.filtered:
        return None
    mask = np.zeros(len(collection.catalogue), dtype=bool)
    mask[filtered_rows(collection, state)] = True
    return mask


def similarities_of(collection: Collection, backbone: str, row: int) -> np.ndarray:
    """Similarity of every plate to the one in `row`: float32 (n,), read-only."""
    return collection.similarities(collection.catalogue.plate_ids[row], backbone)


def near_by_parts(collection: Collection, backbone: str, row: int) -> np.ndarray | None:
    """How near every plate is to the one in `row` by a part, float32 (n,), read-only; None where no parts were seen."""
    from imgsim.collection.parts_seen import near_plate

    similarities = similarities_of(collection, backbone, row)
    return collection.answers.get(
        "near by parts", (backbone, row), lambda: near_plate(collection, backbone, similarities, row), 128
    )


def family_ties(collection: Collection) -> np.ndarray:
    """Which plates the families tie to which: rows, int32 (m, 2)."""
    return answer(collection, "ties of families", decided_colours.family_ties, keep=4)


def colouring(collection: Collection, column: str) -> Colouring:
    """The map's colours by one column of the catalogue, or by what is found and decided: `decided_colours.LABELS`."""

    def make(shown: Collection) -> Colouring:
        return decided_colours.coloured(shown, column)

    if column in decided_colours.LABELS:
        return answer(collection, "colouring", make, column, keep=12)
    return fact(collection, "colouring", partial(make, collection), column, keep=64)
