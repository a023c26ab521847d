"""What Review says where no pair is left to judge, and where to go on from there."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from imgsim.app.parts import review_sitting, reviewing, shell
from imgsim.app.services import state
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.review_queue import FILTERS


def nothing_to_judge() -> None:
    """Say that no two plates are worth a question."""
    with st.container(border=True):
        st.markdown(tr("**No two plates of this collection ask for a decision.**"))
        st.markdown(
            tr(
                "Their lines were compared and none agree, and no look-alike comes near. You can still judge any two "
                "plates: open one, then Compare."
            )
        )
        if st.button(tr("Browse the plates"), type="primary"):
            shell.go("browse")


def all_judged(waiting: int, asked: str, unskip: Callable[[], None]) -> None:
    """Say that nothing is left to ask.

    Parameters
    ----------
    waiting : pairs that wait, all of which were skipped.
    asked : which pairs are asked for, one of `FILTERS`.
    unskip : asks for what was skipped again.
    """
    with st.container(border=True):
        if waiting:
            st.markdown(
                trn(
                    "**{n:,} pair left, and you skipped all of them.**",
                    "**{n:,} pairs left, and you skipped all of them.**",
                    waiting,
                )
            )
            st.button(tr("Ask for them again"), type="primary", on_click=unskip)
        elif asked == "disputed":
            st.markdown(tr("**Reviewers agree on every pair.**"))
            st.button(tr("See all pairs"), type="primary", on_click=_ask, args=("all",))
        elif asked != "all":
            st.markdown(tr("**Every pair under “{filter}” is judged.**", filter=tr(FILTERS[asked])))
            st.button(tr("See all pairs"), type="primary", on_click=_ask, args=("all",))
        else:
            st.markdown(
                tr("**Every pair is judged.** See what the scores are worth by that, or take the reviews with you.")
            )
            with st.container(horizontal=True):
                st.button(tr("What a score is worth here"), type="primary", on_click=_open, args=("worth",))
                st.button(tr("All reviews"), on_click=_open, args=("all",))


def decided(collection: Collection, then: reviewing.Then) -> None:
    """Say what was decided in this sitting, and lead to its history; the last decision can be taken back here.

    ``then`` as `reviewing.bar` takes it.
    """
    said = review_sitting.said(collection)
    if not said:
        reviewing.tell()
        return
    with st.container(horizontal=True, vertical_alignment="center", key="review_decided"):
        st.markdown(f"**{said}**", width="content")
        reviewing.undo(collection, key="review_ended_undo", then=then)
        st.button(tr("All reviews"), key="review_ended_all", type="tertiary", on_click=_open, args=("all",))
    reviewing.tell()


def _ask(what: str) -> None:
    state.update(asked=what)


def _open(desk: str) -> None:
    state.update(desk=desk)
