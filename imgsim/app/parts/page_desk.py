"""One page of a book, large: its boxes to be corrected, the plates that were cut from them, and who changed what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from imgsim.app.components import keyboard, page_boxes, thumbnail_grid
from imgsim.app.components.page_boxes import saved_of
from imgsim.app.parts import cards, page_list, reviewer, shell
from imgsim.app.services import caches, moments, page_scans, remedies, server, shown_pages, state, text
from imgsim.base.translation import tr, trn
from imgsim.catalogue.book_pages import ILLUSTRATION, Cut
from imgsim.collection import Collection
from imgsim.collection.corrected_pages import CorrectedPage, following
from imgsim.collection.page_corrections import Correction
from imgsim.errors import ImgsimError

_KEY = "page_boxes"
_ANSWERS = "_imgsim_boxes_saved"  # by page: when it was last to be kept, and why it could not be
_MOST_ANSWERS = 50
_FAILED = "_imgsim_boxes_failed"


def show(collection: Collection, shown: CorrectedPage, asked: str, book: str) -> None:
    """Draw the page; previous and next are those that the list shows."""
    page = shown.page
    shell.lead(tr("Pages"), ", ".join(text.plain(word) for word in (page.page_id, shown.label) if word))
    _turn(collection, shown, asked, book)
    left, right = st.columns([7, 3], gap="medium")
    with right:
        name = reviewer.sign(tr("signs your corrections"))
        if name:
            reviewer.change(name, tr("Who corrects. Click to change the name."))
    blocked = shown_pages.barred_by(collection)
    with left:
        if blocked:
            st.warning(text.plain(blocked))
        _boxes(collection, shown, blocked or ("" if name else tr("Write your name first, beside the page.")))
    with right:
        _failure()
        _plates(collection, shown)
        _history(collection, shown, bool(name) and not blocked)


def _turn(collection: Collection, shown: CorrectedPage, asked: str, book: str) -> None:
    pages = shown_pages.all_pages(collection)
    ids = {page.page.page_id for page in page_list.chosen(pages, asked, book)}
    here = shown.page.page_id
    # A page that is no longer of this kind keeps its place among those that are.
    order = [page.page.page_id for page in pages if page.page.page_id in ids or page.page.page_id == here]
    at = order.index(here)
    before, after = order[at - 1] if at else "", order[at + 1] if at + 1 < len(order) else ""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="turn_scans"
    ):
        st.button(
            tr("← Previous"), disabled=not before, shortcut=keyboard.PREVIOUS_PLATE, on_click=_open, args=(before,)
        )
        here = trn("{place:,} of {n:,} page", "{place:,} of {n:,} pages", len(order), place=at + 1)
        kind = "" if asked == "all" else f", {tr(page_list.NAMED[asked])}"
        st.caption(f"{here}{kind}", width="content")
        st.button(tr("Next →"), disabled=not after, shortcut=keyboard.NEXT_PLATE, on_click=_open, args=(after,))
        st.button(tr("All pages"), on_click=_open, args=("",), type="tertiary")


def _open(page_id: str) -> None:
    state.update(book_scan=page_id)


# ---- the boxes


def _boxes(collection: Collection, shown: CorrectedPage, blocked: str) -> None:
    page = shown.page
    key = _page_key(collection, shown)
    at, failed = st.session_state.get(_ANSWERS, {}).get(key, (0, ""))
    gutter = None
    if page.gutter is not None:
        gutter = ("y" if page.turn in (90, 270) else "x", page.gutter)
    page_boxes(
        key=_KEY,
        page=key,
        name=page.page_id,
        src=server.page_url(collection, page.page_id),
        preview=server.page_url(collection, page.page_id, page_scans.SMALL),
        alt=tr("Page {page} with {what}", page=page.page_id, what=page_list.summary(shown.cuts)),
        size=(page.width, page.height),
        cuts=shown.cuts,
        following=following(collection, shown),
        after=shown.after,
        gutter=gutter,
        blocked=blocked,
        answered=at,
        failed=failed,
        on_save=partial(_save, collection.name, page.page_id),
    )


def _page_key(collection: Collection, shown: CorrectedPage) -> str:
    """Stands for a scan, whatever generation shows it."""
    return f"{collection.name}/{shown.page.page_id}/{shown.page.sha256}"


def find(collection: Collection, page_id: str) -> CorrectedPage | None:
    """A page by its id; None if there is none."""
    return next((one for one in shown_pages.all_pages(collection) if one.page.page_id == page_id), None)


def _save(name: str, page_id: str) -> None:
    collection = caches.opened(name)
    shown = find(collection, page_id)
    if shown is None:
        return
    key, page, sent = _page_key(collection, shown), shown.page, st.session_state.get(_KEY)
    try:
        saved = saved_of(sent, key, (page.width, page.height))
        if saved is not None:
            _add(collection, shown, saved.cuts, saved.after)
            _answer(key, saved.at, "")
    except ImgsimError as error:
        at = sent["saved"].get("at") if sent is not None else 0
        _answer(key, at if isinstance(at, int) else 0, remedies.told(error))


def _answer(key: str, at: int, failed: str) -> None:
    known = {**st.session_state.get(_ANSWERS, {}), key: (at, failed)}
    st.session_state[_ANSWERS] = dict(list(known.items())[-_MOST_ANSWERS:])


def _add(collection: Collection, shown: CorrectedPage, cuts: Sequence[Cut] | None, after: int) -> None:
    page = shown.page
    said = shown_pages.corrections(collection)
    said.add(page.sha256, (page.width, page.height), cuts, reviewer.name(), after=after)


# ---- the plates


def _plates(collection: Collection, shown: CorrectedPage) -> None:
    page = shown.page
    st.markdown(tr("## Plates of this page"))
    if shown.waiting:
        st.caption(tr("As they were cut in the last run:"))
    items: list[dict[str, Any]] = []
    for cut in page.illustrations:
        row = shown_pages.row_of(collection, page.plate_root, (page.plates or {}).get(cut.number, ""))
        if row is not None:
            plate_id = str(collection.catalogue.plate_ids[row])
            title = tr("plate {plate} →", plate=plate_id)
            items.append({**cards.card(collection, row), "title": title, "lines": [_sure(cut)]})
    if items:
        event = thumbnail_grid(
            key="page_plates", items=items, height=110, min_width=110, label=tr("Plates of this page")
        )
        if event.clicked:
            shell.go("plate", plate=event.clicked)
    else:
        st.caption(tr("None: no illustration was cut out of it."))
    others = [cut for cut in page.cuts if cut.kind != ILLUSTRATION]
    if others:
        st.caption(tr("Kept on the page, and no plates: {what}.", what=page_list.summary(others)))
    if page.turn:
        st.caption(
            tr("Its plates are turned by {degrees}° when they are cut out, to stand upright.", degrees=page.turn)
        )
    if shown.waiting:
        page_list.waiting(collection, shown_pages.all_pages(collection))


def _sure(cut: Cut) -> str:
    if cut.score < 1:
        return tr("Box {number}, {share} % sure", number=cut.number, share=int(cut.score * 100))
    return tr("Box {number}, by hand", number=cut.number)


# ---- who changed what


def _history(collection: Collection, shown: CorrectedPage, may: bool) -> None:
    st.markdown(tr("## History"))
    last = shown.last
    if last is None:
        if shown.page.by:
            st.caption(tr("By {reviewer}.", reviewer=text.plain(shown.page.by)))
        else:
            what = page_list.summary(shown.page.cuts)
            st.caption(tr("Nobody corrected this page. The network found {what}.", what=what))
        return
    if last.cuts is None and shown.waiting:
        st.caption(tr("The network's own boxes are back with the next run."))
    for one in reversed(shown.said):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
            when = moments.minute(datetime.fromisoformat(one.when))
            st.caption(f"{text.plain(one.reviewer)}, {when} UTC: {_what(one)}", width="stretch")
            if one is not last and one.cuts is not None:
                st.button(
                    tr("Back to this"), key=f"back_{one.number}", type="tertiary", disabled=not may,
                    on_click=_go_back, args=(collection.name, shown.page.page_id, one.number, shown.after),
                )  # fmt: skip
    if last.cuts is not None:
        st.button(
            tr("As the network finds it"), key="back_network", type="tertiary", disabled=not may,
            help=tr("Take all corrections of this page back; they stay in its history."),
            on_click=_go_back, args=(collection.name, shown.page.page_id, 0, shown.after),
        )  # fmt: skip


def _what(one: Correction) -> str:
    drawn = tr("as the network finds it") if one.cuts is None else page_list.summary(one.cuts)
    return tr("{drawn}, carried over from a former scan", drawn=drawn) if one.former else drawn


def _go_back(name: str, page_id: str, number: int, after: int) -> None:
    """Let the boxes of an earlier correction count again, those of the network for 0."""
    try:
        collection = caches.opened(name)
        shown = find(collection, page_id)
        if shown is not None:
            cuts = next((one.cuts for one in shown.said if one.number == number), None)
            _add(collection, shown, cuts, after)
    except ImgsimError as error:
        st.session_state[_FAILED] = remedies.told(error)


def _failure() -> None:
    failed = st.session_state.pop(_FAILED, "")
    if failed:
        st.error(text.plain(failed))
