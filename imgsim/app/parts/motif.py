"""A detail and where it is found again: a box on a plate.

Candidates come from the index of local features, and geometry decides; similarity has no part in it. Everything that
needs cv2 is imported when the first detail is searched.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from imgsim import export
from imgsim.app.components import outline, plate_viewer, thumbnail_grid
from imgsim.app.components.plate_viewer import box_of
from imgsim.app.parts import cards, downloads, never_counts, shell, tray
from imgsim.app.services import caches, commands, server, state, text
from imgsim.app.services.deep_zoom import tiles_of
from imgsim.app.services.parameters import Box
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.errors import ImgsimError

if TYPE_CHECKING:
    from imgsim.verification.motif_search import Hit

_VIEWER = "plate_viewer"
_GRID = "motif_grid"
_MOST = 60


def viewer(collection: Collection, row: int, box: Box | None, height: int = 560) -> None:
    """The plate, large, with the box of the address; one that is drawn on it goes there."""
    record = collection.catalogue.record(row)
    plate_viewer(
        key=_VIEWER,
        src=server.plate_url(collection, row),
        alt=tr("Plate {plate}: {title}", plate=record["plate_id"], title=collection.catalogue.short_title(row)),
        height=height,
        crop=True,
        draw=False,
        draw_label=tr("Find a detail"),
        box=box,
        on_box=_boxed,
        trail=(collection.name, str(record["plate_id"])),
        tiles=tiles_of(collection, row),
    )


def _boxed() -> None:
    collection, now = shell.collection(), state.current()
    if collection.catalogue.has(now.plate):
        src = server.plate_url(collection, collection.catalogue.row(now.plate))
        state.update(box=box_of(st.session_state[_VIEWER], src))


def _clear() -> None:
    state.update(box=None)


def show(collection: Collection, row: int, box: Box) -> bool:
    """The plates that contain what is inside the box on a plate of the collection; whether there are any."""
    plate_id = str(collection.catalogue.plate_ids[row])
    head = st.container(horizontal=True, vertical_alignment="center", key="motif_head")
    with head:
        st.markdown(tr("## Plates with this detail"), width="stretch")
        st.button(tr("Back to its neighbours"), on_click=_clear)
    if collection.matches is not None:
        never_counts.offer(collection, row, box)
    if collection.features is None or collection.feature_index is None:
        _unprepared(collection)
        return False
    place = st.empty()
    looking = trn(
        "Looking through the lines of {n:,} plate …", "Looking through the lines of {n:,} plates …",
        len(collection.catalogue),
    )  # fmt: skip
    with place, st.spinner(looking):
        try:
            points, hits = caches.fact(
                collection, "motif", partial(_found, collection, row, box), row, box, keep=256
            )
        except ImgsimError as error:
            st.warning(text.plain(error))
            return False
    place.empty()
    if not hits:
        _nothing()
        return False
    with head:
        _download(collection, hits, plate_id)
    event = thumbnail_grid(
        key=_GRID,
        items=[_card(collection, hit, number) for number, hit in enumerate(hits, 1)],
        label=tr("Plates that contain the detail, most agreeing points first"),
        tray=state.current().tray,
        on_gather=partial(tray.gathered, _GRID),
    )
    if event.gathered:
        st.rerun()  # the tray lies outside of what may run alone
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    if event.action:
        shell.go("compare", plate=plate_id, other=event.action)
    contain = trn(
        "{n:,} plate contains it: the blue outline is where.", "{n:,} plates contain it: the blue outline is where.",
        len(hits),
    )  # fmt: skip
    sought = trn(
        "{n:,} point of its lines were looked for; the more of them agree, the surer.",
        "{n:,} points of its lines were looked for; the more of them agree, the surer.",
        points,
    )
    st.caption(f"{contain} {sought}")
    return True


def _found(collection: Collection, row: int, box: Box) -> tuple[int, tuple[Hit, ...]]:
    """How many features the detail has, and where it was found."""
    from imgsim.features.working_copy import CLOSER, open_to_describe
    from imgsim.verification.motif_search import find_motif, motif_features

    store, index = collection.features, collection.feature_index
    assert store is not None and index is not None  # the caller has asked
    opened = open_to_describe(collection.plate_content(row), CLOSER)
    width, height = opened.size
    pixels = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    query = motif_features(opened.image, pixels, opened.size, collection.verifier)
    return len(query), tuple(find_motif(query, store, index, exclude=row, k=_MOST))


def _card(collection: Collection, hit: Hit, rank: int) -> dict[str, Any]:
    record = collection.catalogue.record(hit.row)
    item = cards.card(
        collection,
        hit.row,
        rank=rank,
        badge=tr("found, mirrored") if hit.mirrored else tr("found"),
        badge_title=trn(
            "{n:,} points of its lines agree", "{n:,} points of its lines agree", hit.inliers
        ),
        action=tr("Compare"),
        outline=outline(hit.region, int(record["width"] or 1), int(record["height"] or 1)),
    )
    item["lines"] = [*item["lines"], trn("{n:,} points agree", "{n:,} points agree", hit.inliers)]
    return item


def _download(collection: Collection, hits: tuple[Hit, ...], label: str) -> None:
    name = "".join(char if char.isalnum() or char in "-_." else "_" for char in label)[:80]
    downloads.csv(
        collection,
        f"detail_{name}",
        lambda **of: export.selection_csv(
            collection.catalogue,
            [hit.row for hit in hits],
            **of,
            extra={
                "detail_of": [label] * len(hits),
                "inliers": [hit.inliers for hit in hits],
                "mirrored": ["yes" if hit.mirrored else "no" for hit in hits],
            },
        ),
    )


def _nothing() -> None:
    with st.container(border=True):
        st.markdown(tr("**No other plate contains this detail.**"))
        st.markdown(
            tr(
                "Draw a larger box, or one round lines that nobody would draw the same way twice: the rim of a leaf, "
                "the hatching of a root. Lettering does not count."
            )
        )


def _unprepared(collection: Collection) -> None:
    with st.container(border=True):
        if collection.in_progress:
            st.markdown(
                tr("**The lines of the plates are being looked at just now.** This page opens by itself.")
            )
            return
        st.markdown(tr("**The lines of this collection's plates were not looked at yet.**"))
        st.markdown(tr("Details are found by their lines. Prepare them in a terminal, then reload this page:"))
        st.code(commands.prepare(collection.path), language=None)
