"""Parts that never count: said of the box that is drawn on a plate, listed, and taken back."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import learned_counts, mending, reviewer, reviewing
from imgsim.app.services import text
from imgsim.app.services.parameters import Box
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection
from imgsim.collection.excluded_parts import BOOK, COLLECTION, PLATE, ExcludedParts, Part, by_content, keys_of
from imgsim.collection.learned_parts import CountingParts, said_key
from imgsim.errors import ImgsimError

_SCOPE, _FAILED = "never_counts_scope", "_imgsim_not_excluded"
_MOST_SHOWN = 50
_LATER = marked("It holds from the next preparation on: only the plates that it is on are compared again.")


def offer(collection: Collection, row: int, box: Box) -> None:
    """Draw the way to say that what is inside the box never counts, as evidence that two plates are the same."""
    record = collection.catalogue.record(row)
    whose = {PLATE: tr("on this plate"), BOOK: tr("at this place on every plate of this book")}
    whose |= {COLLECTION: tr("at this place on every plate of the collection")}
    if not record["book"]:
        del whose[BOOK]
    place = st.popover(
        tr("Never count this part"),
        help=tr("For a stamp, a colour card or a border that ties plates which have nothing else in common."),
    )
    with place, st.container(width=340):  # narrow: the box that is meant stays in sight
        st.markdown(tr("Lines inside the box will vouch for no pair of plates:"))
        st.radio(tr("Where"), list(whose), format_func=whose.__getitem__, key=_SCOPE, label_visibility="collapsed")
        reviewer.sign()
        names = {PLATE: str(record["sha256"]), BOOK: str(record["book"]), COLLECTION: ""}
        st.button(
            tr("It never counts"), disabled=not reviewer.name(), type="primary", on_click=_add,
            args=(collection, names, box),
        )  # fmt: skip
        st.caption(f"{tr(_LATER)} {tr('About lists all such parts, to be taken back.')}")
    _failed()
    if waiting(collection):
        st.info(tr("Parts that never count were drawn, taken back or let count since this collection was prepared."))
        mending.again(collection.path, "never_counts")


def _add(collection: Collection, names: dict[str, str], box: Box) -> None:
    scope = str(st.session_state[_SCOPE])
    try:
        ExcludedParts(collection.path).add(scope, names[scope], box, reviewer.name())
    except ImgsimError as error:
        st.session_state[_FAILED] = str(error)


def _remove(collection: Collection, number: int) -> None:
    try:
        ExcludedParts(collection.path).remove(number, reviewer.name())
    except ImgsimError as error:
        st.session_state[_FAILED] = str(error)


def _failed() -> None:
    said = st.session_state.pop(_FAILED, "")
    if said:
        st.error(text.plain(said))


def waiting(collection: Collection) -> bool:
    """Whether parts were drawn or taken back since the plates were compared; False where they never were."""
    if collection.matches is None:
        return False
    frame = collection.catalogue.frame
    found = by_content(ExcludedParts(collection.path).standing(), frame["sha256"].tolist(), frame["book"].tolist())
    facts = collection.manifest.get("matching") or {}
    said = said_key(CountingParts(collection.path).standing())
    return keys_of(found) != facts.get("excluded", {}) or said != facts.get("counting", "")


def show(collection: Collection) -> None:
    """List what never counts, each with the way to take it back; nothing where nothing was drawn."""
    parts = ExcludedParts(collection.path).standing()
    changed, learned = waiting(collection), learned_counts.any_of(collection)
    if not parts and not changed and not learned:
        return
    st.markdown(tr("## Parts that never count"))
    _failed()
    learned_counts.show(collection)
    for part in parts[:_MOST_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(_said(collection, part), width="stretch")
            st.button(
                tr("Take back"), key=f"take_back_{part.number}", type="tertiary", disabled=not reviewer.name(),
                on_click=_remove, args=(collection, part.number),
            )  # fmt: skip
    if len(parts) > _MOST_SHOWN:
        more = len(parts) - _MOST_SHOWN
        st.caption(trn("and {n:,} more", "and {n:,} more", more))
    if parts or learned:
        reviewer.sign()
    if changed:
        st.markdown(
            f"{tr('Something was drawn, taken back or let count since the plates were compared.')} {tr(_LATER)}"
        )
        mending.again(collection.path, "never_counts")


def _said(collection: Collection, part: Part) -> str:
    x0, y0, x1, y1 = (round(100 * edge) for edge in part.box)
    place = tr(
        "{x0} to {x1} % from the left, {y0} to {y1} % from the top", x0=x0, x1=x1, y0=y0, y1=y1
    )
    if part.scope == COLLECTION:
        where = tr("On **every plate**: {place}.", place=place)
    elif part.scope == BOOK:
        book = text.plain(collection.catalogue.book_label(part.name))
        where = tr("On **every plate of {book}**: {place}.", book=book, place=place)
    else:
        ids = [plate for plate, picture in collection.catalogue.pictures.items() if picture == part.name]
        where = (
            tr("On **the plate {plate}**: {place}.", plate=text.plain(ids[0]), place=place)
            if ids
            else tr("On **a plate that is gone**: {place}.", place=place)
        )
    return f"{where} {text.plain(part.reviewer)}, {reviewing.day(part.when)}"
