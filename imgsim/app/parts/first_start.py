"""The first start: no collection is here that can be opened, so the doors by which plates come in are what is shown."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import adding
from imgsim.app.services import caches, runs, state
from imgsim.base.places import data_dir
from imgsim.base.translation import tr


def draw() -> None:
    """Draw it. As soon as the plates of a first run can be browsed, they are."""
    if caches.infos():  # all of them damaged, as is said above
        st.markdown(tr("## Or make another collection"))
        adding.draw(state.current(adding.State), first=True)
    else:
        _alone()
    if any(not info.error for info in caches.infos()):
        st.rerun()  # it came about while this was drawn, when nothing watched for it yet


def _alone() -> None:
    with st.container(key="first_start"):
        with st.container(key="brand", gap=None):
            st.markdown("**imgsim**")
            st.caption(tr("Finds plates that were used again: printed anew, copied, mirrored, or taken over in part."))
        busy = any(run.running for run in runs.every(data_dir()))
        title = tr("Your plates are on their way") if busy else tr("Which books do you want to look at?")
        st.title(title, anchor=False)
        adding.draw(state.current(adding.State), first=True)
