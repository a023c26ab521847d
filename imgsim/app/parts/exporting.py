"""The one dialog that takes results out: what, of which plates, as one zip or as separate files."""

from __future__ import annotations

import time
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st

from imgsim.app.parts import export_makers, neighbour_controls, neighbour_query, reference_set
from imgsim.app.services import caches, colour_columns, parameters, selected, server, state, text
from imgsim.app.services.ready_exports import STORE, key_of
from imgsim.base.markup import rendered
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from imgsim.export import Estimate, ExportFile, ExportKind, Request, estimate, every_kind, files_of

_HERE = Path(__file__).parent
_CHOSEN = frozenset({"neighbours", "matches", "families", "reviews", "books"})  # what is ticked at first
# Which plates are meant on a page, if there are such; else those that pass the filters, else all.
_MEANT = {"Plate": ("plate",), "Compare": ("plate",), "Re-use": ("family",), "Map": ("selected",), "Tray": ("tray",)}
_CROSSED = frozenset({"neighbours", "matches", "families", "copies", "network"})  # of which a reference set is heeded
_FORMS = {"zip": marked("One zip, with a README and the record to cite it by"), "files": marked("Separate files")}
_NEIGHBOURS = {
    "any": marked("Neighbours, compared by {network}; the same as on the page Plate"),
    "earlier": marked("Neighbours, compared by {network}, earlier only; the same as on the page Plate"),
    "later": marked("Neighbours, compared by {network}, later only; the same as on the page Plate"),
}
_PREPARE = "export_prepare"
_OPEN, _PAGE = "_imgsim_export", "_imgsim_export_page"  # of whom plates are meant while it is open; where it is
_SLOWEST = 0.15  # seconds between two signs of progress


def button(page: str) -> None:
    """The way in, for the sidebar of a page of that title, and the dialog for as long as it is open.

    A page is drawn again for more than what is done in the dialog: a run comes to its end, the reader goes a step back,
    or presses Streamlit's R. A dialog that only a click draws would vanish then.
    """
    if st.session_state.get(_PAGE) != page:  # another one was led to meanwhile
        st.session_state[_PAGE] = page
        _close()
    if st.button(
        tr("Export …"),
        key="open_export",
        width="stretch",
        help=tr("Lists, families, references, maps: as CSV and other files, or all in one zip that can be cited."),
    ):
        st.session_state[_OPEN] = page
    meant = st.session_state.get(_OPEN)
    if meant:
        st.dialog(tr("Export"), width="large", on_dismiss=_close)(_dialog)(meant)


def of_tray() -> None:
    """The way in from the tray: to be called before the page is drawn."""
    st.session_state[_OPEN] = "Tray"


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def _dialog(page: str) -> None:
    now = state.current()
    collection = caches.opened(now.collection)
    try:
        _body(collection, now, page)
    except ImgsimError as error:  # the dialog stays open, and says it where it was asked
        st.error(text.plain(error))


def _body(collection: Collection, now: state.State, page: str) -> None:
    left, right = st.columns([5, 3], gap="large")
    with left:
        offers = _offers(collection, now)
        meant = next(name for name in (*_MEANT.get(page, ()), "filtered", "all") if name in offers)
        which = st.radio(
            tr("**Of which plates?**"),
            list(offers),
            index=list(offers).index(meant),
            format_func=lambda name: _of_plates(name, offers[name], collection),
            horizontal=True,
            key="export_of",
        )
        chosen = _kinds(_request(collection, now, offers[which]))
        _conditions(collection, now, chosen)
    with right, st.container(border=True):
        if not chosen:
            st.markdown(tr("**Nothing is ticked yet.** Tick what you want to take with you."))
            return
        form = st.radio(tr("**As**"), list(_FORMS), format_func=lambda name: tr(_FORMS[name]), key="export_as")
        if not export_makers.ask():
            return
        # Asked for with what the conditions say now.
        request = _request(collection, state.current(), offers[which])
        _result(request, files_of(chosen, request), form == "zip")


def _offers(collection: Collection, now: state.State) -> dict[str, npt.NDArray[np.int64] | None]:
    """Which plates can be asked for: name -> rows, None for all."""
    offers: dict[str, npt.NDArray[np.int64] | None] = {}
    families = caches.families(collection)
    if now.family and families is not None and families.has(now.family):
        offers["family"] = np.array(families.family(now.family).rows, dtype=np.int64)
    if now.plate:
        offers["plate"] = np.array([collection.catalogue.row(now.plate)], dtype=np.int64)
    on_map = selected.rows(collection)
    if len(on_map):
        offers["selected"] = on_map
    gathered = [collection.catalogue.row(one) for one in now.tray if collection.catalogue.has(one)]
    if gathered:
        offers["tray"] = np.array(gathered, dtype=np.int64)
    if now.filtered:
        offers["filtered"] = caches.filtered_rows(collection, now)
    offers["all"] = None
    return offers


def _of_plates(name: str, rows: npt.NDArray[np.int64] | None, collection: Collection) -> str:
    number = len(collection.catalogue) if rows is None else len(rows)
    return {
        "family": tr("This family ({number:,})", number=number),
        "plate": tr("This plate"),
        "selected": tr("Selected on the map ({number:,})", number=number),
        "tray": tr("Those in the tray ({number:,})", number=number),
        "filtered": tr("Those that pass the filters ({number:,})", number=number),
        "all": tr("All ({number:,})", number=number),
    }[name]


def _request(collection: Collection, now: state.State, rows: npt.NDArray[np.int64] | None) -> Request:
    line = neighbour_query.line(collection, now)
    return Request(
        collection=collection,
        date=date.today().isoformat(),
        backbone=now.backbone,
        rows=rows,
        top_k=now.top_k,
        # A filter only where it is asked for: else the line tells in each row on which side of it a neighbour stands.
        threshold=line if line is not None and st.session_state.get("export_above") else -1.0,
        line=now.threshold,
        other_books=now.other_books and collection.catalogue.books_known,
        when=now.when,
        look_alikes=bool(st.session_state.get("export_look_alikes")),
        between=reference_set.chosen(collection) if st.session_state.get("export_between", True) else None,
        method=now.projection if now.projection in collection.projections(now.backbone) else "",
        colour=colour_columns.chosen(collection, now.colour),
        makers=export_makers.makers(),
        licence=export_makers.licence(),
        # Families without what people decided are none to take away: asking for them says why.
        given_families=None if caches.unread(collection) else caches.families(collection),
    )


def _kinds(request: Request) -> list[str]:
    """Check boxes in groups; what there is none of says why. Returns the names of what is ticked."""
    chosen = []
    st.markdown(tr("**What?**"))
    groups = [(title, list(kinds)) for title, kinds in groupby(every_kind(), lambda kind: kind.group)]
    for (title, kinds), place in zip(groups, st.columns(len(groups), gap="small"), strict=True):
        with place, st.container(gap="xsmall"):
            st.caption(tr(title))
            chosen += [kind.name for kind in kinds if _kind(kind, request)]
    return chosen


def _kind(kind: ExportKind, request: Request) -> bool:
    why = kind.missing(request)
    told = tr(kind.help)
    if kind.whole and request.rows is not None:
        told = f"{told} {tr('Always of the whole collection.')}"
    wanted = st.checkbox(
        tr(kind.title),
        value=kind.name in _CHOSEN and why is None,
        help=told if why is None else text.plain(why),
        disabled=why is not None,
        key=f"export_kind_{kind.name}",
    )
    return wanted and why is None


def _conditions(collection: Collection, now: state.State, chosen: list[str]) -> None:
    """How far the lists go. Of neighbours: as on the page Plate, and in the address like there."""
    if "neighbours" in chosen:
        st.caption(tr(_NEIGHBOURS[now.when], network=text.plain(now.backbone)))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            st.number_input(
                tr("Of each plate, at most"),
                parameters.MIN_TOP_K,
                parameters.MAX_TOP_K,
                width=165,
                **state.bind("top_k", suffix="_export"),
            )
            neighbour_controls.line(collection, now, suffix="_export")
            if neighbour_query.line(collection, now) is not None:
                st.toggle(tr("Only above the line"), key="export_above")
            if collection.catalogue.books_known:
                st.toggle(tr("Other books only"), **state.bind("other_books", suffix="_export"))
        if not collection.catalogue.books_known:
            st.caption(tr("This collection does not tell its books apart, so the lists hold plates of any book."))
    between = reference_set.chosen(collection)
    if between is not None and _CROSSED & {*chosen}:
        st.toggle(
            tr(
                "Only between {plates} and the other plates",
                plates=text.plain(reference_set.called(collection, between)),
            ),
            value=True,
            help=tr(
                "Of neighbours, matches, families, copies and the network of books; chosen on Re-use, Books, Review."
            ),
            key="export_between",
        )
    if "matches" in chosen:
        st.toggle(
            tr("Look-alikes among the matches"),
            help=tr("Also the pairs whose lines were compared and do not agree."),
            key="export_look_alikes",
        )


def _result(request: Request, files: list[ExportFile], zipped: bool) -> None:
    """How much it will be and the way to make it; once it is made, the way to fetch it."""
    key = key_of(request, files, zipped)
    # The click is known before its button is drawn, so the button need not be there while the work is done.
    if st.session_state.get(_PREPARE) and not STORE.files(key):
        place = st.empty()
        try:
            _prepare(request, files, zipped, place.progress(0.0, tr("Preparing …")))
        except ImgsimError as error:
            st.error(text.plain(error))
        place.empty()
    if STORE.files(key):
        st.html(_links(request.collection, key, zipped))
        return
    st.html(_table(request, files, key))
    st.button(tr("Prepare"), type="primary", key=_PREPARE, width="stretch")


def _prepare(
    request: Request, files: list[ExportFile], zipped: bool, bar: st.delta_generator.DeltaGenerator
) -> None:
    last = 0.0

    def report(name: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < _SLOWEST:
            return
        last = time.monotonic()
        at = [file.name for file in files].index(name)
        share = (at + (done / total if total else 1)) / len(files)
        bar.progress(min(share, 1.0), tr("{file}: {done:,} of {total:,}", file=name, done=done, total=total))

    STORE.prepare(request, files, zipped, report)


def _table(request: Request, files: list[ExportFile], key: str) -> str:
    rows = []
    total = 0
    for file in files:
        found = _estimate(key, file, request)
        total += found.size
        rows.append((file.name, text.count(found.rows, *file.unit), size(found.size)))
    return rendered(_HERE / "export_table.html", files=rows, total=size(total))


def _links(collection: Collection, key: str, zipped: bool) -> str:
    files = [
        (name, server.export_url(collection, key, name), size(path.stat().st_size))
        for name, path in STORE.files(key).items()
    ]
    return rendered(_HERE / "export_links.html", files=files, zipped=zipped)


def size(number: int) -> str:
    """How large a file is: `640 bytes`, `12 kB`, `1.8 MB`."""
    if number < 1000:
        return trn("{n} byte", "{n} bytes", number)
    if number < 1_000_000:
        return tr("{size:.0f} kB", size=number / 1000)
    return tr("{size:,.1f} MB", size=number / 1e6) if number < 1e9 else tr("{size:,.1f} GB", size=number / 1e9)


def _estimate(key: str, file: ExportFile, request: Request) -> Estimate:
    # What is asked for, the latest decision included, is in the key.
    made = partial(estimate, file, request)
    return caches.fact(request.collection, "size of an export", made, key, file.name, keep=256)
