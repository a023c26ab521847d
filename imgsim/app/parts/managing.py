"""A collection as the page Collections shows it: its facts, and what who sits at this computer can do with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from imgsim.app.parts import adding_settings, preparing, shell
from imgsim.app.services import commands, drafts, nearby, remedies, runs, state, text
from imgsim.app.services.drafts import Draft
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import CollectionInfo, settings, shelf
from imgsim.collection.shelf import Thrown
from imgsim.errors import ImgsimError

_PROBLEM = "_imgsim_managing_problem"
_DONE = "_imgsim_managing_done"


def say_problem() -> None:
    """Say what hindered the last act, or what it did, once."""
    for key, draw in ((_PROBLEM, st.error), (_DONE, st.success)):
        said = st.session_state.pop(key, "")
        if said:
            draw(said)


def _try(act: Callable[[], object], done: str = "") -> None:
    try:
        act()
    except ImgsimError as error:
        st.session_state[_PROBLEM] = text.plain(error)
    else:
        st.session_state[_DONE] = done


def one(info: CollectionInfo, *, opened: bool) -> None:
    """Draw a collection."""
    folder = Path(info.path)
    run = runs.of(folder)
    with st.container(border=True, key=f"collection_{info.name}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"## {text.plain(settings.title(folder))}")
            st.caption(_facts(info, opened), width="content")
        if info.error is not None:
            st.warning(text.plain(remedies.told(info.error)))
        st.caption(text.plain(folder))
        if run is not None and run.running:
            preparing.watch(folder, "manage")
            return
        with st.container(horizontal=True):
            if info.error is None and st.button(tr("Open"), key=f"open_{info.name}", disabled=opened):
                shell.go("browse", collection=info.name)
            if nearby.reads():
                _rename(folder)
                _again(folder)
                _throw_away(info, folder)
            else:
                st.caption(tr(nearby.ELSEWHERE))


def _facts(info: CollectionInfo, opened: bool) -> str:
    parts = [tr("open now")] if opened else []
    if info.error is None:
        parts += [text.count(info.plates, "plate", "plates"), tr("prepared {day}", day=info.created[:10])]
    return text.plain(" · ".join([*parts, _size(_bytes(str(info.path), info.created))]))


# Of a folder, which each run changes; what is written meanwhile counts after ten minutes.
@st.cache_data(max_entries=64, ttl=600, show_spinner=False)
def _bytes(folder: str, created: str) -> int:
    # `created` is part of the key only.
    return shelf.size_of(Path(folder))


def _size(count: int) -> str:
    if count >= 1e9:
        return tr("{size:.1f} GB", size=count / 1e9)
    return tr("{size:.1f} MB", size=max(count / 1e6, 0.1))


def _rename(folder: Path) -> None:
    with st.popover(tr("Rename")):
        key = f"title_{folder.name}"
        st.text_input(tr("What it is called"), value=settings.title(folder), max_chars=settings.LONGEST_TITLE, key=key)
        st.caption(
            tr(
                "Its folder stays “{folder}”: so old links and citations still lead here.",
                folder=text.plain(folder.name),
            )
        )
        st.button(tr("Call it so"), key=f"call_{folder.name}", type="primary", on_click=_call, args=(folder, key))


def _call(folder: Path, key: str) -> None:
    _try(lambda: settings.call(folder, str(st.session_state[key])))


def _again(folder: Path) -> None:
    from imgsim.backbones import backbone_names

    name = folder.name
    with st.popover(tr("Prepare again")):
        st.caption(tr("Only what changed is done anew: scans that came or went, an edited table, what you add here."))
        st.multiselect(tr("Further networks"), backbone_names(), key=f"again_backbones_{name}")
        st.text_input(
            tr("What names a book"), key=f"again_books_{name}", placeholder=tr("as before"),
            help=tr("folder, prefix, none, auto (found out anew), or the name of a column of the table"),
        )  # fmt: skip
        path = tr("as before; else the path of a file")
        st.text_input(tr("Another table"), key=f"again_table_{name}", placeholder=path)
        words = {**adding_settings.PAGES, "": marked("As before"), "auto": adding_settings.PAGES[""]}
        st.selectbox(
            tr("The images are"), list(words), format_func=lambda way: tr(words[way]), key=f"again_pages_{name}"
        )
        st.checkbox(tr("Compare plates by their lines"), value=True, key=f"again_matching_{name}")
        st.checkbox(
            tr("Let plates go whose scans have vanished"), key=f"again_missing_{name}",
            help=tr("Without it a run stops where more than a tenth are gone, or any that was decided about."),
        )  # fmt: skip
        st.button(
            tr("Prepare it again"), key=f"again_{name}", type="primary", on_click=_prepare_again, args=(folder,)
        )
        st.caption(tr("In a terminal:"))
        st.code(commands.prepare(folder), language=None)


def _prepare_again(folder: Path) -> None:
    def chosen(what: str) -> object:
        return st.session_state.get(f"again_{what}_{folder.name}")

    table = str(chosen("table") or "").strip()
    draft = Draft(
        into=folder.name, book_by=str(chosen("books") or "").strip(), matching=bool(chosen("matching")),
        backbones=list(chosen("backbones")), pages=str(chosen("pages") or ""),  # type: ignore[call-overload]
    )  # fmt: skip
    words = drafts.settings(draft)
    words += ["--metadata", str(Path(table).expanduser())] if table else []
    preparing.begin(folder, [*words, *(["--accept-missing"] if chosen("missing") else [])])


def _throw_away(info: CollectionInfo, folder: Path) -> None:
    with st.popover(tr("Delete")):
        st.markdown(
            tr(
                "**Move “{collection}” to the trash?** It can be put back from there. Its scans stay where they lie, "
                "unless they were dropped into imgsim or fetched by it: then they go along. Decisions are kept aside "
                "as well, and outlast the trash.",
                collection=text.plain(settings.title(folder)),
            )
        )
        st.button(tr("Move it to the trash"), key=f"trash_{info.name}", on_click=_to_trash, args=(folder,))


def _to_trash(folder: Path) -> None:
    done = tr("“{collection}” lies in the trash now.", collection=text.plain(folder.name))
    _try(lambda: shelf.throw_away(folder), done)
    if state.current().collection == folder.name:
        state.update(collection="")


# ---- the trash


def trash(data: Path) -> None:
    """Draw what was thrown away, with the way back and the way out."""
    found = shelf.in_trash(data)
    if not found:
        return
    st.markdown(tr("## In the trash"))
    for thrown in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"thrown_{thrown.path.name}"):
            when = f"{thrown.when[:4]}-{thrown.when[4:6]}-{thrown.when[6:8]}"
            st.markdown(f"**{text.plain(thrown.name)}**, {when}, {_size(_bytes(str(thrown.path), thrown.when))}")
            if nearby.reads():
                st.button(tr("Put it back"), key=f"back_{thrown.path.name}", on_click=_put_back, args=(thrown,))
    st.caption(
        text.plain(
            tr(
                "It lies in {trash}; decisions that were kept aside in {aside}.",
                trash=data / shelf.TRASH,
                aside=data / shelf.ASIDE,
            )
        )
    )
    if nearby.reads():
        with st.popover(tr("Empty the trash")):
            st.markdown(
                trn(
                    "**Delete {n:,} collection for good?** Decisions kept aside stay.",
                    "**Delete {n:,} collections for good?** Decisions kept aside stay.",
                    len(found),
                )
            )
            st.button(tr("Delete for good"), key="empty_trash", on_click=_empty, args=(data,))


def _put_back(thrown: Thrown) -> None:
    _try(lambda: shelf.put_back(thrown), tr("“{collection}” is back.", collection=text.plain(thrown.name)))


def _empty(data: Path) -> None:
    _try(lambda: shelf.empty_trash(data), tr("The trash is empty."))
