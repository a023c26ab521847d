"""The neighbours of a query, as Plate and Search show them: conditions, cards, table, scores, download."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from imgsim import export, figures
from imgsim.collection import Collection
from imgsim.views import cards, listing, server, shell, state, text
from imgsim.views.components import thumbnail_grid
from imgsim.views.components.thumbnail_grid import picked

_GRID = "neighbour_grid"


@dataclass(frozen=True)
class Query:
    """What neighbours are asked of: a plate of the collection (row), or an image from outside (row None)."""

    label: str
    similarities: np.ndarray  # float32 (n,)
    row: int | None = None
    book: str = ""
    year: float | None = None


def of_plate(collection: Collection, row: int, similarities: np.ndarray) -> Query:
    """The query that a plate of the collection is."""
    record = collection.catalogue.record(row)
    year = None if record["year"] is None else float(record["year"])
    return Query(str(record["plate_id"]), similarities, row, str(record["book"]), year)


def conditions(collection: Collection, now: state.State) -> listing.Conditions:
    """The reader's conditions, as far as the collection can meet them."""
    return listing.Conditions(
        top_k=now.top_k,
        threshold=now.threshold,
        other_books=now.other_books and collection.catalogue.books_known,
        when=now.when,
    )


def find(collection: Collection, query: Query, now: state.State) -> listing.Listing:
    """The list that the reader sees."""
    wanted = conditions(collection, now)
    mask = listing.conditions_mask(collection.catalogue, wanted, book=query.book, year=query.year)
    return listing.make_listing(query.similarities, mask, wanted, exclude=query.row)


def show(collection: Collection, query: Query) -> None:
    """Draw conditions and neighbours."""
    now = state.current()
    found = find(collection, query, now)
    if not len(found.rows):
        st.markdown("#### Most similar plates")
        _controls(collection, query, now)
        nothing(found, now)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="neighbours_head"):
        st.markdown("#### Most similar plates", width="stretch")
        st.segmented_control(
            "Show as",
            list(state.VIEWS),
            format_func=state.VIEWS.__getitem__,
            label_visibility="collapsed",
            required=True,
            **state.bind("view"),
        )
        download(collection, query, found, now)
    _controls(collection, query, now)
    stay = query.row is not None  # an image from outside is left for the page of the plate that was clicked
    if now.view == "table":
        table(collection, found, now, stay=stay)
    elif now.view == "scores":
        scores(collection, query, found, now)
    else:
        grid(collection, found, now, stay=stay)
    st.caption(remainder(found, now))


def _controls(collection: Collection, query: Query, now: state.State) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="conditions"):
        st.number_input(
            "Similarity from",
            min_value=-1.0,
            max_value=1.0,
            step=0.01,
            format="%.4g",
            width=140,
            help="The cosine of two plates: 1 is the same image. Under each card stands how many pairs of plates, "
            "drawn at random from this collection, score lower. A high score is a candidate, not a proof.",
            **state.bind("threshold", read=lambda value: round(float(value), 4)),
        )
        st.number_input(
            "At most",
            min_value=state.MIN_TOP_K,
            max_value=state.MAX_TOP_K,
            step=1,
            width=110,
            **state.bind("top_k"),
        )
        if query.year is not None:
            st.selectbox(
                "Time",
                list(state.TIMES),
                format_func=state.TIMES.__getitem__,
                width=150,
                **state.bind("when"),
            )
        if collection.catalogue.books_known:
            if query.book:
                st.toggle("Other books only", **state.bind("other_books"))
            st.toggle(
                "One card a book", help="Fold the plates of one book under its best.", **state.bind("fold")
            )


def grid(
    collection: Collection,
    found: listing.Listing,
    now: state.State,
    *,
    min_width: int = 150,
    stay: bool = True,
) -> None:
    """The list as cards; a click makes a plate the query, here or on its own page; +N opens its book."""
    column = collection.catalogue.frame["book"]
    books = [str(column.iat[row]) for row in found.rows.tolist()]
    if now.fold:
        folded = [(card.place, len(card.folded)) for card in listing.fold(books, now.unfolded)]
    else:
        folded = [(place, 0) for place in range(len(found.rows))]
    event = thumbnail_grid(
        key=_GRID,
        items=cards.ranked_cards(collection, found.rows, found.similarities, now.backbone, folded),
        min_width=min_width,
        label="Neighbours, most similar first",
        on_click=_clicked if stay else None,
        on_expand=_expanded,
    )
    if event.clicked and not stay:
        shell.go("plate", plate=event.clicked)
    if now.fold and now.unfolded in books and now.unfolded:
        st.button("Fold the open book again", type="tertiary", on_click=_fold_again)


def _clicked() -> None:
    plate_id = picked(st.session_state[_GRID])
    if plate_id and shell.collection().catalogue.has(plate_id):
        shell.remember(plate_id)


def _expanded() -> None:
    plate_id = picked(st.session_state[_GRID], "expand")
    catalogue = shell.collection().catalogue
    if plate_id and catalogue.has(plate_id):
        state.update(unfolded=catalogue.record(catalogue.row(plate_id))["book"])


def _fold_again() -> None:
    state.update(unfolded="")


def table(collection: Collection, found: listing.Listing, now: state.State, *, stay: bool = True) -> None:
    """The list as a table; choosing a row makes its plate the query."""
    catalogue = collection.catalogue
    records = [catalogue.record(int(row)) for row in found.rows]
    frame = pd.DataFrame(
        {
            "Rank": range(1, len(records) + 1),
            "Plate": [server.thumbnail_url(collection, int(row)) for row in found.rows],
            "Similarity": found.similarities.astype(float),
            "Above": cards.meanings(collection, now.backbone, found.similarities),
            "Year": [text.shown(record["year"]) for record in records],
            "Title": [record["title"] or record["book"] for record in records],
            "Book": [record["book"] for record in records],
            "Page": [record["page"] for record in records],
            "Place": [record["place"] for record in records],
            "Id": [record["plate_id"] for record in records],
        }
    )
    event = st.dataframe(
        frame,
        key=f"neighbour_table_{found.rows[0]}_{len(frame)}",
        hide_index=True,
        row_height=60,
        height=min(38 + 60 * len(frame), 640),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Rank": st.column_config.NumberColumn(width=50),
            "Plate": st.column_config.ImageColumn(width=70),
            "Similarity": st.column_config.NumberColumn(format="%.4f", width=80),
            "Above": st.column_config.TextColumn(
                width=70, help="How many pairs of plates drawn at random score lower."
            ),
            "Year": st.column_config.TextColumn(width=50),
            "Title": st.column_config.TextColumn(width="medium"),
        },
    )
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(records):
        plate_id = str(records[chosen[0]]["plate_id"])
        if not stay:
            shell.go("plate", plate=plate_id)
        shell.remember(plate_id)
        st.rerun()


def scores(collection: Collection, query: Query, found: listing.Listing, now: state.State) -> None:
    """Where the query's scores lie among those of random pairs."""
    others = np.delete(query.similarities, query.row) if query.row is not None else query.similarities
    figure = figures.similarity_figure(
        others, collection.background(now.backbone), found.similarities, threshold=now.threshold
    )
    st.plotly_chart(figure, key="scores", config={"displayModeBar": False})
    st.caption(
        "Grey: how similar two plates drawn at random are. Blue: how similar all plates are to this one. "
        "Red: the neighbours listed. Neighbours that stand apart on the right deserve a look first."
    )


def download(collection: Collection, query: Query, found: listing.Listing, now: state.State) -> None:
    """The list as CSV: exactly the plates of the list, folded ones included."""

    def make() -> bytes:
        return export.neighbours_csv(
            collection.catalogue,
            query.row,
            query.label,
            found.rows,
            found.similarities,
            backbone=now.backbone,
            collection=collection.name,
            date=date.today().isoformat(),
        )

    st.download_button(
        "Download CSV",
        make,
        file_name=f"imgsim_{_file_name(query.label)}_{now.backbone}.csv",
        mime="text/csv",
        on_click="ignore",
        key="download_neighbours",
        help=f"The {text.count(len(found.rows), 'plate')} of this list, with the books of both sides.",
    )


def _file_name(label: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in label)[:80] or "image"


def remainder(found: listing.Listing, now: state.State) -> str:
    """What lies just outside the list, in a sentence."""
    parts = []
    hidden = found.reaching - len(found.rows)
    if hidden > 0:
        parts.append(
            f"{text.count(hidden, 'more plate')} reach {now.threshold:g}: raise “At most” to list them."
        )
    else:
        parts.append(f"These are all that reach {now.threshold:g}.")
    if found.below is not None:
        between = text.count(found.just_below, "plate")
        verb = "lies" if found.just_below == 1 else "lie"
        parts.append(
            f"{between} {verb} between {now.threshold - listing.BAND:g} and {now.threshold:g}; "
            f"the next scores {found.below:.3f}."
        )
    return " ".join(parts)


def nothing(found: listing.Listing, now: state.State) -> None:
    """Say that the list is empty, and offer the way on."""
    with st.container(border=True):
        if found.nearest is None:
            st.markdown("**No other plate meets these conditions.**")
            st.markdown("Allow the same book, or any time.")
            return
        nearest = math.floor(found.nearest[1] * 1e4) / 1e4
        st.markdown(f"**No plate reaches {now.threshold:g} under these conditions.**")
        st.markdown(f"The nearest scores {found.nearest[1]:.3f}. A lower score needs a closer look by eye.")
        st.button(
            f"Lower the similarity to {nearest:g}",
            type="primary",
            on_click=_lower,
            args=(nearest,),
        )


def _lower(threshold: float) -> None:
    state.update(threshold=threshold)
