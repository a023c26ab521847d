"""Review: pairs to judge one after another, what the scores are worth by that, and every decision so far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from imgsim.app.components import keyboard, outline, pair_desk
from imgsim.app.parts import (
    another_hand,
    cards,
    reference_bar,
    review_ended,
    review_import,
    review_sitting,
    reviewing,
    shell,
)
from imgsim.app.parts.not_prepared import unverified
from imgsim.app.services import caches, parameters, server, state, text, verdict_labels
from imgsim.app.services.parameters import parameter
from imgsim.base.translation import marked, tr, trn
from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.collection import Collection
from imgsim.collection.evidence import evidence_of
from imgsim.collection.review_queue import FILTERS, Queue
from imgsim.reviews import Review
from imgsim.verification.match_row import MatchRow

name, title, group = "review", marked("Review"), marked("Re-use")
fragment = True
loads = ("pair_desk", "ButtonGroup", "Multiselect", "TextInput")
DESKS = {
    "queue": marked("Pairs to judge"), "worth": marked("What a score is worth here"), "all": marked("All reviews"),
}  # fmt: skip

_SKIPPED, _BACK = "_imgsim_skipped", "_imgsim_asked_again"
_MOST_SKIPPED = 2000
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    desk: str = parameter("queue", "section", parameters.OneOf(tuple(DESKS)))
    # Which pairs it asks for.
    asked: str = parameter("all", "asked", parameters.OneOf(tuple(FILTERS)))
    # Wished of the threshold that it suggests.
    precision: float = parameter(0.95, "precision", parameters.decimal(0.5, 0.99, 2))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    with st.sidebar:
        reference_bar.draw(collection)
    _body()


# A decision changes nothing in the sidebar, so this part runs alone.
@st.fragment
def _body() -> None:
    shell.links(name)
    collection = shell.collection()
    now = state.current(State)
    shell.lead(
        tr(title),
        tr("You decide what two plates are to one another; the app asks for the telling pairs first."),
    )
    st.segmented_control(
        tr("Section"),
        list(DESKS),
        format_func=lambda desk: tr(DESKS[desk]),
        label_visibility="collapsed",
        required=True,
        **state.bind("desk"),
    )
    if caches.unread(collection):  # said above every page
        return
    if now.desk != "all":
        review_import.reminder(collection)
    if now.desk == "worth":
        from imgsim.app.parts import review_worth

        review_worth.show(collection, now.precision)
    elif now.desk == "all":
        from imgsim.app.parts import review_all

        review_all.show(collection)
    else:
        _queue(collection, now)


def _queue(collection: Collection, now: State) -> None:
    queue = caches.queue(collection, now.backbone)
    if queue is None:
        unverified(collection)
        return
    if not len(queue):
        review_ended.nothing_to_judge()
        return
    standing = caches.standing(collection)
    between = reference_bar.said(collection)
    side = None if between is None else between.chosen
    waiting = queue.waiting(standing, now.asked, side)
    judged, every = queue.progress(standing, now.asked, side)
    if between is not None and not every and not waiting and now.asked == "all":
        what = marked("**No pair to judge is in both: {chosen} and the other plates.**")
        reference_bar.nothing(collection, between, what)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="review_filter", gap="small"):
        st.pills(
            tr("Ask for"),
            list(FILTERS),
            format_func=lambda asked: tr(FILTERS[asked]),
            label_visibility="collapsed",
            required=True,
            **state.bind("asked"),
        )
        if now.asked == "disputed":
            said = trn(
                "{n:,} pair on which reviewers differ.", "{n:,} pairs on which reviewers differ.", len(waiting)
            )
        else:
            said = trn(
                "{judged:,} of {n:,} pair judged", "{judged:,} of {n:,} pairs judged", every, judged=judged
            )
        st.caption(" · ".join(filter(None, (said, review_sitting.said(collection)))), width="content")
    pair, after = _next(collection, waiting)
    if pair is None:
        unskip = partial(_unskip, collection.name)
        review_ended.all_judged(len(waiting), now.asked, unskip)
        review_ended.decided(collection, _decided)
        return
    _pair(collection, queue, now, pair)
    # What comes next is fetched while the reader still looks at this one.
    _preload(collection, after)


def _next(collection: Collection, waiting: list[Pair]) -> tuple[Pair | None, Pair | None]:
    """The pair to show: one that was taken back just now, else the first that was not skipped; and the one after."""
    skipped = _skipped(collection)
    ahead = [pair for pair in waiting if pair not in skipped][:2]
    back = st.session_state.get(_BACK)
    if (
        back is not None
        and back[:2] == (collection.name, state.current(State).asked)
        and _open_again(collection, back[2])
    ):
        return back[2], next((pair for pair in ahead if pair != back[2]), None)
    return (ahead[0] if ahead else None), (ahead[1] if len(ahead) > 1 else None)


def _open_again(collection: Collection, pair: Pair) -> bool:
    """Whether nobody has decided on a pair, here or elsewhere, since it was taken back."""
    one, two = (str(collection.catalogue.plate_ids[row]) for row in pair)
    return caches.decision(collection, one, two) is None


def _skipped(collection: Collection) -> set[Pair]:
    every: dict[str, set[Pair]] = st.session_state.setdefault(_SKIPPED, {})
    return every.setdefault(collection.name, set())


def _pair(collection: Collection, queue: Queue, now: State, pair: Pair) -> None:
    row_a, row_b = pair
    known = evidence_of(collection, row_a)
    match = known.known.get(row_b) if known is not None else None
    question = queue.question(row_a, row_b)
    similarity = float(caches.similarities_of(collection, now.backbone, row_a)[row_b])
    why = " ".join(question.reasons) if question is not None else tr("Reviewers differ about this pair.")
    asked = st.container(key="review_asked", gap=None)
    with asked, st.container(horizontal=True, vertical_alignment="center", key="review_head", gap="small"):
        st.markdown(f"**{text.plain(why)}**", width="stretch")
        st.button(
            tr("Skip"),
            shortcut=keyboard.SKIP,
            type="tertiary",
            help=tr("Leave this pair for later."),
            on_click=_skip,
            args=(collection.name, pair),
        )
        if st.button(
            tr("Open in Compare"), shortcut=keyboard.OPEN, type="tertiary", help=tr("Lay one over the other.")
        ):
            ids = collection.catalogue.plate_ids
            reviewing.open_in_compare(str(ids[row_a]), str(ids[row_b]))
    asked.caption(text.plain(_evidence(collection, now, match, similarity)))
    if match is None or match.verdict == LOOK_ALIKE:
        with asked:
            another_hand.answer(collection, row_a, row_b, key="review")
    reviewing.bar(collection, row_a, row_b, key="review", then=_decided)
    transform = match.seen_from(row_a).transform if match is not None and match.verified else None
    event = pair_desk(
        key="review_desk",
        sides=[_side(collection, row, match) for row in pair],
        transform=transform,
        negative=match is not None and match.negative,
    )
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    reviewing.trail(collection, row_a, row_b)


def _evidence(collection: Collection, now: State, match: MatchRow | None, similarity: float) -> str:
    """What is known of the pair, in words."""
    import numpy as np

    meaning = cards.meanings(collection, now.backbone, np.array([similarity], np.float32))[0]
    score = (
        tr("Similarity {score:.3f}, above {share} of pairs drawn at random.", score=similarity, share=meaning)
        if meaning
        else tr("Similarity {score:.3f}.", score=similarity)
    )
    return f"{verdict_labels.sentence(match, lettered=True)} {score}"


def _side(collection: Collection, row: int, match: MatchRow | None) -> dict[str, Any]:
    record = collection.catalogue.record(row)
    width, height = int(record["width"] or 1), int(record["height"] or 1)
    region = None
    if match is not None and match.verified:
        region = outline(match.region_a if match.a == row else match.region_b, width, height)
    card = cards.card(collection, row)
    return {
        "id": card["id"], "src": server.plate_url(collection, row), "alt": card["alt"], "title": card["title"],
        "lines": [*card["lines"], tr("plate {plate}", plate=record["plate_id"])],
        "outline": region, "width": width, "height": height,
    }  # fmt: skip


def _preload(collection: Collection, pair: Pair | None) -> None:
    if pair is None:
        return
    image = Markup('<img src="{}" alt="" width="0">')
    images = Markup("").join(image.format(server.plate_url(collection, row)) for row in pair)
    with st.container(key="review_preload"):
        st.html(images)


def _skip(name: str, pair: Pair) -> None:
    st.session_state.pop(_BACK, None)
    skipped = st.session_state.setdefault(_SKIPPED, {}).setdefault(name, set())
    if len(skipped) < _MOST_SKIPPED:
        skipped.add(pair)


def _decided(review: Review | None) -> None:
    """After a decision the next pair comes; what was taken back is asked again at once."""
    st.session_state.pop(_BACK, None)
    if review is None:
        return
    collection = shell.collection()
    catalogue = collection.catalogue
    if not (catalogue.has(review.plate_a) and catalogue.has(review.plate_b)):
        return
    low, high = sorted((catalogue.row(review.plate_a), catalogue.row(review.plate_b)))
    if caches.decision(collection, review.plate_a, review.plate_b) is None:
        st.session_state[_BACK] = (collection.name, state.current(State).asked, (low, high))
        _skipped(collection).discard((low, high))
    elif state.current(State).asked == "disputed":  # it may stay disputed: the next one comes all the same
        _skipped(collection).add((low, high))


def _unskip(name: str) -> None:
    st.session_state.setdefault(_SKIPPED, {}).pop(name, None)


if __name__ == "__main__":
    shell.draw(name)
