"""A small browser of the folders of this computer, for who sits at it: where am I, what is in it, take it."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from imgsim.app.services import nearby, text
from imgsim.base.translation import tr
from imgsim.images.formats import IMAGE_SUFFIXES

_MOST = 300  # folders and files that are listed


def draw(key: str) -> Path | None:
    """Draw it; the folder that was taken just now, else None. Nothing for who does not sit at this computer."""
    if not nearby.reads():
        return None
    at = f"_imgsim_folder_{key}"
    here = Path(st.session_state.get(at) or Path.home())
    folders, files, images = _inside(here)
    with st.container(border=True, key=f"browser_{key}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(tr("↑ Up"), key=f"up_{key}", on_click=_to, args=(at, here.parent), disabled=here == here.parent)
            st.markdown(f"**{text.plain(here)}**")
        with st.container(height=230, key=f"folders_{key}", gap="xxsmall"):
            for number, name in enumerate(folders[:_MOST]):
                st.button(
                    f"📁 {text.plain(name)}", key=f"into_{key}_{number}", type="tertiary", on_click=_to,
                    args=(at, here / name),
                )  # fmt: skip
            if not folders:
                st.caption(tr("No further folders in it."))
            if len(folders) > _MOST:
                st.caption(
                    tr(
                        "The first {shown} of {number:,} folders. Type the path of others.",
                        shown=_MOST,
                        number=len(folders),
                    )
                )
        st.caption(
            tr(
                "In this folder itself: {images}, {others}.",
                images=text.count(images, "image", "images"),
                others=text.count(files - images, "other file", "other files"),
            )
        )
        taken = st.button(tr("Take this folder"), key=f"take_{key}", type="primary")
    return here if taken else None


def _to(at: str, folder: Path) -> None:
    st.session_state[at] = str(folder)


def _inside(folder: Path) -> tuple[list[str], int, int]:
    """Names of the folders, how many files, how many of them images; what cannot be read is empty."""
    folders, files, images = [], 0, 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    folders.append(entry.name)
                else:
                    files += 1
                    images += os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES
    except OSError as error:
        st.warning(text.plain(tr("{folder} cannot be read: {why}.", folder=folder, why=error.strerror)))
    return sorted(folders, key=str.lower), files, images
