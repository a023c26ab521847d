"""What the reader's conditions leave out of a list of neighbours: counted, with one click to show it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from imgsim.app.parts import neighbour_query
from imgsim.app.services import state, verdict_labels
from imgsim.base.translation import marked, tr, trn
from imgsim.collection.listing import OTHER_BOOKS, VERDICTS, WHEN, Conditions, Hidden, Listing

# What lifts each condition, and the words for that.
_LIFT: dict[str, dict[str, Any]] = {
    VERDICTS: {"verdicts": ()},
    WHEN: {"when": "any"},
    OTHER_BOOKS: {"other_books": False},
}
_LIFTED = {
    VERDICTS: marked("Show every verdict"),
    WHEN: marked("Allow any time"),
    OTHER_BOOKS: marked("Allow the same book"),
}
_ANY_TIME = {
    "earlier": marked("**No plate is known to be earlier:** those of any time are listed."),
    "later": marked("**No plate is known to be later:** those of any time are listed."),
}


def say(found: Listing, conditions: Conditions, now: state.State) -> None:
    """Draw what was left out, and which conditions could not be applied."""
    if not found.lifted and not found.hidden:
        return
    with st.container(gap="xxsmall", key="left_out"):
        for condition in found.lifted:
            _offer(impossible(condition, now), tr(_LIFTED[condition]), (condition,))
        for hidden in found.hidden:
            _offer(sentence(hidden, conditions), trn("Show it", "Show them", hidden.count), hidden.conditions)


def verified(found: Listing, now: state.State) -> None:
    """Where the list ends before all that is verified, say so and offer it."""
    if not found.unlisted or now.order != "similarity":
        return
    said = trn(
        "{n:,} verified match scores lower than this list reaches.",
        "{n:,} verified matches score lower than this list reaches.",
        found.unlisted,
    )
    with st.container(horizontal=True, vertical_alignment="center", key="verified_offer"):
        st.caption(said, width="content")
        if st.button(trn("Show it first", "Show them first", found.unlisted), type="tertiary"):
            state.update(order="")
            st.rerun()


def sentence(hidden: Hidden, conditions: Conditions) -> str:
    """What is left out: `4 plates in the same book reach 0.94.`"""
    many, plates = hidden.count, _which(hidden, conditions)
    if hidden.verified >= many:
        return trn("**{plates}** is verified.", "**{plates}** are verified.", many, plates=plates)
    if conditions.threshold is None:
        if hidden.verified:
            return trn(
                "**{plates}** scores more than any of these or is verified.",
                "**{plates}** score more than any of these or are verified.",
                many,
                plates=plates,
            )
        return trn(
            "**{plates}** scores more than any of these.",
            "**{plates}** score more than any of these.",
            many,
            plates=plates,
        )
    line = conditions.threshold
    if hidden.verified:
        return trn(
            "**{plates}** reaches {line:g} or is verified.",
            "**{plates}** reach {line:g} or are verified.",
            many,
            plates=plates,
            line=line,
        )
    return trn("**{plates}** reaches {line:g}.", "**{plates}** reach {line:g}.", many, plates=plates, line=line)


def _which(hidden: Hidden, conditions: Conditions) -> str:
    """Which plates are left out: `4 plates in the same book`."""
    if hidden.conditions == (OTHER_BOOKS,):
        return trn("{n:,} plate in the same book", "{n:,} plates in the same book", hidden.count)
    if hidden.conditions == (VERDICTS,):
        return trn("{n:,} plate with another verdict", "{n:,} plates with another verdict", hidden.count)
    if hidden.conditions == (WHEN,) and conditions.when == "earlier":
        return trn("{n:,} plate not known to be earlier", "{n:,} plates not known to be earlier", hidden.count)
    if hidden.conditions == (WHEN,):
        return trn("{n:,} plate not known to be later", "{n:,} plates not known to be later", hidden.count)
    return trn(
        "{n:,} plate left out by more than one condition",
        "{n:,} plates left out by more than one condition",
        hidden.count,
    )


def impossible(condition: str, now: state.State) -> str:
    """Why a condition was not applied."""
    if condition == VERDICTS:
        verdicts = [tr(verdict_labels.WORDS[code].lower()) for code in neighbour_query.chosen(now)]
        which = f" {tr('or')} ".join(verdicts)
        return tr("**No plate is marked {verdicts}:** every verdict is listed.", verdicts=which)
    if condition == WHEN:
        return tr(_ANY_TIME[now.when])
    return tr("**No plate is of another book:** those of the same book are listed.")


def _offer(sentence: str, words: str, conditions: tuple[str, ...]) -> None:
    name = "_".join(conditions)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"left_out_{name}"):
        st.markdown(sentence, width="content")
        # The controls show it, and those stand outside the part that runs alone on a click: the whole page is drawn.
        if st.button(words, key=f"lift_{name}", type="tertiary"):
            state.update(**{field: value for name in conditions for field, value in _LIFT[name].items()})
            st.rerun()
