"""What a link holds: the whole state of the app, kept in the page's address.

The address is the only source of truth. A widget is set from the state before it is drawn and writes its change
back in its callback, so that a link, a reload and the browser's back button all reopen the same view. Sessions
keep a copy under a private key, for addresses that come without any parameters.

:class:`State` has what pages share. A page that has more to choose from adds it in a dataclass of its own, which
inherits from this one and stands in the page's file; `page_registry` makes those fields known here. Every address holds
the fields of all pages, so that whoever comes back to a page finds it as it was left.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, fields
from functools import partial
from typing import Any, Literal, TypeVar, overload

import streamlit as st

from imgsim.app.services import parameters
from imgsim.app.services.parameters import MAX_TEXT, MOST_CHOICES, parameter, parameter_of
from imgsim.base.terms import MAPS
from imgsim.errors import ImgsimError

_CHOICE = "in."  # a facet's chosen values travel as in.<column>=<value>, once for each value
_SAVED = "_imgsim_query"

Query = dict[str, str | list[str]]
Values = dict[str, Any]  # field -> value, of every field that is not at its default
Choices = tuple[tuple[str, tuple[str, ...]], ...]
Sort = Literal["year", "book", "plate_id", "random"]


@dataclass(frozen=True, slots=True)
class State:
    """What a reader can choose and more than one page heeds. Each default is what a first visit shows."""

    collection: str = parameter("", "collection", parameters.short)
    backbone: str = parameter("", "backbone", parameters.short)
    plate: str = parameter("", "plate", parameters.short)
    text: str = parameter("", "text", parameters.words)
    decades: tuple[int, int] | None = parameter(None, "decades", parameters.span)
    choices: Choices = ()
    # Only plates that were verifiably used again.
    reused: bool = parameter(False, "reused", parameters.flag)
    sort: Sort = parameter("year", "sort", parameters.OneOf(tuple(parameters.SORTS)), lasting=True)
    seed: int = parameter(0, "seed", parameters.integer(0, 2**31 - 1))
    top_k: int = parameter(
        20, "top_k", parameters.integer(parameters.MIN_TOP_K, parameters.MAX_TOP_K), lasting=True
    )
    # None is what is calibrated for the collection and the backbone.
    threshold: float | None = parameter(None, "threshold", parameters.decimal(-1.0, 1.0, 6))
    other_books: bool = parameter(True, "other_books", parameters.flag)
    when: str = parameter("any", "when", parameters.OneOf(tuple(parameters.TIMES)), lasting=True)
    fold: bool = parameter(True, "fold", parameters.flag, lasting=True)
    unfolded: str = parameter("", "unfolded", parameters.short, after=("plate",))
    view: str = parameter("plates", "view", parameters.OneOf(tuple(parameters.VIEWS)))
    # "" is what fits: verified plates first where there are matches.
    order: str = parameter("", "order", parameters.OneOf(tuple(parameters.ORDERS)))
    verdicts: tuple[str, ...] = parameter((), "verdict", parameters.verdicts)
    # Of the map, which every page can export.
    projection: str = parameter("umap", "map", parameters.OneOf(tuple(MAPS)))
    colour: str = parameter("decade", "colour", parameters.short)
    # The plates in the box or lasso on it, which can be exported too: see packed_rows.
    selection: str = parameter("", "selection", parameters.rows)
    family: str = parameter("", "family", parameters.short)
    book_a: str = parameter("", "book", parameters.short)
    book_b: str = parameter("", "and", parameters.short)
    # What is set against all other plates: see `imgsim.app.parts.reference_set`.
    between: tuple[str, ...] = parameter((), "between", parameters.ids, write=parameters.written_ids)
    # Plates that the reader gathered: see `imgsim.app.parts.tray`.
    tray: tuple[str, ...] = parameter((), "tray", parameters.ids, write=parameters.written_ids)

    @property
    def filtered(self) -> bool:
        """Whether Browse and Map show a part of the collection only."""
        return bool(self.text or self.decades or self.choices or self.reused)

    def chosen(self, column: str) -> tuple[str, ...]:
        """The values chosen in one facet."""
        return dict(self.choices).get(column, ())


S = TypeVar("S", bound=State)
FILTERS = ("text", "decades", "choices", "reused", "sort", "seed")  # which plates, and in which order
_fields: dict[str, Field[Any]] = {field.name: field for field in fields(State)}  # of all pages


def hold(kind: type[State]) -> None:
    """Make a page's fields part of every address from now on.

    Raises
    ------
    ImgsimError
        A field that has no parameter, or whose name, here or in the address, another page has taken.
    """
    own = [field for field in fields(kind) if field.name not in {shared.name for shared in fields(State)}]
    taken = {known.name: field for field, one in _fields.items() if (known := parameter_of(one))}
    for field in own:
        known = parameter_of(field)
        if known is None:
            raise ImgsimError(f"{kind.__module__}: the field {field.name!r} has no parameter in the address")
        other = taken.get(known.name, field.name)
        if field.name in _fields or other != field.name or known.name.startswith(_CHOICE):
            raise ImgsimError(
                f"{kind.__module__}: the field {field.name!r} (in the address {known.name!r}) is taken already; "
                "give it another name"
            )
        taken[known.name] = field.name
    _fields.update({field.name: field for field in own})
    _understood.cache_clear()


def held() -> dict[str, Field[Any]]:
    """Every field that an address holds, by its name."""
    return dict(_fields)


# ---- in an address


@overload
def from_query(query: Mapping[str, Sequence[str]]) -> State: ...
@overload
def from_query(query: Mapping[str, Sequence[str]], kind: type[S]) -> S: ...
def from_query(query: Mapping[str, Sequence[str]], kind: type[State] = State) -> State:
    """Read a state from an address's parameters; what cannot be read keeps its default, for links get mangled."""
    return _made(kind, _read(query))


def to_query(state: State) -> Query:
    """Write a state as an address's parameters: only what differs from the defaults, so that links stay short."""
    return _written({field.name: getattr(state, field.name) for field in fields(state)})


def _read(query: Mapping[str, Sequence[str]]) -> Values:
    found: Values = {}
    for field in _fields.values():
        known = parameter_of(field)
        values = query.get(known.name) if known else None
        if known and values:
            try:
                found[field.name] = known.read(values[-1])
            except (ValueError, KeyError, OverflowError):
                continue
    choices = {
        name[len(_CHOICE) :]: tuple(dict.fromkeys(value[:MAX_TEXT] for value in values[:MOST_CHOICES]))
        for name, values in query.items()
        if name.startswith(_CHOICE) and values
    }
    return {**found, "choices": tuple(sorted(choices.items()))}


def _written(values: Values) -> Query:
    query: Query = {}
    for field in _fields.values():
        known = parameter_of(field)
        value = values.get(field.name, field.default)
        if known and value != field.default:
            query[known.name] = known.write(value)
    for column, chosen in values.get("choices", ()):
        query[_CHOICE + column] = list(chosen)
    return query


def _made(kind: type[S], values: Values) -> S:
    return kind(**{field.name: values[field.name] for field in fields(kind) if field.name in values})


# ---- changes


def changed(state: S, **changes: Any) -> S:
    """The state after a change, with what depends on it: another filter starts at page 1, another collection anew."""
    before = {field.name: getattr(state, field.name) for field in fields(state)}
    after = _changed(before, changes)
    return _made(type(state), after)


def _changed(values: Values, changes: Values) -> Values:
    unknown = sorted(set(changes) - set(_fields))
    if unknown:
        raise TypeError(f"no page has the field {', '.join(unknown)}")
    collection = values.get("collection")
    if collection and changes.get("collection", collection) != collection:
        lasting = [name for name, field in _fields.items() if (known := parameter_of(field)) and known.lasting]
        return {**{name: values[name] for name in lasting if name in values}, **changes}
    begun = {
        name: field.default
        for name, field in _fields.items()
        if (known := parameter_of(field)) and known.after & set(changes)
    }
    # Scores of two backbones cannot be compared: a line that was drawn for one says nothing of the other.
    backbone = values.get("backbone")
    if backbone and changes.get("backbone", backbone) != backbone:
        begun["threshold"] = None
    return {**values, **begun, **changes}


# ---- of this run


@overload
def current() -> State: ...
@overload
def current(kind: type[S]) -> S: ...
def current(kind: type[State] = State) -> State:
    """The state of this run, from the address or, where the address has none, from the session.

    Parameters
    ----------
    kind
        Which fields are wanted: what pages share, or the `State` of a page.
    """
    return _made(kind, _current())


def _current() -> Values:
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    if query:
        values, written = _understood(tuple((name, tuple(given)) for name, given in query.items()))
        st.session_state[_SAVED] = dict(written)
        return dict(values)
    saved = st.session_state.get(_SAVED)
    if not saved:
        return {}
    st.query_params.from_dict(saved)
    return _read(_lists(saved))


# A page asks for its state a score of times in each run, and the address stays the same.
@functools.lru_cache(maxsize=256)
def _understood(query: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Values, Query]:
    values = _read({name: list(given) for name, given in query})
    return values, _written(values)


def update(**changes: Any) -> State:
    """Change the state and the address with it; the browser's back button returns to the state before."""
    values = _changed(_current(), changes)
    query = _written(values)
    st.session_state[_SAVED] = query
    # Nothing is sent when the address says so already.
    if {name: st.query_params.get_all(name) for name in st.query_params} != _lists(query):
        st.query_params.from_dict(query)
    return _made(State, values)


def link(**changes: Any) -> Query:
    """The parameters of a link from here to there."""
    return _written(_changed(_current(), changes))


def bind(
    field: str, *, value: Any = None, read: Callable[[Any], Any] | None = None, suffix: str = ""
) -> dict[str, Any]:
    """Tie a widget to a field: pass the result as its keyword arguments, with neither default nor key of its own.

    Parameters
    ----------
    field
        The field, of what pages share or of any page.
    value
        What the widget is to show; the field itself if left out.
    read
        Turns what the widget returns into the field's value.
    suffix
        Tells two widgets of one field apart.
    """
    key = f"_{field}{suffix}"
    st.session_state[key] = _current().get(field, _fields[field].default) if value is None else value
    return {"key": key, "on_change": partial(_take, field, key, read)}


def _take(field: str, key: str, read: Callable[[Any], Any] | None) -> None:
    value = st.session_state[key]
    update(**{field: read(value) if read else value})


def _lists(query: Query) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in query.items()}
