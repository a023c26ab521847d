"""The last step before a run: into which collection, under what name, compared by what; and the button."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import draft_widgets
from imgsim.app.services import caches, drafts, state, text
from imgsim.app.services.drafts import Draft
from imgsim.base.translation import marked, tr
from imgsim.errors import ImgsimError

_NEW = ""
PAGES = {
    "": marked("Found out: pages are cut into plates, plates stay as they are"),
    "always": marked("Whole pages: find the illustrations on each"),
    "never": marked("Plates already: take every image as it is"),
}
_FAILED = "_imgsim_begin_failed"


def draw(token: str, draft: Draft, suggested: str, label: str, number: str = "") -> None:
    """Draw the choices and the button that starts the run."""
    st.markdown(tr("## {number}Into which collection?", number=number))
    left, right = st.columns(2, gap="large")
    with left:
        _collection(token, draft, suggested)
    with right:
        _how(token, draft)
    failed, said = st.session_state.pop(_FAILED, ("", ""))
    if failed == token:  # a click that comes twice fails the second time, and its form is gone by then
        st.error(said)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(label, key="begin_run", type="primary", on_click=_begin, args=(token, suggested))
        st.caption(tr("It runs beside imgsim: reload, close the tab, come back later. What is done is never lost."))


def _collection(token: str, draft: Draft, suggested: str) -> None:
    names = [info.name for info in caches.infos() if not info.error]
    if names:
        st.selectbox(
            tr("Into"), [_NEW, *names],
            format_func=lambda name: caches.title_of(name) if name else tr("a new collection"),
            **draft_widgets.bind(token, draft, "into", shown=draft.into if draft.into in names else _NEW),
        )  # fmt: skip
    if not draft.into:
        st.text_input(
            tr("Its name"), placeholder=suggested, max_chars=100,
            help=tr("Letters without accents, digits, dots, hyphens and underscores. It is the name of a folder."),
            **draft_widgets.bind(token, draft, "name", read=str.strip),
        )  # fmt: skip


def _how(token: str, draft: Draft) -> None:
    from imgsim.backbones import backbone_names

    st.selectbox(
        tr("The images are"), list(PAGES), format_func=lambda way: tr(PAGES[way]),
        **draft_widgets.bind(token, draft, "pages"),
    )  # fmt: skip
    with st.expander(tr("How plates are compared"), key="how_compared"):
        st.multiselect(
            tr("Networks"), backbone_names(), placeholder=tr("plates18, which comes with imgsim"),
            help=tr("plates18 was trained on plates, and needs no download. More networks take more time."),
            **draft_widgets.bind(token, draft, "backbones"),
        )  # fmt: skip
        st.checkbox(
            tr("Compare plates by their lines"),
            help=tr(
                "Only their lines can tell a copy from a look-alike. It takes longest; plates can be browsed before."
            ),
            **draft_widgets.bind(token, draft, "matching"),
        )


def _begin(token: str, suggested: str) -> None:
    draft = drafts.load(token)
    draft.name = draft.name or suggested
    try:
        drafts.begin(token, draft)
    except ImgsimError as error:
        st.session_state[_FAILED] = token, text.plain(error)
    else:
        state.update(door="", draft="")
