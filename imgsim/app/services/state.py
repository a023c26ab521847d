"""What a link holds: the whole state of the app, as one frozen object, kept in the page's address.

The address is the only source of truth. A widget is set from the state before it is drawn and writes its change
back in its callback, so that a link, a reload and the browser's back button all reopen the same view. Sessions
keep a copy under a private key, for addresses that come without any parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import streamlit as st

from imgsim.app.services.parameters import MAX_TEXT, MOST_CHOICES, PARSERS, Box, written

_CHOICE = "in."  # a facet's chosen values travel as in.<column>=<value>, once for each value
_SAVED = "_imgsim_query"
_FILTERS = {"text", "decades", "choices", "reused", "sort", "seed", "per_page"}
_FAMILY_FILTERS = {
    "reuse_text",
    "reuse_decades",
    "reuse_books",
    "reuse_mirrored",
    "reuse_works",
    "reuse_from",
    "reuse_to",
    "reuse_years",
}
_MODEL_CHOICES = {"backbone", "versus", "first", "models", "found_by", "sharing"}

Query = dict[str, str | list[str]]
Choices = tuple[tuple[str, tuple[str, ...]], ...]
Sort = Literal["year", "book", "plate_id", "random"]


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a reader can choose. Each default is what a first visit shows."""

    collection: str = ""
    backbone: str = ""
    plate: str = ""
    text: str = ""
    decades: tuple[int, int] | None = None
    choices: Choices = ()
    reused: bool = False  # only plates that were verifiably used again
    sort: Sort = "year"
    seed: int = 0
    per_page: int = 60
    page: int = 1
    top_k: int = 20
    threshold: float | None = None  # None is what is calibrated for the collection and the backbone
    other_books: bool = True
    when: str = "any"
    fold: bool = True
    unfolded: str = ""
    view: str = "plates"
    projection: str = "umap"
    colour: str = "decade"
    order: str = ""  # "" is what fits: verified plates first where there are matches
    verdicts: tuple[str, ...] = ()
    other: str = ""
    compare: str = "flicker"
    family: str = ""
    reuse_text: str = ""
    reuse_decades: tuple[int, int] | None = None
    reuse_books: int = 1
    reuse_mirrored: bool = False
    reuse_works: bool = False
    reuse_from: str = ""
    reuse_to: str = ""
    reuse_years: tuple[int, int] | None = None  # between two appearances
    reuse_page: int = 1
    arranged: str = "date"
    book_a: str = ""
    book_b: str = ""
    book_page: int = 1  # of a book with many plates
    desk: str = "queue"  # the part of the Review page
    asked: str = "all"  # which pairs it asks for
    precision: float = 0.95  # wished of the threshold that it suggests
    box: Box | None = None  # a detail of the plate, (x0, y0, x1, y1) in fractions of it
    versus: str = ""  # the backbone to compare with; "" is the first other one
    first: int = 4  # how many first neighbours of two backbones are compared; the study took four
    models: str = ""  # the part of the page Models; "" is the first that has anything to show
    found_by: str = (
        ""  # which of the two backbones finds the verified pairs shown; "" is the first kind there is
    )
    sharing: int | None = None  # only plates of which so many neighbours are shared
    models_page: int = 1
    draw: int = 0  # which examples of the ladder

    @property
    def filtered(self) -> bool:
        """Whether Browse and Map show a part of the collection only."""
        return bool(self.text or self.decades or self.choices or self.reused)

    def chosen(self, column: str) -> tuple[str, ...]:
        """The values chosen in one facet."""
        return dict(self.choices).get(column, ())


def from_query(query: Mapping[str, Sequence[str]]) -> State:
    """Read a state from an address's parameters; what cannot be read keeps its default, for links get mangled."""
    found: dict[str, Any] = {}
    for field, (name, parse) in PARSERS.items():
        values = query.get(name)
        if values:
            try:
                found[field] = parse(values[-1])
            except (ValueError, KeyError, OverflowError):
                continue
    choices = {
        name[len(_CHOICE) :]: tuple(dict.fromkeys(value[:MAX_TEXT] for value in values[:MOST_CHOICES]))
        for name, values in query.items()
        if name.startswith(_CHOICE) and values
    }
    return State(**found, choices=tuple(sorted(choices.items())))


def to_query(state: State) -> Query:
    """Write a state as an address's parameters: only what differs from the defaults, so that links stay short."""
    plain = State()
    query: Query = {}
    for field, (name, _parse) in PARSERS.items():
        value = getattr(state, field)
        if value != getattr(plain, field):
            query[name] = written(value)
    for column, values in state.choices:
        query[_CHOICE + column] = list(values)
    return query


def changed(state: State, **changes: Any) -> State:
    """The state after a change, with what depends on it: another filter starts at page 1, another collection anew."""
    if state.collection and changes.get("collection", state.collection) != state.collection:
        kept = {field: getattr(state, field) for field in ("top_k", "when", "fold", "per_page", "sort")}
        return replace(State(**kept), **changes)
    # Scores of two backbones cannot be compared: a line that was drawn for one says nothing of the other.
    if changes.get("backbone", state.backbone) != state.backbone and state.backbone:
        changes.setdefault("threshold", None)
    if _FILTERS & set(changes) and "page" not in changes:
        changes["page"] = 1
    if _FAMILY_FILTERS & set(changes) and "reuse_page" not in changes:
        changes["reuse_page"] = 1
    if "book_a" in changes and "book_page" not in changes:
        changes["book_page"] = 1
    if _MODEL_CHOICES & set(changes) and "models_page" not in changes:
        changes["models_page"] = 1
    if "plate" in changes and "unfolded" not in changes:
        changes["unfolded"] = ""
    if "plate" in changes and "box" not in changes:
        changes["box"] = None
    return replace(state, **changes)


def current() -> State:
    """The state of this run, from the address or, where the address has none, from the session."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    if query:
        state = from_query(query)
        st.session_state[_SAVED] = to_query(state)
        return state
    saved = st.session_state.get(_SAVED)
    if not saved:
        return State()
    st.query_params.from_dict(saved)
    return from_query(_lists(saved))


def update(**changes: Any) -> State:
    """Change the state and the address with it; the browser's back button returns to the state before."""
    state = changed(current(), **changes)
    write(state)
    return state


def write(state: State) -> None:
    """Make `state` the address. Nothing is sent when the address says so already."""
    query = to_query(state)
    st.session_state[_SAVED] = query
    if {name: st.query_params.get_all(name) for name in st.query_params} != _lists(query):
        st.query_params.from_dict(query)


def link(**changes: Any) -> Query:
    """The parameters of a link from here to there."""
    return to_query(changed(current(), **changes))


def bind(
    field: str, *, value: Any = None, read: Callable[[Any], Any] | None = None, suffix: str = ""
) -> dict[str, Any]:
    """Tie a widget to a field: pass the result as its keyword arguments, with neither default nor key of its own.

    Parameters
    ----------
    field
        The field of `State`.
    value
        What the widget is to show; the field itself if left out.
    read
        Turns what the widget returns into the field's value.
    suffix
        Tells two widgets of one field apart.
    """
    key = f"_{field}{suffix}"
    st.session_state[key] = getattr(current(), field) if value is None else value
    return {"key": key, "on_change": partial(_take, field, key, read)}


def _take(field: str, key: str, read: Callable[[Any], Any] | None) -> None:
    value = st.session_state[key]
    update(**{field: read(value) if read else value})


def _lists(query: Query) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in query.items()}
