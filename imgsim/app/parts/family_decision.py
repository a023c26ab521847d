"""A decision about a whole family at once: a word for all of its plates, which are the exception, and what it will do.

What it does is said before it is done, pair by pair where something was said before; it is carried out as it was said,
for the plan that was on the screen goes with the button.
"""

from __future__ import annotations

from collections.abc import Collection as Some
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from imgsim.app.components.thumbnail_grid import picked
from imgsim.app.parts import family_judging, reviewer, reviewing
from imgsim.app.parts.family_plan import caution, sentences
from imgsim.app.services import caches, kept_answers, remedies, state
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection
from imgsim.collection.whole_family import Plan, decide, pairs_of, planned
from imgsim.errors import ImgsimError
from imgsim.families import Family
from imgsim.reviews import Review
from imgsim.reviews.standing import who_says_what

_ALL = family_judging.OF_ALL
_NOTE = "judging_all_note"
_INTERRUPTED = marked("It was interrupted before anything was written: nothing is decided. Press the button again.")


@dataclass
class _Asked:
    """What is asked of all plates of a family: the word, the exceptions, and a plan that is to be carried out now."""

    collection: str
    family: str
    decision: str = ""
    excepted: set[str] = field(default_factory=set)
    plan: Plan | None = None
    otherwise: bool = False


def _asked(collection: Collection, family: Family) -> _Asked | None:
    asked: _Asked | None = st.session_state.get(_ALL)
    here = asked is not None and (asked.collection, asked.family) == (collection.name, family.id)
    return asked if here else None


def excepted(collection: Collection, family: Family) -> Some[str] | None:
    """The plates that are left out of what is decided; None where nothing is asked of all of them."""
    asked = _asked(collection, family)
    return None if asked is None else asked.excepted


def ticked(strip: str) -> None:
    """Leave the plate out that was clicked in the strip of that key, or take it in again."""
    asked: _Asked | None = st.session_state.get(_ALL)
    plate = picked(st.session_state.get(strip), "excepted")
    if asked is not None and plate:
        asked.excepted ^= {plate}


def offer(collection: Collection, family: Family) -> None:
    """The button that asks of all of them."""
    if collection.matches is not None and caches.unread(collection) is None:
        st.button(
            tr("Decide about all of them …"), key="judging_all_open", type="tertiary", on_click=_open,
            args=(collection.name, family.id), help=tr("One word for all plates of this family, but for exceptions."),
        )  # fmt: skip


def bar(collection: Collection, family: Family) -> None:
    """What is asked, above the strip whose plates are ticked; nothing where nothing is."""
    asked = _asked(collection, family)
    if asked is None or collection.matches is None:
        return
    with st.container(border=True, key="judging_all", gap="small"):
        _carry_out(collection, family, asked)
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key="judging_all_head"):
            st.markdown(tr("**What are all of these to one another?**"), width="stretch")
            st.button(tr("Close"), key="judging_all_close", type="tertiary", on_click=_close)
        st.caption(
            tr(
                "Choose a word for all of them, and tick those below that are the exception: about them nothing is "
                "decided. Nothing is written before you have seen what it will do."
            )
        )
        known = reviewer.remembered()
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="judging_all_decisions"):
            reviewing.buttons("judging_all", asked.decision, bool(known), _choose)
            reviewing.undo(collection, key="judging_all_undo", then=lambda review: _follow(family, review))
            if known:
                reviewing.noting(_NOTE, tr("on all of them"))
                reviewer.change(known, tr("Who decides. Click to change the name."))
            else:
                reviewer.ask(tr("signs your decisions"))
        reviewing.tell()
        if asked.decision and known:
            _preview(collection, family, asked, known)


def _open(name: str, family_id: str) -> None:
    family_judging.close()
    st.session_state[_ALL] = _Asked(name, family_id)


def _close() -> None:
    st.session_state.pop(_ALL, None)


def _choose(decision: str) -> None:
    asked: _Asked | None = st.session_state.get(_ALL)
    if asked is not None:
        asked.decision = "" if asked.decision == decision else decision


# ---- before it is done


def _preview(collection: Collection, family: Family, asked: _Asked, known: str) -> None:
    """What the decision will do, and the button that does it."""
    assert collection.matches is not None
    rows = pairs_of(family, collection.matches, asked.excepted)
    if not rows:
        st.caption(tr("Fewer than two plates are left, so there is nothing to decide. Take out a tick."))
        return
    records = kept_answers.records(collection)
    plan = planned(collection, records, rows, known, asked.decision)
    found = plan.pairs
    differing = len(found.own) + len(found.against)
    otherwise = bool(differing) and st.toggle(
        trn(
            "Also about the {n:,} pair of which you or others said something else",
            "Also about the {n:,} pairs of which you or others said something else",
            differing,
        ),
        key="judging_all_otherwise",
    )
    pairs = found.written(otherwise)
    with st.container(horizontal=True, vertical_alignment="top", gap="medium", key="judging_all_doing"):
        label = trn(
            "Decide about {n:,} pair: {decision}", "Decide about {n:,} pairs: {decision}",
            len(pairs), decision=tr(asked.decision),
        )  # fmt: skip
        st.button(
            label, key="judging_all_do", type="primary", disabled=not pairs, on_click=_ask, args=(plan, otherwise)
        )
        st.caption(" ".join(sentences(plan, len({row for pair in rows for row in pair}), otherwise)))
    against = caution(collection, plan, rows)
    if against:
        st.warning(against)
    _said_before(plan, otherwise)


def _said_before(plan: Plan, otherwise: bool) -> None:
    """The pairs of which something was said before: by whom, and what happens to them."""
    found = plan.pairs
    happens = {
        **dict.fromkeys(found.agreeing, tr("your name is added")),
        **dict.fromkeys(found.said, tr("stays: you said so")),
        **dict.fromkeys(found.own, tr("your new word counts") if otherwise else tr("stays")),
        **dict.fromkeys(found.against, tr("disputed") if otherwise else tr("stays")),
    }
    said = {pair: list(plan.standing.get(pair, {}).values()) for pair in happens}
    if not said:
        return
    title = trn(
        "See the {n:,} pair of which something was said before",
        "See the {n:,} pairs of which something was said before",
        len(said),
    )
    with st.expander(title):
        st.dataframe(
            pd.DataFrame(
                {
                    tr("Plate A"): [a for a, _ in said],
                    tr("Plate B"): [b for _, b in said],
                    tr("Who says what"): [who_says_what(each) for each in said.values()],
                    tr("What happens"): [happens[pair] for pair in said],
                }
            ),
            hide_index=True,
            key="judging_all_said",
        )


# ---- doing it


def _ask(plan: Plan, otherwise: bool) -> None:
    asked: _Asked | None = st.session_state.get(_ALL)
    if asked is not None:
        asked.plan, asked.otherwise = plan, otherwise


def _carry_out(collection: Collection, family: Family, asked: _Asked) -> None:
    """Do what was asked for, and say how far it is; where the page is left meanwhile nothing is written."""
    plan, asked.plan = asked.plan, None
    if plan is None:
        return
    many = len(plan.pairs.written(asked.otherwise))
    place = st.progress(0.0, trn("Deciding about {n:,} pair …", "Deciding about {n:,} pairs …", many))
    reviewing.say(failed=tr(_INTERRUPTED))

    def progress(done: int, total: int) -> None:
        if done % max(1, total // 50) == 0:
            said = trn(
                "Deciding about {n:,} pair: {done:,} are ready",
                "Deciding about {n:,} pairs: {done:,} are ready",
                total,
                done=done,
            )
            place.progress(done / total, said)

    try:
        written, left = decide(
            collection, plan, state.current().backbone, otherwise=asked.otherwise,
            note=str(st.session_state.get(_NOTE, "")), progress=progress,
        )  # fmt: skip
    except ImgsimError as error:
        reviewing.say(failed=remedies.told(error))
        st.rerun()
    st.session_state[_NOTE] = ""
    reviewing.say(_outcome(plan.decision, written, left))
    asked.decision = ""
    _follow(family, None)
    st.rerun()


def _outcome(decision: str, written: list[Review], left: list[Review]) -> str:
    noted = trn(
        "Noted: {decision}, about {n:,} pair at once. Undo takes all of it back.",
        "Noted: {decision}, about {n:,} pairs at once. Undo takes all of it back.",
        len(written),
        decision=tr(decision),
    )
    if not left:
        return noted
    pairs = ", ".join(tr("{a} and {b}", a=one.pair[0], b=one.pair[1]) for one in left[:3])
    meanwhile = trn(
        "Of {n:,} pair somebody said something while you looked: nothing is written about it ({pairs}).",
        "Of {n:,} pairs somebody said something while you looked: nothing is written about them ({pairs}).",
        len(left),
        pairs=f"{pairs} …" if len(left) > 3 else pairs,
    )
    return f"{noted} {meanwhile}" if written else meanwhile


def _follow(family: Family, review: Review | None) -> None:
    """Follow the family, whose id may have changed with its plates."""
    family_judging.decided(family.rows, review)
    asked: _Asked | None = st.session_state.get(_ALL)
    if asked is not None:
        asked.family = state.current().family
