"""The tray: plates that a reader gathered, on whatever page, in the order in which they came.

It lies in the address, so that a link hands it on, and in the browser, so that the next visit finds it. Within a visit
the session knows best: the browser's back button leads to addresses of before, and must not empty it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

import streamlit as st

from imgsim.app.components import browser_memory
from imgsim.app.components.thumbnail_grid import gathered as gathered_in
from imgsim.app.parts import notices
from imgsim.app.services import state
from imgsim.app.services.parameters import MOST_IDS, ids, written_ids
from imgsim.base.translation import trn

_NAME = "tray"  # what the browser keeps: of each collection its name and the ids, the latest collection first
_NOW = "_imgsim_tray"  # collection -> ids
_BEFORE = "_imgsim_tray_before"  # collection -> the trays that undo leads back to, the latest last
_MOST_STEPS = 50
_UNESCAPED = "!~*'()"  # what a browser writes into a cookie as it is
_MOST_WRITTEN = 3800  # letters of a cookie; browsers refuse what is longer than 4,096 with its name and time


def settled(collection: str, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The tray of a collection in this session: at first what the address asks for, else what the browser kept."""
    trays = st.session_state.setdefault(_NOW, {})
    if collection not in trays:
        kept = _kept().get(collection, ())
        trays[collection] = asked or kept
        if asked and kept and asked != kept:  # a link brought another one: the reader's own is a step back
            _before(collection).append(kept)
    found: tuple[str, ...] = trays[collection]
    return found


def add(more: Iterable[str]) -> None:
    """Put plates in; what is there already stays where it is."""
    now = state.current()
    wanted = tuple(dict.fromkeys((*now.tray, *more)))
    over = len(wanted) - MOST_IDS
    if over > 0:
        said = trn(
            "The tray holds {most} plates: {n:,} plate more was not put in. For long lists use the filters and Export.",
            "The tray holds {most} plates: {n:,} plates more were not put in. For long lists use the filters and "
            "Export.",
            over, most=MOST_IDS,
        )  # fmt: skip
        notices.add(said, within=now.collection)
    _put(wanted[:MOST_IDS])


def remove(ids_: Iterable[str]) -> None:
    """Take plates out."""
    gone = set(ids_)
    _put(tuple(one for one in state.current().tray if one not in gone))


def clear() -> None:
    """Take all out."""
    _put(())


def undo() -> None:
    """Make the tray what it was before the last change, in this session."""
    collection = state.current().collection
    if steps := _before(collection):
        _keep(collection, steps.pop())


def can_undo(collection: str) -> bool:
    """Whether there is a change to take back."""
    return bool(_before(collection))


def gathered(key: str) -> None:
    """What a grid's reader put in or took out; the grid is the one of that key."""
    event = gathered_in(st.session_state[key])
    if event is not None:
        (add if event[1] else remove)(event[0])


def too_long(now: state.State) -> bool:
    """Whether the browser cannot keep so much, so that the link alone has it."""
    return bool(now.tray) and not _segment(now.collection, now.tray)


def _put(wanted: tuple[str, ...]) -> None:
    now = state.current()
    if wanted != now.tray:
        steps = _before(now.collection)
        steps.append(now.tray)
        del steps[:-_MOST_STEPS]
        _keep(now.collection, wanted)


def _keep(collection: str, wanted: tuple[str, ...]) -> None:
    st.session_state.setdefault(_NOW, {})[collection] = wanted
    state.update(tray=wanted)
    browser_memory.keep(_NAME, written({collection: wanted, **_without(_kept(), collection)}))


def written(trays: Mapping[str, tuple[str, ...]]) -> str:
    """Trays as the browser keeps them: as many, from the first on, as it can hold."""
    found = ""
    for collection, plates in trays.items():
        segment = _segment(collection, plates)
        joined = ";".join(part for part in (found, segment) if part)
        if _fits(joined):
            found = joined
    return found


def read(kept: str) -> dict[str, tuple[str, ...]]:
    """Trays by collection, as :func:`written` wrote them."""
    parts = [part.partition(",") for part in kept.split(";") if part]
    return {ids(name)[0]: ids(plates) for name, _, plates in parts if ids(name) and ids(plates)}


def _segment(collection: str, plates: tuple[str, ...]) -> str:
    """"" for an empty tray, and for one that no browser keeps."""
    found = f"{written_ids([collection])},{written_ids(plates)}" if plates else ""
    return found if _fits(found) and found.isprintable() else ""


def _fits(written_: str) -> bool:
    most = browser_memory.NAMES[_NAME]
    return len(written_) <= most and len(quote(written_, safe=_UNESCAPED)) <= _MOST_WRITTEN


def _kept() -> dict[str, tuple[str, ...]]:
    return read((browser_memory.kept() or {}).get(_NAME, ""))


def _without(trays: Mapping[str, tuple[str, ...]], collection: str) -> dict[str, tuple[str, ...]]:
    return {name: plates for name, plates in trays.items() if name != collection}


def _before(collection: str) -> list[tuple[str, ...]]:
    steps: dict[str, list[tuple[str, ...]]] = st.session_state.setdefault(_BEFORE, {})
    return steps.setdefault(collection, [])
