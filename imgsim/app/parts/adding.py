"""Adding plates: the doors by which they come in, and what stands behind each. The first start shows it alone."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from imgsim.app.parts import (
    adding_own,
    adding_result,
    adding_settings,
    draft_widgets,
    library_address,
    preparing,
)
from imgsim.app.services import commands, drafts, incoming, nearby, parameters, runs, state, text
from imgsim.app.services.drafts import Draft
from imgsim.app.services.parameters import parameter
from imgsim.base.places import data_dir
from imgsim.base.translation import marked, tr
from imgsim.errors import ImgsimError

OWN, LIBRARY, SAMPLE = "own", "library", "sample"
_TOKEN = "_imgsim_draft"
_DOORS = (
    (OWN, marked("My own books"), marked("Scans of pages or plates from this computer: folders, PDFs, zips, single "
     "files. A table of the books, if there is one."), marked("Add my own books")),
    (LIBRARY, marked("A library's books"), marked("The address of a IIIF manifest or collection, as many libraries "
     "give it beside a digitised book."), marked("Give an address")),
    (SAMPLE, marked("The sample"), marked("240 plates of a herbal that imgsim draws itself: to look around at once, "
     "without a network. About a minute."), marked("Prepare the sample")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    door: str = parameter("", "door", parameters.OneOf((OWN, LIBRARY)), lasting=True)
    draft: str = parameter("", "draft", parameters.short, lasting=True)


def draw(now: State, *, first: bool = False) -> None:
    """Draw it; ``first``: there is no collection yet, and nothing else on the page."""
    preparing.say_problem()
    if not nearby.reads():
        st.info(tr(nearby.ELSEWHERE))
        st.markdown(tr("Or prepare a collection there in a terminal:"))
        st.code(commands.start("FOLDER_OF_SCANS", "--metadata", "METADATA.csv", "--name", "herbals"), language=None)
        return
    busy = adding_result.runs_of_all(first=first, ended=not now.door)
    if now.door:
        _switch(now)
        _open(now)
    elif not (first and busy):
        _doors()


def _doors() -> None:
    with st.container(key="doors"):
        columns = st.columns(len(_DOORS), gap="medium")
    for column, (door, title, words, label) in zip(columns, _DOORS, strict=True):
        with column, st.container(border=True, height="stretch", key=f"door_{door}"):
            st.markdown(f"## {tr(title)}")
            st.markdown(tr(words))
            if door == SAMPLE:
                st.button(tr(label), key="begin_sample", on_click=_begin_sample, disabled=_sample_is_there())
                if _sample_is_there():
                    st.caption(tr("It is here already: choose it in the sidebar."))
            else:
                st.button(
                    tr(label), key=f"open_{door}", type="primary" if door == OWN else "secondary",
                    on_click=_go_in, args=(door,),
                )  # fmt: skip


def _sample_is_there() -> bool:
    folder = data_dir() / "sample"
    run = runs.of(folder)
    return (folder / "CURRENT").exists() or (run is not None and run.running)


def _begin_sample() -> None:
    preparing.begin(data_dir() / "sample", ["--sample"], "sample")


def _go_in(door: str) -> None:
    state.update(door=door)


def _switch(now: State) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(tr("← All ways to add plates"), key="back_to_doors", type="tertiary", on_click=_go_in, args=("",))
        title = next(title for door, title, *_ in _DOORS if door == now.door)
        st.markdown(f"**{tr(title)}**")


def _open(now: State) -> None:
    try:
        token = _token(now)
    except ImgsimError as error:
        st.error(text.plain(error))
        return
    draft = drafts.load(token)
    if now.door == LIBRARY:
        _library(token, draft)
    else:
        adding_own.draw(token, draft)


def _token(now: State) -> str:
    """Where this reader's choices and files lie; the address names it, so that a reload finds them again."""
    if incoming.place(now.draft) is not None:
        st.session_state[_TOKEN] = now.draft
        return now.draft
    token = str(st.session_state.get(_TOKEN, ""))
    if incoming.place(token) is None:
        token = st.session_state[_TOKEN] = incoming.begin()
    if not now.draft:
        state.update(draft=token)
    return token


# ---- a library's books


def _library(token: str, draft: Draft) -> None:
    st.markdown(
        tr(
            "Give the address of the **IIIF manifest** of a book, or of a collection of manifests; several, one a "
            "line. Libraries show it behind the IIIF logo, or under “Share” or “Cite”. imgsim fetches the images at "
            "the pace that the library allows, and what its catalogue says of them."
        )
    )
    st.text_area(
        tr("Addresses"), placeholder="https://iiif.library.example/book/123/manifest", height=110,
        **draft_widgets.bind(token, draft, "addresses", shown="\n".join(draft.addresses), read=str.split),
    )  # fmt: skip
    if draft.addresses and (said := library_address.problem(draft.addresses)):
        st.error(text.plain(said))
        return
    if not draft.addresses:
        st.caption(tr("Nothing is fetched before you say so."))
        return
    draft.folders, draft.table = [], ""
    adding_settings.draw(token, draft, drafts.suggested_name(draft.addresses[0]), tr("Fetch and prepare"))
