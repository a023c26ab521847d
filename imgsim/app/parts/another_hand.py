"""A pair whose lines do not agree, asked about by the verifier of copies: the button, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from imgsim.app.services import commands, nearby, remedies, text
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection
from imgsim.collection.asked_copies import ask_copy, asked_copy
from imgsim.collection.plate_copies import LEAST_IN_BOOK, one_book
from imgsim.collection.registration import Registration
from imgsim.errors import ImgsimError

Press = Callable[[], None]
ASK = marked("Ask for a copy by another hand")
_HELP = marked(
    "A picture that somebody drew anew shares no line with its model. A learned matcher knows it by its arrangement: "
    "it looks at these two plates now, reversed and turned as one of them may be, which takes a second or two."
)
GAIN = marked(
    "A picture that somebody drew anew shares no line with its model: it can only be known by its arrangement, and the "
    "networks that do so are not on this machine."
)
_NOWHERE = marked("Asked for now: it is in no list, family or file that you download.")


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
            if not asked and not place.button(tr(ASK), key=f"{key}_ask_copy", help=tr(_HELP), on_click=press):
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
        with st.spinner(tr("Looking for the same arrangement …")):
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
            st.markdown(tr(GAIN))
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
        with st.spinner(tr("Making the networks that find copies by another hand, once: it takes a minute …")):
            make_networks(networks_folder())


def networks_missing() -> bool:
    """Whether this machine has no networks that find copies by another hand."""
    from imgsim.verification.copies.copy_networks import present

    return not present()


def said(collection: Collection, row_a: int, row_b: int, found: Registration) -> str:
    """What came of it, as Markdown: the figures, and that it was asked for now."""
    if found.found:
        agree = trn(
            "**{copy}:** {n:,} place agrees, over {share_a:.0f} % of A and {share_b:.0f} % of B.",
            "**{copy}:** {n:,} places agree, over {share_a:.0f} % of A and {share_b:.0f} % of B.",
            found.inliers,
            copy=_copy(found),
            share_a=100 * found.coverage_a,
            share_b=100 * found.coverage_b,
        )
        command = commands.prepare(collection.path, "--copies", "3")
        how = tr("To have copies listed, prepare the collection so: {command}", command=f"`{command}`")
        return f"{agree} {tr(_NOWHERE)} {how}"
    return tr(
        "**No copy by another hand was found:** {why}. That is no proof that there is none.",
        why=_why_none(collection, row_a, row_b, found.inliers),
    )


def _copy(found: Registration) -> str:
    """How one was drawn after the other."""
    turn = abs(found.turn)
    if turn <= 45:
        return tr("A copy by another hand, reversed") if found.mirrored else tr("A copy by another hand")
    if found.mirrored:
        return tr("A copy by another hand, reversed, turned by {turn:.0f}°", turn=turn)
    return tr("A copy by another hand, turned by {turn:.0f}°", turn=turn)


def _why_none(collection: Collection, row_a: int, row_b: int, agreeing: int) -> str:
    from imgsim.verification.copies.copy_pairs import LEAST

    if not agreeing:
        return tr("no place agrees, and {least} are needed", least=LEAST)
    if agreeing < LEAST:
        return trn(
            "at best {n:,} place would agree, and {least} are needed",
            "at best {n:,} places would agree, and {least} are needed",
            agreeing,
            least=LEAST,
        )
    if agreeing < LEAST_IN_BOOK and one_book(collection, row_a, row_b):
        return trn(
            "{n:,} place agrees, and {least} are needed within a book, whose plates have one engraver, one frame and "
            "one set of letters",
            "{n:,} places agree, and {least} are needed within a book, whose plates have one engraver, one frame and "
            "one set of letters",
            agreeing,
            least=LEAST_IN_BOOK,
        )
    return trn(
        "{n:,} place agrees, but it is too few of all that both pictures show, or lies in one part of them",
        "{n:,} places agree, but they are too few of all that both pictures show, or lie in one part of them",
        agreeing,
    )
