"""What the reader's conditions leave out of a list of neighbours: counted, with one click to show it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from imgsim.app.parts import neighbour_query
from imgsim.app.services import state, text, verdict_labels
from imgsim.collection.listing import OTHER_BOOKS, VERDICTS, WHEN, Conditions, Hidden, Listing

# What lifts each condition, and the words for that.
_LIFT: dict[str, dict[str, Any]] = {
    VERDICTS: {"verdicts": ()},
    WHEN: {"when": "any"},
    OTHER_BOOKS: {"other_books": False},
}
_LIFTED = {
    VERDICTS: "Show every verdict",
    WHEN: "Allow any time",
    OTHER_BOOKS: "Allow the same book",
}


def say(found: Listing, conditions: Conditions, now: state.State) -> None:
    """Draw what was left out, and which conditions could not be applied."""
    if not found.lifted and not found.hidden:
        return
    with st.container(gap="xxsmall", key="left_out"):
        for condition in found.lifted:
            _offer(impossible(condition, now), _LIFTED[condition], (condition,))
        for hidden in found.hidden:
            words = "Show it" if hidden.count == 1 else "Show them"
            _offer(sentence(hidden, conditions), words, hidden.conditions)


def verified(found: Listing, now: state.State) -> None:
    """Where the list ends before all that is verified, say so and offer it."""
    if not found.unlisted or now.order != "similarity":
        return
    one = found.unlisted == 1
    which = text.count(found.unlisted, "verified match", "verified matches")
    with st.container(horizontal=True, vertical_alignment="center", key="verified_offer"):
        st.caption(f"{which} score{'s' if one else ''} lower than this list reaches.", width="content")
        if st.button("Show it first" if one else "Show them first", type="tertiary"):
            state.update(order="")
            st.rerun()


def sentence(hidden: Hidden, conditions: Conditions) -> str:
    """What is left out: `4 plates in the same book reach 0.94.`"""
    one = hidden.count == 1
    words: dict[tuple[str, ...], str] = {
        (OTHER_BOOKS,): "in the same book",
        (WHEN,): f"not known to be {conditions.when}",
        (VERDICTS,): "with another verdict",
    }
    which = words.get(hidden.conditions, "left out by more than one condition")
    near = "reach" if conditions.threshold is not None else "score"
    near += ("es" if near == "reach" else "s") if one else ""
    near += f" {conditions.threshold:g}" if conditions.threshold is not None else " more than any of these"
    tied = "is verified" if one else "are verified"
    parts = [near] * (hidden.verified < hidden.count) + [tied] * (hidden.verified > 0)
    return f"**{text.count(hidden.count, 'plate')} {which}** {' or '.join(parts)}."


def impossible(condition: str, now: state.State) -> str:
    """Why a condition was not applied."""
    if condition == VERDICTS:
        which = " or ".join(verdict_labels.WORDS[code].lower() for code in neighbour_query.chosen(now))
        return f"**No plate is marked {which}:** every verdict is listed."
    if condition == WHEN:
        return f"**No plate is known to be {now.when}:** those of any time are listed."
    return "**No plate is of another book:** those of the same book are listed."


def _offer(sentence: str, words: str, conditions: tuple[str, ...]) -> None:
    name = "_".join(conditions)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"left_out_{name}"):
        st.markdown(sentence, width="content")
        # The controls show it, and those stand outside the part that runs alone on a click: the whole page is drawn.
        if st.button(words, key=f"lift_{name}", type="tertiary"):
            state.update(**{field: value for name in conditions for field, value in _LIFT[name].items()})
            st.rerun()
