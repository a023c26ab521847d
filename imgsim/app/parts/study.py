"""The view of the DHH23 study, one click away: its four nearest plates, its threshold, its networks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from imgsim.app.services import commands, state, text
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
            "✓ The study's view",
            type="primary",
            key="study",
            on_click=_back,
            args=(collection.backbones[0],),
            help="Back to your own view.",
        )
    elif own:
        st.button(
            "The study's view",
            key="study",
            on_click=_take,
            args=(now.backbone if now.backbone in own else own[0],),
            help=f"As in the DHH23 study: the {STUDY.k} most similar of all plates by {' or '.join(own)}, the line at "
            f"{THRESHOLD:g}.",
        )
    else:
        with st.popover("The study's view"):
            st.markdown(
                f"The DHH23 study looked at the {STUDY.k} most similar plates by {' and '.join(STUDY.backbones)}, from "
                f"{THRESHOLD:g} on. This collection has neither network. Add one in a terminal, then reload this page:"
            )
            st.code(commands.prepare(collection.path, "--backbone", BACKBONES[0]), language=None)


def said(collection: Collection, now: state.State) -> None:
    """Where the list is the study's, say what that means, and how to leave it."""
    if not chosen(collection, now):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="study_said"):
        st.markdown(
            f"**The study's view:** the {STUDY.k} most similar of all plates by {text.plain(now.backbone)}, and the "
            f"line at {THRESHOLD:g}. It was found on the study's own plates: here it may mean something else.",
            width="stretch",
        )
        st.button("Back to your view", key="study_back", on_click=_back, args=(collection.backbones[0],))


def _take(backbone: str) -> None:
    now = state.current()
    st.session_state[_BEFORE] = {field: getattr(now, field) for field in _FIELDS}
    state.update(**_view(backbone))


def _back(first: str) -> None:
    """To what was before; whoever came by a link has no before, and gets what a first visit shows."""
    plain = state.State(backbone=first)
    before = st.session_state.pop(_BEFORE, None) or {field: getattr(plain, field) for field in _FIELDS}
    state.update(**before)
