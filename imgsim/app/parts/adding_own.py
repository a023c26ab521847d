"""My own books: the scans, the table beside them, and how both are understood before anything is done."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from imgsim.app.components import file_drop
from imgsim.app.parts import adding_settings, adding_table, draft_widgets, folder_browser
from imgsim.app.services import drafts, incoming, server, text
from imgsim.app.services.drafts import Draft
from imgsim.base.translation import tr, trn
from imgsim.errors import ImgsimError
from imgsim.images.files import ImageFile
from imgsim.sources.folders import Skipped, find_images

_BROWSE = "_imgsim_browsing"
_MOST_SKIPPED = 200


def draw(token: str, draft: Draft) -> None:
    """Draw the page behind the door."""
    came = incoming.files(token)
    tables = [name for name, _ in came if drafts.is_table(name)]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(tr("## 1. Your scans"))
        file_drop(
            key="file_drop", url=f"{server.prefix()}/incoming/{token}/",
            hint=tr("Folders, PDFs, zips, single files; a table of the books (CSV, xlsx) as well. They are copied into "
                    "the collection, large ones too."),
            on_arrived=partial(_arrived, token),
        )  # fmt: skip
        _folder(token, draft)
        _chosen(token, draft, came)
    with right:
        st.markdown(tr("## 2. A table of the books, if there is one"))
        _table(token, draft, tables)
    images, skipped = _images(token, draft)
    if not images:
        if draft.folders or came:
            st.warning(tr("There is no image that imgsim reads in what was chosen."))
        _left_out(skipped)
        return
    st.markdown(tr("## 3. What imgsim understands"))
    adding_table.draw(token, draft, images)
    _left_out(skipped)
    first = draft.folders[0] if draft.folders else next((name for name, _ in came if not drafts.is_table(name)), "")
    suggested = drafts.suggested_name(first.split("/")[0] if not draft.folders else first)
    label = trn("Prepare {n:,} image", "Prepare {n:,} images", len(images))
    adding_settings.draw(token, draft, suggested, label, "4. ")


def _arrived(token: str) -> None:
    """Take a table that came along for the one that is meant, unless another was chosen."""
    tables = [name for name, _ in incoming.files(token) if drafts.is_table(name) and not name.lower().endswith(".txt")]
    if tables and not drafts.load(token).table:
        draft_widgets.change(token, table=str(_path(token, tables[0])))


def _path(token: str, name: str) -> Path:
    room = incoming.place(token)
    assert room is not None
    return room / incoming.FILES / name


# ---- scans


def _folder(token: str, draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            tr("Or a folder on this computer, where it lies"), key="folder_typed",
            placeholder=str(Path.home() / "scans"), on_change=_add_typed, args=(token,),
            help=tr("Or a PDF, a zip, an image. Nothing is copied: imgsim reads the scans there. Press Enter."),
        )  # fmt: skip
        st.button(tr("Browse …"), key="browse_folders", on_click=_browse)
    said = st.session_state.pop("_imgsim_folder_wrong", "")
    if said:
        st.error(said)
    if st.session_state.get(_BROWSE):
        found = folder_browser.draw("scans")
        if found is not None:
            _add(token, draft, str(found))
            st.session_state[_BROWSE] = False
            st.rerun()


def _browse() -> None:
    st.session_state[_BROWSE] = not st.session_state.get(_BROWSE)


def _add_typed(token: str) -> None:
    typed = st.session_state.folder_typed.strip().strip("\"'")
    if not typed:
        return
    path = Path(os.path.expanduser(typed))
    if not path.is_absolute() or not path.exists():
        st.session_state["_imgsim_folder_wrong"] = text.plain(
            tr(
                "There is nothing at {path}. Give the whole path of a folder, such as {example}.",
                path=typed[:200], example=Path.home() / "scans",
            )
        )  # fmt: skip
        return
    if drafts.is_table(path.name):
        draft_widgets.change(token, table=str(path), meanings={}, encoding="")
    else:
        _add(token, drafts.load(token), str(path))
    st.session_state.folder_typed = ""


def _add(token: str, draft: Draft, folder: str) -> None:
    draft.folders = list(dict.fromkeys([*draft.folders, folder]))
    draft_widgets.change(token, folders=draft.folders)


def _chosen(token: str, draft: Draft, came: list[tuple[str, int]]) -> None:
    """What was chosen so far, a line each, with a way to take it back."""
    for number, folder in enumerate(draft.folders):
        images, _ = _search((folder,), ())
        facts = text.count(len(images), "image", "images")
        _line(f"folder_{number}", text.plain(folder), facts, _drop_folder, token, folder)
    parts: dict[str, list[int]] = {}
    for name, size in came:
        if not drafts.is_table(name):
            parts.setdefault(name.split("/")[0], []).append(size)
    for number, (top, sizes) in enumerate(parts.items()):
        if number == 30:
            st.caption(tr("And {number:,} more.", number=len(parts) - 30))
            break
        _line(f"came_{number}", text.plain(top), _size(sizes), incoming.remove, token, top)


def _size(sizes: list[int]) -> str:
    size = sum(sizes) / 1e6
    if len(sizes) == 1:
        return tr("{size:,.1f} MB", size=size)
    return trn("{n:,} file, {size:,.1f} MB", "{n:,} files, {size:,.1f} MB", len(sizes), size=size)


def _line(key: str, what: str, facts: str, remove: object, token: str, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"chosen_{key}"):
        st.markdown(f"**{what}**")
        st.caption(facts, width="content")
        st.button(
            tr("Remove"), key=f"remove_{key}", type="tertiary", on_click=remove, args=(token, name)  # type: ignore[arg-type]
        )  # fmt: skip


def _drop_folder(token: str, folder: str) -> None:
    draft_widgets.change(token, folders=[one for one in drafts.load(token).folders if one != folder])


def _images(token: str, draft: Draft) -> tuple[list[ImageFile], list[Skipped]]:
    """All images that were chosen, and what is left out; what cannot be read at all is said."""
    inputs = drafts.inputs(token, draft)
    if not inputs:
        return [], []
    try:
        return _search(tuple(map(str, inputs)), tuple(incoming.files(token)))
    except ImgsimError as error:
        st.error(text.plain(error))
        return [], []


def _search(
    paths: tuple[str, ...], came: tuple[tuple[str, int], ...]
) -> tuple[list[ImageFile], list[Skipped]]:
    with st.spinner(tr("Looking for images …")):
        return _looked_through(paths, came)


# Of the disk, not of a collection; looked through anew after a minute.
@st.cache_data(max_entries=16, ttl=60, show_spinner=False)
def _looked_through(
    paths: tuple[str, ...], came: tuple[tuple[str, int], ...]
) -> tuple[list[ImageFile], list[Skipped]]:
    # `came` is part of the key only: with other files it is another answer.
    return find_images([Path(path) for path in paths])


def _left_out(skipped: list[Skipped]) -> None:
    if not skipped:
        return
    title = trn("{n:,} file will be left out", "{n:,} files will be left out", len(skipped))
    with st.expander(title, key="left_out_before"):
        rows = [(one.file, one.reason) for one in skipped[:_MOST_SKIPPED]]
        st.dataframe(pd.DataFrame(rows, columns=[tr("File"), tr("Why")]), hide_index=True, key="left_out_table")
        if len(skipped) > _MOST_SKIPPED:
            st.caption(tr("The first {shown:,} of {number:,}.", shown=_MOST_SKIPPED, number=len(skipped)))


# ---- the table


def _table(token: str, draft: Draft, tables: list[str]) -> None:
    if not draft.table:
        st.markdown(
            tr(
                "A row for each book (or for each plate), with a column that names it as the folder or the file is "
                "named: then title, year, author, place are known, and re-uses stand in order of date. Drop it among "
                "the scans, or give its path:"
            )
        )
    paths = {str(_path(token, name)): name for name in tables}
    if draft.table and draft.table not in paths:
        paths[draft.table] = draft.table
    if len(paths) > 1 or (paths and draft.table):
        st.selectbox(
            tr("Table"), ["", *paths], format_func=lambda path: paths.get(path) or tr("none"),
            **draft_widgets.bind(token, draft, "table"),
        )  # fmt: skip
    st.text_input(
        tr("A table on this computer"), key="table_typed", placeholder=str(Path.home() / "books.xlsx"),
        on_change=_table_typed, args=(token,),
    )  # fmt: skip
    said = st.session_state.pop("_imgsim_table_wrong", "")
    if said:
        st.error(said)


def _table_typed(token: str) -> None:
    typed = st.session_state.table_typed.strip().strip("\"'")
    path = Path(os.path.expanduser(typed))
    if typed and not path.is_file():
        st.session_state["_imgsim_table_wrong"] = text.plain(
            tr("There is no file {path}. Give its whole path.", path=typed[:200])
        )
    elif typed:
        draft_widgets.change(token, table=str(path), meanings={}, encoding="")
        st.session_state.table_typed = ""
