"""The view of the DHH23 study, one click away: its four nearest plates, its threshold, its networks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from imgsim.app.services import commands, state, text
from imgsim.base.translation import tr
from imgsim.collection import Collection
from imgsim.collection.neighbour_overlap import STUDY

THRESHOLD = 0.94
BACKBONES = tuple(name.lower().replace("-", "") for name in STUDY.backbones)
_BEFORE = "_imgsim_before_study"  # what the reader had chosen
_FIELDS = ("backbone", "top_k", "threshold", "other_books", "when", "order", "verdicts", "fold")


def backbones(collection: Collection) -> list[str]:
    """The study's networks that the collection has."""
    return [name for name in BACKBONES if name in collection.backbones]


def chosen(collection: Collection, now: state.State) -> bool:
    """Whether the list is the study's."""
    return now.backbone in backbones(collection) and all(
        getattr(now, field) == value for field, value in _view(now.backbone).items()
    )


def _view(backbone: str) -> dict[str, Any]:
    return {
        "backbone": backbone, "top_k": STUDY.k, "threshold": THRESHOLD, "other_books": False, "when": "any",
        "order": "similarity", "verdicts": (), "fold": False,
    }  # fmt: skip


def button(collection: Collection) -> None:
    """The way to the study's view and back."""
    now, own = state.current(), backbones(collection)
    if chosen(collection, now):
        st.button(
            tr("✓ The study's view"),
            type="primary",
            key="study",
            on_click=_back,
            args=(collection.backbones[0],),
            help=tr("Back to your own view."),
        )
    elif own:
        st.button(
            tr("The study's view"),
            key="study",
            on_click=_take,
            args=(now.backbone if now.backbone in own else own[0],),
            help=tr(
                "As in the DHH23 study: the {k} most similar of all plates by {networks}, the line at {at:g}.",
                k=STUDY.k, networks=_either(own), at=THRESHOLD,
            ),
        )
    else:
        with st.popover(tr("The study's view")):
            st.markdown(
                tr(
                    "The DHH23 study looked at the {k} most similar plates by {one} and {other}, from {at:g} on. This "
                    "collection has neither network. Add one in a terminal, then reload this page:",
                    k=STUDY.k, one=STUDY.backbones[0], other=STUDY.backbones[1], at=THRESHOLD,
                )
            )  # fmt: skip
            st.code(commands.prepare(collection.path, "--backbone", BACKBONES[0]), language=None)


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else tr("{one} or {other}", one=names[0], other=names[1])


def said(collection: Collection, now: state.State) -> None:
    """Where the list is the study's, say what that means, and how to leave it."""
    if not chosen(collection, now):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="study_said"):
        means = tr(
            "**The study's view:** the {k} most similar of all plates by {network}, and the line at {at:g}. It was "
            "found on the study's own plates: here it may mean something else.",
            k=STUDY.k, network=text.plain(now.backbone), at=THRESHOLD,
        )  # fmt: skip
        st.markdown(means, width="stretch")
        st.button(tr("Back to your view"), key="study_back", on_click=_back, args=(collection.backbones[0],))


def _take(backbone: str) -> None:
    now = state.current()
    st.session_state[_BEFORE] = {field: getattr(now, field) for field in _FIELDS}
    state.update(**_view(backbone))


def _back(first: str) -> None:
    """To what was before; whoever came by a link has no before, and gets what a first visit shows."""
    plain = state.State(backbone=first)
    before = st.session_state.pop(_BEFORE, None) or {field: getattr(plain, field) for field in _FIELDS}
    state.update(**before)
