"""A pair whose lines do not agree, asked about by the verifier of copies: the button, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from imgsim.app.services import commands, nearby, remedies, text
from imgsim.base.verdict_words import COPY, turned
from imgsim.collection import Collection
from imgsim.collection.asked_copies import ask_copy, asked_copy
from imgsim.collection.plate_copies import LEAST_IN_BOOK, one_book
from imgsim.collection.registration import Registration
from imgsim.errors import ImgsimError

Press = Callable[[], None]
ASK = "Ask for a copy by another hand"
_HELP = (
    "A picture that somebody drew anew shares no line with its model. A learned matcher knows it by its arrangement: "
    "it looks at these two plates now, reversed and turned as one of them may be, which takes a second or two."
)
GAIN = (
    "A picture that somebody drew anew shares no line with its model: it can only be known by its arrangement, and the "
    "networks that do so are not on this machine."
)
_NOWHERE = "Asked for now: it is in no list, family or file that you download."


def answer(
    collection: Collection, row_a: int, row_b: int, *, key: str, asked: bool = False, press: Press | None = None
) -> Registration | None:
    """Draw the button or what came of it, and return that; None where nobody has asked yet, or it cannot be told.

    Parameters
    ----------
    key : of the button.
    asked : whether it is asked without the button, as an address may.
    press : called when the button is pressed, before the page runs again.
    """
    known = asked_copy(collection, row_a, row_b)
    with st.container(key=f"{key}_another_hand", gap="small"):
        if known is None:
            place = st.empty()
            if not asked and not place.button(ASK, key=f"{key}_ask_copy", help=_HELP, on_click=press):
                return None
            place.empty()
            known = _asked(collection, row_a, row_b)
        if known is not None:
            st.markdown(said(collection, row_a, row_b, known))
    return known


def _asked(collection: Collection, row_a: int, row_b: int) -> Registration | None:
    """Ask now; where that cannot be, say why and what to do."""
    try:
        _made()
        with st.spinner("Looking for the same arrangement …"):
            return ask_copy(collection, row_a, row_b)
    except ImgsimError as error:
        _refused(error)
        return None


def _refused(error: ImgsimError) -> None:
    """Say why nothing could be asked, and what to do."""
    from imgsim.verification.copies.copy_export import lacking

    missing = networks_missing()
    with st.container(border=True):
        if missing:
            st.markdown(GAIN)
        if not (missing and lacking()):  # else what is missing is said, and how to get it
            st.markdown(text.plain(error.what))
        if error.remedy is not None:
            remedy = remedies.words(error.remedy)
            st.markdown(remedy.sentence)
            if remedy.command:
                st.code(remedy.command, language=None)


def _made() -> None:
    """Have the networks made where their packages are here, if who asks sits at this computer."""
    from imgsim.verification.copies.copy_export import lacking, make_networks
    from imgsim.verification.copies.copy_networks import networks_folder

    if networks_missing() and not lacking() and nearby.reads():
        with st.spinner("Making the networks that find copies by another hand, once: it takes a minute …"):
            make_networks(networks_folder())


def networks_missing() -> bool:
    """Whether this machine has no networks that find copies by another hand."""
    from imgsim.verification.copies.copy_networks import present

    return not present()


def said(collection: Collection, row_a: int, row_b: int, found: Registration) -> str:
    """What came of it, as Markdown: the figures, and that it was asked for now."""
    places = text.count(found.inliers, "place")
    if found.found:
        how = f"`{commands.prepare(collection.path, '--copies', '3')}`"
        quarter = f", turned by {abs(found.turn):.0f}°" if abs(found.turn) > 45 else ""
        which = turned(COPY, found.mirrored, False) + quarter
        return (
            f"**A copy by another hand{which}:** {places} agree, over {_percent(found.coverage_a)} of A and "
            f"{_percent(found.coverage_b)} of B. {_NOWHERE} To have copies listed, prepare the collection so: {how}"
        )
    from imgsim.verification.copies.copy_pairs import LEAST

    if found.inliers < LEAST:
        best = f"at best {places} would agree" if found.inliers else "no place agrees"
        why = f"{best}, and {LEAST} are needed"
    elif found.inliers < LEAST_IN_BOOK and one_book(collection, row_a, row_b):
        why = (
            f"{places} agree, and {LEAST_IN_BOOK} are needed within a book, whose plates have one engraver, one frame "
            "and one set of letters"
        )
    else:
        why = f"{places} agree, but they are too few of all that both pictures show, or lie in one part of them"
    return f"**No copy by another hand was found:** {why}. That is no proof that there is none."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
