"""Compare: two plates laid exactly on each other, and what that shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.app.components import ComparedPlate, CompareEvent, compare_view
from imgsim.app.components.compare_view import MODES, wished
from imgsim.app.parts import (
    another_hand,
    cards,
    compare_caption,
    compare_lines,
    compare_words,
    counterpart,
    observing,
    reviewing,
    shell,
)
from imgsim.app.services import caches, parameters, remedies, server, state, text
from imgsim.app.services.parameters import parameter
from imgsim.base.translation import marked, tr
from imgsim.base.verdict_words import COPY
from imgsim.collection import Collection
from imgsim.collection.asked_copies import asked_copy
from imgsim.collection.registration import Registration
from imgsim.errors import ImgsimError

name, title, group = "compare", marked("Compare"), marked("Plates")
fragment = True
loads = ("compare_view",)

_VIEW = "compare_view"
_PRELOADED = 2


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    other: str = parameter("", "with", parameters.short)
    # "" is the mode that this browser showed last.
    compare: str = parameter("", "compare", parameters.OneOf(("", *MODES)))
    # Whether the verifier of copies is asked about this pair.
    hand: bool = parameter(False, "hand", parameters.flag, after=("plate", "other"))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    _body()


# Another plate changes nothing in the sidebar but the links, so this part runs alone.
@st.fragment
def _body() -> None:
    shell.links(name)
    collection = shell.collection()
    now = state.current(State)
    if not now.plate:
        counterpart.choose_first()
        return
    row = collection.catalogue.row(now.plate)
    candidates = counterpart.neighbours(collection, now, row)
    if now.other and not collection.catalogue.has(now.other):
        st.warning(tr("There is no plate {plate} in this collection.", plate=text.plain(now.other)))
    if not collection.catalogue.has(now.other) or now.other == now.plate:
        counterpart.choose_second(collection, row, candidates, now.other)
        return
    _compare(collection, now, row, collection.catalogue.row(now.other), candidates)


def _compare(collection: Collection, now: State, row_a: int, row_b: int, candidates: list[int]) -> None:
    try:
        found = caches.registration(collection, row_a, row_b)
        error = ""
    except ImgsimError as unread:
        found, error = None, remedies.told(unread)
    similarity = float(caches.similarities_of(collection, now.backbone, row_a)[row_b])
    with st.container(key="compare_head", gap="small"):
        top = st.container(gap="small")
        if found is not None and not found.found:
            found = _by_another_hand(collection, now, found, row_a, row_b)
        with top:
            told = _verdict(collection, now, found, similarity)
            _two(collection, now, row_a, row_b, candidates)
        reviewing.bar(collection, row_a, row_b, key="compare", told=told)
    if error:
        st.error(text.plain(error))
    said = compare_words.finding(found) if found else tr("not compared")
    place = candidates.index(row_b) if row_b in candidates else -1
    near = [candidates[i] for i in (place + 1, place - 1) if 0 <= i < len(candidates)][:_PRELOADED]
    event = compare_view(
        key=_VIEW,
        a=_plate(collection, row_a),
        b=_plate(collection, row_b),
        transform=found.transform if found and found.found else None,
        bend=found.bend if found else None,
        points=observing.points(collection, row_a, row_b, found),
        observed=observing.sent(collection, row_a, row_b),
        negative=bool(found and found.found and found.negative),
        mode=now.compare,
        finding=tr("{finding}, similarity {score:.3f}", finding=said, score=similarity),
        preload=[server.plate_url(collection, other) for other in near],
        on_wish=_wish,
    )
    if event.wish == "back":
        shell.go("plate")
    observing.told(collection, row_a, row_b)
    if found and found.found and found.verdict != COPY:
        compare_lines.show(collection, row_a, row_b, found.printing)


def _by_another_hand(
    collection: Collection, now: State, found: Registration, row_a: int, row_b: int
) -> Registration:
    """What is laid on the page: the copy that is found by asking now, if there is one, else what the lines say."""
    asked = another_hand.answer(collection, row_a, row_b, key="compare", asked=now.hand, press=_ask_copy)
    if asked is None:
        return found
    if not now.hand:  # it was asked on another page, or from the other side: the address says so here, too
        state.update(hand=True)
    return asked if asked.found else found


def _ask_copy() -> None:
    state.update(hand=True)


def _verdict(
    collection: Collection,
    now: State,
    found: Registration | None,
    similarity: float,
) -> DeltaGenerator:
    """The verdict and its figures; what was decided has its place before them."""
    verdict = compare_words.verdict(found)
    meaning = cards.meanings(collection, now.backbone, np.array([similarity], np.float32))[0]
    score = (
        tr("Similarity {score:.3f}, above {share} of pairs", score=similarity, share=meaning)
        if meaning
        else tr("Similarity {score:.3f}", score=similarity)
    )
    with st.container(horizontal=True, vertical_alignment="center", key="compare_bar"):
        st.title(tr(title), anchor=False, width="content")
        st.markdown(f"## {text.plain(verdict)}", width="content")
        with st.container(key="compare_said", gap=None):
            told = st.container(gap=None)
            st.caption(text.plain(". ".join([*compare_words.numbers(found), score]) + "."))
    return told


def _two(collection: Collection, now: State, row_a: int, row_b: int, candidates: list[int]) -> None:
    """Which two plates they are, and the ways to another pair."""
    with st.container(horizontal=True, vertical_alignment="center", key="compare_two", gap="small"):
        compare_caption.draw(collection, row_a, "A")
        st.button("A ⇄ B", help=tr("Lay A on B instead"), on_click=_exchange, key="compare_exchange")
        compare_caption.draw(collection, row_b, "B")
        counterpart.other_id(collection, row_a, candidates, now.other)
        place = candidates.index(row_b) if row_b in candidates else -1
        st.button("←", help=tr("The neighbour before (←)"), disabled=place <= 0, on_click=_step, args=(-1,))
        st.button(
            "→",
            help=tr("The next neighbour (→)"),
            disabled=place + 1 >= len(candidates),
            on_click=_step,
            args=(1,),
        )
        if st.button(tr("Plate A"), help=tr("Back to the plate's page (Esc)")):
            shell.go("plate")


def _plate(collection: Collection, row: int) -> ComparedPlate:
    record = collection.catalogue.record(row)
    page = tr("p. {page}", page=record["page"]) if record["page"] else ""
    said = (collection.catalogue.short_title(row, 80), text.date_of(record), str(record["place"]), page)
    parts = (*said, tr("plate {plate}", plate=record["plate_id"]))
    return ComparedPlate(
        id=str(record["plate_id"]),
        src=server.plate_url(collection, row),
        caption=", ".join(part for part in parts if part),
        width=int(str(record["width"])),
        height=int(str(record["height"])),
    )


def _wish() -> None:
    event = wished(st.session_state[_VIEW])
    if event.mode:
        state.update(compare=event.mode)
    if event.wish in ("next", "previous"):
        _step(1 if event.wish == "next" else -1)
    if event.wish in ("observe", "forget"):
        _observe(event)


def _observe(event: CompareEvent) -> None:
    collection, now = shell.collection(), state.current(State)
    if not (collection.catalogue.has(now.plate) and collection.catalogue.has(now.other)):
        return
    if event.wish == "forget":
        observing.undo(collection, now.plate, now.other)
        return
    row_a, row_b = collection.catalogue.row(now.plate), collection.catalogue.row(now.other)
    places = observing.points(collection, row_a, row_b, _laid(collection, now, row_a, row_b))
    observing.write(collection, (row_a, row_b), places, event.number, event.text)


def _laid(collection: Collection, now: State, row_a: int, row_b: int) -> Registration | None:
    """How B lies on A as the page shows it."""
    try:
        found = caches.registration(collection, row_a, row_b)
    except ImgsimError:
        return None
    copy = None if found.found or not now.hand else asked_copy(collection, row_a, row_b)
    return copy if copy is not None and copy.found else found


def _exchange() -> None:
    now = state.current(State)
    state.update(plate=now.other, other=now.plate)


def _step(by: int) -> None:
    collection, now = shell.collection(), state.current(State)
    if not (collection.catalogue.has(now.plate) and collection.catalogue.has(now.other)):
        return
    candidates = counterpart.neighbours(collection, now, collection.catalogue.row(now.plate))
    here = collection.catalogue.row(now.other)
    place = candidates.index(here) + by if here in candidates else 0
    if 0 <= place < len(candidates):
        state.update(other=str(collection.catalogue.plate_ids[candidates[place]]))


if __name__ == "__main__":
    shell.draw(name)
