"""Models: which backbone finds more of the verified copies, where two of them disagree, and what their scores mean."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import (
    models_agreement,
    models_found,
    models_hubs,
    models_scores,
    models_verified,
    shell,
)
from imgsim.app.services import commands, parameters, state, text
from imgsim.collection import Collection


def show() -> None:
    """Draw the page."""
    collection = shell.collection()
    now = state.current()
    shell.lead("Models", "Which network finds more of the re-used plates, and where two networks disagree.")
    shell.looking_at(collection)
    if models_found.longest(collection, collection.backbones) < 1:
        st.markdown("A collection of one plate has no neighbours to compare. Add more images to it.")
        return
    names = models_found.pair_of(collection, now)
    if len(names) > 1:
        _choose(collection, names)
    now = state.current()
    k = min(now.first, models_found.longest(collection, names))
    _findings(collection, names, k)
    parts = [
        part
        for part in parameters.MODEL_PARTS
        if (part != "agreement" or len(names) > 1) and (part != "verified" or collection.matches is not None)
    ]
    part = now.models if now.models in parts else parts[0]
    st.segmented_control(
        "Show",
        parts,
        format_func=parameters.MODEL_PARTS.__getitem__,
        label_visibility="collapsed",
        required=True,
        **state.bind("models", value=part),
    )
    if part == "verified":
        models_verified.show(collection, names)
    elif part == "agreement":
        models_agreement.show(collection, names, k)
    elif part == "scores":
        models_scores.show(collection, names, k)
    else:
        models_hubs.show(collection, names)


def _choose(collection: Collection, names: tuple[str, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="models_choice"):
        st.selectbox(
            "Compare",
            list(collection.backbones),
            width=190,
            help="The network that the rest of the app goes by, too.",
            **state.bind("backbone", value=names[0], suffix="_models"),
        )
        others = [name for name in collection.backbones if name != names[0]]
        st.selectbox("with", others, width=190, **state.bind("versus", value=names[1]))
        most = min(parameters.MOST_SHARED, models_found.longest(collection, names))
        st.number_input(
            "by their first … neighbours",
            1,
            most,
            step=1,
            width=190,
            help="How many neighbours of each plate the two are compared by. The study took the first 4.",
            **state.bind("first", value=min(state.current().first, most), read=int),
        )


def _findings(collection: Collection, names: tuple[str, ...], k: int) -> None:
    """What the page says, in a sentence or two, before any table."""
    sentences = []
    said = models_verified.finding(collection, names)
    if said:
        sentences.append(said)
    if len(names) > 1:
        sentences.append(models_agreement.finding(collection, names, k))
    with st.container(border=True, key="models_findings"):
        for sentence in sentences:
            st.markdown(sentence)
        if collection.matches is None:
            if collection.in_progress:
                st.markdown(
                    "The plates are being compared by their lines just now. Reload this page in a few minutes to see "
                    "how many of the verified copies a network finds."
                )
            else:
                st.markdown(
                    "Nothing is verified here, so nobody can say how many copies a network finds. Have the plates "
                    "compared by their lines in a terminal, then reload this page:"
                )
                st.code(commands.prepare(collection.path), language=None)
        if len(names) == 1:
            st.markdown(
                f"Only **{text.plain(names[0])}** has looked at these plates. To set another network beside it, "
                "add one in a terminal, then reload this page:"
            )
            st.code(commands.prepare(collection.path, "--backbone", names[0], _another(names[0])), language=None)


def _another(name: str) -> str:
    from imgsim.backbones import backbone_names

    return next(other for other in backbone_names() if other != name)


if __name__ == "__main__":
    show()
