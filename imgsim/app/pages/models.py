"""Models: which network finds more of the verified copies, where two of them disagree, and what their scores mean."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from imgsim.app.parts import (
    models_agreement,
    models_found,
    models_hubs,
    models_scores,
    models_verified,
    models_verifiers,
    shell,
)
from imgsim.app.services import commands, parameters, state, text
from imgsim.app.services.parameters import parameter
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection

name, title, group = "models", marked("Models"), marked("Collection")
loads = ("pair_list", "ButtonGroup", "DownloadButton", "Pagination")
PARTS = {
    "verified": marked("Verified pairs"),
    "agreement": marked("Agreement"),
    "scores": marked("Scores"),
    "hubs": marked("Everybody's neighbours"),
    "verifiers": marked("Verifiers"),
}
MOST_SHARED = 10  # first neighbours of two backbones that are compared


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    # The backbone to compare with; "" is the first other one.
    versus: str = parameter("", "versus", parameters.short)
    # How many first neighbours of two backbones are compared; the study took four.
    first: int = parameter(4, "first", parameters.integer(1, MOST_SHARED))
    # The part of the page; "" is the first that has anything to show.
    models: str = parameter("", "models", parameters.OneOf(tuple(PARTS)))
    # Which of the two finds the verified pairs shown; "" is the first kind there is.
    found_by: str = parameter("", "found", parameters.OneOf(models_verified.FOUND_BY))
    # Only plates of which so many neighbours are shared.
    sharing: int | None = parameter(None, "sharing", parameters.integer(0, MOST_SHARED))
    models_page: int = parameter(
        1,
        "part",
        parameters.integer(1, parameters.MOST_PAGES),
        after=("backbone", "versus", "first", "models", "found_by", "sharing"),
    )
    # Which examples of the ladder.
    draw: int = parameter(0, "draw", parameters.integer(0, 9_999))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(tr(title), tr("Which network finds more of the re-used plates, and where two networks disagree."))
    shell.looking_at(collection)
    if models_found.longest(collection, collection.backbones) < 1:
        st.markdown(tr("A collection of one plate has no neighbours to compare. Add more images to it."))
        return
    names = models_found.pair_of(collection, now.backbone, now.versus)
    if len(names) > 1:
        _choose(collection, names, now)
    k = min(now.first, models_found.longest(collection, names))
    _findings(collection, names, k)
    parts = [
        part
        for part in PARTS
        if (part != "agreement" or len(names) > 1)
        and (part not in ("verified", "verifiers") or collection.are_compared)
    ]
    part = now.models if now.models in parts else parts[0]
    st.segmented_control(
        tr("Show"),
        parts,
        format_func=lambda part: tr(PARTS[part]),
        label_visibility="collapsed",
        required=True,
        **state.bind("models", value=part),
    )
    if part == "verified":
        models_verified.show(collection, names, now.found_by, now.models_page)
    elif part == "agreement":
        models_agreement.show(collection, names, k, now.sharing, now.models_page)
    elif part == "verifiers":
        models_verifiers.show(collection)
    elif part == "scores":
        models_scores.show(collection, names, k, now.draw)
    else:
        models_hubs.show(collection, names)


def _choose(collection: Collection, names: tuple[str, ...], now: State) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="models_choice"):
        st.selectbox(
            tr("Compare"),
            list(collection.backbones),
            width=190,
            help=tr("The network that the rest of the app goes by, too."),
            **state.bind("backbone", value=names[0], suffix="_models"),
        )
        others = [name for name in collection.backbones if name != names[0]]
        st.selectbox(tr("with"), others, width=190, **state.bind("versus", value=names[1]))
        most = min(MOST_SHARED, models_found.longest(collection, names))
        st.number_input(
            tr("by their first … neighbours"),
            1,
            most,
            step=1,
            width=190,
            help=tr("How many neighbours of each plate the two are compared by. The study took the first 4."),
            **state.bind("first", value=min(now.first, most), read=int),
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
                    tr(
                        "The plates are being compared by their lines just now. How many of the verified copies a "
                        "network finds appears here by itself."
                    )
                )
            else:
                st.markdown(
                    tr(
                        "Nothing is verified here, so nobody can say how many copies a network finds. Have the plates "
                        "compared by their lines in a terminal, then reload this page:"
                    )
                )
                st.code(commands.prepare(collection.path), language=None)
        if len(names) == 1:
            st.markdown(
                tr(
                    "Only **{network}** has looked at these plates. To set another network beside it, add one in a "
                    "terminal, then reload this page:",
                    network=text.plain(names[0]),
                )
            )
            st.code(commands.prepare(collection.path, "--backbone", names[0], _another(names[0])), language=None)


def _another(name: str) -> str:
    from imgsim.backbones import backbone_names

    return next(other for other in backbone_names() if other != name)


if __name__ == "__main__":
    shell.draw(name)
