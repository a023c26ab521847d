"""What was learned not to count: marks that repeat over the plates of a book, with the way to let them count."""

from __future__ import annotations

import io
from pathlib import Path

import streamlit as st
from PIL import Image, ImageDraw

from imgsim.app.parts import reviewer
from imgsim.app.services import text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.excluded_parts import BOOK, Box
from imgsim.collection.learned_parts import CountingParts, Learned, learned_of, part_of, with_word
from imgsim.errors import CollectionError, ImgsimError

_FAILED = "_imgsim_not_let_count"
_MOST_SHOWN = 24
_HEIGHT = 84


def marks(collection: Collection) -> list[Learned]:
    """What was learned of the collection, with what people say of it now; those on most plates first."""
    units = with_word(learned_of(collection), CountingParts(collection.path).standing())
    found = [mark for unit in units for mark in unit.marks]
    return sorted(found, key=lambda mark: (-len(mark.boxes), mark.scope, mark.name, mark.box))


def on_plate(collection: Collection, row: int) -> list[tuple[Learned, Box]]:
    """What was learned that stands on one plate, and where."""
    content = str(collection.catalogue.frame["sha256"].iloc[row])
    return [(mark, mark.boxes[content]) for mark in marks(collection) if content in mark.boxes]


def any_of(collection: Collection) -> bool:
    """Whether anything was learned, or what was cannot be read."""
    try:
        return bool(marks(collection))
    except CollectionError:
        return True


def show(collection: Collection) -> None:
    """List all of it; nothing where nothing was learned."""
    try:
        found = marks(collection)
    except CollectionError as error:
        st.warning(text.plain(error.what))
        return
    if not found:
        return
    st.markdown(
        tr(
            "**Learned:** these repeat at like places over plates that are not the same picture otherwise, such as a "
            "library's stamp, and vouch for no pair. Let one count if it belongs to the pictures."
        )
    )
    row_of = {content: row for row, content in enumerate(collection.catalogue.frame["sha256"])}
    for mark in found[:_MOST_SHOWN]:
        rows = [row_of[content] for content in mark.boxes if content in row_of]
        if not rows:
            continue
        first = min(rows)
        box = mark.boxes[str(collection.catalogue.frame["sha256"].iloc[first])]
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            if (picture := _cut(collection, first, box)) is not None:
                st.image(picture, width=120)
            st.markdown(_said(collection, mark, len(rows), first), width="stretch")
            _button(collection, mark)
    if len(found) > _MOST_SHOWN:
        st.caption(tr("and {number:,} more", number=len(found) - _MOST_SHOWN))
    failed()


def of_plate(collection: Collection, row: int) -> None:
    """What was learned that stands on one plate, outlined; nothing where there is none."""
    try:
        found = on_plate(collection, row)
    except CollectionError:  # said on About
        return
    if not found:
        return
    title = trn(
        "{n:,} part that never counts, as learned", "{n:,} parts that never count, as learned", len(found)
    )
    with st.expander(title, key="learned_on_plate"):
        if (picture := _outlined(collection, row, [box for _, box in found])) is not None:
            st.image(picture, width=200)
        for mark, _ in found:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(_said(collection, mark, len(mark.boxes), None), width="stretch")
                _button(collection, mark, "plate_")
        reviewer.sign()
        failed()


def failed() -> None:
    """Say what could not be written, once."""
    said = st.session_state.pop(_FAILED, "")
    if said:
        st.error(text.plain(said))


def _button(collection: Collection, mark: Learned, where: str = "") -> None:
    x0, y0, *_ = mark.box
    st.button(
        tr("Let it not count") if mark.counts else tr("Let it count"),
        key=f"{where}let_count_{mark.scope}_{mark.name}_{x0}_{y0}", type="tertiary", disabled=not reviewer.name(),
        help="" if reviewer.name() else tr("Say first who you are."), on_click=_turn, args=(collection, mark),
    )  # fmt: skip


def _turn(collection: Collection, mark: Learned) -> None:
    parts = CountingParts(collection.path)
    try:
        if mark.counts:
            for part in part_of(mark, parts.standing()):
                parts.remove(part.number, reviewer.name())
        else:
            parts.add(mark.scope, mark.name, mark.box, reviewer.name())
    except ImgsimError as error:
        st.session_state[_FAILED] = str(error)


def _said(collection: Collection, mark: Learned, count: int, example: int | None) -> str:
    x0, y0, x1, y1 = (round(100 * edge) for edge in mark.box)
    whose = collection.catalogue.book_label(mark.name) if mark.scope == BOOK else Path(mark.name).name
    plates = text.count(count, "plate", "plates")
    if example is not None:
        plate_id = str(collection.catalogue.plate_ids[example])
        on = tr(
            "On {plates} of **{book}**, such as {example}:",
            plates=plates, book=text.plain(whose), example=text.plain(plate_id),
        )  # fmt: skip
    else:
        on = tr("On {plates} of **{book}**:", plates=plates, book=text.plain(whose))
    place = tr(
        "about {left} to {right} % from the left, {upper} to {lower} % from the top.",
        left=x0, right=x1, upper=y0, lower=y1,
    )  # fmt: skip
    now = tr("It **counts** all the same, as somebody said.") if mark.counts else ""
    return f"{on} {place} {now}".rstrip()


def _thumbnail(collection: Collection, row: int) -> Image.Image | None:
    try:
        return Image.open(io.BytesIO(collection.thumbnail(row))).convert("RGB")
    except (CollectionError, OSError):
        return None


def _cut(collection: Collection, row: int, box: Box) -> Image.Image | None:
    plate = _thumbnail(collection, row)
    if plate is None:
        return None
    x0, y0, x1, y1 = (edge * side for edge, side in zip(box, plate.size * 2, strict=True))
    part = plate.crop((int(x0), int(y0), max(int(x0) + 1, round(x1)), max(int(y0) + 1, round(y1))))
    scale = min(_HEIGHT * 2 / part.height, 240 / part.width)
    return part.resize((max(1, round(part.width * scale)), max(1, round(part.height * scale))))


def _outlined(collection: Collection, row: int, boxes: list[Box]) -> Image.Image | None:
    plate = _thumbnail(collection, row)
    if plate is None:
        return None
    draw = ImageDraw.Draw(plate)
    for box in boxes:
        corners = [edge * side for edge, side in zip(box, plate.size * 2, strict=True)]
        draw.rectangle(corners, outline="#D55E00", width=3)
    return plate
