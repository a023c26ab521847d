"""The neighbours of a query, as Plate and Search show them: conditions, cards, what lies just outside the list."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.collection import Collection
from imgsim.views import cards, evidence, listing, reviewing, shell, state, text
from imgsim.views.components import thumbnail_grid
from imgsim.views.components.thumbnail_grid import picked
from imgsim.views.evidence import Evidence

_GRID = "neighbour_grid"
_JUDGED = "_imgsim_judged"  # (plate, neighbour) whose decision is open
_ORDERS = {
    "similarity": "By what the network sees alike.",
    "evidence": "Plates whose lines agree come first, however low they score; then by similarity.",
}
_LAID_OVER = "The lines of two plates were laid over one another, and every pair got a verdict:\n"


@dataclass(frozen=True)
class Query:
    """What neighbours are asked of: a plate of the collection (row), or an image from outside (row None)."""

    label: str
    similarities: np.ndarray  # float32 (n,)
    row: int | None = None
    book: str = ""
    year: float | None = None
    evidence: Evidence | None = None


def of_plate(collection: Collection, row: int, similarities: np.ndarray) -> Query:
    """The query that a plate of the collection is."""
    record = collection.catalogue.record(row)
    year = None if record["year"] is None else float(record["year"])
    known = evidence.of_plate(collection, row)
    return Query(str(record["plate_id"]), similarities, row, str(record["book"]), year, known)


def conditions(collection: Collection, now: state.State) -> listing.Conditions:
    """The reader's conditions, as far as the collection can meet them."""
    return listing.Conditions(
        top_k=now.top_k,
        threshold=now.threshold,
        other_books=now.other_books and collection.catalogue.books_known,
        when=now.when,
    )


def order(collection: Collection, now: state.State) -> str:
    """The order of the list: the reader's choice, else verified plates first; by similarity where there are none."""
    if collection.matches is None:
        return "similarity"
    return now.order or "evidence"


def find(collection: Collection, query: Query, now: state.State) -> listing.Listing:
    """The list that the reader sees."""
    wanted = conditions(collection, now)
    mask = listing.conditions_mask(collection.catalogue, wanted, book=query.book, year=query.year)
    known = query.evidence
    if known is None:
        return listing.make_listing(query.similarities, mask, wanted, exclude=query.row)
    codes = chosen(now)
    if codes:
        mask &= known.mask(codes, len(mask))
    return listing.make_listing(
        query.similarities,
        mask,
        wanted,
        exclude=query.row,
        verified=known.verified,
        verified_first=order(collection, now) == "evidence",
    )


def chosen(now: state.State) -> tuple[str, ...]:
    """The verdicts that the list is limited to; none is no limit."""
    return tuple(code for code in evidence.WORDS if code in now.verdicts)


def show(collection: Collection, query: Query) -> None:
    """Draw conditions and neighbours of an image from outside, which nothing is verified of."""
    head = controls(collection, of_plate=False)
    results(collection, query, head)


def controls(collection: Collection, *, of_plate: bool) -> DeltaGenerator:
    """Draw what the list can be asked for; nothing of it depends on the plate. Returns the row of the heading."""
    now = state.current()
    first = of_plate and order(collection, now) == "evidence"
    head = st.container(horizontal=True, vertical_alignment="center", key="neighbours_head")
    with head:
        st.markdown(
            f"## {'Neighbours, verified first' if first else 'Most similar plates'}", width="stretch"
        )
        st.segmented_control(
            "Show as",
            list(state.VIEWS),
            format_func=state.VIEWS.__getitem__,
            label_visibility="collapsed",
            required=True,
            **state.bind("view"),
        )
    with st.container(horizontal=True, vertical_alignment="bottom", key="conditions"):
        _numbers()
        if of_plate and collection.matches is not None:
            st.selectbox(
                "Order",
                ["evidence", "similarity"],
                format_func=state.ORDERS.__getitem__,
                width=125,
                help="\n".join(f"- **{state.ORDERS[name]}**: {what}" for name, what in _ORDERS.items()),
                # Evidence first is what a plain address means.
                **state.bind(
                    "order", value=order(collection, now), read=lambda to: "" if to == "evidence" else to
                ),
            )
        if of_plate and any(facet.column == "decade" for facet in collection.catalogue.facets()):
            st.selectbox(
                "Time",
                list(state.TIMES),
                format_func=state.TIMES.__getitem__,
                width=130,
                **state.bind("when"),
            )
        if collection.catalogue.books_known:
            if of_plate:
                st.toggle("Other books only", **state.bind("other_books"))
            st.toggle(
                "One card a book", help="Fold the plates of one book under its best.", **state.bind("fold")
            )
    if of_plate and collection.matches is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="verdicts"):
            st.caption("Show only", width="content", help=_LAID_OVER + evidence.explanation())
            st.pills(
                "Verdict",
                list(evidence.WORDS),
                selection_mode="multi",
                format_func=evidence.WORDS.__getitem__,
                label_visibility="collapsed",
                **state.bind("verdicts", value=list(chosen(now)), read=lambda codes: tuple(sorted(codes))),
            )
    return head


def _numbers() -> None:
    st.number_input(
        "Similarity from",
        min_value=-1.0,
        max_value=1.0,
        step=0.01,
        format="%.4g",
        width=130,
        help="The cosine of two plates: 1 is the same image. Under each card stands how many pairs of plates, "
        "drawn at random from this collection, score lower. A high score is a candidate, not a proof.",
        **state.bind("threshold", read=lambda value: round(float(value), 4)),
    )
    st.number_input(
        "At most",
        min_value=state.MIN_TOP_K,
        max_value=state.MAX_TOP_K,
        step=1,
        width=105,
        **state.bind("top_k"),
    )


def results(
    collection: Collection, query: Query, head: DeltaGenerator, beside: Callable[[], None] | None = None
) -> None:
    """Draw the list, and in `head` its download; `beside` draws what stands beside the summary of the list."""
    from imgsim.views import neighbour_views

    now = state.current()
    found = find(collection, query, now)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="listed"
    ):
        if query.evidence is not None and len(found.rows):
            st.caption(f"Listed: {evidence.summary(query.evidence, found.rows)}.", width="content")
        if beside is not None:
            beside()
    if not len(found.rows):
        nothing(found, now)
        return
    with head:
        neighbour_views.download(collection, query, found, now)
    stay = query.row is not None  # an image from outside is left for the page of the plate that was clicked
    if now.view == "table":
        neighbour_views.table(collection, query, found, now)
    elif now.view == "scores":
        neighbour_views.scores(collection, query, found, now)
    else:
        _judging(collection, query)
        grid(collection, query, found, now, stay=stay)
    _offer(found, now)
    st.caption(remainder(found, now, first=stay and order(collection, now) == "evidence"))
    if stay and query.evidence is None:
        _unverified(collection)


def grid(
    collection: Collection,
    query: Query,
    found: listing.Listing,
    now: state.State,
    *,
    min_width: int = 150,
    stay: bool = True,
) -> None:
    """The list as cards; a click makes a plate the query, here or on its own page; +N opens its book."""
    books = [str(collection.catalogue.record(row)["book"]) for row in found.rows.tolist()]
    if now.fold:
        folded = [(card.place, len(card.folded)) for card in listing.fold(books, now.unfolded)]
    else:
        folded = [(place, 0) for place in range(len(found.rows))]
    compare = "Compare" if query.row is not None and "compare" in shell.PAGES else ""
    ids = [str(collection.catalogue.plate_ids[row]) for row in found.rows.tolist()]
    marked = reviewing.marks(collection, query.label, ids) if query.row is not None else []
    event = thumbnail_grid(
        key=_GRID,
        items=cards.ranked_cards(
            collection,
            found.rows,
            found.similarities,
            now.backbone,
            folded,
            evidence=query.evidence,
            action=compare,
            judge="Decide" if compare else "",
            reviews=dict(zip(found.rows.tolist(), marked, strict=False)),
        ),
        min_width=min_width,
        label="Neighbours, verified first"
        if query.evidence is not None and order(collection, now) == "evidence"
        else "Neighbours, most similar first",
        on_click=_clicked if stay else None,
        on_expand=_expanded,
        on_judge=_judged,
    )
    if event.clicked and not stay:
        shell.go("plate", plate=event.clicked)
    if event.action and compare:
        shell.go("compare", plate=query.label, other=event.action)
    if now.fold and now.unfolded in books and now.unfolded:
        st.button("Fold the open book again", type="tertiary", on_click=_fold_again)


def _clicked() -> None:
    plate_id = picked(st.session_state[_GRID])
    if plate_id and shell.collection().catalogue.has(plate_id):
        shell.remember(plate_id)


def _judged() -> None:
    """Open the bar for a neighbour; pressed again on the same card it closes."""
    other = picked(st.session_state[_GRID], "judge")
    pair = (state.current().plate, other)
    st.session_state[_JUDGED] = None if st.session_state.get(_JUDGED) == pair else pair


def _judging(collection: Collection, query: Query) -> None:
    """The decision on the neighbour whose card asks for it, above the list."""
    plate, other = st.session_state.get(_JUDGED) or ("", "")
    catalogue = collection.catalogue
    if query.row is None or plate != query.label or not catalogue.has(other or ""):
        return
    row = catalogue.row(other)
    with st.container(border=True, key="judging", gap="small"):
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key="judging_head"):
            title = text.plain(catalogue.short_title(row, 60))
            year = text.year_of(catalogue.record(row)["year"])
            st.markdown(
                f"**What is it to this plate?** {title}, {year} ({text.plain(other)})", width="stretch"
            )
            st.button("Close", key="judging_close", type="tertiary", on_click=_close)
        reviewing.bar(collection, query.row, row, key="judging")


def _close() -> None:
    st.session_state[_JUDGED] = None


def _expanded() -> None:
    plate_id = picked(st.session_state[_GRID], "expand")
    catalogue = shell.collection().catalogue
    if plate_id and catalogue.has(plate_id):
        state.update(unfolded=catalogue.record(catalogue.row(plate_id))["book"])


def _fold_again() -> None:
    state.update(unfolded="")


def remainder(found: listing.Listing, now: state.State, *, first: bool = False) -> str:
    """What lies just outside the list, in a sentence; `first`: verified plates are listed whatever they score."""
    parts = []
    hidden = found.reaching - len(found.rows)
    if hidden > 0:
        parts.append(
            f"{text.count(hidden, 'more plate')} {'reaches' if hidden == 1 else 'reach'} {now.threshold:g}: "
            "raise “At most” to list them."
        )
    else:
        parts.append(f"These are all that {'are verified or ' if first else ''}reach {now.threshold:g}.")
    if found.below is not None:
        between = text.count(found.just_below, "plate")
        verb = "lies" if found.just_below == 1 else "lie"
        parts.append(
            f"{between} {verb} between {now.threshold - listing.BAND:g} and {now.threshold:g}; "
            f"the next scores {found.below:.3f}."
        )
    return " ".join(parts)


# Buttons below change what the controls show, and those stand outside the part that runs alone on a click: the
# whole page is drawn again.


def _offer(found: listing.Listing, now: state.State) -> None:
    """Where the list leaves out what is verified, say so and offer it."""
    if not found.unlisted or now.order != "similarity":
        return
    one = found.unlisted == 1
    which = text.count(found.unlisted, "verified match", "verified matches")
    low = found.reaching == len(found.rows)  # else some may only be beyond the last rank
    why = (
        f"score{'s' if one else ''} below {now.threshold:g}"
        if low
        else f"{'is' if one else 'are'} not listed"
    )
    with st.container(horizontal=True, vertical_alignment="center", key="verified_offer"):
        st.caption(f"{which} {why}.", width="content")
        if st.button("Show it first" if one else "Show them first", type="tertiary"):
            state.update(order="")
            st.rerun()


def _unverified(collection: Collection) -> None:
    if collection.in_progress:
        st.caption(
            "The plates are being compared by their lines just now: reload this page in a few minutes."
        )
        return
    st.caption(
        "Nothing is verified here: the lines of these plates were never compared. To have them compared, run "
        f"`python precompute.py --name {collection.name.replace('`', '')}` in a terminal."
    )


def nothing(found: listing.Listing, now: state.State) -> None:
    """Say that the list is empty, and offer the way on."""
    with st.container(border=True):
        if chosen(now):
            which = " or ".join(evidence.WORDS[code].lower() for code in chosen(now))
            st.markdown(f"**No plate of the list is marked {which}.**")
            if st.button("Show every verdict", type="primary"):
                state.update(verdicts=())
                st.rerun()
        elif found.nearest is None:
            st.markdown("**No other plate meets these conditions.**")
            st.markdown("Allow the same book, or any time.")
        else:
            nearest = math.floor(found.nearest[1] * 1e4) / 1e4
            st.markdown(f"**No plate reaches {now.threshold:g} under these conditions.**")
            st.markdown(
                f"The nearest scores {found.nearest[1]:.3f}. A lower score needs a closer look by eye."
            )
            if st.button(f"Lower the similarity to {nearest:g}", type="primary"):
                state.update(threshold=nearest)
                st.rerun()
    _offer(found, now)
