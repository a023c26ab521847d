"""A detail and where it is found again: a box on a plate, or on an image from outside.

Candidates come from the index of local features, and geometry decides; similarity has no part in it. Everything that
needs cv2 is imported when the first detail is searched.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from imgsim import export
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from imgsim.views import cards, server, shell, state, text
from imgsim.views.components import outline, plate_viewer, thumbnail_grid
from imgsim.views.components.plate_viewer import box_of
from imgsim.views.state import Box

if TYPE_CHECKING:
    from imgsim.images.opening import OpenedImage
    from imgsim.matching.motif import Hit

_VIEWER = "plate_viewer"
_MOST = 60
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


# ---- on the Plate page


def viewer(collection: Collection, row: int, height: int = 560) -> None:
    """The plate, large; a box drawn on it goes into the address."""
    record = collection.catalogue.record(row)
    plate_viewer(
        key=_VIEWER,
        src=server.plate_url(collection, row),
        alt=f"Plate {record['plate_id']}: {collection.catalogue.short_title(row)}",
        height=height,
        crop=True,
        draw=False,
        draw_label="Find a detail",
        box=state.current().box,
        on_box=_boxed,
    )


def _boxed() -> None:
    collection, now = shell.collection(), state.current()
    if collection.catalogue.has(now.plate):
        src = server.plate_url(collection, collection.catalogue.row(now.plate))
        state.update(box=box_of(st.session_state[_VIEWER], src))


def _clear() -> None:
    state.update(box=None)


def show(collection: Collection, row: int, box: Box) -> None:
    """The plates that contain what is inside the box on a plate of the collection."""
    plate_id = str(collection.catalogue.plate_ids[row])
    _results(
        collection,
        f"plate {plate_id}",
        box,
        lambda reduce_to: _opened(collection.plate_bytes(row), reduce_to),
        row=row,
        label=plate_id,
    )


# ---- on the Search page


def search_by(boxed: bool) -> str:
    """Ask how an image from outside is searched: "look" or "lines". A box means lines, unless the reader says else."""
    now = state.current()
    return (
        st.segmented_control(
            "Search by",
            list(state.SEARCHES),
            format_func=state.SEARCHES.__getitem__,
            required=True,
            help="“Looks alike” compares the impression of the whole; “The same lines” proves that a plate contains "
            "these very lines, turned, cropped or mirrored as they may be.",
            **state.bind("by", value=now.by or ("lines" if boxed else "look")),
        )
        or "look"
    )


def show_upload(collection: Collection, label: str, digest: str, content: bytes, box: Box | None) -> None:
    """The plates that contain what is inside the box on an image from outside; None is the whole image."""
    key = f"upload {digest} {len(content)}"
    _results(collection, key, box or WHOLE, lambda reduce_to: _opened(content, reduce_to), label=label)


# ---- both


def _opened(content: bytes, reduce_to: int) -> OpenedImage:
    from imgsim.images.opening import open_image

    return open_image(content, reduce_to=reduce_to)


def _results(
    collection: Collection,
    key: str,
    box: Box,
    image: Callable[[int], OpenedImage],
    *,
    label: str,
    row: int | None = None,
) -> None:
    head = st.container(horizontal=True, vertical_alignment="center", key="motif_head")
    with head:
        st.markdown(
            "## Plates with this detail" if box != WHOLE else "## Plates with these lines",
            width="stretch",
        )
    if row is not None:
        with head:
            st.button("Back to its neighbours", on_click=_clear)
    if collection.features is None or collection.feature_index is None:
        _unprepared(collection)
        return
    place = st.empty()
    with (
        place,
        st.spinner(f"Looking through the lines of {text.count(len(collection.catalogue), 'plate')} …"),
    ):
        try:
            points, hits = _found(
                str(collection.path), collection.generation, collection, key, box, row, image
            )
        except ImgsimError as error:
            st.warning(text.plain(error))
            return
    place.empty()
    if not hits:
        _nothing()
        return
    with head:
        _download(collection, hits, label)
    event = thumbnail_grid(
        key="motif_grid",
        items=[_card(collection, hit, number, row is not None) for number, hit in enumerate(hits, 1)],
        label="Plates that contain the detail, most agreeing points first",
    )
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    if event.action and row is not None:
        shell.go("compare", plate=str(collection.catalogue.plate_ids[row]), other=event.action)
    st.caption(
        f"{text.count(len(hits), 'plate')} contain{'s' if len(hits) == 1 else ''} it: the blue outline is where. "
        f"{text.count(points, 'point')} of its lines were looked for; the more of them agree, the surer."
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _found(
    path: str,
    generation: str,
    _collection: Collection,
    key: str,
    box: Box,
    row: int | None,
    _image: Callable[[int], OpenedImage],
) -> tuple[int, tuple[Hit, ...]]:
    """How many features the detail has, and where it was found."""
    from imgsim.matching.motif import OPENED_SIDE, find_motif, motif_features

    store, index = _collection.features, _collection.feature_index
    assert store is not None and index is not None  # the caller has asked
    opened = _image(OPENED_SIDE)
    width, height = opened.size
    pixels = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    query = motif_features(opened.image, pixels, opened.size)
    return len(query), tuple(find_motif(query, store, index, exclude=row, k=_MOST))


def _card(collection: Collection, hit: Hit, rank: int, comparable: bool) -> dict[str, Any]:
    record = collection.catalogue.record(hit.row)
    item = cards.card(
        collection,
        hit.row,
        rank=rank,
        badge="found, mirrored" if hit.mirrored else "found",
        badge_title=f"{hit.inliers:,} points of its lines agree",
        outline=outline(hit.region, int(record["width"] or 1), int(record["height"] or 1)),
    )
    item["lines"] = [*item["lines"], f"{hit.inliers:,} points agree"]
    if comparable:
        item["action"] = "Compare"
    return item


def _download(collection: Collection, hits: tuple[Hit, ...], label: str) -> None:
    name = "".join(char if char.isalnum() or char in "-_." else "_" for char in label)[:80]
    st.download_button(
        "Download CSV",
        lambda: export.selection_csv(
            collection.catalogue,
            [hit.row for hit in hits],
            collection=collection.name,
            date=date.today().isoformat(),
            extra={
                "detail_of": [label] * len(hits),
                "inliers": [hit.inliers for hit in hits],
                "mirrored": ["yes" if hit.mirrored else "no" for hit in hits],
            },
        ),
        file_name=f"imgsim_detail_{name}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def _nothing() -> None:
    with st.container(border=True):
        st.markdown("**No other plate contains this detail.**")
        st.markdown(
            "Draw a larger box, or one round lines that nobody would draw the same way twice: the rim of a leaf, "
            "the hatching of a root. Lettering does not count."
        )


def _unprepared(collection: Collection) -> None:
    with st.container(border=True):
        if collection.in_progress:
            st.markdown(
                "**The lines of the plates are being looked at just now.** Reload this page in a few minutes."
            )
            return
        st.markdown("**The lines of this collection's plates were not looked at yet.**")
        st.markdown("Details are found by their lines. Prepare them in a terminal, then reload this page:")
        st.code(f"python precompute.py --name {collection.name}", language=None)
