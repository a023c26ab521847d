"""Decisions in a family: which pair is asked about, and what became of the family's plates after the answer."""

from __future__ import annotations

from functools import partial

import streamlit as st

from imgsim.app.parts import reviewing, shell
from imgsim.app.services import caches, state, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.families import Family
from imgsim.reviews import Review

_JUDGED = "_imgsim_family_judged"  # the pair of rows whose decision is open
_WERE = "_imgsim_family_were"  # (collection, rows) of the family before the last decision
OF_ALL = "_imgsim_family_all"  # what is asked of all plates of a family: see family_decision


def member(family: Family, plate_id: str) -> None:
    """Open the bar for a plate and the one that it is tied to."""
    found = next(one for one in family.members if one.plate_id == plate_id)
    assert found.tied_to is not None  # the earliest has no such button
    pair(found.tied_to, found.row)


def pair(row_a: int, row_b: int) -> None:
    """Open the bar for a pair; pressed again on the same one it closes."""
    asked = (row_a, row_b)
    st.session_state[_JUDGED] = None if st.session_state.get(_JUDGED) == asked else asked
    st.session_state.pop(OF_ALL, None)  # a page has one bar, for the keys are the page's
    st.rerun()


def asks(family: Family) -> bool:
    """Whether a decision is asked for above the strip, about a pair of the family or about all of it."""
    return asked_of(family) is not None or getattr(st.session_state.get(OF_ALL), "family", "") == family.id


def asked_of(family: Family) -> tuple[int, int] | None:
    """The pair of the family that is being judged, if one is."""
    asked: tuple[int, int] | None = st.session_state.get(_JUDGED)
    return asked if asked is not None and set(family.rows).issuperset(asked) else None


def bar(collection: Collection, family: Family) -> None:
    """The decision on the pair that asks for it, above the strip."""
    asked = asked_of(family)
    if asked is None:
        return
    ids = [str(collection.catalogue.plate_ids[row]) for row in asked]
    years = [text.date_of(collection.catalogue.record(row)) for row in asked]
    with st.container(border=True, key="judging", gap="small"):
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key="judging_head"):
            one, two = (f"{text.plain(plate)} ({year})" for plate, year in zip(ids, years, strict=True))
            asks = tr("**What are these two to one another?** {one} and {two}", one=one, two=two)
            st.markdown(asks, width="stretch")
            with st.container(horizontal=True, width="content", gap="small"):
                if st.button(tr("Open in Compare"), key="judging_compare", type="tertiary"):
                    shell.go("compare", plate=ids[0], other=ids[1])
                st.button(tr("Close"), key="judging_close", type="tertiary", on_click=close)
        st.caption(
            tr(
                "Confirmed pairs stay together, unrelated ones go apart at once; the lines decide about the others "
                "anew."
            )
        )
        reviewing.bar(collection, *asked, key="judging", then=partial(decided, family.rows))


def close() -> None:
    """Ask about no pair any more."""
    st.session_state[_JUDGED] = None


def decided(rows: tuple[int, ...], review: Review | None) -> None:
    """Follow the family, whose name may have changed with its earliest plate, and say what became of its plates."""
    collection = shell.collection()
    families = caches.families(collection)
    if families is None:
        return
    now = [found for row in rows if (found := families.of(row)) is not None]
    st.session_state[_WERE] = (state.current().collection, rows)
    state.update(family=now[0] if now else "")
    if not now:
        st.session_state[_JUDGED] = None


def went_apart(collection: Collection, family: Family) -> None:
    """After a decision, where those plates are that were in this family before it."""
    name, rows = st.session_state.get(_WERE) or ("", ())
    gone = [row for row in rows if row not in family.rows]
    if name != collection.name or not gone or not set(rows).intersection(family.rows):
        return
    families = caches.families(collection)
    other = sorted(
        {found for row in gone if families is not None and (found := families.of(row)) is not None}
    )
    alone = len(gone) - sum(len(families.family(i)) for i in other) if families is not None else 0
    with st.container(horizontal=True, vertical_alignment="center", key="went_apart"):
        st.caption(_apart(len(gone), alone if other else 0), width="content")
        for found in other[:3]:
            label = tr("Open the family {family}", family=text.plain(found))
            if st.button(label, key=f"apart_{found}", type="tertiary"):
                shell.go("reuse", family=found)


def _apart(gone: int, alone: int) -> str:
    """How many plates left a family; ``alone``: how many of them are in none, where that is worth saying."""
    if alone > 0:
        return trn(
            "After your decision {n:,} plate is not in this family any more, {alone:,} of them in none.",
            "After your decision {n:,} plates are not in this family any more, {alone:,} of them in none.",
            gone,
            alone=alone,
        )
    return trn(
        "After your decision {n:,} plate is not in this family any more.",
        "After your decision {n:,} plates are not in this family any more.",
        gone,
    )


def dissolved(collection: Collection) -> None:
    """Where a decision left no family to show, say so; it can be taken back here."""
    name, rows = st.session_state.get(_WERE) or ("", ())
    families = caches.families(collection)
    if name != collection.name or families is None or any(families.of(row) is not None for row in rows):
        st.session_state.pop(_WERE, None)
        return
    ids = ", ".join(text.plain(collection.catalogue.plate_ids[row]) for row in rows[:6])
    with st.container(horizontal=True, vertical_alignment="center", key="dissolved"):
        st.info(tr("After your decision {plates} are no family any more.", plates=ids))
        reviewing.undo(collection, key="dissolved_undo", then=partial(decided, rows))
    reviewing.tell()


def leave() -> None:
    """Forget what became of a family: the reader goes back to all of them."""
    st.session_state.pop(_WERE, None)
