"""Decisions that count for nothing because of their plates: shown with pictures, to be confirmed or tied anew."""

from __future__ import annotations

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, pager, reviewer, reviewing
from imgsim.app.services import caches, remedies, state, text
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection
from imgsim.collection.id_registry import Registry
from imgsim.collection.shown_reviews import evidence_of
from imgsim.errors import ImgsimError
from imgsim.reviews.pictures import GONE, NOT_KNOWN, REPLACED, Unconfirmed

_PER_PAGE = 8
_PAGE, _FAILED = "_imgsim_unconfirmed_page", "_imgsim_unconfirmed_failed"
_WHY = {
    "": marked("as it was"),
    REPLACED: marked("here, shown by another scan than the one decided about"),
    GONE: marked("gone: no scan here shows it"),
    NOT_KNOWN: marked("here, but the decision does not say which scan it was about"),
}


def show(collection: Collection) -> None:
    """Draw the section; nothing where every decision counts or nobody can do anything about it."""
    waiting = caches.unconfirmed(collection)
    if not waiting:
        return
    gone = sum(one.gone for one in waiting)
    with st.container(border=True, key="unconfirmed"):
        st.markdown(
            trn(
                "#### {n:,} decision counts for nothing just now", "#### {n:,} decisions count for nothing just now",
                len(waiting),
            )
        )  # fmt: skip
        said = [tr("A decision is about two pictures.")]
        if gone:
            said.append(trn("Of {n:,} of these a plate is gone.", "Of {n:,} of these a plate is gone.", gone))
        said.append(
            tr(
                "Where a plate shows another scan than the one decided about, look again, and confirm it if the "
                "picture is the same. Where a plate is gone, tie the decision to the right one if that is here."
            )
        )
        st.caption(" ".join(said))
        reviewer.sign()
        failed = st.session_state.pop(_FAILED, "")
        if failed:
            st.error(text.plain(failed))
        same = [one for one in waiting if not one.gone]
        if len(same) > 1:
            st.button(
                trn("Confirm all {n:,} whose plates are here", "Confirm all {n:,} whose plates are here", len(same)),
                key="confirm_all",
                disabled=not reviewer.name(),
                help=tr("Only if you have looked: each becomes a decision of yours about the scans that are here now."),
                on_click=_confirm_all,
                args=(collection.name, [one.review.uuid for one in same]),
            )
        pages = -(-len(waiting) // _PER_PAGE)
        page = min(int(st.session_state.get(_PAGE, 1)), pages)
        for one in waiting[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
            _one(collection, one)
        if pages > 1:
            st.pagination(pages, width=pager.width(pages), key=_PAGE)


def _one(collection: Collection, one: Unconfirmed) -> None:
    review = one.review
    with st.container(border=True, key=f"unconfirmed_{review.uuid}"):
        words = f"**{tr(review.decision)}**, {text.plain(review.reviewer)}, {reviewing.day(review.when)}"
        st.markdown(words + (f": “{text.plain(review.note)}”" if review.note else ""))
        left, right = st.columns(2, gap="small")
        chosen = {}
        for side, column, plate, picture, why in (
            ("a", left, review.plate_a, review.picture_a, one.state_a),
            ("b", right, review.plate_b, review.picture_b, one.state_b),
        ):
            with column:
                chosen[side] = _side(collection, f"{review.uuid}_{side}", plate, picture, why)
        plates = (chosen["a"], chosen["b"])
        ready = all(plates) and plates[0] != plates[1]
        as_before = plates == (review.plate_a, review.plate_b)
        st.button(
            tr("Confirm") if as_before else tr("Tie the decision to these plates"),
            key=f"confirm_{review.uuid}",
            disabled=not (ready and reviewer.name()),
            help=tr("It becomes a decision of yours about the two pictures shown here; the old record is kept."),
            on_click=_confirm,
            args=(collection.name, review.uuid, *plates),
        )


def _side(collection: Collection, key: str, plate: str, picture: str, why: str) -> str:
    """One plate of the pair with its picture; returns the id that the decision would be tied to, "" for none."""
    catalogue = collection.catalogue
    if why != GONE:
        row = catalogue.row(plate)
        thumbnail_grid(
            key=f"unconfirmed_{key}", items=[cards.card(collection, row)], height=130,
            label=tr("Plate {plate}", plate=plate),
        )  # fmt: skip
        st.caption(f"{text.plain(plate)}: {tr(_WHY[why])}.")
        return plate
    last = None
    try:
        last = Registry(collection.path).thumbnail(plate)
    except ImgsimError as error:
        st.caption(text.plain(error))
    if last is not None:
        st.image(last, width=130)
    st.caption(f"{text.plain(plate)}: {tr(_WHY[GONE])}.")
    # The very scan may be here under another id, as where reviews came from another collection.
    same = [other for other, held in catalogue.pictures.items() if picture and held == picture]
    asked = st.text_input(
        tr("The right plate’s id"),
        value=same[0] if same else "",
        key=f"tie_{key}",
        placeholder=tr("its id, as on its page"),
        help=tr("The scan that was decided about is here under this id.") if same else None,
    ).strip()
    if not asked:
        return ""
    if not catalogue.has(asked):
        st.caption(tr("There is no plate {plate} here.", plate=text.plain(asked)))
        return ""
    thumbnail_grid(
        key=f"tied_{key}",
        items=[cards.card(collection, catalogue.row(asked))],
        height=130,
        label=tr("Plate {plate}", plate=asked),
    )
    return asked


def _confirm(name: str, uuid: str, plate_a: str, plate_b: str) -> None:
    try:
        collection = caches.opened(name)
        review = next(one.review for one in caches.unconfirmed(collection) if one.review.uuid == uuid)
        rows = (collection.catalogue.row(plate_a), collection.catalogue.row(plate_b))
        caches.reviews(collection).record(
            plate_a,
            plate_b,
            review.decision,
            reviewer=reviewer.name(),
            note=f"Confirms {review.reviewer}, {review.when[:10]}{f': {review.note}' if review.note else ''}",
            evidence=evidence_of(collection, *rows, state.current().backbone),
            confirms=review.uuid,
        )
    except StopIteration:
        st.session_state[_FAILED] = tr("Somebody has confirmed it in the meantime.")
    except ImgsimError as error:
        st.session_state[_FAILED] = remedies.told(error)


def _confirm_all(name: str, uuids: list[str]) -> None:
    reviews = {one.review.uuid: one.review for one in caches.unconfirmed(caches.opened(name))}
    for uuid in uuids:
        if uuid in reviews and _FAILED not in st.session_state:
            _confirm(name, uuid, reviews[uuid].plate_a, reviews[uuid].plate_b)
